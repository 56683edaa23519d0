"""Revision 20261128_0700: splits and rebates are rows of `trades` and no trades.

The hourly performance counts what was bought and sold alone; gas is summed over everything.
"""

from sinks.migrations import first_aggregates

VIEW = "bot_performance_hourly"

BOT_PERFORMANCE_HOURLY = """
select bot_id, time_bucket(interval '1 hour', executed_at) as bucket,
       count(*) filter (where action in ('BUY', 'SELL')) as trades,
       sum(case when action in ('BUY', 'SELL') then price * size else 0 end) as volume,
       sum(fee) as fees, sum(gas) as gas, sum(slippage) as slippage
from trades group by 1, 2
"""

_REFRESH = (
    f"select add_continuous_aggregate_policy('{VIEW}', start_offset => interval '7 days',"
    " end_offset => interval '1 hour', schedule_interval => interval '30 minutes',"
    " if_not_exists => true)"
)


def statements(meaning: str, *, timescale: bool) -> tuple[str, ...]:
    """Give the aggregate another meaning; TimescaleDB works it out anew from what is kept.

    Args:
        meaning: Its query.
        timescale: The schema is TimescaleDB's, where it is a continuous aggregate.
    """
    if not timescale:
        return (f"create or replace view {VIEW} as {meaning}",)
    return (
        f"drop materialized view {VIEW}",
        f"create materialized view {VIEW}"
        " with (timescaledb.continuous, timescaledb.materialized_only = false)"
        f" as {meaning} with no data",
        _REFRESH,
    )


def up(*, timescale: bool) -> tuple[str, ...]:
    """From 20261123_0600."""
    return statements(BOT_PERFORMANCE_HOURLY, timescale=timescale)


def down(*, timescale: bool) -> tuple[str, ...]:
    """Back to it."""
    return statements(first_aggregates.BOT_PERFORMANCE_HOURLY, timescale=timescale)
