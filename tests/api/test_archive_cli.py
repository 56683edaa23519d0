"""The commands around an archive, as somebody at a terminal meets them."""

import json
from pathlib import Path

import msgspec
import pytest
import typer

from api.backtest import Report
from api.cli.archive import import_recordings, list_formats, verify_archive
from api.cli.backtest import FIGURES, PAGE, Asked, run_backtest
from api.cli.examine import look_ahead, trace_id
from connectors.recordings.registry import READERS
from schemas.errors import ApplicationError
from sinks.archive.archive import Archive
from tests.api.recorded_world import world
from tests.connectors.recordings import small_files as small
from tests.connectors.recordings.test_formats import frame_of_2024

ASKED = Asked(
    bots="5",
    seed=7,
    begin="",
    end="",
    configurations=(),
    warm_up_s=0.0,
    jobs=1,
    out=None,
)


def test_an_import_says_what_was_wrong_with_the_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frames = [
        frame_of_2024(""),
        {**frame_of_2024("0" * 40), "bids": []},
        {**frame_of_2024(""), "bids": 7},
    ]
    path = small.lines(tmp_path / "w.jsonl.gz", frames)
    rows = [small.books20(0, "UP", 0.52, 0.51), small.books20(90_000, "UP", 0.5, 0.51)]
    books = small.parquet(tmp_path / "b.parquet", rows)
    import_recordings([books], tmp_path / "books", as_json=False)
    said = capsys.readouterr().out
    assert "gaps over a minute: 1, the longest 90 s" in said
    assert "crossed or locked: 1" in said
    import_recordings([path], tmp_path / "frames", as_json=False)
    said = capsys.readouterr().out
    assert "0 equal ours, 1 do not" in said
    assert "could not be read, left out: 1" in said
    import_recordings([books], tmp_path / "again", as_json=True)
    assert json.loads(capsys.readouterr().out)["crossed"] == 1


def test_verify_names_what_is_wrong_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = world(tmp_path)
    verify_archive(folder)
    assert "The chain holds" in capsys.readouterr().out
    path = Archive.open(folder).segments[0].path
    (folder / path).write_bytes(b"other")
    with pytest.raises(typer.Exit):
        verify_archive(folder)
    assert f"WRONG: {path}" in capsys.readouterr().out


def test_every_format_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    list_formats()
    said = capsys.readouterr().out
    assert all(reader.about in said for reader in READERS)
    assert "leaderboard" in said


def test_a_backtest_writes_its_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = world(tmp_path / "world")
    out = tmp_path / "out"
    run_backtest(folder, msgspec.structs.replace(ASKED, out=out), as_json=False)
    shown = capsys.readouterr()
    assert "bot_05 P&L" in shown.out
    assert "s left" in shown.err
    report = msgspec.json.decode((out / FIGURES).read_bytes(), type=Report)
    assert report.head == Archive.open(folder).head
    assert (out / PAGE).read_text(encoding="utf-8").startswith("<!doctype html>")


def test_lookahead_says_what_it_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    look_ahead(world(tmp_path), "5", 7, "", "", 1)
    assert "all the same to the byte" in capsys.readouterr().out


def test_an_unknown_id_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = world(tmp_path)
    with pytest.raises(typer.Exit):
        trace_id("nobody", folder)
    assert "Nothing on the log is called 'nobody'" in capsys.readouterr().out


def test_a_folder_that_is_no_archive_is_said(tmp_path: Path) -> None:
    with pytest.raises(ApplicationError, match="found none"):
        run_backtest(tmp_path, ASKED, as_json=False)
