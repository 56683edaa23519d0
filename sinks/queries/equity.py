"""Equity and drawdown over time, in as many points as a screen can show."""

from typing import TYPE_CHECKING

from sinks.queries.reading import columns, fetch
from sinks.records import EquityRecord
from sinks.row_types import PORTFOLIO

if TYPE_CHECKING:
    from sinks.pool import Pool

MOST_POINTS = 2000

# One index probe per point, however many points are stored.
EQUITY = f"""
with span as (
  select min(at) as first, max(at) as last
  from equity_points
  where account_id = $1 and scope = $2 and at >= $3 and at < $4),
probes as (
  select first + (last - first) * (n / greatest($5::int - 1, 1)::double precision) as until
  from span, generate_series(0, $5::int - 1) as n
  where first is not null)
select distinct on (at) {columns(EquityRecord)}
from probes cross join lateral (
  select {columns(EquityRecord)}
  from equity_points
  where account_id = $1 and scope = $2 and at >= $3 and at <= probes.until
  order by at desc limit 1) as point
order by at
"""  # noqa: S608  (column names are ours)


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
