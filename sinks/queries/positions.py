"""What bots hold and held."""

from typing import TYPE_CHECKING

from sinks.queries.reading import PAGE, fetch, fetch_page, parse_cursor, select
from sinks.records import Page, PositionRecord

if TYPE_CHECKING:
    from sinks.pool import Pool

OPEN = select(
    PositionRecord,
    """
    from positions
    where closed_at is null and opened_at >= $1 and opened_at < $2
      and ($3::text is null or bot_id = $3)
      and ($4::text is null or market_id = $4)
    order by opened_at desc, position_id
    """,
)
CLOSED = select(
    PositionRecord,
    """
    from positions
    where closed_at >= $1 and closed_at < $2
      and ($3::text is null or bot_id = $3)
      and ($4::text is null or market_id = $4)
      and ($5::timestamptz is null or (closed_at, position_id) < ($5, $6::text))
    order by closed_at desc, position_id desc
    limit $7
    """,
)
POSITION = select(
    PositionRecord,
    "from positions where position_id = $1 and opened_at >= $2 and opened_at < $3 limit 1",
)


async def open_positions(
    pool: "Pool", *, since: int, until: int, bot: str | None = None, market: str | None = None
) -> tuple[PositionRecord, ...]:
    """Positions held now that were opened in a time range, newest first.

    Args:
        pool: Where to.
        since: Earliest `opened_at`, ms.
        until: First `opened_at` not included, ms.
        bot: Only this bot's.
        market: Only in this market.

    Raises:
        SinkAwayError: The database does not answer.
    """
    return await fetch(pool, PositionRecord, OPEN, since, until, bot, market)


async def closed_positions(
    pool: "Pool",
    *,
    since: int,
    until: int,
    bot: str | None = None,
    market: str | None = None,
    limit: int = PAGE,
    cursor: str | None = None,
) -> Page[PositionRecord]:
    """Positions closed in a time range, newest first.

    Args:
        pool: Where to.
        since: Earliest `closed_at`, ms.
        until: First `closed_at` not included, ms.
        bot: Only this bot's.
        market: Only in this market.
        limit: Records on a page, at most 500.
        cursor: `next_cursor` of the page before.

    Raises:
        InvalidCursorError: The cursor is not one of a page.
        SinkAwayError: The database does not answer.
    """
    after = parse_cursor(cursor)
    return await fetch_page(
        pool,
        PositionRecord,
        CLOSED,
        *(since, until, bot, market, *after),
        key=("closed_at", "position_id"),
        limit=limit,
    )


async def position(
    pool: "Pool", position_id: str, *, since: int, until: int
) -> PositionRecord | None:
    """One position, open or closed; None when none of this id was opened in the range.

    Raises:
        SinkAwayError: The database does not answer.
    """
    found = await fetch(pool, PositionRecord, POSITION, position_id, since, until)
    return found[0] if found else None
