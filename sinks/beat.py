"""A pulse on the log: what a reader has done, how far it is, and why it waits."""

import asyncio
import os
from typing import Protocol

from configs.clock import SessionClock
from schemas.envelope import Header, Message
from schemas.ids import derive_id
from schemas.ops import Heartbeat
from topics.catalog import HEARTBEATS, TopicSpec

BEAT_S = 1.0


class Publisher(Protocol):
    """Writes messages to topics; a `topics.producer.FrameProducer`."""

    async def publish(self, topic: TopicSpec, key: str, message: Message) -> None:
        """Hand a message over."""
        ...

    async def flush(self) -> None:
        """Wait until the broker has everything."""
        ...


class Beat:
    """Says once a second on the log how a reader is doing.

    Attributes:
        processed: Records read and kept.
        position: Sum of the next offsets of all partitions.
        lag: Records still to read.
        waiting: Why nothing can be kept now; empty when all is well.
    """

    def __init__(self, producer: Publisher, clock: SessionClock, name: str) -> None:
        """Start with nothing done.

        Args:
            producer: Where heartbeats go; connected.
            clock: The session clock.
            name: The component's.
        """
        self._producer = producer
        self._clock = clock
        self._name = name
        self._said = 0
        self.processed = 0
        self.position = 0
        self.lag = 0
        self.waiting = ""

    def measure(self) -> None:
        """Bring metrics up to date; called before each beat."""

    async def run(self) -> None:
        """Beat once a second until cancelled.

        Raises:
            InfrastructureError: The broker took no more records.
        """
        while True:
            self.measure()
            await self._producer.publish(HEARTBEATS, self._name, self._heartbeat())
            await asyncio.sleep(BEAT_S)

    def _heartbeat(self) -> Heartbeat:
        return Heartbeat(
            **self._header("heartbeat"),
            component=self._name,
            status="recovering" if self.waiting else "running",
            processed=self.processed,
            lag=self.lag,
            position=self.position,
            pid=os.getpid(),
            detail=self.waiting,
        )

    def _header(self, kind: str) -> Header:
        self._said += 1
        now = self._clock.now_ms()
        return Header(
            event_id=derive_id(kind, self._name, os.getpid(), now, self._said),
            event_time=now,
            ingest_time=now,
            source=self._name,
            causation_id="",
        )
