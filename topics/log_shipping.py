"""Log lines of a process to the log topic, beside its work: never waited for, never in a circle.

A thread of its own with a connection of its own takes the lines from a bounded queue. While the
broker is away the queue fills, further lines are counted instead of kept, and the count is written
in their place when there is room again. What this thread logs itself stays on standard output.
"""

import asyncio
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import islice

from schemas.errors import InfrastructureError
from schemas.ids import derive_id
from schemas.ops import LogLine
from topics.catalog import LOGS
from topics.log_lines import line_of
from topics.producer import FrameProducer

QUEUED_LINES = 2_000
BATCH = 100
RETRY_S = 5.0
GOODBYE_S = 2.0
"""Seconds for the last lines at the end of a process."""

MakeProducer = Callable[[], FrameProducer]


class LogShipper(logging.Handler):
    """A log handler that puts every line on the log topic.

    Its formatter must give JSON objects without secrets, as that of `configs.logging` does.

    Attributes:
        dropped: Lines that there was no room for since the last that was kept.
    """

    def __init__(
        self,
        component: str,
        make: MakeProducer,
        now_ms: Callable[[], int],
        retry_s: float = RETRY_S,
    ) -> None:
        """Set it up; `start` begins.

        Args:
            component: The process's name, the record key.
            make: Makes a producer, not started; called anew after a failure.
            now_ms: Session time.
            retry_s: Seconds between two attempts to connect.
        """
        super().__init__()
        self._component = component
        self._make = make
        self._now_ms = now_ms
        self._retry_s = retry_s
        self._born_ns = time.time_ns()
        self._taken = 0
        self._waiting: deque[LogLine] = deque()
        self._mutex = threading.Lock()
        self._closing = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._work: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="log-shipper", daemon=True)
        self.dropped = 0

    def start(self) -> None:
        """Begin to write what comes."""
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Take a line; returns at once, whatever the broker does."""
        if record.thread == self._thread.ident:
            return
        try:
            self._take(self.format(record))
        except Exception:  # noqa: BLE001 - a line that cannot be written must not end its writer
            self.handleError(record)

    def close(self) -> None:
        """Write what waits, within two seconds, and end."""
        if self._thread.is_alive() and not self._closing:
            self._closing = True
            self._call(self._wake.set)
            self._thread.join(GOODBYE_S)
            if self._thread.is_alive() and self._work is not None:
                self._call(self._work.cancel)
                self._thread.join(GOODBYE_S)
        super().close()

    def _take(self, text: str) -> None:
        with self._mutex:
            if len(self._waiting) >= QUEUED_LINES:
                self.dropped += 1
                return
            line = self._numbered(text)
            was_empty = not self._waiting
            if self.dropped:
                self._waiting.append(self._gap(line))
            self._waiting.append(line)
        if was_empty:
            self._call(self._wake.set)

    def _numbered(self, text: str) -> LogLine:
        self._taken += 1
        return line_of(
            text,
            event_id=derive_id("log", self._component, os.getpid(), self._born_ns, self._taken),
            now=self._now_ms(),
            pid=os.getpid(),
        )

    def _gap(self, line: LogLine) -> LogLine:
        """A line that says how many are missing before another."""
        dropped, self.dropped = self.dropped, 0
        return LogLine(
            event_id=derive_id("log-gap", line.event_id),
            event_time=line.event_time,
            ingest_time=line.ingest_time,
            source=line.source,
            at=line.at,
            level="warning",
            logger=__name__,
            event="log-lines-dropped",
            pid=line.pid,
            fields={"lines": str(dropped)},
        )

    def _call(self, act: Callable[[], object]) -> None:
        """Do something in the thread's loop, if it runs."""
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(act)

    def _run(self) -> None:
        with suppress(asyncio.CancelledError):
            asyncio.run(self._ship())

    async def _ship(self) -> None:
        self._work = asyncio.current_task()
        self._loop = asyncio.get_running_loop()
        while True:
            producer = self._make()
            try:
                await producer.start()
                await self._drain(producer)
                return
            except InfrastructureError:
                if self._closing:
                    return
            finally:
                with suppress(InfrastructureError):
                    await producer.close(GOODBYE_S)
            await asyncio.sleep(self._retry_s)

    async def _drain(self, producer: FrameProducer) -> None:
        """Write lines in batches; a batch leaves the queue when the broker has it."""
        while True:
            self._wake.clear()
            while batch := self._next():
                for line in batch:
                    await producer.publish(LOGS, self._component, line)
                await producer.flush()
                with self._mutex:
                    for _ in batch:
                        self._waiting.popleft()
            if self._closing:
                return
            await self._wake.wait()

    def _next(self) -> list[LogLine]:
        with self._mutex:
            return list(islice(self._waiting, BATCH))
