"""An archive as a log at rest."""

from collections.abc import Iterator, Sequence

from agents.replay.log import Recorded
from sinks.archive.archive import Archive
from topics.catalog import TopicSpec


class ArchiveLog:
    """The records of an archive's segments."""

    def __init__(self, archive: Archive) -> None:
        """Read an archive."""
        self._archive = archive

    def partitions(self, topic: TopicSpec) -> Sequence[int]:
        """The partitions of a topic that have records."""
        segments = self._archive.segments
        return sorted({each.partition for each in segments if each.topic == topic.name})

    def records(self, topic: TopicSpec, partition: int) -> Iterator[Recorded]:
        """The records of a partition in order."""
        for row in self._archive.partition(topic.name, partition):
            yield Recorded(topic.name, partition, row.offset, row.value)
