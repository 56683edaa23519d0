"""Revision 20261123_0600 on TimescaleDB: hypertables, columnstore, retention, aggregates.

Hypertables come before the indexes, policies after. `positions` stays in the rowstore and is kept:
it is small, changes as long as a position is open, and a chunk is dropped as a whole.
"""

from sinks.migrations.first_aggregates import (
    BOT_PERFORMANCE_HOURLY,
    BOT_PNL_DAILY,
    MARKET_PRICE_5MIN,
)

_HYPERTABLES = (
    ("orders", "created_at", "7 days"),
    ("trades", "executed_at", "7 days"),
    ("positions", "opened_at", "7 days"),
    ("market_snapshots", "ts", "1 day"),
    ("signals", "at", "7 days"),
    ("equity_points", "at", "7 days"),
    ("decisions", "decided_at", "7 days"),
    ("breaches", "at", "7 days"),
    ("episodes", "closed_at", "7 days"),
)

_COLUMNSTORES = (
    ("orders", "bot_id", "created_at desc", "bloom(order_id)", "14 days"),
    ("trades", "bot_id", "executed_at desc", "bloom(order_id)", "14 days"),
    ("market_snapshots", "market_id", "ts desc", "", "7 days"),
    ("signals", "bot_id", "at desc", "", "14 days"),
    ("equity_points", "scope", "at desc", "", "14 days"),
    ("decisions", "bot_id", "decided_at desc", "bloom(order_id)", "14 days"),
)

_RETENTION = (
    ("orders", "365 days"),
    ("trades", "365 days"),
    ("market_snapshots", "90 days"),
    ("signals", "365 days"),
    ("equity_points", "365 days"),
    ("decisions", "365 days"),
    ("breaches", "365 days"),
    ("episodes", "365 days"),
)

_AGGREGATES = (
    (
        "market_price_5min",
        MARKET_PRICE_5MIN.format(
            first="first(mid, ts)", last="last(mid, ts)", volume="last(volume_24h, ts)"
        ),
        ("1 day", "5 minutes", "5 minutes"),
    ),
    ("bot_performance_hourly", BOT_PERFORMANCE_HOURLY, ("7 days", "1 hour", "30 minutes")),
    ("bot_pnl_daily", BOT_PNL_DAILY, ("30 days", "1 day", "1 hour")),
)
"""Name, meaning, and start offset, end offset and schedule of the refresh policy."""


def _columnstore(table: str, segment: str, order: str, sparse: str) -> str:
    index = f", timescaledb.sparse_index = '{sparse}'" if sparse else ""
    return (
        f"alter table {table} set (timescaledb.enable_columnstore,"
        f" timescaledb.segmentby = '{segment}', timescaledb.orderby = '{order}'{index})"
    )


BEFORE_INDEXES = tuple(
    f"select create_hypertable('{table}', by_range('{column}', interval '{chunk}'),"
    " create_default_indexes => false, if_not_exists => true)"
    for table, column, chunk in _HYPERTABLES
)

AFTER_INDEXES = (
    *(_columnstore(table, *settings) for table, *settings, _ in _COLUMNSTORES),
    *(
        f"call add_columnstore_policy('{table}', after => interval '{after}',"
        " if_not_exists => true)"
        for table, *_, after in _COLUMNSTORES
    ),
    *(
        f"select add_retention_policy('{table}', drop_after => interval '{after}',"
        " if_not_exists => true)"
        for table, after in _RETENTION
    ),
    *(
        f"create materialized view {name}"
        " with (timescaledb.continuous, timescaledb.materialized_only = false)"
        f" as {meaning} with no data"
        for name, meaning, _ in _AGGREGATES
    ),
    *(
        f"select add_continuous_aggregate_policy('{name}', start_offset => interval '{start}',"
        f" end_offset => interval '{end}', schedule_interval => interval '{every}',"
        " if_not_exists => true)"
        for name, _, (start, end, every) in _AGGREGATES
    ),
)

DOWN = tuple(f"drop materialized view {name}" for name, *_ in _AGGREGATES)
