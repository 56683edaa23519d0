"""`pets record` and `pets verify`: topics into an archive, and whether it is what was written."""

import asyncio
import time
from pathlib import Path

import typer

from api.runtime.stopping import stop_signals, unless_stopped
from configs.settings import Settings
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
