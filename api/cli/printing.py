"""How commands print: JSON for programs, aligned columns with their age for people."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import typer

NOTHING = "-"
WIDEST = 60


def show(
    answer: Mapping[str, Any],
    columns: Sequence[str],
    *,
    as_json: bool,
    none: str,
    rows: Sequence[Mapping[str, Any]] | None = None,
) -> None:
    """Print an answer: whole as JSON, or some columns of its rows.

    Args:
        answer: An envelope of the API.
        columns: Fields to show; those that end in `_at`, and `at`, are times.
        as_json: As JSON.
        none: What to say when there are no rows.
        rows: The rows, unless they are the answer's data.
    """
    if as_json:
        typer.echo(json.dumps(answer, indent=2))
        return
    shown = answer["data"] if rows is None else rows
    for line in table(shown, columns) if shown else [none]:
        typer.echo(line)
    typer.echo(age(answer))


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> list[str]:
    """Aligned lines with a head; numbers to the right."""
    cells = [[cell(name, row.get(name)) for name in columns] for row in rows]
    widths = [max(len(line[n]) for line in [list(columns), *cells]) for n in range(len(columns))]
    right = [all(_is_number(line[n]) for line in cells) for n in range(len(columns))]
    return [_line(list(columns), widths, right), *(_line(line, widths, right) for line in cells)]


def cell(name: str, value: object) -> str:
    """A field as text: times in UTC, one line, not too wide."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, int) and (name == "at" or name.endswith("_at") or name == "time"):
        return clock(value)
    text = " ".join(str(value).split())
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"


def clock(ms: int) -> str:
    """A session time, UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def age(answer: Mapping[str, Any]) -> str:
    """As of when an answer holds, how old it is, and of which data and money it speaks."""
    modes = f"{answer['source']} data, {answer['money']} money"
    if not answer["as_of"]:
        return f"Nothing is known yet. {answer['behind']} ({modes})"
    state = f" STALE: {answer['behind']}" if answer["stale"] else ""
    return f"As of {clock(answer['as_of'])} UTC, {answer['age_s']:.1f} s old, {modes}.{state}"


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = [
        text.rjust(width) if to_right else text.ljust(width)
        for text, width, to_right in zip(cells, widths, right, strict=True)
    ]
    return "  ".join(padded).rstrip()


def _is_number(text: str) -> bool:
    return text == NOTHING or text.removeprefix("-").replace(".", "", 1).isdigit()
