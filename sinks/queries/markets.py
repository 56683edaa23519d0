"""Markets and their last stored prices."""

from typing import TYPE_CHECKING

from sinks.queries.reading import columns, fetch, select
from sinks.records import MarketRecord, MarketTop, PriceBar

if TYPE_CHECKING:
    from sinks.pool import Pool

MARKETS = select(
    MarketRecord,
    """
    from markets
    where updated_at >= $1 and updated_at < $2
      and ($3::text is null or status = $3)
      and ($4::text[] is null or market_id = any($4))
    order by resolves_at nulls last, market_id
    """,
)
TOPS = f"""
select {columns(MarketTop)}
from (
  select market_id as listed_id from markets
  where ($3::text[] is null or market_id = any($3))) as listed
cross join lateral (
  select {columns(MarketTop)} from market_snapshots
  where market_id = listed_id and ts >= $1 and ts < $2
  order by ts desc limit 1) as top
order by market_id
"""  # noqa: S608  (column names are ours)
PRICES = select(
    PriceBar,
    "from market_price_5min where market_id = $1 and bucket >= $2 and bucket < $3 order by bucket",
)


async def markets(
    pool: "Pool",
    *,
    since: int,
    until: int,
    status: str | None = None,
    ids: list[str] | None = None,
) -> tuple[MarketRecord, ...]:
    """Markets that were listed or changed in a time range, the next to resolve first.

    Args:
        pool: Where to.
        since: Earliest `updated_at`, ms.
        until: First `updated_at` not included, ms.
        status: Only with this market status.
        ids: Only these.

    Raises:
        SinkAwayError: The database does not answer.
    """
    return await fetch(pool, MarketRecord, MARKETS, since, until, status, ids)


async def market_tops(
    pool: "Pool", *, since: int, until: int, ids: list[str] | None = None
) -> tuple[MarketTop, ...]:
    """The last stored prices of every market that has some in a time range.

    Args:
        pool: Where to.
        since: Oldest prices of interest, ms.
        until: First time not included, ms.
        ids: Only these markets.

    Raises:
        SinkAwayError: The database does not answer.
    """
    return await fetch(pool, MarketTop, TOPS, since, until, ids)


async def prices(pool: "Pool", market: str, *, since: int, until: int) -> tuple[PriceBar, ...]:
    """Open, high, low and close of a market's mid per five minutes, oldest first.

    Raises:
        SinkAwayError: The database does not answer.
    """
    return await fetch(pool, PriceBar, PRICES, market, since, until)
