"""Old rows leave the database, a day at a time, and only they."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from sinks.levels import Level
from sinks.migrate import migrate
from sinks.pool import open_pool
from sinks.retention import DAY_MS, FOR_EVER, KEPT, delete_expired
from sinks.rows import rows_of
from sinks.tables import TABLES
from sinks.writer import PostgresSink
from tests.sinks import messages

if TYPE_CHECKING:
    from sinks.pool import Pool

pytestmark = pytest.mark.integration


@pytest.fixture
async def pool(database: str) -> AsyncIterator["Pool"]:
    await migrate(database)
    async with open_pool(database, 1) as opened:
        yield opened


async def counted(pool: "Pool") -> dict[str, int]:
    return {
        table.name: await pool.fetchval(f"select count(*) from {table.name}")
        for table in TABLES.values()
    }


def test_every_table_that_grows_without_end_is_cleaned() -> None:
    assert {kept.table for kept in KEPT} == {t.name for t in TABLES.values()} - FOR_EVER


async def test_snapshots_leave_after_90_days_and_the_rest_after_a_year(pool: "Pool") -> None:
    days = (0, 1, 2, 40)
    said = [messages.top(day * DAY_MS) for day in days]
    said += [messages.top(day * DAY_MS + 5000) for day in days]
    rows = [row for message in [*said, *messages.day()] for row in rows_of(message)]
    await PostgresSink(pool).write(rows, {})
    before = await counted(pool)
    assert before["market_snapshots"] == 8

    # 90 days after the second day, at a time of day between its two snapshots.
    now = messages.T0 + 91 * DAY_MS + 2500
    assert await delete_expired(pool, now, Level.PLAIN) == 3
    after = await counted(pool)
    assert after == before | {"market_snapshots": 5}

    assert await delete_expired(pool, messages.T0 + 364 * DAY_MS, Level.PLAIN) == 5
    assert await counted(pool) == before | {"market_snapshots": 0}

    await delete_expired(pool, messages.T0 + 367 * DAY_MS, Level.PLAIN)
    left = await counted(pool)
    assert left == dict.fromkeys(before, 0) | {table: before[table] for table in FOR_EVER}


async def test_an_open_position_is_kept_however_old(pool: "Pool") -> None:
    await PostgresSink(pool).write(list(rows_of(messages.position(50, "3"))), {})
    await delete_expired(pool, messages.T0 + 1000 * DAY_MS, Level.PLAIN)
    assert (await counted(pool))["positions"] == 1


async def test_timescaledb_cleans_all_but_positions_by_itself(pool: "Pool") -> None:
    said = [messages.top(0), messages.position(50, "3"), messages.position(60, "0")]
    await PostgresSink(pool).write([row for one in said for row in rows_of(one)], {})
    assert await delete_expired(pool, messages.T0 + 1000 * DAY_MS, Level.TIMESCALE) == 1
    left = await counted(pool)
    assert (left["market_snapshots"], left["positions"]) == (1, 0)
