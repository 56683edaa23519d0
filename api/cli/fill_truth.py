"""`pets fill-truth`: the same orders at the sandbox venue and at the paper exchange, many seeds."""

import os
from pathlib import Path

import msgspec
import typer

from api.fill_truth.score import Score, markdown, score
from api.fill_truth.study import Design, run_study


def run_fill_truth(design: Design, jobs: int, out: Path | None, as_json: bool) -> bool:
    """Play the seeds, print the tables, write the figures.

    Returns:
        Whether the interval held the truth in enough seeds.
    """
    count = len(design.seeds)

    def done(seeds: int) -> None:
        typer.echo(f"\r{seeds} of {count} seeds   ", nl=False, err=True)

    found = score(design, run_study(design, jobs or os.cpu_count() or 1, done))
    typer.echo("", err=True)
    figures = msgspec.json.format(msgspec.json.encode(found), indent=1).decode() + "\n"
    if out is not None:
        out.write_text(figures, encoding="utf-8")
    typer.echo(figures if as_json else "\n".join(report(found)))
    return found.holds


def report(found: Score) -> list[str]:
    """What was played, and the tables."""
    design = found.design
    return [
        f"{len(design.seeds)} seeds, {len(design.markets)} markets of {design.minutes} minutes "
        f"each, {found.orders:,} orders of {design.shares} shares. Distance from the truth, in "
        "brackets with its sign.",
        "",
        *markdown(found),
    ]
