"""How a stage is doing: heartbeats, alerts, metrics."""

import os
import time
from dataclasses import dataclass

import structlog

from agents.shell.context import ShellContext
from agents.shell.notable import log_outcome
from agents.shell.verdicts import reasons_of
from agents.stages.framing import Outcome
from schemas.ids import derive_id
from schemas.ops import Alert, Heartbeat, Severity
from topics.catalog import ALERTS, HEARTBEATS

log = structlog.get_logger(__name__)

ALERT_GAP_S = 10.0
"""Least seconds between two alerts about messages a stage cannot handle."""


@dataclass(slots=True)
class _Counts:
    """Counted since the last heartbeat; adding to a Prometheus counter costs more than a fold."""

    messages: int = 0
    records_out: int = 0
    repeats: int = 0
    unreadable: int = 0
    apply_errors: int = 0


class StageReport:
    """Counts what a stage did and tells it."""

    def __init__(self, stage: str, context: ShellContext) -> None:
        """Start with nothing done.

        Args:
            stage: The stage's name.
            context: What the stages of this process share.
        """
        self._stage = stage
        self._context = context
        self._metrics = context.metrics.of(stage)
        self._counts = _Counts()
        self._processed = 0
        self._beats = 0
        self._alerts = 0
        self._bad = 0
        self._bad_told_at = float("-inf")

    def assigned(self) -> None:
        """Partitions were assigned anew."""
        self._metrics.rebalances.inc()

    async def note(self, outcome: Outcome, now: int) -> None:
        """Count one input record; alert when it could not be handled whole.

        Args:
            outcome: What followed from it.
            now: The stage's time, ms of the session clock.

        Raises:
            InfrastructureError: The broker took no more records.
        """
        counts = self._counts
        if outcome.repeated:
            counts.repeats += 1
            return
        self._processed += 1
        counts.messages += outcome.applied
        counts.records_out += len(outcome.records)
        log_outcome(self._stage, outcome)
        for reason in reasons_of(outcome):
            self._metrics.verdicts.labels(reason).inc()
        self._metrics.frame_size.observe(outcome.applied + len(outcome.dead))
        if now:
            self._metrics.latency.observe(max(0.0, self._context.clock.wall_age_s(now)))
        if outcome.dead:
            await self._note_bad(outcome)

    async def beat(
        self, status: str, *, position: int, lag: int, unsaved_s: float, checkpoint_bytes: int
    ) -> None:
        """Publish a heartbeat and update the metrics.

        Args:
            status: "starting", "running", "recovering" or "stopping".
            position: Offset of the next input record.
            lag: Records still to read.
            unsaved_s: Age of the oldest change that is in no checkpoint, in seconds.
            checkpoint_bytes: Size of the last checkpoints.

        Raises:
            InfrastructureError: The broker took no more records.
        """
        self._tell_counts()
        self._metrics.lag.set(lag)
        self._metrics.checkpoint_age.set(unsaved_s)
        self._metrics.checkpoint_bytes.set(checkpoint_bytes)
        self._beats += 1
        now = self._context.clock.now_ms()
        heartbeat = Heartbeat(
            event_id=derive_id("heartbeat", self._stage, os.getpid(), now, self._beats),
            event_time=now,
            ingest_time=now,
            source=self._stage,
            component=self._stage,
            status=status,
            processed=self._processed,
            lag=lag,
            position=position,
            pid=os.getpid(),
            instance=self._context.settings.worker_instance(),
        )
        await self._context.reports.publish(HEARTBEATS, self._stage, heartbeat)

    async def alert(self, rule: str, detail: str, cause: str = "") -> None:
        """Publish a critical alert.

        Args:
            rule: Its name.
            detail: What happened and what to do, in a sentence.
            cause: The `event_id` of the message it is about, if it is about one.

        Raises:
            InfrastructureError: The broker took no more records.
        """
        self._alerts += 1
        now = self._context.clock.now_ms()
        alert = Alert(
            event_id=derive_id("alert", self._stage, rule, os.getpid(), now, self._alerts),
            event_time=now,
            ingest_time=now,
            source=self._stage,
            causation_id=cause,
            rule=rule,
            severity=Severity.CRITICAL,
            scope=self._stage,
            detail=detail,
        )
        about = {"correlation_id": cause} if cause else {}
        log.error(rule, stage=self._stage, detail=detail, event_id=alert.event_id, **about)
        await self._context.reports.publish(ALERTS, self._stage, alert)

    def _tell_counts(self) -> None:
        counts, self._counts = self._counts, _Counts()
        self._metrics.messages.inc(counts.messages)
        self._metrics.records_out.inc(counts.records_out)
        self._metrics.repeats.inc(counts.repeats)
        self._metrics.unreadable.inc(counts.unreadable)
        self._metrics.apply_errors.inc(counts.apply_errors)

    async def _note_bad(self, outcome: Outcome) -> None:
        self._counts.apply_errors += outcome.failures
        self._counts.unreadable += len(outcome.dead) - outcome.failures
        self._bad += len(outcome.dead)
        if time.monotonic() - self._bad_told_at < ALERT_GAP_S:
            return
        self._bad_told_at = time.monotonic()
        count, self._bad = self._bad, 0
        letter = outcome.dead[-1]
        await self.alert(
            "dead-letters",
            f"{self._stage} set {count} message(s) of {letter.topic} aside, the last at offset "
            f"{letter.offset}: {letter.error[:300]} See the topic of dead letters.",
            letter.causation_id,
        )
