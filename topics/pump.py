"""What waits to become frames of one partition."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import msgspec

from schemas.errors import PETSError
from topics.frames import MAX_BYTES, MAX_MESSAGES
from topics.writer import Acknowledgement

PENDING_MESSAGES = 4_000
PENDING_BYTES = 4 * 1024 * 1024

WriteFrame = Callable[[list[msgspec.Raw]], Awaitable[Acknowledgement]]


class FramePump:
    """Gathers encoded messages of one partition and writes them as frames, in order."""

    def __init__(self, write: WriteFrame, gap_s: float) -> None:
        """Start the task that writes.

        Args:
            write: Hands one frame over; waits while there is no room.
            gap_s: Least seconds between two writes, so that a rush makes fuller frames.
        """
        self._write = write
        self._gap_s = gap_s
        self._waiting: deque[msgspec.Raw] = deque()
        self._size = 0
        self._written_at = float("-inf")
        self._order = asyncio.Lock()
        self._wake = asyncio.Event()
        self._room = asyncio.Event()
        self._failure: PETSError | None = None
        self._task = asyncio.create_task(self._run())

    async def add(self, encoded: msgspec.Raw) -> None:
        """Take a message; waits while too many wait already.

        Raises:
            PETSError: An earlier frame could not be written, or the pump was stopped.
        """
        while self._failure is None and self._is_full():
            self._room.clear()
            await self._room.wait()
        if self._failure is not None:
            raise self._failure
        self._waiting.append(encoded)
        self._size += len(memoryview(encoded))
        self._wake.set()

    async def flush(self) -> None:
        """Hand over everything that waits now."""
        async with self._order:
            await self._hand_over()

    async def send(self, encoded: msgspec.Raw) -> Acknowledgement:
        """Hand over everything that waits now and, behind it, one message in its own frame."""
        async with self._order:
            await self._hand_over()
            return await self._write([encoded])

    def stop(self, reason: PETSError) -> None:
        """End the task; whoever waits to add a message is told the reason."""
        self._task.cancel()
        self._failure = self._failure or reason
        self._room.set()

    async def _run(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            await self._wake.wait()
            rest = self._written_at + self._gap_s - clock()
            if rest > 0:
                await asyncio.sleep(rest)
            try:
                await self.flush()
            except PETSError as error:
                self._failure = error
                self._room.set()
                return

    async def _hand_over(self) -> None:
        self._wake.clear()
        left = len(self._waiting)
        while left > 0:
            frame = self._cut()
            left -= len(frame)
            _ = await self._write(frame)
            self._room.set()
        self._written_at = asyncio.get_running_loop().time()

    def _cut(self) -> list[msgspec.Raw]:
        """Take the next frame's messages: as many as fit, at least one."""
        frame: list[msgspec.Raw] = []
        size = 0
        while self._waiting and len(frame) < MAX_MESSAGES:
            next_size = len(memoryview(self._waiting[0]))
            if frame and size + next_size > MAX_BYTES:
                break
            frame.append(self._waiting.popleft())
            size += next_size
        self._size -= size
        return frame

    def _is_full(self) -> bool:
        return len(self._waiting) >= PENDING_MESSAGES or self._size >= PENDING_BYTES
