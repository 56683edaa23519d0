"""Rows a second into the database by batch size, and query times on what was written.

Run: python -m tests.benchmarks.bench_sink [--database DSN] [--rows N]. Without an address it starts
the embedded PostgreSQL for itself. The database named must be empty: it is filled.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from api.runtime.ports import free_port
from api.runtime.postgres import EmbeddedPostgres
from api.runtime.service import silent
from schemas.envelope import Message
from schemas.ids import MarketId
from schemas.market import BookTop
from sinks.migrate import migrate
from sinks.pool import open_pool
from sinks.queries.bots import bot_summaries, signals
from sinks.queries.equity import equity_series
from sinks.queries.markets import market_tops, prices
from sinks.queries.orders import order_story, orders
from sinks.row_types import Row, SnapshotRow
from sinks.rows import rows_of
from sinks.tables import TABLES
from sinks.writer import PostgresSink
from tests.sinks import messages
from tests.sinks.messages import BOT, T0
from topics.catalog import BOOK_TOPS
from topics.codec import TopicCodec, encode

if TYPE_CHECKING:
    from sinks.pool import Pool

BATCHES = (100, 1000, 5000)
MARKETS = 100
REPEATS = 200


def snapshots(count: int) -> list[BookTop]:
    """Best prices of a hundred markets, once a second each."""
    markets = [MarketId(f"0x{number:064x}") for number in range(MARKETS)]
    return [
        messages.top(
            n // MARKETS * 1000, f"0.{400 + n % 97}", f"0.{510 + n % 89}", markets[n % MARKETS]
        )
        for n in range(count)
    ]


def order_lives(count: int) -> list[Message]:
    """Orders placed and filled in two parts."""
    said: list[Message] = []
    for number in range(count // 5):
        what = messages.order(f"order-{number:08d}", number * 10)
        said.append(messages.placed(what, number * 10 + 20))
        said.append(messages.fill(what, number * 10 + 40, "4", "4"))
        said.append(messages.fill(what, number * 10 + 60, "6", "10"))
    return said


def show(what: str, batch: str, rate: str, times_ms: list[float]) -> None:
    """One line of the result."""
    cuts = statistics.quantiles(times_ms, n=100) if len(times_ms) > 1 else times_ms * 99
    spread = f"p50 {cuts[49]:7.2f}  p99 {cuts[98]:7.2f} ms" if cuts else ""
    print(f"{what:30} {batch:>10}  {rate:>15}  {spread}")


Write = Callable[[Sequence[Row]], Awaitable[None]]


async def ingest(write: Write, what: str, rows: Sequence[Row], batch: int) -> float:
    """Write rows in batches, print how fast that went, and return rows a second."""
    times = []
    started = time.perf_counter()
    for at in range(0, len(rows), batch):
        begun = time.perf_counter()
        await write(rows[at : at + batch])
        times.append((time.perf_counter() - begun) * 1000)
    rate = len(rows) / (time.perf_counter() - started)
    show(what, f"batch {batch}", f"{rate:,.0f} rows/s", times)
    return rate


def by_executemany(pool: "Pool") -> Write:
    """The peer: one statement executed for many rows, as most programs do it."""
    table = TABLES[SnapshotRow]
    numbers = ", ".join(f"${number}" for number in range(1, len(table.columns) + 1))
    statement = (
        f"insert into {table.name} ({', '.join(table.columns)}) values ({numbers})"
        " on conflict do nothing"
    )

    async def write(rows: Sequence[Row]) -> None:
        async with pool.acquire() as connection, connection.transaction():
            await connection.executemany(statement, rows)

    return write


async def timed(what: str, query: Callable[[], Awaitable[object]]) -> None:
    """Run a query often and print how long it takes."""
    times = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        await query()
        times.append((time.perf_counter() - begun) * 1000)
    show(what, "", "", times)


def rows_from(said: Iterable[Message]) -> list[Row]:
    """All rows that messages tell."""
    return [row for message in said for row in rows_of(message)]


def decode(payloads: Sequence[bytes]) -> None:
    """Decode messages, make their rows, and print how fast that went."""
    codec: TopicCodec[Message] = TopicCodec(BOOK_TOPS)
    started = time.perf_counter()
    for payload in payloads:
        rows_of(codec.decode(payload))
    rate = len(payloads) / (time.perf_counter() - started)
    show("decode and make rows", "", f"{rate:,.0f} rows/s", [])


async def measure(dsn: str, count: int) -> None:
    """Fill the tables, then read them."""
    await migrate(dsn)
    tops = snapshots(count * (len(BATCHES) + 1))
    decode([encode(one) for one in tops[:count]])
    async with open_pool(dsn, 2) as pool:
        sink = PostgresSink(pool)

        async def write(rows: Sequence[Row]) -> None:
            await sink.write(rows, {})

        rates = {}
        for place, batch in enumerate(BATCHES):
            part = rows_from(tops[place * count : (place + 1) * count])
            rates[batch] = await ingest(write, "market_snapshots, new", part, batch)
        part = rows_from(tops[-count:])
        peer = await ingest(by_executemany(pool), "market_snapshots, executemany", part, 1000)
        print(f"at 1,000 rows {rates[1000] / peer:.1f} times executemany")
        await ingest(write, "market_snapshots, again", rows_from(tops[:count]), 1000)
        await ingest(write, "orders and trades, new", rows_from(order_lives(count)), 1000)
        points = (messages.equity(n * 1000, str(10_000 + n % 100)) for n in range(count))
        await ingest(write, "equity_points, new", rows_from(points), 1000)
        told = (messages.signal(n) for n in range(count // 2))
        await ingest(write, "signals, new", rows_from(told), 1000)
        listed = (messages.listed(0, market) for market in sorted({top.market_id for top in tops}))
        await ingest(write, "markets, new", rows_from(listed), 1000)
        await pool.execute("analyze")
        await read(pool)


async def read(pool: "Pool") -> None:
    """Print how long the screens' queries take."""
    since, until = T0, T0 + 1000 * 86_400_000
    market, order = f"0x{7:064x}", "order-00000042"
    await timed("orders, latest 50", lambda: orders(pool, since=since, until=until))
    await timed("orders of a bot", lambda: orders(pool, since=since, until=until, bot=BOT))
    await timed("one order's story", lambda: order_story(pool, order, since=since, until=until))
    await timed("signals of a bot", lambda: signals(pool, since=since, until=until, bot=BOT))
    await timed("tops of all markets", lambda: market_tops(pool, since=since, until=until))
    await timed("bars of a market", lambda: prices(pool, market, since=since, until=until))
    await timed(
        "equity, 2,000 points",
        lambda: equity_series(pool, "main", since=since, until=until, bot=BOT),
    )
    await timed(
        "a bot's hour",
        lambda: bot_summaries(pool, "main", [BOT], since=since, until=since + 3_600_000),
    )


@asynccontextmanager
async def server(dsn: str | None) -> AsyncIterator[str]:
    """The database named, or one of our own."""
    if dsn is not None:
        yield dsn
        return
    with tempfile.TemporaryDirectory() as home:
        postgres = EmbeddedPostgres(Path(home), port=free_port())
        await postgres.start(silent)
        try:
            yield postgres.dsn
        finally:
            await postgres.stop()


async def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", help="address of an empty database")
    parser.add_argument("--rows", type=int, default=50_000, help="rows per measurement")
    arguments = parser.parse_args()
    async with server(arguments.database) as dsn:
        await measure(dsn, arguments.rows)


if __name__ == "__main__":
    asyncio.run(main())
