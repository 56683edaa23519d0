"""`pets vectors`: the specification's numeric cases against the implementation."""

from pathlib import Path

import typer

SHOWN = 20


def run_vectors(files: list[Path]) -> None:
    """Print a line a kind, failures on stderr, and the totals; exit 1 when any failed."""
    from api.vectors.run import run_files

    tallies = run_files(files)
    for tally in tallies:
        typer.echo(tally.line())
        for identity, reason in tally.failures[:SHOWN]:
            typer.echo(f"  {identity}: {reason}", err=True)
        if len(tally.failures) > SHOWN:
            typer.echo(f"  and {len(tally.failures) - SHOWN} more", err=True)
    failed = sum(len(tally.failures) for tally in tallies)
    typer.echo(f"{sum(tally.passed for tally in tallies)} passed, {failed} failed")
    if failed:
        raise typer.Exit(1)
