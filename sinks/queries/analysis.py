"""What performance is worked out of: costs, ended episodes, daily net asset values."""

from decimal import Decimal
from typing import TYPE_CHECKING

from sinks.analysis_records import (
    BotCosts,
    DailyNav,
    EpisodeRecord,
    EpisodeStats,
    OpeningNav,
    ZoneResult,
)
from sinks.queries.reading import fetch

if TYPE_CHECKING:
    from sinks.pool import Pool

MOST_EPISODES = 10_000
"""Ended episodes that a distribution looks at, the newest ones."""

COSTS = """
select bot_id, sum(fee) as fees, sum(gas) as gas,
       coalesce(sum(size) filter (where action = 'REBATE'), 0) as rebates,
       sum(slippage) as slippage
from trades
where executed_at >= $1 and executed_at < $2 and ($3::text is null or bot_id = $3)
  and trade_status is distinct from 'FAILED'
group by bot_id
order by bot_id
"""
EPISODE_STATS = """
select bot_id, count(*) as closed, count(*) filter (where pnl > 0) as wins,
       coalesce(sum(pnl) filter (where pnl > 0), 0) as gains,
       coalesce(sum(pnl) filter (where pnl < 0), 0) as losses,
       (extract(epoch from avg(closed_at - opened_at)) * 1000)::bigint as hold_ms
from episodes
where closed_at >= $1 and closed_at < $2 and ($3::text is null or bot_id = $3)
group by bot_id
order by bot_id
"""
# One index probe per scope and day.
DAILY_NAVS = """
select scope, day, nav, drawdown
from unnest($2::text[]) as scopes (scope)
cross join lateral (
  select least(n + interval '1 day', $4) as until, n as day
  from generate_series(date_trunc('day', $3 at time zone 'UTC') at time zone 'UTC',
                       $4, interval '1 day') as n) as days
cross join lateral (
  select nav, drawdown from equity_points
  where account_id = $1 and equity_points.scope = scopes.scope
    and at >= $3 - interval '1 day' and at < days.until
  order by at desc limit 1) as point
order by scope, day
"""
OPENING_NAVS = """
select scope, nav
from unnest($2::text[]) as scopes (scope)
cross join lateral (
  (select nav, 0 as place from equity_points
   where account_id = $1 and equity_points.scope = scopes.scope and at < $3
   order by at desc limit 1)
  union all
  (select nav, 1 from equity_points
   where account_id = $1 and equity_points.scope = scopes.scope and at >= $3 and at < $4
   order by at limit 1)
  order by place limit 1) as point
order by scope
"""
EPISODES = """
select episode_id, closed_at, opened_at, episodes.bot_id, episodes.market_id,
       coalesce(markets.category, '') as category, pnl, reason
from episodes left join markets on markets.market_id = episodes.market_id
where closed_at >= $1 and closed_at < $2 and ($3::text is null or episodes.bot_id = $3)
order by closed_at desc
limit $4
"""

ZONES = """
select coalesce(zone, '') as zone, count(*) as closed,
       count(*) filter (where realised_pnl > 0) as wins, sum(realised_pnl) as pnl
from positions
where closed_at >= $1 and closed_at < $2 and ($3::text is null or bot_id = $3)
group by 1
order by 1
"""


async def bot_costs(
    pool: "Pool", *, since: int, until: int, bot: str | None = None
) -> tuple[BotCosts, ...]:
    """Fees, gas, rebates and slippage per bot in a time range.

    Args:
        pool: Where to.
        since: Earliest, ms.
        until: First time not included, ms.
        bot: Only this bot's.

    Raises:
        SinkAwayError: The database does not answer.
    """
    return await fetch(pool, BotCosts, COSTS, since, until, bot)


async def episode_stats(
    pool: "Pool", *, since: int, until: int, bot: str | None = None
) -> tuple[EpisodeStats, ...]:
    """Counts, gains, losses and holding times of ended episodes per bot in a time range.

    Args:
        pool: Where to.
        since: Earliest close, ms.
        until: First close not included, ms.
        bot: Only this bot's.

    Raises:
        SinkAwayError: The database does not answer.
    """
    return await fetch(pool, EpisodeStats, EPISODE_STATS, since, until, bot)


async def daily_navs(
    pool: "Pool", account: str, scopes: list[str], *, since: int, until: int
) -> tuple[DailyNav, ...]:
    """The net asset value of each scope at the end of each UTC day, oldest first.

    Args:
        pool: Where to.
        account: Trading account.
        scopes: Bot ids, or `portfolio`.
        since: Earliest, ms.
        until: First time not included, ms; the last day ends here.

    Raises:
        SinkAwayError: The database does not answer.
    """
    return await fetch(pool, DailyNav, DAILY_NAVS, account, scopes, since, until)


async def opening_navs(
    pool: "Pool", account: str, scopes: list[str], *, since: int, until: int
) -> dict[str, Decimal]:
    """The net asset value with which each scope went into a range; its first if it began there.

    Args:
        pool: Where to.
        account: Trading account.
        scopes: Bot ids, or `portfolio`.
        since: Earliest, ms.
        until: First time not included, ms.

    Raises:
        SinkAwayError: The database does not answer.
    """
    found = await fetch(pool, OpeningNav, OPENING_NAVS, account, scopes, since, until)
    return {each.scope: each.nav for each in found}


async def ended_episodes(
    pool: "Pool",
    *,
    since: int,
    until: int,
    bot: str | None = None,
    limit: int = MOST_EPISODES,
) -> tuple[EpisodeRecord, ...]:
    """Ended episodes in a time range with their market's category, newest first.

    Args:
        pool: Where to.
        since: Earliest close, ms.
        until: First close not included, ms.
        bot: Only this bot's.
        limit: At most so many.

    Raises:
        SinkAwayError: The database does not answer.
    """
    return await fetch(pool, EpisodeRecord, EPISODES, since, until, bot, limit)


async def zone_results(
    pool: "Pool", *, since: int, until: int, bot: str | None = None
) -> tuple[ZoneResult, ...]:
    """Positions closed in a time range, by zone.

    Args:
        pool: Where to.
        since: Earliest close, ms.
        until: First close not included, ms.
        bot: Only this bot's.

    Raises:
        SinkAwayError: The database does not answer.
    """
    return await fetch(pool, ZoneResult, ZONES, since, until, bot)
