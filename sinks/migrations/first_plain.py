"""Revision 20261123_0600 on plain PostgreSQL: views under the aggregates' names, and what makes
them fast.

`time_bucket` is ours where no extension brings it. Day and bucket predicates on the views are
matched against the expression indexes. BRIN indexes serve the retention job.
"""  # noqa: D205

from sinks.migrations.first_aggregates import (
    BOT_PERFORMANCE_HOURLY,
    BOT_PNL_DAILY,
    MARKET_PRICE_5MIN,
)

TIME_BUCKET = """
create function time_bucket(w interval, t timestamptz) returns timestamptz
language sql immutable parallel safe strict
as $$ select date_bin(w, t, timestamptz '2000-01-03 00:00:00+00') $$
"""
DROP_TIME_BUCKET = "drop function time_bucket(interval, timestamptz)"

_PRICES = MARKET_PRICE_5MIN.format(
    first="(array_agg(mid order by ts))[1]",
    last="(array_agg(mid order by ts desc))[1]",
    volume="(array_agg(volume_24h order by ts desc))[1]",
)

UP = (
    f"create view market_price_5min as {_PRICES}",
    f"create view bot_performance_hourly as {BOT_PERFORMANCE_HOURLY}",
    f"create view bot_pnl_daily as {BOT_PNL_DAILY}",
    "create index market_snapshots_5min_idx on market_snapshots"
    " (market_id, time_bucket(interval '5 minutes', ts))",
    "create index trades_hour_idx on trades (time_bucket(interval '1 hour', executed_at))",
    "create index episodes_day_idx on episodes (time_bucket(interval '1 day', closed_at))",
    "create index market_snapshots_brin on market_snapshots using brin (ts)",
    "create index signals_brin on signals using brin (at)",
    "create index equity_points_brin on equity_points using brin (at)",
)

DOWN = (
    "drop view bot_pnl_daily",
    "drop view bot_performance_hourly",
    "drop view market_price_5min",
)
