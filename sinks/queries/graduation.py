"""What a bot's paper record is made of (STRATEGIES.md E.6), for all bots at once."""

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from sinks.analysis_records import FillAfter
from sinks.queries.reading import fetch

if TYPE_CHECKING:
    from sinks.pool import Pool

MOST_FOLLOWED = 2_000
"""Fills of a bot whose markout counts, the newest ones; each costs a probe of an index."""


class PaperCounts(msgspec.Struct, frozen=True, kw_only=True):
    """One bot's fills and episodes, counted.

    Attributes:
        fills: That did not fail.
        inferred: Of them, those that no print proves.
        unreal: Of them, those in markets whose data is not live.
        paid: Mean price of what was bought, dollars a share; None without a purchase.
        rebates: Dollars that the venue paid for making.
        closed: Episodes that ended.
        wins: Of them, those with a gain.
        resolved: Of them, those held to a resolution.
        violations: Fills at another price than their order's or with a fee, orders that could take
            and orders filled beyond their size (section G, 3, 4, 15 and 21).
    """

    bot_id: str
    fills: int
    inferred: int
    unreal: int
    paid: Decimal | None
    rebates: Decimal
    closed: int
    wins: int
    resolved: int
    violations: int


class FirstView(msgspec.Struct, frozen=True, kw_only=True):
    """A bot's first opinion of a market that resolved, the market's own then, and the outcome.

    Attributes:
        ours: Probability of YES.
        market: The mid at the same time.
        outcome: Dollars that YES paid, 0 or 1.
    """

    bot_id: str
    market_id: str
    ours: float
    market: float
    outcome: float


COUNTS = """
select bots.bot_id, fills, inferred, unreal, paid, rebates, closed, wins, resolved,
       odd_fills + odd_orders as violations
from unnest($1::text[]) as bots (bot_id)
cross join lateral (
  select count(*) filter (where real_fill) as fills,
         count(*) filter (where real_fill and inferred) as inferred,
         count(*) filter (where real_fill and label is distinct from 'LIVE') as unreal,
         sum(price * size) filter (where real_fill and action = 'BUY')
           / nullif(sum(size) filter (where real_fill and action = 'BUY'), 0) as paid,
         coalesce(sum(size) filter (where action = 'REBATE'), 0) as rebates,
         count(*) filter (where real_fill and (fee <> 0 or price <> asked))
           as odd_fills
  from (
    select trades.action, trades.price, trades.size, trades.fee, inferred, label,
           orders.price as asked, trades.action in ('BUY', 'SELL') as real_fill
    from trades
    left join markets on markets.market_id = trades.market_id
    left join orders on orders.order_id = trades.order_id
    where trades.bot_id = bots.bot_id and executed_at >= $2 and executed_at < $3
      and trade_status is distinct from 'FAILED') as each) as traded
cross join lateral (
  select count(*) as closed, count(*) filter (where pnl > 0) as wins,
         count(*) filter (where reason = 'resolved') as resolved
  from episodes
  where episodes.bot_id = bots.bot_id and closed_at >= $2 and closed_at < $3) as ended
cross join lateral (
  select count(*) as odd_orders
  from orders
  where orders.bot_id = bots.bot_id and created_at >= $2 and created_at < $3
    and placed_at is not null and (post_only is not true or filled_size > size)) as placed
order by bots.bot_id
"""
AFTER = """
select trade_id, fills.bot_id, market_id, side, action, price, size, executed_at, mid, mid_60s
from unnest($1::text[]) as bots (bot_id)
cross join lateral (
  select trade_id, bot_id, market_id, side, action, price, size, executed_at, mid
  from trades
  where trades.bot_id = bots.bot_id and executed_at >= $2 and executed_at < $3
    and action in ('BUY', 'SELL') and side is not null
    and trade_status is distinct from 'FAILED'
  order by executed_at desc limit $4) as fills
left join lateral (
  select mid as mid_60s from market_snapshots
  where market_snapshots.market_id = fills.market_id and market_snapshots.mid is not null
    and ts >= executed_at + interval '60 seconds' and ts < executed_at + interval '120 seconds'
  order by ts limit 1) as after on true
order by fills.bot_id, executed_at
"""
VIEWS = """
select distinct on (signals.bot_id, signals.market_id) signals.bot_id, signals.market_id,
       case when signals.token_id = no_token_id then 1 - fair_value else fair_value end as ours,
       mid as market, yes_payout::double precision as outcome
from signals join markets on markets.market_id = signals.market_id
where at >= $2 and at < $3 and signals.bot_id = any($1::text[])
  and fair_value is not null and mid is not null and yes_payout in (0, 1)
order by signals.bot_id, signals.market_id, at, signal_id
"""


async def paper_counts(
    pool: "Pool", bots: list[str], *, since: int, until: int
) -> tuple[PaperCounts, ...]:
    """Counts of each bot in a time range, by bot; all asked for are answered.

    Args:
        pool: Where to.
        bots: Bot ids.
        since: Earliest, ms.
        until: First time not included, ms.

    Raises:
        SinkAwayError: The database does not answer.
    """
    return await fetch(pool, PaperCounts, COUNTS, bots, since, until)


async def fills_after(
    pool: "Pool", bots: list[str], *, since: int, until: int
) -> tuple[FillAfter, ...]:
    """The newest 2,000 fills of each bot with what followed, by bot and oldest first.

    Args:
        pool: Where to.
        bots: Bot ids.
        since: Earliest, ms.
        until: First time not included, ms.

    Raises:
        SinkAwayError: The database does not answer.
    """
    return await fetch(pool, FillAfter, AFTER, bots, since, until, MOST_FOLLOWED)


async def first_views(
    pool: "Pool", bots: list[str], *, since: int, until: int
) -> tuple[FirstView, ...]:
    """One observation per bot and market that resolved to 0 or 1; later signals depend on it.

    Args:
        pool: Where to.
        bots: Bot ids.
        since: Earliest signal, ms.
        until: First time not included, ms.

    Raises:
        SinkAwayError: The database does not answer.
    """
    return await fetch(pool, FirstView, VIEWS, bots, since, until)
