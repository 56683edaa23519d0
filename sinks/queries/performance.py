"""How bots did per hour and per day, from the aggregates."""

from typing import TYPE_CHECKING

from sinks.queries.reading import fetch, select
from sinks.records import DailyPnl, HourlyPerformance

if TYPE_CHECKING:
    from sinks.pool import Pool

HOURLY = select(
    HourlyPerformance,
    """
    from bot_performance_hourly
    where bucket >= $1 and bucket < $2 and ($3::text is null or bot_id = $3)
    order by bucket, bot_id
    """,
)
DAILY = select(
    DailyPnl,
    """
    from bot_pnl_daily
    where day >= $1 and day < $2 and ($3::text is null or bot_id = $3)
    order by day, bot_id
    """,
)


async def hourly_performance(
    pool: "Pool", *, since: int, until: int, bot: str | None = None
) -> tuple[HourlyPerformance, ...]:
    """Trades, volume, fees, gas and slippage per bot and hour, oldest first.

    Args:
        pool: Where to.
        since: Earliest start of an hour, ms.
        until: First time not included, ms.
        bot: Only this bot's.

    Raises:
        SinkAwayError: The database does not answer.
    """
    return await fetch(pool, HourlyPerformance, HOURLY, since, until, bot)


async def daily_pnl(
    pool: "Pool", *, since: int, until: int, bot: str | None = None
) -> tuple[DailyPnl, ...]:
    """Ended episodes with their P&L and win rate per bot and UTC day, oldest first.

    Args:
        pool: Where to.
        since: Earliest midnight, ms.
        until: First time not included, ms.
        bot: Only this bot's.

    Raises:
        SinkAwayError: The database does not answer.
    """
    return await fetch(pool, DailyPnl, DAILY, since, until, bot)
