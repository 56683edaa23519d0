"""Book event to decision, through every topic on a real Kafka: p50 and p99 at two rates.

Run: python -m tests.benchmarks.bench_latency [SECONDS]. Relay, book, bots, gate and paper run in
one process beside the load generator; Kafka in its own. A decision's latency counts from the moment
at which its cause, a book event, was published.
"""

import asyncio
import itertools
import statistics
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import uvloop

from agents.shell.worker import run_stages
from api.first_start import start_bots
from api.live_reader import LiveReader
from api.runtime.kafka import EmbeddedKafka
from api.runtime.ports import free_port
from api.runtime.service import silent
from api.stages import Stages
from api.tape import WORLD_START_MS, Tape
from configs.settings import Settings
from schemas.envelope import Message
from schemas.ids import AccountId
from schemas.market import FeedStatus
from schemas.trading import BundleIntent, IntentApproved, IntentDenied, PlaceIntent
from topics.catalog import DECISIONS, INTENTS, Scope
from topics.producer import FrameProducer

RATES = (100, 1_000)
STAGES = ("relay", "book", "bots", "gate", "paper", "ledger")


class Stopwatch:
    """When causes were published, which intents they led to, when those were decided."""

    def __init__(self) -> None:
        self.published: dict[str, float] = {}
        self.causes: dict[str, str] = {}
        self.latencies: list[float] = []

    def see(self, message: Message) -> None:
        if isinstance(message, PlaceIntent | BundleIntent):
            self.causes[message.event_id] = message.causation_id
        elif isinstance(message, IntentApproved | IntentDenied):
            cause = self.causes.get(message.intent_id, message.causation_id)
            began = self.published.get(cause)
            if began is not None:
                self.latencies.append((time.perf_counter() - began) * 1000)


async def generate(settings: Settings, rate: int, seconds: float, watch: Stopwatch) -> None:
    """Publish the simulated world's messages at a steady rate, stamped with the present."""
    clock = settings.clock()
    tape = Tape("world", settings.seed, 1.0, AccountId(settings.account))
    writer = FrameProducer(settings.broker, writer="bench", prefix=settings.topic_prefix)
    async with writer:
        started = time.perf_counter()
        for count, item in enumerate(itertools.islice(tape, int(rate * seconds))):
            wait = started + count / rate - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            if item.topic.scope is not Scope.SHARD or item.message.source == "clock":
                continue
            now = clock.now_ms()
            message = msgspec.structs.replace(item.message, event_time=now, ingest_time=now)
            if isinstance(message, FeedStatus):
                message = msgspec.structs.replace(message, heard_at=now)
            watch.published[message.event_id] = time.perf_counter()
            await writer.publish(item.topic, item.key, message)


async def measure(broker: str, rate: int, seconds: float) -> None:
    """One rate on fresh topics."""
    settings = Settings(
        broker=broker,
        topic_prefix=f"bench-{rate}-",
        source="world",
        anchor_wall_ms=time.time_ns() // 1_000_000,
        anchor_event_ms=WORLD_START_MS,
    )
    makers = [make for name in STAGES for make in Stages(settings).named(name)]
    stop, ready, watch = asyncio.Event(), asyncio.Event(), Stopwatch()
    worker = asyncio.create_task(run_stages(settings, makers, stop=stop, on_ready=ready.set))
    await ready.wait()
    reader = LiveReader(broker, settings.topic_prefix, 1, (), {INTENTS: 0, DECISIONS: 0}, watch.see)
    reading = asyncio.create_task(reader.run())
    await start_bots(settings, settings.clock())
    await asyncio.sleep(1.0)
    await generate(settings, rate, seconds, watch)
    await asyncio.sleep(2.0)
    reading.cancel()
    stop.set()
    await worker
    if len(watch.latencies) < 20:
        print(f"{rate} messages/s: only {len(watch.latencies)} decisions, no percentile")
        return
    cuts = statistics.quantiles(watch.latencies, n=100)
    print(
        f"{rate} messages/s: {len(watch.latencies)} decisions, "
        f"p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms"
    )


async def run(seconds: float) -> None:
    """Start Kafka, measure every rate, stop it."""
    with tempfile.TemporaryDirectory() as folder:
        broker = EmbeddedKafka(Path(folder), port=free_port(), controller_port=free_port())
        await broker.start(silent)
        try:
            for rate in RATES:
                await measure(broker.bootstrap, rate, seconds)
        finally:
            await broker.stop()


if __name__ == "__main__":
    uvloop.run(run(float(sys.argv[1]) if len(sys.argv) > 1 else 60.0))
