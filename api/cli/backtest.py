"""`pets replay ARCHIVE`: a backtest with a report, and its progress."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import typer

from agents.registry import choose_bots
from api.backtest import SHIPPED, Plan, Report, backtest
from api.report.page import render
from api.report.words import band, luck_words
from configs.settings import Settings
from schemas.errors import ApplicationError

PAGE, FIGURES = "report.html", "report.json"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line says.

    Attributes:
        begin: ISO time, empty for the archive's beginning.
        end: ISO time, empty for its end.
        configurations: Folders of YAML; none is the shipped configuration.
        jobs: Processes; 0 is one a core.
        out: Folder for the report.
    """

    bots: str
    seed: int
    begin: str
    end: str
    configurations: tuple[Path, ...]
    warm_up_s: float
    jobs: int
    out: Path | None


def run_backtest(archive: Path, asked: Asked, as_json: bool) -> None:
    """Run it, write the report, print the bands."""
    choose_bots(asked.bots)
    plan = plan_of(archive, asked)
    report = backtest(plan, Settings(), _Bar(quiet=as_json))
    typer.echo("", err=True)
    out = asked.out or archive / "reports" / f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
    out.mkdir(parents=True, exist_ok=True)
    figures = msgspec.json.format(msgspec.json.encode(report), indent=1)
    (out / FIGURES).write_bytes(figures)
    (out / PAGE).write_text(render(report), encoding="utf-8")
    if as_json:
        typer.echo(figures.decode())
        return
    for line in summary(report):
        typer.echo(line)
    typer.echo(f"{out / PAGE} and {FIGURES} beside it; {report.seconds:.1f} s.")


def plan_of(archive: Path, asked: Asked) -> Plan:
    """The plan that a command line asks for.

    Raises:
        ApplicationError: A time or a folder is none.
    """
    configurations: dict[str, Path | None] = {}
    for folder in asked.configurations:
        if not folder.is_dir():
            raise ApplicationError(f"Expected a folder of YAML files at {folder}, there is none.")
        name = folder.name if folder.name not in configurations else str(folder)
        configurations[name] = folder
    return Plan(
        archive=archive,
        bots=asked.bots,
        seed=asked.seed,
        configurations=configurations or {SHIPPED: None},
        begin=moment_of(asked.begin),
        end=moment_of(asked.end),
        warm_up_ms=int(asked.warm_up_s * 1000),
        jobs=asked.jobs or os.cpu_count() or 1,
    )


def moment_of(text: str) -> int | None:
    """An ISO 8601 time in ms UTC; without an offset it is UTC; None for an empty text.

    Raises:
        ApplicationError: It is no such time.
    """
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise ApplicationError(
            f"Expected a time such as 2026-09-28T10:00, received {text!r}."
        ) from error
    return round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


def summary(report: Report) -> list[str]:
    """Bands per configuration and bot, and what the returns are worth."""
    lines = []
    for name in dict.fromkeys(each.run.configuration for each in report.runs):
        runs = [each for each in report.runs if each.run.configuration == name]
        for bot_id in runs[0].run.bots:
            mine = [each.run.bots[bot_id] for each in runs if bot_id in each.run.bots]
            fills = " to ".join(f"{count:,}" for count in sorted({bot.fills for bot in mine}))
            lines.append(
                f"{name:12} {bot_id} P&L {band(bot.pnl for bot in mine)}, "
                f"{mine[0].orders:,} orders, {fills} fills"
            )
        lines.append(f"{name:12} {luck_words(runs[0].luck)}")
    return lines


class _Bar:
    """Progress on one line: inputs, rate, part done, time left."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._began = time.monotonic()

    def __call__(self, inputs: int, done: float) -> None:
        """Show how far it is."""
        if self._quiet or not done:
            return
        elapsed = time.monotonic() - self._began
        left = elapsed * (1 - done) / done
        typer.echo(
            f"\r{inputs:,} events, {inputs / elapsed:,.0f}/s, {done:.0%}, {left:,.0f} s left   ",
            nl=False,
            err=True,
        )
