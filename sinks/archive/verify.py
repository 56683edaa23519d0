"""Whether an archive is what was written: chain, hashes, counts, order, and what is missing."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from schemas.errors import InfrastructureError
from sinks.archive.archive import Archive
from sinks.archive.manifest import Missing, first_break, read_manifest
from sinks.archive.segment import Segment, Stored, read_segment

Progress = Callable[[int, int], None]
"""Told segments looked at and segments in all."""


class Verdict(NamedTuple):
    """What `verify` found.

    Attributes:
        commits: In the manifest.
        segments: Whose files were read.
        retired: Segments that were deleted on purpose.
        records: In all segments.
        messages: In all segments.
        size: Bytes of all segments.
        missing: What the log no longer had when it was to be archived.
        faults: What is wrong, a sentence each; empty when nothing is.
    """

    commits: int
    segments: int
    retired: int
    records: int
    messages: int
    size: int
    missing: tuple[Missing, ...]
    faults: tuple[str, ...]


def verify(folder: Path, progress: Progress = lambda done, all_: None) -> Verdict:
    """Read every byte of an archive and hold it against its manifest.

    Args:
        folder: The archive; nobody needs to stop writing.
        progress: Told after every segment.

    Raises:
        ApplicationError: There is no archive.
        InfrastructureError: The manifest cannot be read.
    """
    commits, _ = read_manifest(folder)
    broken = first_break(commits)
    faults = [f"The chain is broken: {broken}."] if broken else []
    archive = Archive(folder, commits)
    faults += _order(archive)
    for done, segment in enumerate(archive.segments, start=1):
        faults += _segment(folder, segment)
        progress(done, len(archive.segments))
    return Verdict(
        commits=len(commits),
        segments=len(archive.segments),
        retired=sum(len(commit.retired) for commit in commits),
        records=sum(segment.records for segment in archive.segments),
        messages=sum(segment.messages for segment in archive.segments),
        size=sum(segment.size for segment in archive.segments),
        missing=tuple(part for commit in commits for part in commit.missing),
        faults=tuple(faults),
    )


def _order(archive: Archive) -> list[str]:
    """Every partition goes on where it stopped, whatever was retired since."""
    after: dict[tuple[str, int], int] = {}
    faults = []
    for commit in archive.commits:
        for part in commit.spans:
            expected = after.get((part.topic, part.partition), part.first_offset)
            if part.first_offset != expected:
                faults.append(
                    f"{part.topic}/{part.partition} goes on at offset {part.first_offset}, "
                    f"expected {expected}."
                )
            after[part.topic, part.partition] = part.end_offset
    return faults


def _segment(folder: Path, segment: Segment) -> list[str]:
    """What is wrong with one file."""
    path = folder / segment.path
    if not path.is_file():
        return [f"{segment.path} is missing."]
    content = path.read_bytes()
    if len(content) != segment.size or sha256(content).hexdigest() != segment.sha256:
        return [f"{segment.path} is not the file that was committed."]
    try:
        return _rows(segment, list(read_segment(path)))
    except InfrastructureError as error:
        return [str(error)]


def _rows(segment: Segment, rows: list[Stored]) -> list[str]:
    offsets = [row.offset for row in rows]
    if offsets != list(range(segment.first_offset, segment.end_offset)):
        return [f"{segment.path} does not hold every offset of its range once and in order."]
    counted = (len(rows), sum(row.messages for row in rows))
    if counted != (segment.records, segment.messages):
        return [
            f"{segment.path} holds {counted[0]} records and {counted[1]} messages, the manifest "
            f"says {segment.records} and {segment.messages}."
        ]
    return []
