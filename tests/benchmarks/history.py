"""A database with days of history: the sink writes one hour, SQL repeats it into the past."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from schemas.envelope import Message
from schemas.ids import BotId, MarketId
from sinks.rows import rows_of
from sinks.writer import PostgresSink
from tests.sinks import messages

if TYPE_CHECKING:
    from sinks.pool import Pool

MARKETS = tuple(MarketId(f"0x{number:064x}") for number in range(100))
BOTS = (BotId("bot_01"), BotId("bot_05"))
HOUR_MS = 3_600_000
SNAPSHOT_MS = 5_000
ORDER_MS = 500
BATCH = 5_000
REPEATED = {
    "market_snapshots": (("ts", "observed_at"), ()),
    "orders": (("created_at", "updated_at", "placed_at", "closed_at"), ("order_id",)),
    "trades": (("executed_at", "status_at"), ("trade_id", "order_id")),
    "decisions": (("decided_at",), ("decision_id", "intent_id", "order_id")),
    "signals": (("at",), ("signal_id",)),
    "equity_points": (("at",), ()),
}
"""Tables with the columns that are times and those that are ids of one row only."""


def one_hour() -> Iterator[Message]:
    """Everything that a hundred markets and two bots say in an hour, 7,200 orders among it."""
    for market in MARKETS:
        yield messages.listed(0, market)
    for ms in range(0, HOUR_MS, SNAPSHOT_MS):
        cents = ms // SNAPSHOT_MS % 90
        for market in MARKETS:
            yield messages.top(ms, f"0.{400 + cents}", f"0.{510 + cents}", market)
        yield messages.equity(ms, str(10_000 + cents))
        yield messages.equity(ms, str(20_000 + cents), bot=None)
    for number, ms in enumerate(range(0, HOUR_MS, ORDER_MS)):
        what = messages.order(f"order-{number:06d}", ms)
        yield messages.signal(ms, "place" if number % 2 else "none", BOTS[number % 2])
        yield messages.approved(what, ms=ms + 10)
        yield messages.placed(what, ms + 20)
        yield messages.fill(what, ms + 40, "4", "4")
        yield messages.fill(what, ms + 60, "6", "10")


async def fill(pool: "Pool", hours: int) -> dict[str, int]:
    """Write the history; rows by table.

    Args:
        pool: Of a migrated, empty database.
        hours: How long the history is; the written hour is its last.
    """
    sink = PostgresSink(pool)
    rows = (row for said in one_hour() for row in rows_of(said))
    while part := list(islice(rows, BATCH)):
        await sink.write(part, {})
    for table, (times, ids) in REPEATED.items():
        await pool.execute(await _repetition(pool, table, times, ids), hours - 1)
    await pool.execute("analyze")
    return {table: await pool.fetchval(f"select count(*) from {table}") for table in REPEATED}


async def _repetition(pool: "Pool", table: str, times: Sequence[str], ids: Sequence[str]) -> str:
    columns = [
        row["column_name"]
        for row in await pool.fetch(
            "select column_name from information_schema.columns"
            " where table_name = $1 and is_generated = 'NEVER' order by ordinal_position",
            table,
        )
    ]
    values = [
        (
            f"{name} - n * interval '1 hour'"
            if name in times
            else f"{name} || '-' || n" if name in ids else name
        )
        for name in columns
    ]
    return (
        f"insert into {table} ({', '.join(columns)}) select {', '.join(values)}"
        f" from {table}, generate_series(1, $1::int) as n"
    )
