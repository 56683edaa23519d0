"""Figures for other programs: CSV, and a tearsheet of one file; both say their modes. Pure."""

import csv
import io
from collections.abc import Mapping, Sequence
from html import escape
from typing import TypeVar

from dashboard.answers.envelope import Answer
from dashboard.rows.columns import FORMATS, Row
from dashboard.words import NOTHING, date

T = TypeVar("T")
STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;"
    "color:#0f172a}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}"
    "th,td{padding:.3rem .6rem;border-bottom:1px solid #e2e8f0;text-align:right}"
    "th:first-child,td:first-child{text-align:left}.note{color:#475569}"
    ".wide{overflow-x:auto}"
)


def modes(answer: Answer[T], span: str) -> str:
    """Which data and money figures speak of, over which time, and as of when."""
    stale = "; STALE" if answer.stale else ""
    return (
        f"{answer.money} money; {answer.source} data; {span}; as of {date(answer.as_of)} UTC{stale}"
    )


def csv_text(rows: Sequence[Row], answer: Answer[T], span: str) -> str:
    """Rows as CSV; a comment line in front says the modes, the range and the age."""
    out = io.StringIO()
    out.write(f"# {modes(answer, span)}\n")
    if rows:
        writer = csv.DictWriter(out, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows({name: _guarded(cell) for name, cell in row.items()} for row in rows)
    return out.getvalue()


def tearsheet(
    title: str,
    answer: Answer[T],
    span: str,
    parts: Mapping[str, Sequence[Row]],
    notes: Sequence[str],
) -> str:
    """One HTML file without anything from elsewhere.

    Args:
        title: Of the page.
        answer: Whose modes and age are said on top.
        span: The range, in words.
        parts: Tables by their title.
        notes: Sentences below: formulas, and what is no evidence.
    """
    tables = "".join(f"<h2>{escape(name)}</h2>{_table(rows)}" for name, rows in parts.items())
    said = "".join(f"<p class=note>{escape(note)}</p>" for note in notes)
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(title)}</title>"
        f"<style>{STYLE}</style><h1>{escape(title)}</h1>"
        f"<p class=note>{escape(modes(answer, span))}</p>{tables}{said}</html>"
    )


def _table(rows: Sequence[Row]) -> str:
    if not rows:
        return "<p>None.</p>"
    head = "".join(f"<th>{escape(name)}</th>" for name in rows[0])
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(_written(*cell))}</td>" for cell in row.items()) + "</tr>"
        for row in rows
    )
    return f"<div class=wide><table><tr>{head}</tr>{body}</table></div>"


def _written(name: str, cell: object) -> str:
    if cell is None:
        return NOTHING
    if name in FORMATS and not isinstance(cell, str):
        return FORMATS[name](float(str(cell)))
    return str(cell)


def _guarded(cell: object) -> object:
    """A text that a spreadsheet would run as a formula, made a text again."""
    if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{cell}"
    return cell
