"""The manifest: a line a commit, each with the hash of the line before it.

A segment belongs to an archive from the moment its commit is on the disk. A line is the unit: one
that a crash cut short never happened, and its segments are removed at the next start, because the
log or the imported file still has what they held.
"""

import os
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Literal

import msgspec

from schemas.errors import ApplicationError, InfrastructureError
from sinks.archive.segment import Segment

MANIFEST = "manifest.jsonl"
Kind = Literal["opened", "configured", "recorded", "imported", "missing", "retired"]
Origin = Literal["log", "import"]


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """A foreign file that an import took in.

    Attributes:
        name: Of the file, without folders.
        reader: Which reader read it.
        sha256: Of the file.
    """

    name: str
    reader: str
    sha256: str


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """Records that the log had deleted before they were archived."""

    topic: str
    partition: int
    first_offset: int
    end_offset: int


class Commit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step of an archive's life.

    Attributes:
        number: From 0.
        at: Wall time, ms UTC.
        origin: Where records come from; the first commit says it for the whole archive.
        settings: Settings of the recorded run, so that another machine can re-derive it.
        files: Its own configuration files, text by name; the shipped ones are part of the version.
        segments: Added by it.
        missing: What the log no longer had.
        imported: Files taken in.
        retired: Paths of segments whose files were deleted because they were old enough.
        previous: Digest of the commit before it; empty for the first.
        digest: SHA-256 of this commit with an empty digest.
    """

    number: int
    kind: Kind
    at: int
    origin: Origin | None = None
    settings: dict[str, str] = {}
    files: dict[str, str] = {}
    segments: tuple[Segment, ...] = ()
    missing: tuple[Missing, ...] = ()
    imported: tuple[Imported, ...] = ()
    retired: tuple[str, ...] = ()
    previous: str = ""
    digest: str = ""

    def sealed(self) -> "Commit":
        """The same with its digest."""
        bare = msgspec.structs.replace(self, digest="")
        return msgspec.structs.replace(bare, digest=sha256(_encode(bare)).hexdigest())

    @property
    def spans(self) -> tuple[Segment | Missing, ...]:
        """The parts of the log that it accounts for: what was missing, then what was kept."""
        return (*self.missing, *self.segments)

    @property
    def is_intact(self) -> bool:
        """Whether the digest is that of the content."""
        return self.digest == self.sealed().digest


_encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(Commit)


def read_manifest(folder: Path) -> tuple[list[Commit], int]:
    """All whole commits of an archive.

    Returns:
        The commits, and how many bytes of the file they are; what follows was cut short.

    Raises:
        ApplicationError: There is no archive.
        InfrastructureError: A line before the last is no commit.
    """
    path = folder / MANIFEST
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise ApplicationError(
            f"Expected an archive (a folder with {MANIFEST}) at {folder}, found none. "
            "`pets record` and `pets import` make one."
        ) from error
    whole, _, _ = content.rpartition(b"\n")
    commits = []
    for number, line in enumerate(whole.split(b"\n") if whole else ()):
        try:
            commits.append(_decoder.decode(line))
        except msgspec.DecodeError as error:
            raise InfrastructureError(
                f"Expected a commit in line {number + 1} of {path}, received {line[:60]!r} "
                f"({error}). The manifest was changed; take the archive from a copy."
            ) from error
    return commits, len(whole) + 1 if whole else 0


def first_break(commits: Iterable[Commit]) -> str:
    """The first place where the chain of commits does not hold; empty when it holds throughout."""
    previous = ""
    for number, commit in enumerate(commits):
        if commit.number != number:
            return f"commit {number} is missing, {commit.number} stands in its place"
        if commit.previous != previous:
            return f"commit {number} does not follow the one before it"
        if not commit.is_intact:
            return f"commit {number} was changed after it was written"
        previous = commit.digest
    return ""


def append(folder: Path, commit: Commit) -> None:
    """Write a commit and have the disk keep it.

    Raises:
        InfrastructureError: The disk takes no more.
    """
    try:
        with (folder / MANIFEST).open("ab") as file:
            file.write(_encode(commit) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise InfrastructureError(
            f"The manifest of the archive at {folder} cannot be written "
            f"({error.strerror or error}): free space there. What was not committed is read again."
        ) from error


def truncate(folder: Path, length: int) -> None:
    """Cut off what follows the last whole commit."""
    with (folder / MANIFEST).open("r+b") as file:
        file.truncate(length)
        file.flush()
        os.fsync(file.fileno())
