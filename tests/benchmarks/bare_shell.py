"""The deciding stages on bare aiokafka: the same folds, frames, checkpoints and fences, no Faust.

A peer to measure Faust against, not a way to run PETS: partitions are assigned by hand, nobody
stands by, nothing is reported.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from agents.shell.pace import CheckpointPace
from agents.shell.partition_run import PartitionRun
from agents.shell.restore import find_resumptions
from agents.shell.runner import StageFactory
from agents.shell.takeover import take_over
from agents.stages.framing import FrameFold
from configs.settings import Settings
from topics.admin import ensure_topics


class BareStage:
    """One stage on its first partition."""

    def __init__(self, settings: Settings, make: StageFactory) -> None:
        first = make(0)
        self.name, self.topic = first.name, first.reads
        self._settings = settings
        self._make = make
        self._run: PartitionRun | None = None

    @property
    def position(self) -> int:
        """Offset of the next record."""
        return 0 if self._run is None else self._run.position

    async def work(self, fail: Callable[[BaseException], None], ready: asyncio.Event) -> None:
        """Restore, then apply records until cancelled."""
        settings = self._settings
        writers = await take_over(settings, self.name, self.topic, 0)
        found = await find_resumptions(
            settings.broker, settings.topic_prefix, self.name, self.topic, [0]
        )
        fold = FrameFold(partial(self._make, 0), 0, settings.shards)
        if (checkpoint := found[0].checkpoint) is not None:
            fold.restore(checkpoint)
        fold.offset = found[0].start - 1
        pace = CheckpointPace(settings.checkpoint_ms / 1000, settings.checkpoint_bytes_per_s)
        run = self._run = PartitionRun(
            fold, writers=writers, pace=pace, fail=fail, behind=found[0].end
        )
        run.start()
        consumer = AIOKafkaConsumer(
            bootstrap_servers=settings.broker,
            group_id=None,
            fetch_max_wait_ms=settings.fetch_wait_ms,
        )
        await consumer.start()
        try:
            tp = TopicPartition(settings.topic_prefix + self.topic.name, 0)
            consumer.assign([tp])
            consumer.seek(tp, run.position)
            ready.set()
            while True:
                for record in (await consumer.getmany(tp, timeout_ms=500)).get(tp, []):
                    await run.handle(record.offset, record.value or b"", _done)
        finally:
            await consumer.stop()
            await run.discard()


def _done() -> None:
    """Nobody is told which offsets are done with."""


async def run_bare(
    settings: Settings,
    makes: Sequence[StageFactory],
    *,
    on_ready: Callable[[], None] | None = None,
) -> None:
    """Run stages until cancelled; the counterpart of `run_stages`."""
    await ensure_topics(settings.broker, settings.topic_prefix, settings.shards)
    stages = [BareStage(settings, make) for make in makes]
    await work_all(stages, on_ready)


async def work_all(stages: Sequence[BareStage], on_ready: Callable[[], None] | None = None) -> None:
    """Let stages work side by side until cancelled or one fails."""
    failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    ready = [asyncio.Event() for _ in stages]

    def fail(error: BaseException) -> None:
        if not failed.done():
            failed.set_exception(error)

    async with asyncio.TaskGroup() as group:
        for stage, event in zip(stages, ready, strict=True):
            group.create_task(stage.work(fail, event))
        for event in ready:
            await event.wait()
        if on_ready is not None:
            on_ready()
        await failed
