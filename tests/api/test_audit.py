"""A recorded run on another machine: derived again to the byte, or the first difference."""

import re
from pathlib import Path

import pytest
import typer

from agents.replay.log import HeldLog
from api.audit import audit, chain_lines, recorded_settings, run_audit
from schemas.errors import ApplicationError
from sinks.archive.archive import Archive
from sinks.archive.recorder import ARCHIVED
from sinks.archive.segment import stored
from sinks.archive.service import RUN_SETTINGS
from sinks.archive.writer import ArchiveWriter
from tests.api.recorded_run import SETTINGS, Rows, run
from tests.api.recorded_world import NOW, world
from topics.catalog import DECISIONS, INTENTS, ORDERS, SIGNALS


def archived(folder: Path, rows: Rows) -> Path:
    """An archive of a run, as `pets record` makes it."""
    chosen = {name: str(getattr(SETTINGS, name)) for name in RUN_SETTINGS}
    names = {topic.name for topic in ARCHIVED}
    with ArchiveWriter(folder, "log", NOW) as writer:
        writer.commit("configured", NOW, settings=chosen)
        segments = [
            writer.write(name, part, [stored(each.offset, NOW, b"", each.value) for each in found])
            for (name, part), found in rows.items()
            if name in names and found
        ]
        writer.commit("recorded", NOW, segments=segments)
    return folder


def forged(rows: Rows, topic: str, old: bytes, new: bytes) -> Rows:
    """The same log with one record changed."""
    found = list(rows[topic, 0])
    number = next(n for n, each in enumerate(found) if old in each.value)
    found[number] = found[number]._replace(value=found[number].value.replace(old, new, 1))
    return {**rows, (topic, 0): found}


def test_a_recorded_run_is_derived_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_audit(archived(tmp_path, run()))
    said = capsys.readouterr().out
    assert "100 % of" in said
    for topic in (SIGNALS, INTENTS, DECISIONS, ORDERS):
        assert topic.name in said, topic.name


def test_a_changed_decision_is_named_with_its_cause(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = forged(run(), DECISIONS.name, b'"intent-approved"', b'"intent-approvad"')
    with pytest.raises(typer.Exit):
        run_audit(archived(tmp_path, rows))
    said = capsys.readouterr().out
    assert f"gate: {len(rows['pets.decide.gate-inputs.v1', 0])} inputs" in said
    assert f"DIFFERENT first at {DECISIONS.name}" in said
    assert "IntentApproved" in said
    assert "PlaceIntent" in said or "BundleIntent" in said
    assert "pets.decide.inputs.v1/0 offset" in said


def test_the_chain_of_a_difference_reaches_a_source() -> None:
    rows = forged(run(), INTENTS.name, b'"size":"', b'"size":"1')
    log = HeldLog(rows)
    (found,) = [each for each in audit(SETTINGS, log) if each.difference is not None]
    assert found.stage == "bots"
    assert found.difference is not None
    assert len(chain_lines(found.difference, log)) > 1


def test_another_configuration_is_another_run(tmp_path: Path) -> None:
    shipped = Path("configs/paper.yaml").read_text(encoding="utf-8")
    slower = re.sub(r"(?m)^entry_ms: .*$", "entry_ms: 5000", shipped)
    assert slower != shipped
    (tmp_path / "paper.yaml").write_text(slower, encoding="utf-8")
    other = SETTINGS.model_copy(update={"config_dir": tmp_path})
    differing = {each.stage for each in audit(other, HeldLog(run())) if each.difference}
    assert differing == {"paper"}


def test_a_log_without_its_beginning_is_refused() -> None:
    rows: Rows = {key: [row for row in found if row.offset > 3] for key, found in run().items()}
    with pytest.raises(ApplicationError, match="from offset 0"):
        list(audit(SETTINGS, HeldLog(rows)))


def test_settings_and_configuration_travel_with_the_archive(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, "log", NOW) as writer:
        chosen = {"account": "other", "seed": "11", "bots": "5"}
        writer.commit("configured", NOW, settings=chosen, files={"bots/x.yaml": "a: 1\n"})
    with recorded_settings(Archive.open(tmp_path)) as settings:
        assert (settings.account, settings.seed, settings.bots) == ("other", 11, "5")
        assert settings.config_dir is not None
        assert (settings.config_dir / "bots" / "x.yaml").read_text() == "a: 1\n"
    with ArchiveWriter(tmp_path, "log", NOW) as writer:
        writer.commit("configured", NOW, settings={**chosen, "seed": "12"})
    with (
        pytest.raises(ApplicationError, match="changed 1 time"),
        recorded_settings(Archive.open(tmp_path)),
    ):
        pass


def test_imported_files_decided_nothing(tmp_path: Path) -> None:
    with pytest.raises(ApplicationError, match="nobody decided anything"):
        run_audit(world(tmp_path))
