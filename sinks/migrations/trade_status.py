"""Revision 20261128_1100: how far a fill is on its way to the chain; a FAILED one counts nowhere.

Rows from before know nothing of it and count as they did.
"""

from sinks.migrations import pairs_and_rebates

BOT_PERFORMANCE_HOURLY = """
select bot_id, time_bucket(interval '1 hour', executed_at) as bucket,
       count(*) filter (where action in ('BUY', 'SELL')) as trades,
       sum(case when action in ('BUY', 'SELL') then price * size else 0 end) as volume,
       sum(fee) as fees, sum(gas) as gas, sum(slippage) as slippage
from trades where trade_status is distinct from 'FAILED' group by 1, 2
"""

COLUMNS = (
    "alter table trades add column trade_status text",
    "alter table trades add column status_at timestamptz",
)


def up(*, timescale: bool) -> tuple[str, ...]:
    """From 20261128_0700."""
    return (*COLUMNS, *pairs_and_rebates.statements(BOT_PERFORMANCE_HOURLY, timescale=timescale))


def down(*, timescale: bool) -> tuple[str, ...]:
    """Back to it: the view first, for it reads a column that goes."""
    before = pairs_and_rebates.BOT_PERFORMANCE_HOURLY
    return (
        *pairs_and_rebates.statements(before, timescale=timescale),
        "alter table trades drop column status_at",
        "alter table trades drop column trade_status",
    )
