"""The one writer of an archive: rotation, commits, repair after a crash, retention."""

import fcntl
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from schemas.errors import ApplicationError
from sinks.archive.archive import Archive
from sinks.archive.manifest import (
    MANIFEST,
    Commit,
    Imported,
    Kind,
    Missing,
    Origin,
    append,
    read_manifest,
    truncate,
)
from sinks.archive.segment import SUFFIX, UNFINISHED, Segment, Stored, write_segment

LOCK = "lock"


class ArchiveWriter:
    """Adds segments to an archive; there is one at a time.

    Attributes:
        folder: The archive.
        removed: What an earlier crash had left half written, removed at the start.
    """

    def __init__(self, folder: Path, origin: Origin, now_ms: int) -> None:
        """Open or make an archive and repair what a crash left.

        Args:
            folder: Made when it is missing.
            origin: Where its records come from; the same for the whole archive.
            now_ms: Wall time, for the first commit.

        Raises:
            ApplicationError: Another process writes it, or it holds records of another origin.
            InfrastructureError: The disk takes no more, or the manifest was damaged.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._lock = _lock(folder)
        try:
            self._commits: list[Commit] = self._repaired()
            self.removed = self._sweep()
            if not self._commits:
                self.commit("opened", now_ms, origin=origin)
            self._require(origin)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        """Use as a context to let go of the archive."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of the archive."""
        self.close()

    def close(self) -> None:
        """Let another process write."""
        os.close(self._lock)

    @property
    def archive(self) -> Archive:
        """What is in it now."""
        return Archive(self.folder, self._commits)

    def write(self, topic: str, partition: int, rows: Sequence[Stored], day: str = "") -> Segment:
        """Write a segment that belongs to the archive once it is committed.

        Args:
            topic: By its catalogue name.
            partition: Which.
            rows: At least one, in the order of their offsets.
            day: ISO date of the folder; that of the first record's ingest time by default.
        """
        return write_segment(self.folder, topic, partition, day or day_of(rows[0].first_ms), rows)

    def commit(
        self,
        kind: Kind,
        now_ms: int,
        *,
        origin: Origin | None = None,
        settings: Mapping[str, str] | None = None,
        files: Mapping[str, str] | None = None,
        segments: Iterable[Segment] = (),
        missing: Iterable[Missing] = (),
        imported: Iterable[Imported] = (),
        retired: Iterable[str] = (),
    ) -> Commit:
        """Make a step of the archive's life last; the arguments are those of `Commit`."""
        made = Commit(
            number=len(self._commits),
            kind=kind,
            at=now_ms,
            origin=origin,
            settings=dict(settings or {}),
            files=dict(files or {}),
            segments=tuple(segments),
            missing=tuple(missing),
            imported=tuple(imported),
            retired=tuple(retired),
            previous=self._commits[-1].digest if self._commits else "",
        ).sealed()
        append(self.folder, made)
        self._commits.append(made)
        return made

    def retire(self, before_ms: int, most_bytes: int, now_ms: int) -> tuple[str, ...]:
        """Delete the oldest segments; the manifest keeps what they were.

        The commit comes first: a crash between it and the deletion leaves files that belong to
        nobody, and the next start removes them.

        Args:
            before_ms: Those committed before this wall time go, ms UTC.
            most_bytes: Of the rest the oldest go until so much is left.
            now_ms: Wall time.

        Returns:
            Their paths.
        """
        kept = {segment.path for segment in self.archive.segments}
        aged = [
            (commit.at, segment)
            for commit in self._commits
            for segment in commit.segments
            if segment.path in kept
        ]
        size = sum(segment.size for _, segment in aged)
        gone = []
        for at, segment in aged:
            if at >= before_ms and size <= most_bytes:
                break
            gone.append(segment.path)
            size -= segment.size
        if gone:
            self.commit("retired", now_ms, retired=gone)
            for path in gone:
                (self.folder / path).unlink(missing_ok=True)
        return tuple(gone)

    def _require(self, origin: Origin) -> None:
        there = self._commits[0].origin
        if there != origin:
            raise ApplicationError(
                f"Expected an archive of origin {origin!r} at {self.folder}, found {there!r}: a "
                "recorded log and imported files do not mix. Name another folder."
            )

    def _repaired(self) -> list[Commit]:
        """The commits, with a torn last line cut off."""
        if not (self.folder / MANIFEST).exists():
            return []
        commits, length = read_manifest(self.folder)
        if (self.folder / MANIFEST).stat().st_size != length:
            truncate(self.folder, length)
        return commits

    def _sweep(self) -> tuple[str, ...]:
        """Remove files that no commit speaks of: a crash came before it."""
        ours = {segment.path for segment in Archive(self.folder, self._commits).segments}
        strays = [
            path
            for pattern in (SUFFIX, UNFINISHED)
            for path in self.folder.glob(f"topic=*/partition=*/date=*/*{pattern}")
            if path.relative_to(self.folder).as_posix() not in ours
        ]
        for path in strays:
            path.unlink()
        return tuple(sorted(path.relative_to(self.folder).as_posix() for path in strays))


def day_of(at_ms: int) -> str:
    """The ISO date of a time in ms UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).date().isoformat()


def _lock(folder: Path) -> int:
    """Hold the archive; the system lets go of it when the process dies."""
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise ApplicationError(
            f"Expected to write the archive at {folder} alone, another process holds it. "
            "Stop that one, or name another folder."
        ) from error
    return handle
