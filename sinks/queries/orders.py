"""Orders: pages of them, and the story of one."""

from typing import TYPE_CHECKING

from sinks.queries.reading import PAGE, fetch, fetch_page, parse_cursor, select
from sinks.records import DecisionRecord, OrderRecord, OrderStory, Page, TradeRecord

if TYPE_CHECKING:
    from sinks.pool import Pool

ORDERS = select(
    OrderRecord,
    """
    from orders
    where created_at >= $1 and created_at < $2
      and ($3::text is null or bot_id = $3)
      and ($4::text is null or market_id = $4)
      and ($5::text[] is null or status = any($5))
      and ($6::timestamptz is null or (created_at, order_id) < ($6, $7::text))
    order by created_at desc, order_id desc
    limit $8
    """,
)
ORDER = select(
    OrderRecord,
    "from orders where order_id = $1 and created_at >= $2 and created_at < $3 limit 1",
)
DECISION = select(
    DecisionRecord,
    """
    from decisions
    where order_id = $1 and decided_at >= $2 and decided_at < $3
    order by decided_at desc limit 1
    """,
)
TRADES = select(
    TradeRecord,
    """
    from trades
    where order_id = $1 and executed_at >= $2 and executed_at < $3
    order by executed_at, trade_id
    """,
)

_DAY_MS = 86_400_000


async def orders(
    pool: "Pool",
    *,
    since: int,
    until: int,
    bot: str | None = None,
    market: str | None = None,
    statuses: list[str] | None = None,
    limit: int = PAGE,
    cursor: str | None = None,
) -> Page[OrderRecord]:
    """Orders created in a time range, newest first.

    Args:
        pool: Where to.
        since: Earliest `created_at`, ms.
        until: First `created_at` not included, ms.
        bot: Only this bot's.
        market: Only in this market.
        statuses: Only with one of these statuses.
        limit: Records on a page, at most 500.
        cursor: `next_cursor` of the page before.

    Raises:
        InvalidCursorError: The cursor is not one of a page.
        SinkAwayError: The database does not answer.
    """
    after = parse_cursor(cursor)
    return await fetch_page(
        pool,
        OrderRecord,
        ORDERS,
        *(since, until, bot, market, statuses, *after),
        key=("created_at", "order_id"),
        limit=limit,
    )


async def order_story(pool: "Pool", order_id: str, *, since: int, until: int) -> OrderStory | None:
    """One order with its verdict and fills; None when there is none of this id in the range.

    Args:
        pool: Where to.
        order_id: Our order id.
        since: Earliest `created_at`, ms.
        until: First time not included, ms; of the order and of what came after it.

    Raises:
        SinkAwayError: The database does not answer.
    """
    found = await fetch(pool, OrderRecord, ORDER, order_id, since, until)
    if not found:
        return None
    order = found[0]
    before = order.created_at - _DAY_MS
    decisions = await fetch(pool, DecisionRecord, DECISION, order_id, before, until)
    trades = await fetch(pool, TradeRecord, TRADES, order_id, before, until)
    return OrderStory(order=order, decision=decisions[0] if decisions else None, trades=trades)
