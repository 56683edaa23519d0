"""Hours of load: does memory, lag or latency grow?

Run: python -m tests.benchmarks.bench_soak [--minutes 10] [--rate 4000] [--burst 10000]

All deciding stages in one process on a real Kafka, as in bench_latency; simulated worlds, made
while they are played. Each minute ends with a burst of ten seconds. Every five seconds a line: the
rate that was reached, the records the stages have still to read, their memory, and the latency of
the decisions of those seconds. In the end the steady seconds of the first and of the last third are
compared as ratios; 1 is no growth.
"""

import argparse
import asyncio
import heapq
import statistics
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec
import psutil
import uvloop

from api.first_start import start_bots
from api.live_reader import LiveReader
from api.runtime.kafka import EmbeddedKafka
from api.runtime.ports import free_port
from api.runtime.service import silent
from api.tape import WORLD_START_MS, Input, Tape
from configs.settings import Settings
from schemas.envelope import Message
from schemas.ids import AccountId
from schemas.market import FeedStatus
from schemas.ops import Heartbeat
from tests.benchmarks.bench_latency import SPEED, STAGES, Stopwatch, play
from tests.benchmarks.sharding import workers
from topics.catalog import DECISIONS, HEARTBEATS, INTENTS
from topics.producer import FrameProducer

PER_WORLD = 330
"""Messages a second that one world says at that speed."""
MINUTE_S = 60.0
BURST_S = 10.0
SAMPLE_S = 5.0
SETTLE_S = 15.0
"""Seconds at the end in which nothing is published, so that the stages may catch up."""


class Load(NamedTuple):
    """How much, for how long."""

    seconds: float
    rate: int
    burst: int
    minute_s: float = MINUTE_S
    burst_s: float = BURST_S

    def rate_at(self, second: float) -> int:
        """Messages a second at a moment."""
        return self.burst if second % self.minute_s >= self.minute_s - self.burst_s else self.rate


class Sample(NamedTuple):
    """A few seconds.

    Attributes:
        second: When they ended.
        rate: Messages a second that were published.
        lag: Records that the stages had still to read.
        memory_mb: Resident, of the stages' process.
        p50: Of the decisions read in these seconds, ms; None for too few.
        p99: As well.
        steady: No burst in them or just before them.
    """

    second: float
    rate: float
    lag: int
    memory_mb: float
    p50: float | None
    p99: float | None
    steady: bool


def endless(settings: Settings, worlds: int) -> Iterator[Input]:
    """Worlds side by side, and when their day is over the next ones."""
    account, day = AccountId(settings.account), 0
    while True:
        seeds = (settings.seed + day * worlds + n for n in range(worlds))
        tapes = [play(Tape("world", seed, 24.0, account), n == 0) for n, seed in enumerate(seeds)]
        yield from heapq.merge(*tapes, key=lambda each: each.message.ingest_time)
        day += 1


class Ears:
    """Hears heartbeats and decisions."""

    def __init__(self) -> None:
        self.watch = Stopwatch()
        self.lags: dict[str, int] = {}

    def hear(self, message: Message) -> None:
        """Note the lag of a stage, or the latency of a decision."""
        if isinstance(message, Heartbeat):
            self.lags[message.component] = message.lag
        else:
            self.watch.see(message)

    def latencies(self) -> list[float]:
        """Those since the last time this was asked."""
        taken, self.watch.latencies = self.watch.latencies, []
        return taken


async def publish(settings: Settings, load: Load, ears: Ears, sent: list[int]) -> None:
    """Publish at the rate of the moment, stamped with the session's present."""
    clock = settings.clock()
    inputs = endless(settings, max(1, round(load.rate / PER_WORLD)))
    async with FrameProducer(settings.broker, writer="bench", prefix=settings.topic_prefix) as to:
        started, due = time.perf_counter(), 0.0
        while (second := time.perf_counter() - started) < load.seconds:
            due += load.rate_at(second) * 0.01
            for topic, key, message in islice(inputs, max(0, int(due) - sent[0])):
                now = clock.now_ms()
                event_id = f"{message.event_id}|{sent[0]}"
                stamped = msgspec.structs.replace(
                    message, event_id=event_id, event_time=now, ingest_time=now
                )
                if isinstance(stamped, FeedStatus):
                    stamped = msgspec.structs.replace(stamped, heard_at=now)
                ears.watch.start(event_id)
                await to.publish(topic, key, stamped)
                sent[0] += 1
            ahead = started + second + 0.01 - time.perf_counter()
            await asyncio.sleep(max(0.0, ahead))


