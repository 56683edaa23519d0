import json
from collections.abc import AsyncIterator, Iterable
from types import SimpleNamespace
from typing import cast

import pytest
from aiokafka.structs import ConsumerRecord

from schemas.ops import LogLine
from tests.topics.log_messages import line
from topics.codec import encode_frame
from topics.log_lines import (
    LONGEST_TEXT,
    MOST_FIELDS,
    WINDOW,
    Wanted,
    find_lines,
    line_of,
)
from topics.reader import Bounds, LogReader

T = 1_700_000_000_000


def from_text(**said: object) -> LogLine:
    said.setdefault("at", "2026-11-28T10:00:00.250000Z")
    return line_of(json.dumps(said), event_id="e", now=5, pid=9)


def test_a_line_of_json_becomes_a_message() -> None:
    made = from_text(
        component="api",
        level="warning",
        logger="api.service",
        event="database away",
        correlation_id="c",
        causation_id="d",
        attempts=3,
        error="refused",
    )
    assert made == LogLine(
        event_id="e",
        event_time=5,
        ingest_time=5,
        source="api",
        causation_id="d",
        at=1_795_860_000_250,
        level="warning",
        logger="api.service",
        event="database away",
        pid=9,
        fields={"attempts": "3", "error": "refused"},
        correlation_id="c",
    )


def test_a_line_is_bounded_whatever_is_logged() -> None:
    made = from_text(event="x" * 100_000, **{f"f{number}": "y" * 9_000 for number in range(99)})

    assert len(made.event) == LONGEST_TEXT + 1
    assert len(made.fields) == MOST_FIELDS
    assert all(len(value) == LONGEST_TEXT + 1 for value in made.fields.values())


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (Wanted(), True),
        (Wanted(component="gate"), True),
        (Wanted(component="gate,ledger"), True),
        (Wanted(component="bots"), False),
        (Wanted(level="warning"), True),
        (Wanted(level="error"), False),
        (Wanted(since_ms=T), True),
        (Wanted(since_ms=T + 1), False),
        (Wanted(correlation_id="applied"), True),
        (Wanted(correlation_id="cause"), True),
        (Wanted(correlation_id="own"), True),
        (Wanted(correlation_id="other"), False),
    ],
)
def test_what_fits_a_question(wanted: Wanted, fits: bool) -> None:
    told = line(
        "denied",
        at=T,
        level="warning",
        component="gate,ledger",
        correlation_id="applied",
        causation_id="cause",
        message_id="own",
    )
    assert wanted.fits(told) is fits


class Topic:
    """A topic of frames; notes what was read of it."""

    def __init__(self, frames: Iterable[bytes], written_at: int = T) -> None:
        self._frames = list(frames)
        self._written_at = written_at
        self.read = 0

    async def bounds(self, topic: str, partitions: Iterable[int]) -> dict[int, Bounds]:
        return {0: Bounds(0, len(self._frames))}

    async def records(
        self, topic: str, partition: int, start: int, end: int
    ) -> AsyncIterator[ConsumerRecord]:
        self.read += end - start
        for offset in range(start, end):
            record: ConsumerRecord[bytes, bytes] = SimpleNamespace(
                offset=offset, timestamp=self._written_at + offset, value=self._frames[offset]
            )
            yield record


async def found(topic: Topic, wanted: Wanted) -> list[str]:
    return [one.event for one in await find_lines(cast(LogReader, topic), "", wanted)]


def numbered(count: int) -> Topic:
    return Topic(
        encode_frame("o#1", number + 1, [line(str(number), at=T + number)])
        for number in range(count)
    )


async def test_the_newest_lines_the_oldest_first_over_windows() -> None:
    count = WINDOW * 2 + 10
    topic = numbered(count)
    assert await found(topic, Wanted(limit=WINDOW + 5)) == [
        str(number) for number in range(count - WINDOW - 5, count)
    ]
    assert topic.read == WINDOW * 2


async def test_it_looks_no_further_back_than_asked_for() -> None:
    count = WINDOW * 4
    topic = numbered(count)
    assert await found(topic, Wanted(since_ms=T + count - 3)) == [
        str(number) for number in range(count - 3, count)
    ]
    assert topic.read == WINDOW


async def test_unreadable_records_are_passed_over() -> None:
    frame = encode_frame("o#1", 1, [line("a"), line("b")])
    assert await found(Topic([b"garbage", frame, b"{}"]), Wanted()) == ["a", "b"]
