"""Breakers tripped and reset, warnings, halts."""

from typing import TYPE_CHECKING

from sinks.queries.reading import PAGE, fetch_page, parse_cursor, select
from sinks.records import BreachRecord, Page

if TYPE_CHECKING:
    from sinks.pool import Pool

BREACHES = select(
    BreachRecord,
    """
    from breaches
    where at >= $1 and at < $2
      and ($3::text is null or scope = $3)
      and ($4::timestamptz is null or (at, breach_id) < ($4, $5::text))
    order by at desc, breach_id desc
    limit $6
    """,
)


async def breaches(
    pool: "Pool",
    *,
    since: int,
    until: int,
    scope: str | None = None,
    limit: int = PAGE,
    cursor: str | None = None,
) -> Page[BreachRecord]:
    """What the breakers said in a time range, newest first.

    Args:
        pool: Where to.
        since: Earliest, ms.
        until: First time not included, ms.
        scope: Only about this bot, or `portfolio`.
        limit: Records on a page, at most 500.
        cursor: `next_cursor` of the page before.

    Raises:
        InvalidCursorError: The cursor is not one of a page.
        SinkAwayError: The database does not answer.
    """
    after = parse_cursor(cursor)
    return await fetch_page(
        pool,
        BreachRecord,
        BREACHES,
        *(since, until, scope, *after),
        key=("at", "breach_id"),
        limit=limit,
    )
