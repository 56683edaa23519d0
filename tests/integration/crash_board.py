"""Memory that a crash test shares with the workers it kills: whose turn it is, how far each is.

With turns the order of every log is the same in every run, so a run with kills can be compared with
an undisturbed one record by record. A worker waits before a record that it has not been granted.
"""

import asyncio
import mmap
import os
import signal
from pathlib import Path

from agents.shell.steps import Step

STAGES = ("relay-lifecycle", "relay-books", "book", "bots", "gate", "paper", "ledger")
STEPS = tuple(Step)
_GRANTED, _SAVED, _ARMED, _ARMED_AT, _SIZE = range(5)
POLL_S = 0.001
NOWHERE = -1


class Board:
    """Four numbers for each stage, in a file that every process maps."""

    def __init__(self, path: Path, *, new: bool = False) -> None:
        count = len(STAGES) * _SIZE
        if new:
            path.write_bytes(bytes(8 * count))
        with path.open("r+b") as file:
            self._numbers = memoryview(mmap.mmap(file.fileno(), 8 * count)).cast("q")
        if new:
            for stage in STAGES:
                self._put(stage, _GRANTED, NOWHERE)
                self._put(stage, _SAVED, NOWHERE)

    def grant(self, stage: str, offset: int) -> None:
        """Let a stage apply everything up to an offset."""
        self._put(stage, _GRANTED, offset)

    def grant_all(self) -> None:
        """Let every stage run freely."""
        for stage in STAGES:
            self.grant(stage, 2**62)

    def granted(self, stage: str) -> int:
        return self._get(stage, _GRANTED)

    def saved(self, stage: str) -> int:
        """The offset that the stage's last checkpoint includes; what it wrote is on the log."""
        return self._get(stage, _SAVED)

    def arm(self, stage: str, step: Step, offset: int) -> None:
        """Let the stage's process kill itself when it comes to a step at or behind an offset."""
        self._put(stage, _ARMED_AT, offset)
        self._put(stage, _ARMED, STEPS.index(step) + 1)

    def disarm(self, stage: str) -> None:
        self._put(stage, _ARMED, 0)

    async def watch(self, step: Step, stage: str, partition: int, offset: int) -> None:
        """What a worker of the test is told at every step: wait for its turn, note, die."""
        if step is Step.READ:
            while offset > self.granted(stage):  # noqa: ASYNC110 - another process grants
                await asyncio.sleep(POLL_S)
        if step is Step.SAVED:
            self._put(stage, _SAVED, offset)
        armed = self._get(stage, _ARMED)
        if armed and STEPS[armed - 1] is step and offset >= self._get(stage, _ARMED_AT):
            self.disarm(stage)
            os.kill(os.getpid(), signal.SIGKILL)

    def _get(self, stage: str, number: int) -> int:
        return self._numbers[STAGES.index(stage) * _SIZE + number]

    def _put(self, stage: str, number: int, value: int) -> None:
        self._numbers[STAGES.index(stage) * _SIZE + number] = value
