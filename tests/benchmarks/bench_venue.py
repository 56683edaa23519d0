"""The whole venue's 28,000 messages a second through one machine: relay and book stage.

Run: python -m tests.benchmarks.bench_venue [--rate 28000] [--seconds 30] [--shards 1 2 4]

Kafka, one worker process a shard (relays and book stage in it), the load and a reader share the
machine's processors. The traffic is generated (see venue_load). Latency counts from making a
message to reading what followed from it: of relayed book events at the front of every frame, and of
one best price in fifty. Heartbeats tell once a second whether all was read: 1.2 s behind is none.
"""

import argparse
import asyncio
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import NamedTuple

import msgspec
import uvloop
from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from api.runtime.kafka import EmbeddedKafka
from api.runtime.ports import free_port
from api.runtime.service import silent
from configs.clock import SessionClock
from configs.settings import Settings
from schemas.envelope import Message
from schemas.ops import Heartbeat
from tests.benchmarks.sharding import workers
from tests.benchmarks.stage_process import usage
from tests.benchmarks.venue_load import Venue, made_at
from topics.admin import ensure_topics
from topics.catalog import BOOK_EVENTS, BOOK_TOPS, DECIDE_INPUTS, GATE_INPUTS, HEARTBEATS
from topics.codec import decode_frame, encode_frame
from topics.frames import MAX_MESSAGES
from topics.reader import open_reader
from topics.writer import RecordWriter

STAGES = ("relay", "book")
GAP_S = 0.005
"""Least time between two frames of a partition, as configured."""
MARKETS = 10_000
TOPS_SAMPLED = 50
CATCH_UP_S = 120.0


class Ids(msgspec.Struct):
    """What tells when a message, or the one that led to it, was made."""

    event_id: str
    causation_id: str = ""


class Result(NamedTuple):
    """One line of the table.

    Attributes:
        published: Messages a second that the load reached.
        behind_s: Seconds from the last message until the stages had read all.
        relay: Latencies of relayed book events, ms.
        book: Latencies of best prices, ms.
        cores: Processors in use by load, workers and Kafka.
        records: Records a second that the relays and the book stages wrote.
    """

    shards: int
    published: float
    behind_s: float
    relay: list[int]
    book: list[int]
    cores: tuple[float, float, float]
    records: tuple[float, float]


class Load:
    """Writes frames, one a partition every five milliseconds."""

    def __init__(self, writer: RecordWriter, venue: Venue, clock: SessionClock) -> None:
        self._writer = writer
        self._venue = venue
        self._clock = clock
        self._position = 0
        self.messages = 0

    async def books(self) -> None:
        """Every book whole."""
        waiting: dict[int, list[Message]] = {}
        for shard, book in self._venue.books(self._clock.now_ms()):
            frame = waiting.setdefault(shard, [])
            frame.append(book)
            if len(frame) == 20:
                await self._write(shard, waiting.pop(shard))
        for shard, frame in waiting.items():
            await self._write(shard, frame)

    async def run(self, rate: int, seconds: float, shards: int) -> float:
        """Publish at a rate; seconds that it took."""
        started = time.perf_counter()
        said, due = 0.0, 0
        while (passed := time.perf_counter() - started) < seconds:
            now = self._clock.now_ms()
            if passed >= said:
                said += 1.0
                for shard in range(shards):
                    await self._write(shard, [self._venue.status(now)])
            due = int(passed * rate) - self.messages
            for shard, changes in enumerate(self._venue.changes(due, now)):
                for first in range(0, len(changes), MAX_MESSAGES):
                    await self._write(shard, changes[first : first + MAX_MESSAGES])
            self.messages += due
            await asyncio.sleep(max(0.0, started + passed + GAP_S - time.perf_counter()))
        await self._writer.flush()
        return time.perf_counter() - started

    async def _write(self, shard: int, messages: Sequence[Message]) -> None:
        self._position += 1
        frame = encode_frame("bench#1", self._position, messages)
        _ = await self._writer.write(BOOK_EVENTS, shard, None, frame)


Told = tuple[list[int], list[int]]
"""Latencies in ms: of relayed book events and of best prices."""


def watch(settings: Settings, told: "multiprocessing.Queue[Told]", end: Event) -> None:
    """A process: latencies of what relays and book stages wrote, until the end is told."""
    uvloop.run(_watch(settings, told, end))


async def _watch(settings: Settings, told: "multiprocessing.Queue[Told]", end: Event) -> None:
    clock, prefix = settings.clock(), settings.topic_prefix
    relayed: list[int] = []
    tops: list[int] = []
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.broker, auto_offset_reset="latest")
    await consumer.start()
    logs = [TopicPartition(prefix + DECIDE_INPUTS.name, n) for n in range(settings.shards)]
    best = TopicPartition(prefix + BOOK_TOPS.name, 0)
    consumer.assign([*logs, best])
    await consumer.seek_to_end()
    seen = 0
    try:
        while not end.is_set():
            found = await consumer.getmany(timeout_ms=100, max_records=2_000)
            now = clock.now_ms()
            for record in found.pop(best, []):
                seen += 1
                if seen % TOPS_SAMPLED == 0 and record.value:
                    cause = msgspec.json.decode(record.value, type=Ids).causation_id
                    tops += ages(now, cause)
            for records in found.values():
                for record in records:
                    for first in decode_frame(record.value).messages[:1]:
                        relayed += ages(now, msgspec.json.decode(first, type=Ids).event_id)
    finally:
        await consumer.stop()
    told.put((relayed, tops))


