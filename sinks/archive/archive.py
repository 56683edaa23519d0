"""An archive as it is read: which segments there are, and the records of a partition in order."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

from schemas.errors import ApplicationError
from sinks.archive.manifest import Commit, Imported, Origin, first_break, read_manifest
from sinks.archive.segment import Segment, Stored, read_segment
from topics.catalog import BY_NAME, TopicSpec


class Archive:
    """What the commits of an archive come to.

    Attributes:
        folder: Where it is.
        commits: All of them.
        segments: Those whose files are still kept, in the order in which they were added.
    """

    def __init__(self, folder: Path, commits: Sequence[Commit]) -> None:
        """Use `Archive.open`."""
        self.folder = folder
        self.commits = tuple(commits)
        retired = {path for commit in commits for path in commit.retired}
        added = (segment for commit in commits for segment in commit.segments)
        self.segments = tuple(segment for segment in added if segment.path not in retired)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open for reading; somebody may go on writing.

        Raises:
            ApplicationError: There is no archive, or its chain of commits does not hold.
            InfrastructureError: Its manifest cannot be read.
        """
        commits, _ = read_manifest(folder)
        broken = first_break(commits)
        if broken or not commits:
            raise ApplicationError(
                f"Expected an unbroken manifest in {folder}, but {broken or 'it is empty'}. "
                "Take the archive from a copy; `pets verify` looks at all of it."
            )
        return cls(folder, commits)

    @property
    def origin(self) -> Origin:
        """Whether a log was recorded here or files were imported."""
        return self.commits[0].origin or "log"

    @property
    def head(self) -> str:
        """Digest of the last commit: what the whole archive is, in one word."""
        return self.commits[-1].digest

    @property
    def imported(self) -> tuple[Imported, ...]:
        """All files taken in."""
        return tuple(source for commit in self.commits for source in commit.imported)

    @property
    def configured(self) -> tuple[Commit, ...]:
        """Commits that say with what settings the recorded run was made, the last one last."""
        return tuple(commit for commit in self.commits if commit.settings)

    @property
    def next_offsets(self) -> dict[tuple[str, int], int]:
        """The offset behind the last archived record of each partition that has one."""
        after: dict[tuple[str, int], int] = {}
        for commit in self.commits:
            for part in commit.spans:
                after[part.topic, part.partition] = part.end_offset
        return after

    @property
    def partitions(self) -> tuple[tuple[TopicSpec, int], ...]:
        """The partitions of known topics that have records, in the order of the catalogue."""
        there = {(segment.topic, segment.partition) for segment in self.segments}
        order = list(BY_NAME)
        known = sorted(
            (pair for pair in there if pair[0] in BY_NAME),
            key=lambda pair: (order.index(pair[0]), pair[1]),
        )
        return tuple((BY_NAME[name], partition) for name, partition in known)

    def segments_of(self, topic: str, partition: int) -> tuple[Segment, ...]:
        """The segments of a partition in order."""
        return tuple(
            segment
            for segment in self.segments
            if segment.topic == topic and segment.partition == partition
        )

    def records(self, segment: Segment) -> Iterator[Stored]:
        """The records of a segment in order."""
        return read_segment(self.folder / segment.path)

    def partition(self, topic: str, partition: int) -> Iterator[Stored]:
        """All records of a partition in order."""
        for segment in self.segments_of(topic, partition):
            yield from self.records(segment)
