"""The schema on a real server: forward, backward, and forward again."""

import asyncio
from typing import get_args

import asyncpg
import pytest

from schemas.errors import InfrastructureError
from sinks.levels import Level, detect_level
from sinks.migrate import SchemaStatus, downgrade, migrate, status
from sinks.retention import FOR_EVER
from sinks.tables import TABLES

pytestmark = pytest.mark.integration

RELATIONS = """
select relname, relkind::text from pg_class
where relnamespace = 'public'::regnamespace and relkind in ('r', 'v') order by relname
"""
COLUMNS = """
select table_name, column_name, data_type, is_nullable = 'YES' as nullable
from information_schema.columns where table_schema = 'public' order by ordinal_position
"""
KEYS = """
select c.relname, array_agg(a.attname::text order by k.place) as key
from pg_index i join pg_class c on c.oid = i.indrelid
cross join unnest(i.indkey) with ordinality as k (number, place)
join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
where i.indisprimary group by c.relname
"""
LONG_NAMES = {"timestamp with time zone": "timestamptz"}
AGGREGATES = {"bot_performance_hourly", "bot_pnl_daily", "market_price_5min"}


async def asked(dsn: str, query: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetch(query)
    finally:
        await connection.close()


@pytest.fixture
async def plain(database: str) -> str:
    """An empty database of a server without TimescaleDB."""
    connection = await asyncpg.connect(database)
    try:
        preloaded = await connection.fetchval("show shared_preload_libraries")
    finally:
        await connection.close()
    if "timescaledb" in preloaded:
        pytest.skip("PETS_TEST_POSTGRES names a server with TimescaleDB; this is about one without")
    return database


async def test_up_down_up(plain: str) -> None:
    before = await status(plain)
    assert (before.current, before.is_current, before.level) == (None, False, None)
    first = await migrate(plain)
    made = await asked(plain, RELATIONS)
    assert first == SchemaStatus(first.head, first.head, Level.PLAIN)
    assert {row["relname"] for row in made} >= {t.name for t in TABLES.values()} | AGGREGATES
    assert {row["relname"] for row in made if row["relkind"] == "v"} == AGGREGATES

    gone = await downgrade(plain)
    left = await asked(plain, RELATIONS)
    functions = await asked(
        plain, "select 1 from pg_proc where pronamespace = 'public'::regnamespace"
    )
    assert (gone.current, [row["relname"] for row in left]) == (None, ["alembic_version"])
    assert functions == []

    assert await migrate(plain) == first
    assert await asked(plain, RELATIONS) == made
    assert await status(plain) == first


async def test_again_and_side_by_side_is_safe(database: str) -> None:
    reports = await asyncio.gather(*(migrate(database) for _ in range(4)))
    assert {report.is_current for report in reports} == {True}


async def test_tables_have_the_columns_and_keys_that_rows_have(database: str) -> None:
    await migrate(database)
    stored: dict[str, list[tuple[str, str]]] = {}
    for row in await asked(database, COLUMNS):
        kind = LONG_NAMES.get(row["data_type"], row["data_type"])
        stored.setdefault(row["table_name"], []).append((row["column_name"], kind))
    keys = {row["relname"]: tuple(row["key"]) for row in await asked(database, KEYS)}
    for table in TABLES.values():
        assert stored[table.name] == list(zip(table.columns, table.types, strict=True))
        assert keys[table.name] == table.key


async def test_a_column_may_be_null_where_a_row_may_have_none(database: str) -> None:
    await migrate(database)
    nullable = {
        (row["table_name"], row["column_name"])
        for row in await asked(database, COLUMNS)
        if row["nullable"]
    }
    for row_type, table in TABLES.items():
        hints = row_type.__annotations__
        optional = {name for name in table.columns if type(None) in get_args(hints[name])}
        assert {name for where, name in nullable if where == table.name} == optional


async def test_time_bucket_of_another_owner_is_used_and_left_alone(plain: str) -> None:
    connection = await asyncpg.connect(plain)
    await connection.execute(
        "create function time_bucket(w interval, t timestamptz) returns timestamptz "
        "language sql immutable strict as $$ select date_bin(w, t, 'epoch'::timestamptz) $$"
    )
    await connection.close()
    assert (await migrate(plain)).is_current


async def test_no_database_is_one_sentence() -> None:
    with pytest.raises(InfrastructureError, match="PETS_DATABASE"):
        await migrate("postgresql://nobody@127.0.0.1:1/none")


async def test_up_down_up_on_timescaledb(database: str) -> None:
    if await detect_level(database) is not Level.TIMESCALE:
        pytest.skip("this server has no TimescaleDB; PETS_TEST_POSTGRES can name one that has")
    first = await migrate(database)
    assert first.level is Level.TIMESCALE
    hypertables = await asked(
        database, "select hypertable_name from timescaledb_information.hypertables"
    )
    names = {row["hypertable_name"] for row in hypertables}
    assert names >= {table.name for table in TABLES.values()} - FOR_EVER
    aggregates = await asked(
        database, "select view_name from timescaledb_information.continuous_aggregates"
    )
    assert {row["view_name"] for row in aggregates} == AGGREGATES
    assert (await downgrade(database)).current is None
    assert await migrate(database) == first
    assert (await downgrade(database)).current is None
