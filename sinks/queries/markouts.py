"""Fills with what the market was worth after them."""

from typing import TYPE_CHECKING

from sinks.analysis_records import FollowedFill
from sinks.queries.reading import fetch

if TYPE_CHECKING:
    from sinks.pool import Pool

MOST_FILLS = 1_000
"""Fills that are followed, the newest ones; each costs four probes of an index."""


def _later(seconds: int) -> str:
    """The first mid at or after a fill's horizon, at most a minute late."""
    return f"""
  left join lateral (
    select mid as mid_{seconds}s from market_snapshots
    where market_snapshots.market_id = fills.market_id and market_snapshots.mid is not null
      and ts >= executed_at + interval '{seconds} seconds'
      and ts < executed_at + interval '{seconds + 60} seconds'
    order by ts limit 1) as after_{seconds} on true"""  # noqa: S608  (numbers of ours)


FOLLOWED = f"""
select trade_id, bot_id, market_id, side, action, price, size, executed_at, mid,
       mid_1s, mid_10s, mid_60s, mid_300s
from (
  select trade_id, bot_id, market_id, side, action, price, size, executed_at, mid
  from trades
  where executed_at >= $1 and executed_at < $2 and action in ('BUY', 'SELL') and side is not null
    and ($3::text is null or bot_id = $3) and trade_status is distinct from 'FAILED'
  order by executed_at desc limit $4) as fills
{_later(1)}{_later(10)}{_later(60)}{_later(300)}
order by executed_at desc
"""  # noqa: S608  (numbers of ours)


async def followed_fills(
    pool: "Pool", *, since: int, until: int, bot: str | None = None, limit: int = MOST_FILLS
) -> tuple[FollowedFill, ...]:
    """Fills in a time range with the mids that followed, newest first.

    Args:
        pool: Where to.
        since: Earliest, ms.
        until: First time not included, ms.
        bot: Only this bot's.
        limit: At most so many.

    Raises:
        SinkAwayError: The database does not answer.
    """
    return await fetch(pool, FollowedFill, FOLLOWED, since, until, bot, limit)
