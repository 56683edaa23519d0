"""One stage as a Faust agent on its one topic."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from itertools import chain
from typing import cast

import structlog
from faust import Stream
from faust.exceptions import ConsumerNotStarted
from faust.types import TP, EventT, StreamT

from agents.shell.app import PetsApp
from agents.shell.checkpoints import write_checkpoint
from agents.shell.context import ShellContext
from agents.shell.notable import subject_of
from agents.shell.pace import CheckpointPace
from agents.shell.partition_run import PartitionRun
from agents.shell.report import StageReport
from agents.shell.restore import Resumption, find_resumptions
from agents.shell.takeover import PartitionWriters, take_over
from agents.stages.base import Stage
from agents.stages.framing import FrameFold
from configs.logging import log_about
from schemas.errors import PETSError

log = structlog.get_logger(__name__)

StageFactory = Callable[[int], Stage]
"""Makes the stage of one input partition, in its first state."""


class StageAgent:
    """Runs a stage: Faust assigns partitions and fetches, the folds decide, checkpoints remember.

    Concurrency is 1, so that the order of a partition is the order of its fold. Every partition
    has a stage, a state and checkpoints of its own.
    """

    def __init__(self, make: StageFactory, context: ShellContext) -> None:
        """Make the Faust application; nothing connects yet.

        Args:
            make: Makes the stage of a partition.
            context: What the stages of this process share.
        """
        first = make(0)
        self.name = first.name
        self.topic = first.reads
        self._make = make
        self._context = context
        self._runs: dict[int, PartitionRun] = {}
        self._working: FrameFold | None = None
        self._stopping = False
        self._report = StageReport(self.name, context)
        settings = context.settings
        self._topic_name = settings.topic_prefix + self.topic.name
        self.app = PetsApp(
            f"{settings.topic_prefix}pets-{self.name}",
            broker=settings.broker,
            instance=settings.worker_instance(),
            fetch_wait_ms=settings.fetch_wait_ms,
            positions=self.positions,
        )
        self.app.on_partitions_revoked.connect(self._on_revoked)
        self.app.on_rebalance_complete.connect(self._on_assigned)
        records = self.app.topic(self._topic_name, value_serializer="raw", key_serializer="raw")
        self.app.agent(records, name=self.name, concurrency=1)(self._consume)

    @property
    def is_ready(self) -> bool:
        """Whether it holds partitions, restored their states and reads on."""
        return bool(self._runs) and not self.app.rebalancing

    async def start(self) -> None:
        """Join the group; `is_ready` once it holds a partition."""
        self.app.finalize()
        await self.app.maybe_start()

    async def stop(self) -> None:
        """Take no more records, write last checkpoints, leave."""
        self._stopping = True
        for run in self._runs.values():
            try:
                await run.close()
            except PETSError as error:
                log.warning("stopped-without-checkpoint", stage=self.name, reason=str(error))
        with suppress(TimeoutError):
            await asyncio.wait_for(self.app.stop(), 10.0)

    async def beat(self) -> None:
        """Publish a heartbeat and update the gauges; once a second.

        Raises:
            InfrastructureError: The broker took no more records.
        """
        await self._report.beat(
            self._status(),
            position=max((run.position for run in self._runs.values()), default=0),
            lag=sum(self._lag(partition, run) for partition, run in self._runs.items()),
            unsaved_s=max((run.unsaved_s for run in self._runs.values()), default=0.0),
            checkpoint_bytes=sum(run.checkpoint_bytes for run in self._runs.values()),
        )

    def _status(self) -> str:
        if self._stopping:
            return "stopping"
        if not self.is_ready:
            return "starting"
        catching_up = any(run.is_catching_up for run in self._runs.values())
        return "recovering" if catching_up else "running"

    def _lag(self, partition: int, run: PartitionRun) -> int:
        try:
            end = self.app.consumer.highwater(TP(self._topic_name, partition))
        except (ConsumerNotStarted, AssertionError):
            end = None  # between two assignments the consumer knows no log end
        return max(0, (end or run.behind) - run.position)

    async def _consume(self, stream: StreamT[bytes]) -> None:
        log_about(self._subject)
        async for event in cast(Stream[bytes], stream).noack().events():
            try:
                await self._handle(event)
            except Exception as error:  # noqa: BLE001 - Faust would go on behind the record
                self._context.fail(error)
                return

    async def _handle(self, event: EventT[bytes]) -> None:
        message = event.message
        run = self._runs.get(message.partition)
        if run is None or self._stopping:
            return
        self._working = run.fold
        outcome = await run.handle(message.offset, message.value or b"", event.ack)
        if outcome is not None:
            await self._report.note(outcome, run.fold.now)

    def _subject(self) -> Mapping[str, str]:
        return {} if self._working is None else subject_of(self.name, self._working)

    def positions(self) -> Mapping[TP, int]:
        """Offset of the next record, for each partition it holds."""
        return {TP(self._topic_name, number): run.position for number, run in self._runs.items()}

    async def _on_revoked(self, _app: object, /, *revoked: set[TP], **_: object) -> None:
        for tp in sorted(chain(*revoked)):
            run = self._runs.pop(tp.partition, None)
            if run is None:
                continue
            try:
                await run.close()
            except PETSError as error:
                log.warning("revoked-without-checkpoint", stage=self.name, reason=str(error))

    async def _on_assigned(self, _app: object, /, *_args: object, **_: object) -> None:
        """Restore the assigned partitions; Faust waits for this before it reads on."""
        try:
            await self._take_over()
        except Exception as error:  # noqa: BLE001 - without its state the stage must not read
            self._context.fail(error)

    async def _take_over(self) -> None:
        assigned = [
            tp.partition for tp in self.app.consumer.assignment() if tp.topic == self._topic_name
        ]
        for run in self._runs.values():
            await run.discard()
        self._runs.clear()
        settings = self._context.settings
        taken = await asyncio.gather(
            *(take_over(settings, self.name, self.topic, partition) for partition in assigned)
        )
        writers = dict(zip(assigned, taken, strict=True))
        resumptions = await find_resumptions(
            settings.broker,
            settings.topic_prefix,
            self.name,
            self.topic,
            assigned,
            self._context.library,
        )
        for partition, resumption in resumptions.items():
            run = await self._restored(partition, resumption, writers[partition])
            self._runs[partition] = run
        self._report.assigned()

    async def _restored(
        self, partition: int, resumption: Resumption, writers: PartitionWriters
    ) -> PartitionRun:
        settings = self._context.settings
        fold = FrameFold(partial(self._make, partition), partition, settings.shards)
        if resumption.checkpoint is not None:
            fold.restore(resumption.checkpoint)
        fold.offset = resumption.start - 1
        if resumption.checkpoint is None and self._context.library is not None:
            await write_checkpoint(writers.checkpoints, fold.checkpoint())  # what it is born with
        if resumption.lost:
            await self._report.alert(
                "records-lost",
                f"{resumption.lost} records of {self.topic.name}/{partition} were deleted before "
                f"{self.name} had read them: it was away for longer than they are kept, and goes "
                "on without them.",
            )
        run = PartitionRun(
            fold,
            writers=writers,
            pace=CheckpointPace(settings.checkpoint_ms / 1000, settings.checkpoint_bytes_per_s),
            fail=self._context.fail,
            behind=resumption.end,
            watch=self._context.watch,
        )
        run.start()
        log.info(
            "restored",
            stage=self.name,
            partition=partition,
            position=run.position,
            behind=resumption.end - run.position,
        )
        return run
