"""A tape from an archive: what connectors and feeds wrote, in one order of time, and the clock.

Topics have no order among themselves, so their messages are merged by ingest time; where times are
equal, listings come before books and books before everything else. The clock ticks a second apart
while anything is heard. In longer silences nothing but time-outs can happen, and its steps grow: a
time-out is noticed late by at most a twentieth of the silence and a quarter of an hour. So a
recording of years can be played, and one without gaps is played as before.
"""

from collections.abc import Callable, Iterator
from copy import copy
from heapq import merge
from itertools import groupby
from pathlib import Path
from typing import NamedTuple, Self

from agents.stages.framing import AppliedFrames
from api.tape import Input
from connectors.polymarket.parse import envelope
from schemas.envelope import Message
from schemas.errors import ApplicationError
from schemas.ids import AccountId
from schemas.ops import ClockTick
from sinks.archive.archive import Archive
from sinks.archive.segment import Segment
from topics.catalog import (
    ATTENTION,
    BOOK_EVENTS,
    DECIDE_INPUTS,
    ESTIMATES,
    GAME_STATES,
    GATE_INPUTS,
    LIFECYCLE,
    NEWS_ITEMS,
    WALLET_TRADES,
    TopicSpec,
)
from topics.codec import TopicCodec, decode_frame

PLAYED: tuple[TopicSpec, ...] = (
    LIFECYCLE,
    BOOK_EVENTS,
    NEWS_ITEMS,
    GAME_STATES,
    WALLET_TRADES,
    ATTENTION,
    ESTIMATES,
)
"""What the relays read, in the order in which messages of one time come."""
TICK_MS = 1_000
SLOWEST_TICK_MS = 900_000
HEARD_MS = 60_000
"""Silence above which the clock's steps grow."""
GROWTH = 20
"""A step is this part of the silence beyond."""
WARM_UP_MS = 900_000
SHARD = "0"


class _Timed(NamedTuple):
    """A message with its place in the merge."""

    at: int
    rank: int
    topic: TopicSpec
    message: Message


class ArchiveTape:
    """The inputs of a range of an archive. Iterating it twice gives the same messages.

    Attributes:
        archive: What is played.
        start_ms: When bots may begin, session ms; what is before is played to them as history.
        duration_ms: From there to the end.
    """

    def __init__(
        self,
        folder: Path,
        account: AccountId,
        start_ms: int | None = None,
        end_ms: int | None = None,
        warm_up_ms: int = WARM_UP_MS,
    ) -> None:
        """Choose a range.

        Args:
            folder: The archive.
            account: Whose gate gets the clock.
            start_ms: Session ms; the first message by default.
            end_ms: Before this nothing is left out, from it on everything; the end by default.
            warm_up_ms: History played before the start; listings are played from the beginning.

        Raises:
            ApplicationError: Nothing was recorded in the range.
        """
        self.archive = Archive.open(folder)
        self._change: Callable[[Message], Message] | None = None
        self._account = account
        names = {topic.name for topic in PLAYED}
        segments = [each for each in self.archive.segments if each.topic in names]
        first = min((each.first_ms for each in segments), default=0)
        last = max((each.last_ms for each in segments), default=-1)
        self.start_ms = first if start_ms is None else max(start_ms, first)
        self._end = last + 1 if end_ms is None else min(end_ms, last + 1)
        self._history = self.start_ms - warm_up_ms
        self.duration_ms = self._end - self.start_ms
        if self.duration_ms <= 0:
            raise ApplicationError(
                f"Expected a range within what {folder} holds ({first} to {last} ms), received "
                f"{start_ms} to {end_ms}: nothing was recorded then."
            )

    def changed(self, change: Callable[[Message], Message], end_ms: int) -> Self:
        """The same tape of an archive that had held other messages, to an earlier end.

        Args:
            change: From a recorded message to the one in its place.
            end_ms: Session ms.
        """
        other = copy(self)
        other._change = change  # noqa: SLF001 - its own kind
        other._end = min(self._end, end_ms)  # noqa: SLF001
        return other

    def __iter__(self) -> Iterator[Input]:
        """Play it from the start."""
        second = heard = 0
        for at, _, topic, message in merge(*self._streams(), key=lambda each: each[:2]):
            if at >= self._end:
                return
            second = second or at // TICK_MS * TICK_MS - TICK_MS
            while second + TICK_MS <= at:
                second += min(_step(second - heard), (at - second) // TICK_MS * TICK_MS)
                yield from self._tick(second)
            heard = at
            yield Input(topic, SHARD, message)

    def _tick(self, now: int) -> Iterator[Input]:
        tick = ClockTick(**envelope(f"tick|{now}".encode(), now, now))
        yield Input(DECIDE_INPUTS, SHARD, tick)
        yield Input(GATE_INPUTS, self._account, tick)

    def _streams(self) -> Iterator[Iterator[_Timed]]:
        for topic, partition in self.archive.partitions:
            if topic in PLAYED:
                segments = self.archive.segments_of(topic.name, partition)
                for run in _runs(segments):
                    yield self._stream(topic, run)

    def _stream(self, topic: TopicSpec, segments: list[Segment]) -> Iterator[_Timed]:
        """The messages of consecutive segments; a frame that came twice counts once."""
        codec: TopicCodec[Message] = TopicCodec(topic)
        rank = PLAYED.index(topic)
        needed = 0 if topic is LIFECYCLE else self._history
        applied = AppliedFrames()
        now = 0
        for segment in segments:
            if segment.last_ms < needed or segment.first_ms >= self._end:
                continue
            for row in self.archive.records(segment):
                if not row.messages or row.last_ms < needed:
                    continue
                frame = decode_frame(row.value)
                if not applied.is_news(frame):
                    continue
                for payload in frame.messages:
                    message = codec.decode(payload)
                    if self._change is not None:
                        message = self._change(message)
                    now = max(now, message.ingest_time)
                    if message.ingest_time >= needed:
                        yield _Timed(now, rank, topic, message)


def _step(silence_ms: int) -> int:
    """The clock's next step after a silence, whole seconds in ms."""
    grown = (silence_ms - HEARD_MS) // GROWTH // TICK_MS * TICK_MS
    return min(max(grown, TICK_MS), SLOWEST_TICK_MS)


def _runs(segments: tuple[Segment, ...]) -> Iterator[list[Segment]]:
    """Segments in runs of rising time: a later import may tell of an earlier time."""
    number, latest = 0, 0

    def run_of(segment: Segment) -> int:
        nonlocal number, latest
        if segment.first_ms < latest:
            number += 1
        latest = segment.last_ms
        return number

    for _, run in groupby(segments, run_of):
        yield list(run)
