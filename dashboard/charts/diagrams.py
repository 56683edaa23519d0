"""The dataflow coloured by lag, and a bot's life, as texts of Mermaid. Pure."""

from collections.abc import Sequence

from dashboard.answers.overview import Stage
from dashboard.words import age

LATE_S, BEHIND, FAR_BEHIND = 10.0, 500, 5_000
CLASSES = (
    "classDef fine fill:#1d4ed8,stroke:#93c5fd,color:#ffffff",
    "classDef slow fill:#b45309,stroke:#fcd34d,color:#ffffff",
    "classDef dead fill:#b91c1c,stroke:#fecaca,color:#ffffff",
    "classDef unknown fill:#475569,stroke:#cbd5e1,color:#ffffff",
)
EDGES = (
    ("connector", "relay-books"),
    ("connector", "relay-lifecycle"),
    ("relay-books", "book"),
    ("relay-books", "bots"),
    ("relay-lifecycle", "bots"),
    ("book", "gate"),
    ("bots", "gate"),
    ("gate", "paper"),
    ("paper", "ledger"),
    ("ledger", "sinks"),
)
"""How the data goes from stage to stage, topics between them left out."""
LIFE = (
    ("IDLE", "STARTING", "start"),
    ("STARTING", "ACTIVE", "ready"),
    ("ACTIVE", "PAUSED", "pause, breaker"),
    ("PAUSED", "ACTIVE", "resume"),
    ("ACTIVE", "STOPPING", "stop"),
    ("PAUSED", "STOPPING", "stop"),
    ("STOPPING", "STOPPED", "orders gone"),
    ("STOPPED", "STARTING", "start"),
    ("ACTIVE", "ERROR", "fault"),
    ("ERROR", "STOPPING", "stop"),
    ("ACTIVE", "EMERGENCY_HALT", "halt"),
)


def pipeline(stages: Sequence[Stage]) -> str:
    """Stages in the order of the data's way, each with its lag or its silence.

    Of the others (feeds, their relays, the archive) only those that are slow or silent.
    """
    told = {stage.component: stage for stage in stages}
    known = dict.fromkeys(name for edge in EDGES for name in edge)
    lines = ["flowchart LR"]
    for name in known:
        stage = told.get(name)
        lines.append(f'  {_id(name)}["{name}<br/>{_words(stage)}"]:::{grade(stage)}')
    lines += [f"  {_id(one)} --> {_id(other)}" for one, other in EDGES]
    beside = (told[name] for name in sorted(set(told) - set(known)))
    for stage in (each for each in beside if grade(each) != "fine"):
        name = stage.component
        lines.append(f'  {_id(name)}(["{name}<br/>{_words(stage)}"]):::{grade(stage)}')
    return "\n".join([*lines, *(f"  {line}" for line in CLASSES)])


def grade(stage: Stage | None) -> str:
    """How a stage does: fine, slow, dead, or unknown."""
    if stage is None:
        return "unknown"
    if stage.age_s > LATE_S or stage.lag > FAR_BEHIND:
        return "dead"
    return "slow" if stage.lag > BEHIND else "fine"


def life(state: str) -> str:
    """A bot's life with the present state filled."""
    states = dict.fromkeys(name for one, other, _ in LIFE for name in (one, other))
    lines = ["flowchart LR"]
    for name in states:
        marked = ":::here" if name == state else ""
        lines.append(f'  {name}("{name.replace("_", " ").capitalize()}"){marked}')
    lines += [f"  {one} -->|{why}| {other}" for one, other, why in LIFE]
    return "\n".join([*lines, "  classDef here fill:#1d4ed8,stroke:#93c5fd,color:#ffffff"])


def _id(name: str) -> str:
    return name.replace("-", "_").replace("/", "_")


def _words(stage: Stage | None) -> str:
    if stage is None:
        return "not heard"
    if stage.age_s > LATE_S:
        return f"silent {age(stage.age_s)}"
    return f"{stage.lag:,} behind"
