"""Alerts, their channels and the way of a decision, as the API answers."""

import msgspec


class Alert(msgspec.Struct, frozen=True):
    """One alert: one rule and scope, however often it was raised."""

    alert_id: str
    rule: str
    scope: str
    severity: str
    detail: str
    meaning: str
    action: str
    first_at: int
    last_at: int
    count: int
    open: bool
    acknowledged_at: int | None
    acknowledged_by: str
    muted_until: int | None
    resolved_at: int | None


class Channel(msgspec.Struct, frozen=True):
    """One way out of the house for alerts; `waiting` were not yet sent."""

    name: str
    on: bool
    detail: str
    last_sent_at: int | None
    last_error: str
    waiting: int


class Sent(msgspec.Struct, frozen=True):
    """What became of a test."""

    channel: str
    sent: bool
    detail: str


class TraceStep(msgspec.Struct, frozen=True):
    """One step of a decision; `after_ms` since the first one."""

    step: str
    at: int
    after_ms: int
    message_id: str
    cause_id: str
    topic: str
    summary: str
    facts: dict[str, str]


class Trace(msgspec.Struct, frozen=True):
    """The way of one decision, oldest step first; `gaps` says what could not be found."""

    asked_id: str
    bot_id: str
    market_id: str
    question: str
    steps: list[TraceStep]
    gaps: list[str]