async def soak(broker: str, load: Load, *, tell: bool = True) -> list[Sample]:
    """Run all stages under load; a sample every five seconds."""
    settings = Settings(
        _env_file=None,
        broker=broker,
        topic_prefix=f"soak-{time.time_ns()}-",
        speed=SPEED,
        anchor_wall_ms=time.time_ns() // 1_000_000,
        anchor_event_ms=WORLD_START_MS,
    )
    ears, sent = Ears(), [0]
    async with workers(settings, STAGES) as (process,):
        recent = {INTENTS: 0, DECISIONS: 0, HEARTBEATS: 0}
        reader = LiveReader(broker, settings.topic_prefix, 1, (), recent, ears.hear)
        reading = asyncio.create_task(reader.run())
        await reader.caught_up.wait()
        await start_bots(settings, settings.clock())
        publishing = asyncio.create_task(publish(settings, load, ears, sent))
        samples = await sampled(load, ears, sent, psutil.Process(process.pid), tell)
        await publishing
        reading.cancel()
    return samples


async def sampled(
    load: Load, ears: Ears, sent: list[int], process: psutil.Process, tell: bool
) -> list[Sample]:
    """Samples until the load is over and the stages had time to catch up."""
    samples: list[Sample] = []
    started = before_at = time.perf_counter()
    before, burst_at = 0, float("-inf")
    while (second := time.perf_counter() - started) < load.seconds + SETTLE_S:
        await asyncio.sleep(SAMPLE_S)
        now, latencies = time.perf_counter(), ears.latencies()
        if load.rate_at(second) == load.burst or load.rate_at(now - started) == load.burst:
            burst_at = now
        cuts = statistics.quantiles(latencies, n=100) if len(latencies) >= 20 else None
        samples.append(
            Sample(
                now - started,
                (sent[0] - before) / (now - before_at),
                sum(ears.lags.values()),
                process.memory_info().rss / 1e6,
                cuts[49] if cuts else None,
                cuts[98] if cuts else None,
                steady=now - burst_at > 2 * SAMPLE_S and now - started <= load.seconds,
            )
        )
        before, before_at = sent[0], now
        if tell:
            print(in_words(samples[-1]), flush=True)
    return samples


def in_words(sample: Sample) -> str:
    """One line."""
    latency = (
        "few decisions" if sample.p50 is None else f"p50 {sample.p50:.0f} p99 {sample.p99:.0f} ms"
    )
    return (
        f"{sample.second:6.0f} s  {sample.rate:6.0f}/s  lag {sample.lag:6}  "
        f"{sample.memory_mb:6.0f} MB  {latency}{'' if sample.steady else '  (burst)'}"
    )


def growth(samples: list[Sample]) -> dict[str, float]:
    """Medians of the last third of the steady samples by those of the first third.

    Samples of the warming first minute are left out where there are more than twelve.
    """
    steady = [each for each in samples if each.steady]
    steady = steady[12:] if len(steady) > 24 else steady
    third = max(1, len(steady) // 3)
    first, last = steady[:third], steady[-third:]

    def ratio(name: str) -> float | None:
        parts = [[v for s in part if (v := getattr(s, name)) is not None] for part in (first, last)]
        if not all(parts) or not statistics.median(parts[0]):
            return None
        return float(statistics.median(parts[1]) / statistics.median(parts[0]))

    found = {name: ratio(name) for name in ("memory_mb", "lag", "p50", "p99")}
    return {name: value for name, value in found.items() if value is not None}


async def main() -> None:
    """Start Kafka, load, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rate", type=int, default=4_000)
    parser.add_argument("--burst", type=int, default=10_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        broker = EmbeddedKafka(Path(folder), port=free_port(), controller_port=free_port())
        await broker.start(silent)
        try:
            load = Load(asked.minutes * 60, asked.rate, asked.burst)
            samples = await soak(broker.bootstrap, load)
        finally:
            await broker.stop()
    ratios = ", ".join(f"{name} {value:.2f}" for name, value in growth(samples).items())
    print(f"last third by first third: {ratios}; records left to read {samples[-1].lag}")


if __name__ == "__main__":
    uvloop.run(main())
