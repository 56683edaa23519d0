"""`pets audit`, `pets trace`, `pets lookahead`: ask an archive, or the log, how it came about."""

import asyncio
from pathlib import Path

import msgspec
import typer

from agents.registry import choose_bots
from agents.replay.log import Log
from agents.replay.trace import Step, Trace, trace
from api.archive_log import ArchiveLog
from api.archive_tape import ArchiveTape
from api.audit import held_log
from api.cli.archive import clock
from api.cli.backtest import moment_of
from api.lookahead import Lookahead, lookahead
from configs.settings import Settings
from schemas.ids import AccountId
from sinks.archive.archive import Archive
from streams.book import ASK, BID, NO, YES, Book
from streams.prices import to_price, to_shares

LEVELS = 5
SHOWN = 600
"""Characters of a message's JSON."""


def trace_id(name: str, archive: Path | None) -> None:
    """Print what led to a message; exit 1 when the log does not hold it."""
    log: Log = ArchiveLog(Archive.open(archive)) if archive else asyncio.run(held_log(Settings()))
    found = trace(log, name)
    if not found.steps:
        typer.echo(f"Nothing on the log is called {name!r}: no fill, order, intent or message.")
        raise typer.Exit(1)
    for line in trace_lines(found):
        typer.echo(line)


def trace_lines(found: Trace) -> list[str]:
    """A trace for a person, from the effect to the cause."""
    lines = [line for step in found.steps for line in _step_lines(step)]
    return [*lines, *_book_lines(found.book)] if found.book is not None else lines


def _step_lines(step: Step) -> list[str]:
    if step.found is None:
        return [f"{step.role}: not on this log"]
    at = step.found
    text = msgspec.json.encode(at.message).decode()
    return [
        f"{step.role}: {type(at.message).__name__} {at.message.event_id}, "
        f"{clock(at.message.ingest_time)} UTC",
        f"    {at.topic}/{at.partition} offset {at.offset}, message {at.place}",
        f"    {text[:SHOWN]}{'…' if len(text) > SHOWN else ''}",
    ]


def _book_lines(book: Book) -> list[str]:
    """The best levels of both tokens."""
    lines = ["the book at that offset:"]
    for leg, name in ((YES, "YES"), (NO, "NO")):
        for side, word in ((BID, "bids"), (ASK, "asks")):
            levels = ", ".join(
                f"{to_price(ticks, book.tick)} x {to_shares(size)}"
                for ticks, size in book.levels(leg, side, LEVELS)
            )
            lines.append(f"    {name} {word}: {levels or 'none'}")
    return lines


def look_ahead(archive: Path, bots: str, seed: int, begin: str, end: str, count: int) -> None:
    """Try an archive with other futures; exit 1 when a decision knew one."""
    choose_bots(bots)
    settings = Settings().model_copy(update={"seed": seed, "bots": bots})
    tape = ArchiveTape(archive, AccountId(settings.account), moment_of(begin), moment_of(end))

    def progress(done: int) -> None:
        typer.echo(f"\r{done} of {count + 1} runs   ", nl=False, err=True)

    found = lookahead(tape, settings, count, progress)
    typer.echo("", err=True)
    for line in lookahead_lines(found):
        typer.echo(line)
    if any(cut.difference is not None for cut in found.cuts):
        raise typer.Exit(1)


def lookahead_lines(found: Lookahead) -> list[str]:
    """What the changed futures showed, for a person."""
    lines = []
    for cut in found.cuts:
        head = f"future changed from {clock(cut.at)} on: {cut.compared:,} decisions before it"
        if cut.difference is None:
            lines.append(f"{head}, all the same to the byte")
            continue
        real, other = cut.difference
        lines.append(f"{head}; DIFFERENT first:")
        lines += [
            f"    {word}: " + ("nothing" if each is None else f"{each.topic} {each.event_id}")
            for word, each in (("real", real), ("changed", other))
        ]
    if found.early:
        lines.append(
            f"{found.early:,} inputs were received up to {found.most_early_ms:,} ms before their "
            "own time: clocks that differ, or a recording that knew too early"
        )
    return lines
