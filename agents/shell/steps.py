"""The steps of the crash protocol, and a place to watch them from."""

from collections.abc import Awaitable
from enum import StrEnum
from typing import Protocol


class Step(StrEnum):
    """Where a stage is with one record, or with one checkpoint."""

    READ = "read"
    """It has the record; nothing was applied."""
    SENT = "sent"
    """The record is applied and what followed from it was handed to the writer."""
    TAKEN = "taken"
    """A snapshot is taken; its outputs are not yet acknowledged."""
    ACKNOWLEDGED = "acknowledged"
    """Every output up to the snapshot is acknowledged."""
    SAVED = "saved"
    """The checkpoint is acknowledged; Faust has not been told."""
    DONE = "done"
    """Faust may commit the offsets."""


class Watch(Protocol):
    """Told at each step, which goes on when it returns; the composition root may give one."""

    def __call__(self, step: Step, stage: str, partition: int, offset: int) -> Awaitable[None]:
        """Note a step.

        Args:
            step: Which.
            stage: The stage's name.
            partition: Its input partition.
            offset: Offset of the last record that the step includes.
        """


async def unwatched(step: Step, stage: str, partition: int, offset: int) -> None:
    """Nobody watches."""
