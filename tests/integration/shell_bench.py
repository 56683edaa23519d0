"""What the shell's integration tests share: input, worker processes, and what readers would see."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from agents.shell.checkpoints import load_checkpoint
from agents.shell.runner import StageFactory
from agents.shell.worker import Worker
from agents.stages.framing import AppliedFrames, FrameFold
from configs.settings import Settings
from schemas.ops import Checkpoint
from tests.agents.shell.counting import CountingStage
from topics.catalog import MARKET_TRADES, TopicSpec
from topics.codec import decode_frame
from topics.reader import open_reader

ROOT = Path(__file__).resolve().parents[2]


def settings_for(kafka: str, prefix: str, **more: object) -> Settings:
    """Settings of a worker on the test's own topics."""
    values: dict[str, object] = {"broker": kafka, "topic_prefix": prefix, "log_level": "WARNING"}
    return Settings.model_validate(values | more)


def start_process(settings: Settings, log: Path) -> subprocess.Popen[bytes]:
    """Start the counting stage in a process of its own."""
    environment = {
        **os.environ,
        "PETS_BROKER": settings.broker,
        "PETS_TOPIC_PREFIX": settings.topic_prefix,
        "PETS_SHARDS": str(settings.shards),
        "PETS_INSTANCE": settings.instance,
        "PETS_LOG_LEVEL": settings.log_level,
    }
    command = [sys.executable, "-m", "tests.agents.shell.counting_worker"]
    with log.open("ab") as output:
        return subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )


@asynccontextmanager
async def running(settings: Settings, stages: Sequence[StageFactory]) -> AsyncIterator[Worker]:
    """A worker in this process that reads; stopped in good order at the end."""
    worker = Worker(settings, stages)
    try:
        await worker.start()
        await until(lambda: worker.is_ready)
        yield worker
    finally:
        await worker.close()


async def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for tells no one
            await asyncio.sleep(0.01)


async def until_saved(settings: Settings, offset: int, partition: int = 0) -> Checkpoint:
    """Wait until the counting stage's checkpoint includes an offset."""
    async with asyncio.timeout(60):
        while True:
            found = await load_checkpoint(
                settings.broker, settings.topic_prefix, CountingStage.name, partition
            )
            if found is not None and found.offset >= offset:
                return found
            await asyncio.sleep(0.05)


async def new_record(
    settings: Settings, topic: TopicSpec, partition: int = 0, before: int | None = None
) -> None:
    """Wait until a topic has a record behind offset `before`, by default its present end."""
    name = settings.topic_prefix + topic.name
    async with open_reader(settings.broker) as reader, asyncio.timeout(60):
        if before is None:
            before = (await reader.bounds(name, [partition]))[partition].end
        while (await reader.bounds(name, [partition]))[partition].end <= before:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def values_of(settings: Settings, topic: TopicSpec, partition: int = 0) -> list[bytes]:
    """Every record of a partition."""
    name = settings.topic_prefix + topic.name
    async with open_reader(settings.broker) as reader:
        end = (await reader.bounds(name, [partition]))[partition].end
        return [r.value async for r in reader.records(name, partition, 0, end) if r.value]


async def taken(settings: Settings, topic: TopicSpec, partition: int = 0) -> list[bytes]:
    """The messages a reader takes: those of frames that are no repeats."""
    applied = AppliedFrames()
    messages = []
    for value in await values_of(settings, topic, partition):
        frame = decode_frame(value)
        if applied.is_news(frame):
            messages += [bytes(message) for message in frame.messages]
    return messages


async def undisturbed(
    settings: Settings, topic: TopicSpec, partition: int = 0
) -> tuple[Checkpoint, list[bytes]]:
    """State and messages to `topic` that the counting stage has without any disturbance."""
    fold = FrameFold(lambda: CountingStage(partition), partition, settings.shards)
    messages = []
    for offset, value in enumerate(await values_of(settings, MARKET_TRADES, partition)):
        for record in fold.apply(offset, value).records:
            if record.topic is topic:
                messages += [bytes(m) for m in decode_frame(record.value).messages]
    return fold.checkpoint(), messages
