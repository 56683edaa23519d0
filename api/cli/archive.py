"""`pets record`, `pets import`, `pets verify`: fill an archive, and check that it is whole."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import typer

from api.importing import import_files
from api.runtime.stopping import stop_signals, unless_stopped
from configs.settings import Settings
from connectors.recordings.fold import GAPS_SHOWN, Findings
from connectors.recordings.registry import NOTHING_SAID, READERS
from sinks.archive.recorder import Keeping
from sinks.archive.rotation import RotationRules
from sinks.archive.service import run_archive
from sinks.archive.verify import verify

MIB = 1024 * 1024


def record_log(
    folder: Path, segment_mib: int, segment_s: float, keeping: Keeping, until_end: bool
) -> None:
    """Record until SIGTERM or Ctrl-C, or until the log's present end."""
    settings = Settings()
    rules = RotationRules(segment_mib * MIB, segment_s)

    async def work() -> None:
        async with stop_signals() as stop:
            await unless_stopped(stop, run_archive(settings, folder, rules, keeping, until_end))

    asyncio.run(work())
    typer.echo(f"Stopped. `pets verify {folder}` checks what was kept.")


def verify_archive(folder: Path) -> None:
    """Check an archive; exit 1 when something is wrong."""
    began = time.monotonic()

    def progress(done: int, count: int) -> None:
        typer.echo(f"\r{done} of {count} segments   ", nl=False, err=True)

    found = verify(folder, progress)
    typer.echo("", err=True)
    typer.echo(
        f"{found.commits} commits, {found.segments} segments ({found.retired} retired), "
        f"{found.records:,} records, {found.messages:,} messages, {found.size / MIB:,.1f} MiB, "
        f"read in {time.monotonic() - began:.1f} s"
    )
    for hole in found.missing:
        typer.echo(
            f"missing: {hole.topic}/{hole.partition} offsets {hole.first_offset} to "
            f"{hole.end_offset - 1}, deleted from the log before they were archived"
        )
    for fault in found.faults:
        typer.echo(f"WRONG: {fault}")
    if found.faults:
        raise typer.Exit(1)
    typer.echo("The chain holds; every segment is the file that was committed.")


def import_recordings(files: list[Path], archive: Path, as_json: bool) -> None:
    """Import foreign recordings and say what was found."""
    began = time.monotonic()

    def progress(count: int, at: int) -> None:
        rate = count / max(time.monotonic() - began, 1e-9)
        typer.echo(f"\r{count:,} items, {rate:,.0f}/s, at {clock(at)}   ", nl=False, err=True)

    found = import_files(files, archive, progress)
    typer.echo("", err=True)
    if as_json:
        typer.echo(msgspec.json.encode(found, enc_hook=str))
        return
    for line in findings_lines(found):
        typer.echo(line)
    typer.echo(f"Imported into {archive} in {time.monotonic() - began:.1f} s.")


def list_formats() -> None:
    """Print the formats that can be imported, and those that hold nothing."""
    for reader in READERS:
        typer.echo(f"{reader.name:20} {reader.about}")
    typer.echo("Known, and not imported:")
    for fields, why in NOTHING_SAID:
        typer.echo(f"{'':20} {', '.join(sorted(fields))}: {why}.")


def findings_lines(found: Findings) -> list[str]:
    """What an import found, for a person."""
    longest = max((gap.end - gap.start for gap in found.gaps), default=0)
    flaws = ", ".join(f"{kind} {count}" for kind, count in sorted(found.flaws.items()) if count)
    lines = [
        f"{found.items:,} items of {found.markets:,} markets, {clock(found.first)} to "
        f"{clock(found.last)} UTC",
        *(f"  {count:>10,} {topic}" for topic, count in sorted(found.messages.items())),
        f"gaps over a minute: {len(found.gaps)}"
        + (f", the longest {longest / 1000:,.0f} s" if longest else ""),
        *(f"  {clock(gap.start)} to {clock(gap.end)}" for gap in found.gaps[:GAPS_SHOWN]),
        f"books that were recorded crossed or locked: {found.crossed}",
        f"failed checks of books: {flaws or 'none'}",
        f"book hashes: {found.hashes} equal ours, {found.mismatches} do not",
    ]
    if found.unlisted:
        lines.append(f"frames of markets that no file lists, left out: {found.unlisted}")
    if found.unreadable:
        lines.append(f"frames that could not be read, left out: {found.unreadable}")
        lines += [f"  {reason}" for reason in found.reasons]
    return lines


def clock(at_ms: int) -> str:
    """A time for a person, UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
