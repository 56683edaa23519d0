"""The event log: a line a message, equal for equal runs, closed whatever happens."""

from pathlib import Path

import msgspec
import pytest

from agents.replay.event_log import EventLog
from tests.agents.tape import Tape, market
from topics.catalog import DECIDE_INPUTS, LIFECYCLE


def write(path: Path) -> None:
    tape = Tape()
    with EventLog(path) as log:
        log(LIFECYCLE, "0", tape.listed(market()))
        log(DECIDE_INPUTS, "main", tape.tick())


def test_a_line_tells_topic_key_and_the_message_with_its_tag(tmp_path: Path) -> None:
    write(tmp_path / "log")
    lines = [msgspec.json.decode(line) for line in (tmp_path / "log").read_bytes().splitlines()]
    assert [(line["topic"], line["key"]) for line in lines] == [
        (LIFECYCLE.name, "0"),
        (DECIDE_INPUTS.name, "main"),
    ]
    assert [line["message"]["type"] for line in lines] == ["market-listed", "clock-tick"]
    assert lines[0]["message"]["market"]["min_size"] == "5"


def test_equal_runs_write_equal_bytes_and_replace_what_was_there(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    second.write_bytes(b"of an earlier run" * 1000)
    write(first)
    write(second)
    assert first.read_bytes() == second.read_bytes()


def test_what_was_written_before_a_failure_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "log"

    def fail() -> None:
        with EventLog(path) as log:
            log(DECIDE_INPUTS, "0", Tape().tick())
            raise ValueError("the run failed")

    with pytest.raises(ValueError, match="the run failed"):
        fail()
    assert path.read_bytes().count(b"\n") == 1
