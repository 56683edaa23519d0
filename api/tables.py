"""Lists as CSV for spreadsheets; the first lines say what it is, from when, and of which money."""

import csv
import io
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import Query, Response

from api.context import Context
from api.decision_models import PageView
from api.freshness import Known
from api.models import ApiModel, Envelope

MEDIA_TYPE = "text/csv"
CURSOR_HEADER = "X-Next-Cursor"
Form = Annotated[
    Literal["json", "csv"], Query(alias="format", description="json, or csv for spreadsheets.")
]
CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}
}
"""For the description of a route that answers either way."""
_FORMULA = ("=", "+", "@", "\t", "\r")


def listed(
    context: Context, items: Sequence[ApiModel], known: Known, form: str
) -> Envelope[Any] | Response:
    """A whole list in the form that was asked for.

    Args:
        context: Of the app.
        items: Records of one kind.
        known: Up to when they hold.
        form: `json` or `csv`.
    """
    answer = context.envelope(list(items), known)
    return table(answer, items) if form == "csv" else answer


def paged(
    context: Context,
    items: Sequence[ApiModel],
    next_cursor: str | None,
    known: Known,
    form: str,
) -> Envelope[Any] | Response:
    """A page in the form that was asked for; a CSV has the next cursor in a header.

    Args:
        context: Of the app.
        items: Records of one kind.
        next_cursor: Of the next page; None on the last one.
        known: Up to when they hold.
        form: `json` or `csv`.
    """
    answer = context.envelope(PageView(items=list(items), next_cursor=next_cursor), known)
    if form != "csv":
        return answer
    reply = table(answer, items)
    if next_cursor is not None:
        reply.headers[CURSOR_HEADER] = next_cursor
    return reply


def table(answer: Envelope[Any], items: Sequence[ApiModel]) -> Response:
    """Records as CSV, with lines of comment that say what an envelope says."""
    text = io.StringIO()
    text.write(f"# source: {answer.source}; money: {answer.money}\r\n")
    text.write(f"# as_of: {answer.as_of} ms UTC; stale: {str(answer.stale).lower()}\r\n")
    if items:
        rows = [item.model_dump(mode="json") for item in items]
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    return Response(text.getvalue(), media_type=MEDIA_TYPE)


def _cell(value: object) -> object:
    """A value as a spreadsheet takes it; a text that would be a formula there is kept a text."""
    if isinstance(value, dict):
        return ";".join(f"{key}={each}" for key, each in value.items())
    if isinstance(value, list):
        return ";".join(map(str, value))
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
