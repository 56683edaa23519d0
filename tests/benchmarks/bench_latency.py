"""Book event to decision, through every topic on a real Kafka: p50 and p99 at two rates.

Run: python -m tests.benchmarks.bench_latency [SECONDS]. All stages run in one process of their own,
Kafka in another; the load and the stopwatch are a third. Simulated worlds are played eight times as
fast, session clock and all, and so many of their markets are taken that they say as many messages a
second as are asked for: at another speed books would age, and bots warm up, at another pace. A
decision's latency counts from just before its cause, a book event, is handed to the producer until
the decision is read back; what clock ticks, fills and order events lead to is not counted.

A machine that is busy with other work makes every figure longer. So each line ends with what tells:
the processor time of the stages' process, and how long its threads waited for a processor.
"""

import asyncio
import heapq
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import uvloop

from api.first_start import start_bots
from api.live_reader import LiveReader
from api.runtime.kafka import EmbeddedKafka
from api.runtime.ports import free_port
from api.runtime.service import silent
from api.tape import WORLD_START_MS, Input, Tape
from configs.settings import Settings
from schemas.envelope import Message
from schemas.ids import AccountId, MarketId
from schemas.market import FeedStatus, MarketListed
from schemas.trading import BundleIntent, IntentApproved, IntentDenied, PlaceIntent
from tests.benchmarks.sharding import spread, workers
from tests.benchmarks.stage_process import Shell, usage
from topics.catalog import BOOK_EVENTS, DECISIONS, INTENTS, LIFECYCLE
from topics.producer import FrameProducer

RATES = (100, 1_000)
STAGES = ("relay", "book", "bots", "gate", "paper", "ledger")
SPEED = 8.0
"""Session seconds a second."""
WORLDS = 3
MARKETS_PER_1000 = 60
"""Markets that say 1,000 messages a second at that speed: all of the worlds."""
FEWEST = 20
"""Decisions below which no percentile is told."""


class Stopwatch:
    """When causes were published, which intents they led to, and how long their decisions took.

    Attributes:
        latencies: Milliseconds.
    """

    def __init__(self) -> None:
        self.latencies: list[float] = []
        self._published: dict[str, float] = {}
        self._causes: dict[str, str] = {}
        self._decided: dict[str, float] = {}

    def start(self, event_id: str) -> None:
        """A cause is about to be published."""
        self._published[event_id] = time.perf_counter()

    def see(self, message: Message) -> None:
        """An intent or a decision was read; two topics, so they come in any order."""
        if isinstance(message, PlaceIntent | BundleIntent):
            self._causes[message.event_id] = message.causation_id
            self._stop(message.event_id)
        elif isinstance(message, IntentApproved | IntentDenied):
            self._decided[message.intent_id] = time.perf_counter()
            self._stop(message.intent_id)

    def _stop(self, intent_id: str) -> None:
        began = self._published.get(self._causes.get(intent_id, ""))
        ended = self._decided.get(intent_id)
        if began is not None and ended is not None:
            self.latencies.append((ended - began) * 1000)


def load(settings: Settings, rate: int, count: int) -> list[Input]:
    """What the connector would publish; made before the clock starts."""
    account = AccountId(settings.account)
    worlds = (play(Tape("world", settings.seed + n, 24.0, account), n == 0) for n in range(WORLDS))
    markets: set[MarketId] = set()
    inputs: list[Input] = []
    for each in heapq.merge(*worlds, key=lambda each: each.message.ingest_time):
        message = each.message
        if isinstance(message, MarketListed):
            if len(markets) >= MARKETS_PER_1000 * rate // 1000:
                continue
            markets.add(message.market.market_id)
        elif not isinstance(message, FeedStatus) and market_of(message) not in markets:
            continue
        inputs.append(each)
        if len(inputs) == count:
            break
    return inputs


def play(tape: Tape, tells_status: bool) -> Iterator[Input]:
    """A world without clock ticks; one of them tells that the connection lives."""
    for each in tape:
        is_status = isinstance(each.message, FeedStatus)
        if each.topic in (BOOK_EVENTS, LIFECYCLE) and (tells_status or not is_status):
            yield each