def ages(now: int, event_id: str) -> list[int]:
    """How long ago a change was made, ms; nothing for another message."""
    at = made_at(event_id)
    return [] if at is None else [now - at]


async def lag(settings: Settings) -> int:
    """Records that relays and book stages have still to read, by their last heartbeats."""
    lags: dict[tuple[str, int], int] = {}
    async with open_reader(settings.broker) as reader:
        name = settings.topic_prefix + HEARTBEATS.name
        end = (await reader.bounds(name, [0]))[0].end
        async for record in reader.records(name, 0, max(0, end - 200), end):
            for encoded in decode_frame(record.value).messages:
                beat = msgspec.json.decode(encoded, type=Heartbeat)
                lags[beat.component, beat.pid] = beat.lag
    return sum(lags.values())


async def until_read(settings: Settings) -> float:
    """Seconds until nothing is left to read; heartbeats come once a second."""
    started = time.perf_counter()
    while time.perf_counter() - started < CATCH_UP_S:
        await asyncio.sleep(1.2)
        if await lag(settings) == 0:
            break
    return time.perf_counter() - started


async def ends(settings: Settings) -> tuple[int, int]:
    """Records that the relays, and the book stages, have written so far."""
    prefix, shards = settings.topic_prefix, range(settings.shards)
    async with open_reader(settings.broker) as reader:
        relayed = await reader.bounds(prefix + DECIDE_INPUTS.name, shards)
        (tops,) = (await reader.bounds(prefix + BOOK_TOPS.name, [0])).values()
        (marks,) = (await reader.bounds(prefix + GATE_INPUTS.name, [0])).values()
    return sum(each.end for each in relayed.values()), tops.end + marks.end


async def measure(kafka: EmbeddedKafka, rate: int, seconds: float, shards: int) -> Result:
    """One number of shards, on fresh topics."""
    settings = Settings(
        _env_file=None,
        broker=kafka.bootstrap,
        topic_prefix=f"venue-{time.time_ns()}-",
        shards=shards,
        log_level="WARNING",
    )
    await ensure_topics(settings.broker, settings.topic_prefix, shards)
    async with workers(settings, STAGES) as processes, watched(settings) as latencies:
        groups: tuple[list[int | None], ...] = (
            [os.getpid()],
            [process.pid for process in processes],
            [kafka.pid],
        )
        async with RecordWriter(
            settings.broker, client="bench", prefix=settings.topic_prefix
        ) as writer:
            load = Load(writer, Venue(MARKETS, shards), settings.clock())
            await load.books()
            await until_read(settings)
            before, wrote = [usage(group)[0] for group in groups], await ends(settings)
            took = await load.run(rate, seconds, shards)
            used = [usage(group)[0] - then for group, then in zip(groups, before, strict=True)]
            behind = await until_read(settings)
            written = [now - then for now, then in zip(await ends(settings), wrote, strict=True)]
        relayed, tops = await latencies()
    return Result(
        shards,
        load.messages / took,
        behind,
        relayed,
        tops,
        (used[0] / took, used[1] / took, used[2] / took),
        (written[0] / took, written[1] / took),
    )


@asynccontextmanager
async def watched(settings: Settings) -> AsyncIterator[Callable[[], Awaitable[Told]]]:
    """A process that watches; what it saw is told when asked for."""
    context = multiprocessing.get_context("spawn")
    told: multiprocessing.Queue[Told] = context.Queue()
    over = context.Event()
    process = context.Process(target=watch, args=(settings, told, over), daemon=True)
    process.start()

    async def latencies() -> Told:
        over.set()
        return await asyncio.to_thread(told.get, True, 30.0)

    try:
        yield latencies
    finally:
        process.terminate()
        process.join()


def percentiles(latencies: list[int]) -> str:
    """p50 and p99."""
    if len(latencies) < 100:
        return "too few"
    cuts = statistics.quantiles(latencies, n=100)
    return f"{cuts[49]:,.0f} / {cuts[98]:,.0f}"


def in_words(result: Result) -> str:
    """A line of the table."""
    load, workers, broker = result.cores
    return (
        f"| {result.shards} | {result.published:,.0f} | {result.behind_s:.1f} "
        f"| {percentiles(result.relay)} | {percentiles(result.book)} "
        f"| {load:.2f} + {workers:.2f} + {broker:.2f} "
        f"| {result.records[0]:,.0f} + {result.records[1]:,.0f} |"
    )


async def run(rate: int, seconds: float, shards: list[int]) -> None:
    """Start Kafka, measure, print the table."""
    print(f"{MARKETS} markets, {rate} messages a second asked for, {seconds:.0f} s")
    print(
        "| shards and workers | messages/s | behind at the end, s | relay p50 / p99, ms "
        "| book p50 / p99, ms | cores: load + workers + Kafka | records/s: relays + books |"
    )
    print("|---|---|---|---|---|---|---|")
    for number in shards:
        with tempfile.TemporaryDirectory() as folder:
            kafka = EmbeddedKafka(Path(folder), port=free_port(), controller_port=free_port())
            await kafka.start(silent)
            try:
                print(in_words(await measure(kafka, rate, seconds, number)), flush=True)
            finally:
                await kafka.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=28_000)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--shards", type=int, nargs="+", default=[1, 2, 4])
    options = parser.parse_args()
    uvloop.run(run(options.rate, options.seconds, options.shards))
