"""A log that is read at rest: an archive, or what a broker held at one moment."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from topics.catalog import TopicSpec


class Recorded(NamedTuple):
    """One record of the log."""

    topic: str
    partition: int
    offset: int
    value: bytes


class Log(Protocol):
    """Records by topic and partition, in order."""

    def partitions(self, topic: TopicSpec) -> Sequence[int]:
        """The partitions of a topic that have records."""
        ...

    def records(self, topic: TopicSpec, partition: int) -> Iterator[Recorded]:
        """The records of a partition in order."""
        ...


class HeldLog:
    """A log in memory."""

    def __init__(self, held: Mapping[tuple[str, int], Sequence[Recorded]]) -> None:
        """Take over records by topic's catalogue name and partition."""
        self._held = held

    def partitions(self, topic: TopicSpec) -> Sequence[int]:
        """The partitions of a topic that have records."""
        return sorted(
            part for (name, part), rows in self._held.items() if name == topic.name and rows
        )

    def records(self, topic: TopicSpec, partition: int) -> Iterator[Recorded]:
        """The records of a partition in order."""
        return iter(self._held.get((topic.name, partition), ()))
