"""What Faust costs: all deciding stages in one process, through Faust and on bare aiokafka.

Run: python -m tests.benchmarks.bench_faust [--messages 20000] [--seconds 30]

Both run the same folds with the same frames, fences and checkpoints, on the same input. First they
catch up a log of the simulated world that lies there already; then they decide live at 1,000
messages a second (see bench_latency). Figures are ratios of Faust to bare aiokafka.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import uvloop

from agents.shell.runner import StageFactory
from agents.shell.worker import Worker
from api.runtime.kafka import EmbeddedKafka
from api.runtime.ports import free_port
from api.runtime.service import silent
from api.stages import Stages
from configs.settings import Settings
from tests.benchmarks.bare_shell import BareStage, run_bare, work_all
from tests.benchmarks.bench_latency import STAGES, measure, tell
from tests.integration.crash_script import script
from topics.admin import ensure_topics
from topics.reader import open_reader
from topics.writer import RecordWriter

LIVE_RATE = 1_000
Positioned = Callable[[], dict[str, int]]
"""Where each stage is."""


def factories(settings: Settings) -> list[StageFactory]:
    """All deciding stages."""
    stages = Stages(settings)
    return [make for name in STAGES for make in stages.named(name)]


async def fill(settings: Settings, messages: int) -> None:
    """Write the input."""
    await ensure_topics(settings.broker, settings.topic_prefix, 1)
    async with RecordWriter(
        settings.broker, client="bench", prefix=settings.topic_prefix
    ) as writer:
        for batch in script(settings, messages, 200, commands=()):
            for record in batch:
                _ = await writer.write(record.topic, 0, None, record.value)


async def until_rest(settings: Settings, positions: Positioned) -> float:
    """Seconds until every stage has read its log to the end; half a second of rest proves it."""
    started = time.perf_counter()
    topics = {make(0).name: make(0).reads for make in factories(settings)}
    rested_at = 0.0
    async with open_reader(settings.broker) as reader:
        while True:
            ends = {
                name: (await reader.bounds(settings.topic_prefix + topic.name, [0]))[0].end
                for name, topic in topics.items()
            }
            if ends == positions():
                rested_at = rested_at or time.perf_counter()
                if time.perf_counter() - rested_at > 0.5:
                    return rested_at - started
            else:
                rested_at = 0.0
            await asyncio.sleep(0.02)


@asynccontextmanager
async def faust_stages(settings: Settings) -> AsyncIterator[Positioned]:
    """Through Faust."""
    worker = Worker(settings, factories(settings))
    try:
        await worker.start()
        yield lambda: {
            agent.name: max(agent.positions().values(), default=0) for agent in worker.agents
        }
    finally:
        await worker.close()


@asynccontextmanager
async def bare_stages(settings: Settings) -> AsyncIterator[Positioned]:
    """On bare aiokafka."""
    stages = [BareStage(settings, make) for make in factories(settings)]
    working = asyncio.create_task(work_all(stages))
    try:
        yield lambda: {stage.name: stage.position for stage in stages}
    finally:
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working


async def run(messages: int, seconds: float) -> None:
    """Catch up, then live."""
    paths = {"faust": faust_stages, "bare aiokafka": bare_stages}
    took: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        broker = EmbeddedKafka(Path(folder), port=free_port(), controller_port=free_port())
        await broker.start(silent)
        try:
            for name, stages in paths.items():
                settings = Settings(
                    _env_file=None,
                    broker=broker.bootstrap,
                    topic_prefix=f"{name[:4]}-",
                    anchor_wall_ms=time.time_ns() // 1_000_000,
                    anchor_event_ms=1_000,
                    speed=0.0001,
                )
                await fill(settings, messages)
                async with stages(settings) as positions:
                    took[name] = await until_rest(settings, positions)
                print(f"{name}: {messages} messages caught up at {messages / took[name]:,.0f}/s")
            ratio = took["faust"] / took["bare aiokafka"]
            print(f"catching up takes {ratio:.2f} times as long through Faust")
            for name, shell in (("faust", None), ("bare aiokafka", run_bare)):
                print(f"{name}, live:")
                tell(await measure(broker.bootstrap, LIVE_RATE, seconds, shell))
        finally:
            await broker.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    uvloop.run(run(options.messages, options.seconds))
