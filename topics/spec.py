"""What a topic is: its name, messages, key, writers, readers and retention."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

DAY_MS = 86_400_000


class Cleanup(StrEnum):
    """Kafka's cleanup policy."""

    DELETE = "delete"
    COMPACT = "compact"


class Scope(StrEnum):
    """What a topic's key names, and so how it is partitioned."""

    SHARD = "shard"
    ACCOUNT = "account"
    BOT = "bot"
    MARKET = "market"
    SCOPE = "scope"
    COMPONENT = "component"
    SOURCE = "source topic"


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """One topic.

    Attributes:
        name: `pets.<area>.<thing>.v<major>`.
        messages: The message types it carries.
        scope: What its key names.
        written_by: Stages that write it.
        read_by: Stages that read it.
        cleanup: Delete by time, or compact by key.
        retention_ms: How long it is kept; None is for ever.
        framed: Whether a record is a frame of many messages; compacted topics carry one a record.
        about: One sentence for the docs.
    """

    name: str
    messages: tuple[type[Any], ...]
    scope: Scope
    written_by: tuple[str, ...]
    read_by: tuple[str, ...]
    about: str
    cleanup: Cleanup = Cleanup.DELETE
    retention_ms: int | None = None

    @property
    def framed(self) -> bool:
        """Compacted topics need one message a record; all others carry frames."""
        return self.cleanup is Cleanup.DELETE
