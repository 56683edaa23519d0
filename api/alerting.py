"""Raises alerts while conditions hold, resolves them when they are gone, and sends them out."""

import asyncio
import time
from typing import TYPE_CHECKING, Protocol

import structlog

from api.commands import POLL_S, LogAwayError
from api.conditions import Ages, Condition, conditions
from schemas.alert_rules import RULES, rule_of
from schemas.envelope import Message
from schemas.errors import InfrastructureError
from schemas.ids import derive_id
from schemas.ops import Alert, AlertHandled, Deed
from streams.alerts import AlertEntry
from topics.catalog import ALERTS, TopicSpec

if TYPE_CHECKING:
    from api.context import Context

log = structlog.get_logger(__name__)

LOOK_S = 1.0
READ_BACK_S = 5.0
GRACE_LOOKS = 3
"""A condition must hold so many looks before it is raised, and be gone as long to be resolved."""
SOURCE = "api"
PETS = "pets"
WATCHED = frozenset(rule.name for rule in RULES if rule.watched)


class AlertLog(Protocol):
    """Where alerts are written; `LastingProducer` is one."""

    async def send_now(self, topic: TopicSpec, key: str, message: Message) -> object:
        """Write one message and wait until the broker has it."""


class Alerting:
    """Keeps the alerts on the log in step with what holds."""

    def __init__(self, context: "Context", alert_log: AlertLog) -> None:
        """Take the parts.

        Args:
            context: What the present is.
            alert_log: Connected to the broker when first needed.
        """
        self._context = context
        self._log = alert_log
        self._held: dict[tuple[str, str], int] = {}
        self._adopted = False

    async def run(self) -> None:
        """Look once a second until cancelled; a log that is away is tried again."""
        await self._context.reader.caught_up.wait()
        while True:
            try:
                await self.look()
            except InfrastructureError as error:
                log.warning("alerts cannot be written", error=str(error))
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Raise what holds and was not raised, resolve what is gone.

        Raises:
            InfrastructureError: The log did not take it.
        """
        state = self._context.state
        self._adopt()
        now = {(each.rule, each.scope): each for each in conditions(state, self._ages())}
        for key, condition in now.items():
            self._held[key] = min(self._held.get(key, 0) + 1, GRACE_LOOKS)
            entry = state.alerts.entry(*key)
            stands = entry is not None and entry.resolved_at is None
            if not stands and self._held[key] == GRACE_LOOKS:
                await self.raise_alert(condition)
        for key in [key for key in self._held if key not in now]:
            self._held[key] -= 1
            if not self._held[key]:
                del self._held[key]
        for entry in list(state.alerts):
            key = (entry.rule, entry.scope)
            if entry.resolved_at is None and entry.rule in WATCHED and key not in self._held:
                await self.handle(entry, Deed.RESOLVED, PETS)

    def _adopt(self) -> None:
        """What stood before this process came is held like what it saw itself."""
        if self._adopted:
            return
        self._adopted = True
        for entry in self._context.state.alerts:
            if entry.resolved_at is None and entry.rule in WATCHED:
                self._held[entry.rule, entry.scope] = GRACE_LOOKS

    async def raise_alert(self, condition: Condition) -> None:
        """Write an alert.

        Raises:
            InfrastructureError: The log did not take it.
        """
        now = self._context.clock.now_ms()
        alert = Alert(
            event_id=derive_id("alert", SOURCE, condition.rule, condition.scope, now),
            event_time=now,
            ingest_time=now,
            source=SOURCE,
            rule=condition.rule,
            severity=rule_of(condition.rule).severity,
            scope=condition.scope,
            detail=condition.detail,
        )
        await self._log.send_now(ALERTS, condition.scope, alert)

    async def handle(
        self,
        entry: AlertEntry,
        deed: Deed,
        by: str,
        until: int | None = None,
        note: str = "",
    ) -> None:
        """Write what is done about an alert.

        Args:
            entry: Which.
            deed: What is done.
            by: Who does it.
            until: When muting ends, ms.
            note: Why.

        Raises:
            InfrastructureError: The log did not take it.
        """
        now = self._context.clock.now_ms()
        handled = AlertHandled(
            event_id=derive_id("alert-handled", entry.alert_id, deed, by, now),
            event_time=now,
            ingest_time=now,
            source=SOURCE,
            rule=entry.rule,
            scope=entry.scope,
            deed=deed,
            by=by,
            until=until,
            note=note,
        )
        await self._log.send_now(ALERTS, entry.scope, handled)

    async def read_back(self, before: AlertEntry) -> AlertEntry:
        """An alert once what was done about it has come back over the log.

        Args:
            before: As it was before.

        Raises:
            LogAwayError: It has not come back in time.
        """
        deadline = time.monotonic() + READ_BACK_S
        while True:
            entry = self._context.state.alerts.entry(before.rule, before.scope)
            if entry is not None and entry != before:
                return entry
            if time.monotonic() > deadline:
                raise LogAwayError(
                    f"Expected to read the alert {before.rule} back within {READ_BACK_S:g} s, it "
                    "did not come. It is on the log: look at the alerts again."
                )
            await asyncio.sleep(POLL_S)

    def _ages(self) -> Ages:
        context = self._context
        state = context.state
        beats = {name: context.age_s(beat.ingest_time) for name, beat in state.heartbeats.items()}
        data_at = state.market_data_at
        return Ages(
            heartbeats=beats,
            market_data=context.age_s(data_at) if data_at else None,
            database=context.pool is not None,
        )
