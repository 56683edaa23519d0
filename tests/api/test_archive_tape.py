"""The order in which an archive is played, whatever it was cut into."""

from itertools import pairwise
from pathlib import Path

import pytest

from api.archive_tape import ArchiveTape
from api.tape import Input
from schemas.errors import ApplicationError
from schemas.ids import AccountId
from schemas.market import MarketListed
from schemas.ops import ClockTick
from sinks.archive.importing import write_import
from sinks.archive.segment import stored
from sinks.archive.writer import ArchiveWriter
from tests.api.recorded_world import NOW, said, world
from tests.sinks.archive.rows import trade
from topics.catalog import BOOK_EVENTS, DECIDE_INPUTS, LIFECYCLE, MARKET_TRADES, TopicSpec
from topics.codec import encode_frame

ACCOUNT = AccountId("main")


def heard(inputs: list[Input]) -> list[tuple[str, str]]:
    """Topics and ids of what is no tick."""
    return [
        (topic.name, message.event_id)
        for topic, _, message in inputs
        if not isinstance(message, ClockTick)
    ]


def ticked(folder: Path) -> list[int]:
    """When the clock of a folder's tape ticks, session ms."""
    tape = ArchiveTape(folder, ACCOUNT)
    return [m.ingest_time for topic, _, m in tape if topic is DECIDE_INPUTS]


def trades(folder: Path, *numbers: int) -> None:
    with ArchiveWriter(folder, "import", NOW) as writer:
        write_import(writer, [(BOOK_EVENTS, trade(n)) for n in numbers], (), lambda: NOW)


def test_everything_comes_once_and_time_never_runs_back(tmp_path: Path) -> None:
    inputs = list(ArchiveTape(world(tmp_path), ACCOUNT))
    told = sorted((t.name, m.event_id) for t, m in said() if t is not MARKET_TRADES)
    assert sorted(heard(inputs)) == told
    times = [message.ingest_time for _, _, message in inputs]
    assert times == sorted(times)


def test_listings_come_before_the_books_of_their_time(tmp_path: Path) -> None:
    inputs = list(ArchiveTape(world(tmp_path), ACCOUNT))
    first_book = next(n for n, each in enumerate(inputs) if each.topic is BOOK_EVENTS)
    listed = [n for n, each in enumerate(inputs) if isinstance(each.message, MarketListed)]
    assert listed[0] < first_book


def test_it_does_not_matter_how_an_archive_is_cut(tmp_path: Path) -> None:
    whole = ArchiveTape(world(tmp_path / "whole"), ACCOUNT)
    cut = ArchiveTape(world(tmp_path / "cut", segment_bytes=20_000), ACCOUNT)
    assert len(cut.archive.segments) > 5 * len(whole.archive.segments)
    assert list(cut) == list(whole)


def test_playing_it_twice_gives_the_same(tmp_path: Path) -> None:
    tape = ArchiveTape(world(tmp_path), ACCOUNT)
    assert list(tape) == list(tape)


def test_a_second_ticks_before_what_comes_in_it(tmp_path: Path) -> None:
    trades(tmp_path, 0, 2)
    inputs = list(ArchiveTape(tmp_path, ACCOUNT))
    start = trade(0).ingest_time
    ticks = [m.ingest_time - start for t, _, m in inputs if t is DECIDE_INPUTS]
    assert ticks == [-5, 995, 1_995]


def test_the_clock_hurries_where_nothing_was_recorded(tmp_path: Path) -> None:
    day_s = 86_400
    trades(tmp_path, 0, day_s)
    ticks = ticked(tmp_path)
    steps = [(now, later - now) for now, later in pairwise(ticks)]
    silence = {now: now - trade(0).ingest_time for now in ticks}
    assert {step for now, step in steps if silence[now] < 80_000} == {1_000}
    assert all(step * 20 <= silence[now] - 60_000 for now, step in steps if step > 1_000)
    assert max(step for _, step in steps) == 900_000
    assert trade(day_s).ingest_time - ticks[-1] < 1_000
    assert len(ticks) < 350


def test_the_clock_of_a_recording_without_gaps_counts_every_second(tmp_path: Path) -> None:
    trades(tmp_path, *range(0, 600, 60))
    assert {later - now for now, later in pairwise(ticked(tmp_path))} == {1_000}


def test_an_import_of_an_earlier_time_is_merged(tmp_path: Path) -> None:
    for numbers in ((5, 7), (1, 6), (0,)):
        trades(tmp_path, *numbers)
    inputs = heard(list(ArchiveTape(tmp_path, ACCOUNT)))
    assert [name for _, name in inputs] == ["t0", "t1", "t5", "t6", "t7"]


def test_a_range_keeps_listings_and_a_warm_up(tmp_path: Path) -> None:
    folder = world(tmp_path)
    whole = ArchiveTape(folder, ACCOUNT)
    begin, end = whole.start_ms + 60_000, whole.start_ms + 90_000
    tape = ArchiveTape(folder, ACCOUNT, begin, end, warm_up_ms=10_000)
    assert (tape.start_ms, tape.duration_ms) == (begin, 30_000)
    books = [m.ingest_time for t, _, m in tape if t is BOOK_EVENTS]
    assert begin - 10_000 <= min(books) < begin
    assert end - 1_000 <= max(books) < end
    first = [m for t, _, m in whole if t is LIFECYCLE and m.ingest_time < begin]
    assert [m for t, _, m in tape if t is LIFECYCLE][: len(first)] == first


def test_a_range_without_anything_is_said(tmp_path: Path) -> None:
    trades(tmp_path, 0, 1)
    with pytest.raises(ApplicationError, match="nothing was recorded then"):
        ArchiveTape(tmp_path, ACCOUNT, NOW * 2)


def test_a_frame_that_was_written_twice_counts_once(tmp_path: Path) -> None:
    topic: TopicSpec = BOOK_EVENTS
    frames = [encode_frame("w#1", position, [trade(position)]) for position in (1, 2, 2, 1, 3)]
    rows = [stored(offset, 0, b"0", value) for offset, value in enumerate(frames)]
    with ArchiveWriter(tmp_path, "log", NOW) as writer:
        writer.commit("recorded", NOW, segments=(writer.write(topic.name, 0, rows),))
    inputs = heard(list(ArchiveTape(tmp_path, ACCOUNT)))
    assert [name for _, name in inputs] == ["t1", "t2", "t3"]
