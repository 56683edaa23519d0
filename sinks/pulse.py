"""How the sinks are doing: metrics, heartbeats, alerts and dead letters."""

import asyncio
import os
from collections.abc import Sequence
from typing import Protocol

import structlog

from configs.clock import SessionClock
from schemas.envelope import Header, Message
from schemas.ids import derive_id
from schemas.ops import Alert, DeadLetter, Heartbeat, Severity
from sinks.intake import NAME, Refused
from sinks.metrics import SinkMetrics
from topics.catalog import ALERTS, DEAD_LETTERS, HEARTBEATS, TopicSpec
from topics.dead_letters import letter_of

log = structlog.get_logger(__name__)

BEAT_S = 1.0
ALERT_GAP_S = 10.0
"""Least seconds between two alerts about refused messages."""


class Publisher(Protocol):
    """Writes messages to topics; a `topics.producer.FrameProducer`."""

    async def publish(self, topic: TopicSpec, key: str, message: Message) -> None:
        """Hand a message over."""
        ...

    async def flush(self) -> None:
        """Wait until the broker has everything."""
        ...


class Pulse:
    """Says on the log how the sinks are doing, and keeps what they refuse there.

    Attributes:
        processed: Records read and kept.
        position: Sum of the next offsets of all partitions.
        lag: Records still to read.
        waiting: Why nothing can be kept now; empty when all is well.
        metrics: The same for Prometheus.
    """

    def __init__(self, producer: Publisher, clock: SessionClock, name: str = NAME) -> None:
        """Start with nothing done.

        Args:
            producer: Where heartbeats, alerts and dead letters go; connected.
            clock: The session clock.
            name: The component's, `sinks` or `archive`.
        """
        self._producer = producer
        self._name = name
        self._clock = clock
        self._said = 0
        self._alerted_at = float("-inf")
        self._unsaid = 0
        self.processed = 0
        self.position = 0
        self.lag = 0
        self.waiting = ""
        self.metrics = SinkMetrics()

    async def run(self) -> None:
        """Beat once a second until cancelled.

        Raises:
            InfrastructureError: The broker took no more records.
        """
        while True:
            self.metrics.lag.set(self.lag)
            self.metrics.away.set(bool(self.waiting))
            await self._producer.publish(HEARTBEATS, self._name, self._heartbeat())
            await asyncio.sleep(BEAT_S)

    async def bury(self, refused: Sequence[Refused]) -> None:
        """Write dead letters and wait until the broker has them; alert, not too often.

        Raises:
            InfrastructureError: The broker took no more records.
        """
        for one in refused:
            await self._producer.publish(DEAD_LETTERS, one.place.topic, self._dead_letter(one))
        await self._producer.flush()
        self.metrics.refused.inc(len(refused))
        self._unsaid += len(refused)
        now = asyncio.get_running_loop().time()
        if refused and now - self._alerted_at >= ALERT_GAP_S:
            self._alerted_at = now
            await self._alert(refused[-1])

    async def _alert(self, last: Refused) -> None:
        count, self._unsaid = self._unsaid, 0
        detail = (
            f"{self._name} set {count} message(s) aside, the last of {last.place.topic} at offset "
            f"{last.place.offset}: {last.error[:300]} See the topic of dead letters."
        )
        log.error("dead-letters", detail=detail)
        alert = Alert(
            **self._header("alert"),
            rule="dead-letters",
            severity=Severity.CRITICAL,
            scope=self._name,
            detail=detail,
        )
        await self._producer.publish(ALERTS, self._name, alert)

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

    def _dead_letter(self, refused: Refused) -> DeadLetter:
        return letter_of(
            self._name, *refused.place, refused.error, refused.payload, self._clock.now_ms()
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
