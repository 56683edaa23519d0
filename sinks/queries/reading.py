"""Runs a query and makes records of its rows; cursors for paging."""

import re
from typing import TYPE_CHECKING, TypeVar

import msgspec

from schemas.errors import ApplicationError
from sinks.pool import UNAVAILABLE, away
from sinks.records import Page

if TYPE_CHECKING:
    from sinks.pool import Pool

T = TypeVar("T", bound=msgspec.Struct)

PAGE = 50
"""Records on a page unless asked otherwise."""
LARGEST_PAGE = 500

_BETWEEN = "~"
_TIME = re.compile("[0-9]{1,14}")


class InvalidCursorError(ApplicationError):
    """A cursor is not one that a query returned."""


def select(record: type[msgspec.Struct], rest: str) -> str:
    """`select` of a record's fields as columns.

    Args:
        record: The record type; its field names are column names.
        rest: From `from` on, with parameters for all values.
    """
    return f"select {columns(record)} {rest}"


def columns(record: type[msgspec.Struct]) -> str:
    """A record's fields as a list of columns."""
    return ", ".join(record.__struct_fields__)


async def fetch(pool: "Pool", record: type[T], query: str, *arguments: object) -> tuple[T, ...]:
    """Run a query and make records of its rows.

    Raises:
        SinkAwayError: The database does not answer.
    """
    try:
        rows = await pool.fetch(query, *arguments)
    except UNAVAILABLE as error:
        raise away(error) from error
    return tuple(msgspec.convert(dict(row), record) for row in rows)


async def fetch_page(
    pool: "Pool", record: type[T], query: str, *arguments: object, key: tuple[str, ...], limit: int
) -> Page[T]:
    """Run a paged query; its last parameter is how many rows to return.

    Args:
        pool: Where to.
        record: The record type.
        query: Ordered by `key`, newest first.
        arguments: All but the last parameter.
        key: The fields of a cursor: a time, and what tells records of one time apart.
        limit: Records on a page, from 1 to 500.

    Raises:
        SinkAwayError: The database does not answer.
    """
    limit = max(1, min(limit, LARGEST_PAGE))
    found = await fetch(pool, record, query, *arguments, limit + 1)
    items = found[:limit]
    cursor = None
    if len(found) > limit:
        cursor = _BETWEEN.join(str(getattr(items[-1], name)) for name in key)
    return Page(items=items, next_cursor=cursor)


def parse_cursor(text: str | None, parts: int = 2) -> tuple[int | str | None, ...]:
    """The parts of a cursor, the time first; only None on the first page.

    Args:
        text: `next_cursor` of a page, or None.
        parts: How many parts the query's cursor has.

    Raises:
        InvalidCursorError: The text is no cursor of such a query.
    """
    if text is None:
        return (None,) * parts
    at, *names = text.split(_BETWEEN)
    if len(names) != parts - 1 or not _TIME.fullmatch(at):
        raise InvalidCursorError(
            f"Expected a cursor that an earlier page returned, received {text[:80]!r}: leave it "
            "out to begin with the first page."
        )
    return (int(at), *names)