def market_of(message: Message) -> MarketId | None:
    """The market a book event is about."""
    return getattr(message, "market_id", None)


async def publish(settings: Settings, rate: int, inputs: list[Input], watch: Stopwatch) -> float:
    """Publish at a steady rate, stamped with the session's present; the rate that was reached."""
    clock = settings.clock()
    async with FrameProducer(
        settings.broker, writer="bench", prefix=settings.topic_prefix, shards=settings.shards
    ) as to:
        started = time.perf_counter()
        for count, (topic, key, message) in enumerate(inputs):
            wait = started + count / rate - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            now = clock.now_ms()
            stamped = msgspec.structs.replace(message, event_time=now, ingest_time=now)
            if isinstance(stamped, FeedStatus):
                stamped = msgspec.structs.replace(stamped, heard_at=now)
            watch.start(stamped.event_id)
            await to.publish(topic, key, stamped)
        return len(inputs) / (time.perf_counter() - started)


class Measured(NamedTuple):
    """One run.

    Attributes:
        rate: Messages a second that were asked for.
        reached: Messages a second that were published.
        latencies: Of decisions, ms.
        ran: Seconds that the stages' processes ran,
        waited: and that their threads waited for a processor.
    """

    rate: int
    reached: float
    latencies: list[float]
    ran: float
    waited: float

    def percentiles(self) -> tuple[float, float] | None:
        """p50 and p99 in ms; None of too few decisions."""
        if len(self.latencies) < FEWEST:
            return None
        cuts = statistics.quantiles(self.latencies, n=100)
        return cuts[49], cuts[98]


async def measure(
    broker: str, rate: int, seconds: float, shell: Shell | None = None, shards: int = 1
) -> Measured:
    """One rate on fresh topics, through Faust or another shell, with a worker for each shard."""
    prefix = f"bench-{time.time_ns()}-"
    settings = Settings(_env_file=None, broker=broker, topic_prefix=prefix, shards=shards)
    inputs, watch = list(spread(load(settings, rate, int(rate * seconds)), shards)), Stopwatch()
    session = {
        "speed": SPEED,
        "anchor_wall_ms": time.time_ns() // 1_000_000,
        "anchor_event_ms": WORLD_START_MS,
    }
    settings = settings.model_copy(update=session)
    async with workers(settings, STAGES, shell) as processes:
        reader = LiveReader(
            broker, settings.topic_prefix, shards, (), {INTENTS: 0, DECISIONS: 0}, watch.see
        )
        reading = asyncio.create_task(reader.run())
        await reader.caught_up.wait()
        await start_bots(settings, settings.clock())
        pids = [process.pid for process in processes]
        before = usage(pids)
        reached = await publish(settings, rate, inputs, watch)
        await asyncio.sleep(2.0)
        ran, waited = (now - then for now, then in zip(usage(pids), before, strict=True))
        reading.cancel()
    return Measured(rate, reached, watch.latencies, ran, waited)


def tell(run: Measured) -> None:
    """Two lines."""
    head = f"{run.rate} messages/s (reached {run.reached:.0f}), {len(run.latencies)} decisions"
    found = run.percentiles()
    if found is None:
        print(f"{head}: too few for percentiles")
    else:
        p50, p99 = found
        print(f"{head}: p50 {p50:.1f} ms, p99 {p99:.1f} ms, most {max(run.latencies):.1f} ms")
    print(
        f"  the stages took {run.ran:.1f} s of processor time and waited {run.waited:.1f} s for it"
    )


async def run(seconds: float) -> None:
    """Start Kafka, measure every rate, stop it."""
    with tempfile.TemporaryDirectory() as folder:
        broker = EmbeddedKafka(Path(folder), port=free_port(), controller_port=free_port())
        await broker.start(silent)
        try:
            for rate in RATES:
                tell(await measure(broker.bootstrap, rate, seconds))
        finally:
            await broker.stop()


if __name__ == "__main__":
    uvloop.run(run(float(sys.argv[1]) if len(sys.argv) > 1 else 90.0))
