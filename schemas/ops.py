"""How the system itself is doing: clock, heartbeats, alerts, dead letters, checkpoints."""

from enum import StrEnum

import msgspec

from schemas.envelope import Message


class ClockTick(Message, frozen=True, kw_only=True, tag="clock-tick"):
    """The session clock, once a second; `ingest_time` is what it shows."""


class Severity(StrEnum):
    """How loud an alert is."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class Heartbeat(Message, frozen=True, kw_only=True, tag="heartbeat"):
    """A component is alive.

    Attributes:
        component: The stage, e.g. "gate".
        status: "starting", "running", "recovering" or "stopping".
        processed: Records handled since its start.
        lag: Records it has still to read.
        position: Its input offset.
        detail: One sentence, or empty.
        instance: Which worker of several; a restarted one keeps its name.
    """

    component: str
    status: str
    processed: int
    lag: int
    position: int
    pid: int
    detail: str = ""
    instance: str = ""


class Alert(Message, frozen=True, kw_only=True, tag="alert"):
    """Something an operator should know; `rule` names it, `detail` says what to do."""

    rule: str
    severity: Severity
    scope: str
    detail: str


class LogLine(Message, frozen=True, kw_only=True, tag="log-line"):
    """One line of a component's log, secrets redacted; `source` is the component.

    Attributes:
        at: Wall time of the line, ms UTC; `event_time` is the session's.
        level: "debug", "info", "warning", "error" or "critical".
        logger: The module that logged it.
        event: What happened, in a word or a sentence.
        correlation_id: What the component was working on: the `event_id` of the message that a
            stage was applying, or the correlation id of an API request. `causation_id` is that of
            the message.
        fields: Everything else that was logged, as text.
    """

    at: int
    level: str
    logger: str
    event: str
    pid: int
    fields: dict[str, str]
    correlation_id: str = ""


class Deed(StrEnum):
    """What is done about an alert."""

    ACKNOWLEDGED = "acknowledged"
    MUTED = "muted"
    UNMUTED = "unmuted"
    RESOLVED = "resolved"


class AlertHandled(Message, frozen=True, kw_only=True, tag="alert-handled"):
    """Something was done about the alerts of one rule and scope.

    Attributes:
        by: An operator, or "pets" where the cause is gone.
        until: When muting ends, ms; None for other deeds.
        note: Why, in a sentence.
    """

    rule: str
    scope: str
    deed: Deed
    by: str
    until: int | None = None
    note: str = ""


class DeadLetter(Message, frozen=True, kw_only=True, tag="dead-letter"):
    """A record, or one event inside a frame, that could not be decoded or processed.

    `event_id` is derived from reader and place, so a letter written twice is one letter.

    Attributes:
        source: The reader that could not handle it.
        topic: Where it was read: a topic, or the feed of a connector.
        partition: Which partition of it; −1 for a feed.
        offset: Where there; −1 for a feed.
        index: Position inside the frame; −1 when the record itself was unreadable.
        error: The cause.
        payload: The bytes, base64; the first 32 KiB of them.
    """

    topic: str
    partition: int
    offset: int
    index: int
    error: str
    payload: str


class DeadLetterRetried(Message, frozen=True, kw_only=True, tag="dead-letter-retried"):
    """An operator put a dead letter back; it is not put back again.

    Attributes:
        letter_id: The letter's `event_id`.
        topic: Where it was written to.
        partition: Which partition of it.
        offset: Where there.
    """

    letter_id: str
    topic: str
    partition: int
    offset: int


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="checkpoint"):
    """A stage's whole state with the input position it includes.

    Attributes:
        offset: The last input offset applied.
        applied: Last frame position applied, per origin; older frames are repeats.
        now: The greatest `ingest_time` applied, ms.
        state: The stage's own encoding.
    """

    stage: str
    partition: int
    offset: int
    applied: dict[str, int]
    state: msgspec.Raw
    now: int = 0
