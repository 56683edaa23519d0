"""Our fills, split and merged pairs, rebates."""

from typing import TYPE_CHECKING

from sinks.queries.reading import PAGE, fetch_page, parse_cursor, select
from sinks.records import Page, TradeRecord

if TYPE_CHECKING:
    from sinks.pool import Pool

TRADES = select(
    TradeRecord,
    """
    from trades
    where executed_at >= $1 and executed_at < $2
      and ($3::text is null or bot_id = $3)
      and ($4::text is null or market_id = $4)
      and ($5::timestamptz is null or (executed_at, trade_id, order_id) < ($5, $6::text, $7::text))
    order by executed_at desc, trade_id desc, order_id desc
    limit $8
    """,
)


async def trades(
    pool: "Pool",
    *,
    since: int,
    until: int,
    bot: str | None = None,
    market: str | None = None,
    limit: int = PAGE,
    cursor: str | None = None,
) -> Page[TradeRecord]:
    """Fills, splits, merges and rebates in a time range, newest first.

    Args:
        pool: Where to.
        since: Earliest `executed_at`, ms.
        until: First `executed_at` not included, ms.
        bot: Only this bot's.
        market: Only in this market.
        limit: Records on a page, at most 500.
        cursor: `next_cursor` of the page before.

    Raises:
        InvalidCursorError: The cursor is not one of a page.
        SinkAwayError: The database does not answer.
    """
    after = parse_cursor(cursor, 3)
    return await fetch_page(
        pool,
        TradeRecord,
        TRADES,
        *(since, until, bot, market, *after),
        key=("executed_at", "trade_id", "order_id"),
        limit=limit,
    )
