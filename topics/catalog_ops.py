"""The topics about the system itself; `topics/catalog.py` lists them with all others."""

from schemas import ops
from topics.spec import DAY_MS, Cleanup, Scope, TopicSpec

HEARTBEATS = TopicSpec(
    "pets.ops.heartbeats.v1",
    (ops.Heartbeat,),
    Scope.COMPONENT,
    ("every stage",),
    ("api",),
    "Every component's pulse, progress and lag.",
    retention_ms=DAY_MS,
)
ALERTS = TopicSpec(
    "pets.ops.alerts.v1",
    (ops.Alert, ops.AlertHandled),
    Scope.COMPONENT,
    ("every stage", "execution", "sinks", "api"),
    ("sinks", "api"),
    "What an operator should know, and what was done about it.",
    retention_ms=90 * DAY_MS,
)
LOGS = TopicSpec(
    "pets.ops.logs.v1",
    (ops.LogLine,),
    Scope.COMPONENT,
    ("every component",),
    ("api", "cli"),
    "The log lines of every process, without secrets, as on its standard output.",
    retention_ms=7 * DAY_MS,
)
CHECKPOINTS = TopicSpec(
    "pets.ops.checkpoints.v1",
    (ops.Checkpoint,),
    Scope.COMPONENT,
    ("every stage",),
    ("the same stage at its start",),
    "A stage's state with the input position it includes; key is stage and partition.",
    Cleanup.COMPACT,
)
DEAD_LETTERS = TopicSpec(
    "pets.dead-letters.v1",
    (ops.DeadLetter, ops.DeadLetterRetried),
    Scope.SOURCE,
    ("every stage", "connector", "sinks", "api", "cli"),
    ("api", "cli"),
    "Records and events that could not be decoded or processed, with the cause; and retries.",
    retention_ms=30 * DAY_MS,
)
