"""How the sinks are doing: metrics, heartbeats, alerts and dead letters."""

import asyncio
from collections.abc import Sequence

import structlog

from configs.clock import SessionClock
from schemas.ops import Alert, DeadLetter, Severity
from sinks.beat import Beat, Publisher
from sinks.intake import NAME, Refused
from sinks.metrics import SinkMetrics
from topics.catalog import ALERTS, DEAD_LETTERS
from topics.dead_letters import letter_of

log = structlog.get_logger(__name__)

ALERT_GAP_S = 10.0
"""Least seconds between two alerts about refused messages."""


class Pulse(Beat):
    """Says on the log how the sinks are doing, and keeps what they refuse there.

    Attributes:
        metrics: The same for Prometheus.
    """

    def __init__(self, producer: Publisher, clock: SessionClock) -> None:
        """Start with nothing done.

        Args:
            producer: Where heartbeats, alerts and dead letters go; connected.
            clock: The session clock.
        """
        super().__init__(producer, clock, NAME)
        self._alerted_at = float("-inf")
        self._unsaid = 0
        self.metrics = SinkMetrics()

    def measure(self) -> None:
        """Bring metrics up to date."""
        self.metrics.lag.set(self.lag)
        self.metrics.away.set(bool(self.waiting))

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
            f"{NAME} set {count} message(s) aside, the last of {last.place.topic} at offset "
            f"{last.place.offset}: {last.error[:300]} See the topic of dead letters."
        )
        log.error("dead-letters", detail=detail)
        alert = Alert(
            **self._header("alert"),
            rule="dead-letters",
            severity=Severity.CRITICAL,
            scope=NAME,
            detail=detail,
        )
        await self._producer.publish(ALERTS, NAME, alert)

    def _dead_letter(self, refused: Refused) -> DeadLetter:
        return letter_of(NAME, *refused.place, refused.error, refused.payload, self._clock.now_ms())
