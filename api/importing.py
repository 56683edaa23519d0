"""`pets import`: foreign recordings through the connector's fold into an archive."""

import time
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from connectors.recordings.facts import Facts
from connectors.recordings.fold import Findings, ImportFold
from connectors.recordings.item import Item
from connectors.recordings.registry import items, sources
from schemas.errors import ApplicationError
from sinks.archive.importing import write_import
from sinks.archive.manifest import Imported
from sinks.archive.writer import ArchiveWriter

BLOCK = 1 << 20
PROGRESS_EVERY = 20_000
Progress = Callable[[int, int], None]
"""Told items so far and the recorded time reached, ms."""


def import_files(
    paths: Sequence[Path],
    archive: Path,
    progress: Progress = lambda count, at: None,
    span_ms: int | None = None,
) -> Findings:
    """Import files into an archive, all or nothing.

    Args:
        paths: Files of known formats; those that describe one another belong in one import.
        archive: Made when it is missing.
        progress: Told now and then.
        span_ms: Only what was recorded in so long a time from the first item on; None for all.

    Raises:
        ApplicationError: A file is unknown, or is in the archive already.
    """
    found = sources(paths)
    imported = [
        Imported(name=path.name, reader=reader.name, sha256=digest(path)) for path, reader in found
    ]
    with ArchiveWriter(archive, "import", _wall_ms()) as writer:
        _require_new(writer, imported)
        fold = ImportFold()
        told = _telling(_within(items(found, Facts()), span_ms), progress)
        write_import(writer, fold.run(told), imported, _wall_ms)
    return fold.found


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    total = sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            total.update(block)
    return total.hexdigest()


def _require_new(writer: ArchiveWriter, imported: Sequence[Imported]) -> None:
    known = {source.sha256: source.name for source in writer.archive.imported}
    for source in imported:
        if source.sha256 in known:
            raise ApplicationError(
                f"Expected files that {writer.folder} does not have, {source.name} was imported "
                f"before (as {known[source.sha256]}). Leave it out, or name another archive."
            )


def _within(played: Iterator[Item], span_ms: int | None) -> Iterator[Item]:
    first: int | None = None
    for item in played:
        first = item.at if first is None else first
        if span_ms is not None and item.at >= first + span_ms:
            return
        yield item


def _telling(played: Iterator[Item], progress: Progress) -> Iterator[Item]:
    for count, item in enumerate(played, start=1):
        if count % PROGRESS_EVERY == 0:
            progress(count, item.at)
        yield item


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000
