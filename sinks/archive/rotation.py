"""When a partition's records become a segment: by size, by age, by the day, by a hole. Pure."""

from typing import NamedTuple

from sinks.archive.manifest import Missing
from sinks.archive.segment import Stored

DAY_MS = 86_400_000
Partition = tuple[str, int]
"""Topic by its catalogue name, and number."""


class RotationRules(NamedTuple):
    """How large and how old a segment gets before it is written.

    Attributes:
        most_bytes: Of the records' values.
        most_s: Wall seconds since its first record came.
    """

    most_bytes: int = 32 * 1024 * 1024
    most_s: float = 300.0


DEFAULT_ROTATION = RotationRules()


class Buffers:
    """Records that are not in a segment yet.

    What is here is on the log too: a crash loses nothing but the work.
    """

    def __init__(self, after: dict[Partition, int], rules: RotationRules) -> None:
        """Start empty.

        Args:
            after: The offset behind the last archived record of each partition.
            rules: When to write.
        """
        self._next = dict(after)
        self._rules = rules
        self._rows: dict[Partition, list[Stored]] = {}
        self._bytes: dict[Partition, int] = {}
        self._since: dict[Partition, float] = {}

    @property
    def next_offsets(self) -> dict[Partition, int]:
        """The next offset to read of each partition seen."""
        return dict(self._next)

    def hole_before(self, partition: Partition, offset: int) -> Missing | None:
        """What the log no longer has in front of a record; None when nothing is missing."""
        expected = self._next.get(partition, 0)
        if offset == expected:
            return None
        return Missing(
            topic=partition[0],
            partition=partition[1],
            first_offset=expected,
            end_offset=offset,
        )

    def skip(self, hole: Missing) -> None:
        """Go on behind a hole; what came before it must have been taken."""
        self._next[hole.topic, hole.partition] = hole.end_offset

    def add(self, partition: Partition, row: Stored, now_s: float) -> None:
        """Keep a record; one that is here already changes nothing."""
        if row.offset < self._next.get(partition, 0):
            return
        rows = self._rows.setdefault(partition, [])
        if not rows:
            self._since[partition] = now_s
        rows.append(row)
        self._bytes[partition] = self._bytes.get(partition, 0) + len(row.value)
        self._next[partition] = row.offset + 1

    def due(self, now_s: float) -> list[Partition]:
        """Partitions whose records are enough or old enough for a segment."""
        return [
            partition
            for partition, rows in self._rows.items()
            if self._bytes[partition] >= self._rules.most_bytes
            or now_s - self._since[partition] >= self._rules.most_s
            or rows[0].first_ms // DAY_MS != rows[-1].first_ms // DAY_MS
        ]

    def waiting(self) -> list[Partition]:
        """All partitions with records."""
        return list(self._rows)

    def take(self, partition: Partition) -> list[Stored]:
        """The records of a partition, which then waits for new ones."""
        self._bytes.pop(partition, None)
        self._since.pop(partition, None)
        return self._rows.pop(partition, [])
