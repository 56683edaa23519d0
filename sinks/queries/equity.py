"""Equity and drawdown over time, in as many points as a screen can show."""

from typing import TYPE_CHECKING

from sinks.analysis_records import PnlPoint
from sinks.queries.reading import columns, fetch
from sinks.records import EquityRecord
from sinks.row_types import PORTFOLIO

if TYPE_CHECKING:
    from sinks.pool import Pool

MOST_POINTS = 2000

PROBES = """
with span as (
  select min(at) as first, max(at) as last
  from equity_points
  where account_id = $1 and scope = {scope} and at >= $3 and at < $4),
probes as (
  select first + (last - first) * (n / greatest($5::int - 1, 1)::double precision) as until
  from span, generate_series(0, $5::int - 1) as n
  where first is not null)
"""
"""Equal steps over a scope's points; one index probe each, however many are stored."""
EQUITY = f"""
{PROBES.format(scope="$2")}
select distinct on (at) {columns(EquityRecord)}
from probes cross join lateral (
  select {columns(EquityRecord)}
  from equity_points
  where account_id = $1 and scope = $2 and at >= $3 and at <= probes.until
  order by at desc limit 1) as point
order by at
"""  # noqa: S608  (column names are ours)

# The steps are the account's, so that bots' lines share one axis of time.
TRENDS = f"""
{PROBES.format(scope="$6")}
select scopes.scope, probes.until as at, pnl
from unnest($2::text[]) as scopes (scope)
cross join probes
cross join lateral (
  select realised_pnl + unrealised_pnl as pnl
  from equity_points
  where account_id = $1 and equity_points.scope = scopes.scope
    and at >= $3 and at <= probes.until
  order by at desc limit 1) as point
order by scope, probes.until
"""  # noqa: S608  (only the place of a parameter)


async def equity_series(
    pool: "Pool",
    account: str,
    *,
    since: int,
    until: int,
    bot: str | None = None,
    points: int = MOST_POINTS,
) -> tuple[EquityRecord, ...]:
    """Equity in a time range, oldest first; the last stored point of each of equal steps.

    Args:
        pool: Where to.
        account: Trading account.
        since: Earliest point, ms.
        until: First time not included, ms.
        bot: This bot's; the whole account's by default.
        points: At most so many, up to 2,000.

    Raises:
        SinkAwayError: The database does not answer.
    """
    points = max(2, min(points, MOST_POINTS))
    return await fetch(pool, EquityRecord, EQUITY, account, bot or PORTFOLIO, since, until, points)


async def pnl_trends(
    pool: "Pool", account: str, bots: list[str], *, since: int, until: int, points: int
) -> tuple[PnlPoint, ...]:
    """P&L of bots at equal steps of the time in which the account has equity, oldest first.

    Args:
        pool: Where to.
        account: Trading account.
        bots: Bot ids; one without equity in the range has no points.
        since: Earliest, ms.
        until: First time not included, ms.
        points: Steps, up to 2,000.

    Raises:
        SinkAwayError: The database does not answer.
    """
    points = max(2, min(points, MOST_POINTS))
    return await fetch(pool, PnlPoint, TRENDS, account, bots, since, until, points, PORTFOLIO)
