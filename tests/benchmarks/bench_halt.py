"""Milliseconds from the command to halt to the gate's answer, under 1,000 messages a second.

Run: python -m tests.benchmarks.bench_halt [--halts 200] [--rate 1000]

The clock starts before the command is handed to the broker and stops when the gate's answer is read
back; behind that answer the gate approves nothing that opens. Neither database nor API runs.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import uvloop

from api.commands import Commander, applied
from api.first_start import start_bots
from api.live import LiveState
from api.live_reader import LiveReader
from api.runtime.kafka import EmbeddedKafka
from api.runtime.ports import free_port
from api.runtime.service import silent
from api.tape import WORLD_START_MS
from configs.settings import Settings
from schemas.control import Verb
from schemas.ids import AccountId
from tests.benchmarks.bench_latency import SPEED, STAGES, Stopwatch, load, publish
from tests.benchmarks.sharding import workers
from topics.catalog import DECISIONS
from topics.producer import FrameProducer

PAUSE_S = 0.1
LATE_S = 30.0


async def measure(broker: str, rate: int, halts: int) -> list[float]:
    """Halt and resume again and again; the milliseconds of every halt."""
    settings = Settings(
        _env_file=None,
        broker=broker,
        topic_prefix="halt-",
        speed=SPEED,
        anchor_wall_ms=time.time_ns() // 1_000_000,
        anchor_event_ms=WORLD_START_MS,
    )
    account = AccountId(settings.account)
    inputs = load(settings, rate, rate * 300)
    state = LiveState(account)
    took: list[float] = []
    async with workers(settings, STAGES):
        reader = LiveReader(broker, settings.topic_prefix, 1, (), {DECISIONS: 0}, state.apply)
        reading = asyncio.create_task(reader.run())
        await reader.caught_up.wait()
        await start_bots(settings, settings.clock())
        publishing = asyncio.create_task(publish(settings, rate, inputs, Stopwatch()))
        async with FrameProducer(broker, writer="halter", prefix=settings.topic_prefix) as log:
            commander = Commander(log, account, settings.clock())
            await asyncio.sleep(3.0)
            for _ in range(halts):
                began = time.perf_counter()
                halt = await commander.send(Verb.HALT, None, "bench", "bench")
                await applied(state, halt, LATE_S)
                took.append((time.perf_counter() - began) * 1000)
                await asyncio.sleep(PAUSE_S)
                resumed = await commander.send(Verb.RESUME_TRADING, None, "bench", "bench")
                await applied(state, resumed, LATE_S)
                await asyncio.sleep(PAUSE_S)
        for task in (publishing, reading):
            task.cancel()
    return took


async def run(rate: int, halts: int) -> None:
    """Start Kafka, measure, stop it."""
    with tempfile.TemporaryDirectory() as folder:
        broker = EmbeddedKafka(Path(folder), port=free_port(), controller_port=free_port())
        await broker.start(silent)
        try:
            took = await measure(broker.bootstrap, rate, halts)
        finally:
            await broker.stop()
    cuts = statistics.quantiles(took, n=100)
    print(
        f"{len(took)} halts at {rate} messages/s: p50 {cuts[49]:.0f} ms, p99 {cuts[98]:.0f} ms, "
        f"most {max(took):.0f} ms (the answer is polled every 20 ms)"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--halts", type=int, default=200)
    parser.add_argument("--rate", type=int, default=1_000)
    options = parser.parse_args()
    uvloop.run(run(options.rate, options.halts))
