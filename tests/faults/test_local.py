"""Faults that need no server: a full disk, a misspelt key, versions of the future."""

from pathlib import Path

import msgspec
import pytest

from agents.stages.framing import FrameFold
from api.cli.up import _remember
from api.session import open_session
from api.stages import Stages
from configs.settings import Settings
from schemas.errors import ApplicationError, ConfigurationError
from schemas.ops import Checkpoint
from tests.agents.shell.counting import CountingStage, trade
from tests.architecture.source_tree import ROOT
from topics.codec import encode
from topics.frames import Frame


def test_a_full_disk_under_the_session_is_said_and_ends_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here: only Linux has a device that is always full")
    session = open_session(tmp_path, 1.0, live=False)
    before = (tmp_path / "session.json").read_bytes()
    (tmp_path / "session.new").symlink_to("/dev/full")
    _remember(tmp_path, session)
    assert "No space left on device" in capsys.readouterr().out
    assert (tmp_path / "session.json").read_bytes() == before

    (tmp_path / "session.new").unlink()
    _remember(tmp_path, session)
    assert capsys.readouterr().out == ""


def test_a_misspelt_key_stops_the_start_with_its_line(tmp_path: Path) -> None:
    text = (ROOT / "configs" / "risk.yaml").read_text(encoding="utf-8")
    lines = text.splitlines()
    number = next(i for i, line in enumerate(lines) if line[:1].isalpha() and ":" in line)
    key = lines[number].partition(":")[0]
    lines[number] = lines[number].replace(key, key + "x", 1)
    (tmp_path / "risk.yaml").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ConfigurationError) as raised:
        Stages(Settings(_env_file=None, config_dir=tmp_path))
    sentence = str(raised.value)
    assert "risk.yaml" in sentence
    assert key + "x" in sentence
    assert str(number + 1) in sentence


def test_messages_of_the_future_are_set_aside_or_read() -> None:
    more = msgspec.json.decode(encode(trade(1))) | {"of_tomorrow": 1}
    messages = [msgspec.json.encode(more), b'{"type":"of-tomorrow"}', encode(trade(2))]
    frame = Frame(origin="c#1", position=1, messages=[msgspec.Raw(one) for one in messages])
    fold = FrameFold(CountingStage, 0, 1)
    outcome = fold.apply(0, encode(frame))
    assert outcome.applied == 2
    assert [(letter.offset, letter.index) for letter in outcome.dead] == [(0, 1)]


def test_a_checkpoint_of_the_future_is_refused() -> None:
    state = msgspec.Raw(b'{"count":{"of":"tomorrow"}}')
    future = Checkpoint(stage="counting", partition=0, offset=5, applied={}, state=state)
    with pytest.raises(ApplicationError, match="another version of PETS"):
        FrameFold(CountingStage, 0, 1).restore(future)
