"""One stage on one partition: apply records, and make safe what followed from them."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

from agents.shell.checkpoints import write_checkpoint
from agents.shell.pace import RECORDS_LIMIT, CheckpointPace
from agents.shell.steps import Step, Watch, unwatched
from agents.shell.takeover import PartitionWriters
from agents.stages.framing import FrameFold, Outcome
from schemas.errors import InfrastructureError
from topics.writer import Acknowledgement

Acknowledge = Callable[[], object]
"""Tells Faust that an input record is done with, so that its offset may be committed."""
Fail = Callable[[BaseException], None]
"""Tells the worker that it cannot go on."""


class PartitionRun:
    """Applies input records and keeps their outputs' acknowledgements until the next checkpoint.

    The order of every checkpoint is the whole proof: outputs acknowledged, then the checkpoint
    acknowledged, then the inputs acknowledged. A crash between any two repeats work, and readers
    drop the repeated frames; nothing is lost.
    """

    def __init__(
        self,
        fold: FrameFold,
        *,
        writers: PartitionWriters,
        pace: CheckpointPace,
        fail: Fail,
        behind: int,
        watch: Watch = unwatched,
    ) -> None:
        """Take over a restored fold; `start` begins to write checkpoints.

        Args:
            fold: The stage with its state.
            writers: Write outputs and checkpoints; disconnected with the run.
            pace: Says how often.
            fail: Told when a record cannot be written.
            behind: The end of the input log at the restore; until then it catches up.
            watch: Told at every step.
        """
        self.fold = fold
        self.checkpoint_bytes = 0
        self._writers = writers
        self._outputs, self._checkpoints = writers
        self._watch = watch
        self._pace = pace
        self._fail = fail
        self.behind = behind
        self._order = asyncio.Lock()
        self._saving = asyncio.Lock()
        self._sent: list[Acknowledgement] = []
        self._unacknowledged: list[Acknowledge] = []
        self._changed = asyncio.Event()
        self._due = asyncio.Event()
        self._changed_at = 0.0
        self._torn = False
        self._closed = False
        self._saver: asyncio.Task[None] | None = None

    @property
    def position(self) -> int:
        """Offset of the next record to be applied."""
        return self.fold.offset + 1

    @property
    def is_catching_up(self) -> bool:
        """Whether it still repeats what was on the log when it started."""
        return self.position < self.behind

    @property
    def unsaved_s(self) -> float:
        """Age of the oldest change that is in no checkpoint, in seconds; 0 without any."""
        return time.monotonic() - self._changed_at if self._changed.is_set() else 0.0

    def start(self) -> None:
        """Begin to write checkpoints."""
        self._saver = asyncio.create_task(self._keep_saving())

    async def handle(self, offset: int, payload: bytes, acknowledge: Acknowledge) -> Outcome | None:
        """Apply one input record and hand over what follows from it.

        Args:
            offset: Its offset.
            payload: Its value.
            acknowledge: Called once a checkpoint includes it.

        Returns:
            What followed; None after `close`.

        Raises:
            InfrastructureError: The broker took no more records.
        """
        await self._note(Step.READ, offset)
        async with self._order:
            if self._closed:
                return None
            self._torn = True
            outcome = self.fold.apply(offset, payload)
            for record in outcome.records:
                self._sent.append(
                    await self._outputs.write(
                        record.topic, record.partition, record.key, record.value
                    )
                )
            self._unacknowledged.append(acknowledge)
            self._torn = False
            await self._note(Step.SENT, offset)
        if not self._changed.is_set():
            self._changed_at = time.monotonic()
            self._changed.set()
        if len(self._unacknowledged) >= RECORDS_LIMIT:
            self._due.set()
        return outcome

    async def checkpoint(self) -> None:
        """Make everything applied so far safe; nothing happens when nothing changed.

        Raises:
            InfrastructureError: A record could not be written, or a record was interrupted half
                way, so that the state has outputs that were never sent.
        """
        async with self._saving:
            async with self._order:
                if not self._changed.is_set():
                    return
                if self._torn:
                    raise InfrastructureError(
                        f"The stage {self.fold.name} was interrupted in the middle of a record: "
                        "it goes on from its last checkpoint at the next start."
                    )
                started = time.perf_counter()
                checkpoint = self.fold.checkpoint()
                taken_s = time.perf_counter() - started
                sent, self._sent = self._sent, []
                done, self._unacknowledged = self._unacknowledged, []
                self._changed.clear()
                self._due.clear()
            offset = checkpoint.offset
            await self._note(Step.TAKEN, offset)
            for acknowledgement in sent:
                await self._outputs.acknowledged(acknowledgement)
            await self._note(Step.ACKNOWLEDGED, offset)
            self.checkpoint_bytes = await write_checkpoint(self._checkpoints, checkpoint)
            await self._note(Step.SAVED, offset)
            for acknowledge in done:
                acknowledge()
            self._pace.note(self.checkpoint_bytes, taken_s)
            await self._note(Step.DONE, offset)

    async def close(self, timeout_s: float = 5.0) -> None:
        """Take no more records and write a last checkpoint.

        Raises:
            InfrastructureError: The checkpoint could not be written in time; the next start
                repeats what it would have saved.
        """
        self._closed = True
        try:
            await asyncio.wait_for(self.checkpoint(), timeout_s)
        except TimeoutError as error:
            raise InfrastructureError(
                f"The stage {self.fold.name} could not write its last checkpoint within "
                f"{timeout_s:g} s: the broker does not answer. The next start repeats a little."
            ) from error
        finally:
            await self.discard()

    async def discard(self) -> None:
        """Take no more records, write nothing more and disconnect."""
        self._closed = True
        if self._saver is not None:
            self._saver.cancel()
            with suppress(asyncio.CancelledError):
                await self._saver
            self._saver = None
        await self._writers.disconnect()

    async def _note(self, step: Step, offset: int) -> None:
        if self._watch is not unwatched:
            await self._watch(step, self.fold.name, self.fold.partition, offset)

    async def _keep_saving(self) -> None:
        try:
            while True:
                await self._changed.wait()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._due.wait(), self._pace.interval_s)
                await self.checkpoint()
        except Exception as error:  # noqa: BLE001 - whatever it is, the worker must end
            self._fail(error)
