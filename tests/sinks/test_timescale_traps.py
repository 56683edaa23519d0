"""What goes wrong on TimescaleDB without a word, held against every statement of ours.

The behaviour itself was measured on 2.28 and 2.29; here nothing needs a server.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import asyncpg
import pytest

from sinks import levels
from sinks.levels import Level, detect_level
from sinks.migrations import first_plain, first_timescale
from sinks.pool import open_pool
from sinks.statements import insert_rows
from sinks.tables import TABLES, Immutable, Table

TIMESCALE = (*first_timescale.BEFORE_INDEXES, *first_timescale.AFTER_INDEXES)
SINKS = Path(levels.__file__).parent
MIGRATIONS = sorted((SINKS / "migrations").glob("*.py"))
QUERIES = sorted((SINKS / "queries").glob("*.py"))
DAYS = {"day": 1.0, "hour": 1 / 24, "minute": 1 / 1440}


def table(name: str) -> Table:
    return next(each for each in TABLES.values() if each.name == name)


def interval(text: str) -> float:
    """Days."""
    number, unit = text.split()
    return float(number) * DAYS[unit.rstrip("s")]


def named(statement: str, parameter: str) -> float:
    found = re.search(rf"{parameter} => interval '([^']+)'", statement)
    assert found, statement
    return interval(found[1])


def hypertables() -> Iterator[tuple[str, str]]:
    for statement in first_timescale.BEFORE_INDEXES:
        found = re.search(r"create_hypertable\('(\w+)', by_range\('(\w+)'", statement)
        assert found, statement
        yield found[1], found[2]


def starting(words: str) -> list[str]:
    return [each for each in TIMESCALE if each.startswith(words)]


def test_a_key_holds_the_time_that_chunks_are_cut_by() -> None:
    """A unique index without it is refused; the same id at another time would be a second row."""
    for name, column in hypertables():
        assert column in table(name).key, name


def test_a_conflict_is_looked_for_on_the_whole_key() -> None:
    """`on conflict (order_id)` finds no constraint on a hypertable."""
    for each in TABLES.values():
        assert f" on conflict ({', '.join(each.key)}) do " in insert_rows(each)


def test_a_row_that_is_written_again_is_guarded_or_left() -> None:
    for each in TABLES.values():
        rest = insert_rows(each).partition(" on conflict ")[2]
        if isinstance(each.again, Immutable):
            assert rest.endswith("do nothing")
        else:
            assert re.search(r">=|>|coalesce|greatest", rest), each.name
            assert not any(f"{name} = excluded.{name}," in rest for name in each.key)


def test_hypertables_are_made_by_the_call_that_makes_no_policy_of_its_own() -> None:
    """`create table … with (tsdb.hypertable)` adds a columnstore policy; ours then only warns."""
    for path in MIGRATIONS:
        assert "tsdb." not in path.read_text(encoding="utf-8"), path.name
    assert len(list(hypertables())) == len(first_timescale.BEFORE_INDEXES) > 5
    assert all("create_default_indexes => false" in each for each in first_timescale.BEFORE_INDEXES)


def test_every_statement_goes_alone() -> None:
    """Several in one string are one transaction, in which a refresh is refused."""
    for each in (*TIMESCALE, *first_timescale.DOWN, *first_plain.UP, *first_plain.DOWN):
        assert ";" not in each


def test_aggregates_show_what_is_not_materialized_yet_and_are_filled_later() -> None:
    made = starting("create materialized view")
    assert len(made) == 3
    for each in made:
        assert "timescaledb.materialized_only = false" in each
        assert each.rstrip().endswith("with no data")


def test_a_refresh_leaves_the_open_bucket_and_begins_within_retention() -> None:
    """Ending at NULL hides new rows of the open bucket; starting at NULL deletes old buckets."""
    kept = {
        found[1]: named(each, "drop_after")
        for each in starting("select add_retention_policy")
        if (found := re.search(r"policy\('(\w+)'", each))
    }
    views = {
        found[1]: (interval(found[3]), found[4])
        for each in starting("create materialized view")
        if (
            found := re.search(
                r"view (\w+) (.*)time_bucket\(interval '([^']+)'.*\sfrom (\w+) ", each, re.DOTALL
            )
        )
    }
    policies = starting("select add_continuous_aggregate_policy")
    assert len(policies) == len(views) == 3
    for each in policies:
        assert "null" not in each.lower()
        found = re.search(r"policy\('(\w+)'", each)
        assert found
        bucket, source = views[found[1]]
        start, end = named(each, "start_offset"), named(each, "end_offset")
        assert bucket <= end < start < kept[source], found[1]


def test_an_open_position_is_neither_compressed_nor_dropped() -> None:
    for each in (*starting("alter table"), *starting("call"), *starting("select add_retention")):
        assert "positions" not in each


def test_a_columnstore_has_settings_a_policy_and_a_later_retention() -> None:
    """Each columnstore has its settings, its policy, and a retention behind it."""
    settings = {each.split()[2] for each in starting("alter table")}
    policies = {
        found[1]: named(each, "after")
        for each in starting("call add_columnstore_policy")
        if (found := re.search(r"policy\('(\w+)'", each))
    }
    assert settings == set(policies)
    for name, after in policies.items():
        retention = next(each for each in starting("select add_retention") if f"'{name}'" in each)
        assert after < named(retention, "drop_after")


def test_an_order_is_found_by_its_id_in_compressed_chunks() -> None:
    for name in ("orders", "trades", "decisions"):
        made = next(each for each in starting("alter table") if f" {name} set" in each)
        assert "sparse_index = 'bloom(order_id)'" in made


def test_the_list_of_all_orders_has_its_own_index() -> None:
    text = (SINKS / "migrations" / "first_tables.py").read_text(encoding="utf-8")
    assert re.search(r"on orders \(created_at desc", text)


@pytest.mark.parametrize(
    "trap",
    [
        r"\bmerge\s+into\b",  # refused on compressed chunks
        r"create\s+index\s+concurrently",  # refused on hypertables
        r"alter\s+column\s+\w+\s+(set\s+data\s+)?type",  # refused while a chunk is compressed
        r"constraint_name",  # of a chunk, not of the table
        r"refresh_continuous_aggregate\([^)]*null",
    ],
)
def test_nothing_that_a_hypertable_refuses_is_written_anywhere(trap: str) -> None:
    for path in sorted(SINKS.rglob("*.py")):
        assert not re.search(trap, path.read_text(encoding="utf-8").lower()), path.name


def test_queries_say_only_what_both_servers_understand() -> None:
    assert len(QUERIES) > 8
    for path in QUERIES:
        assert not re.search(r"\b(first|last)\(\w+, ?\w+\)", path.read_text(encoding="utf-8"))


class Server:
    """A server's answers; what it was asked is kept."""

    def __init__(self, installed: bool, preloaded: bool, licence: str | None) -> None:
        self.answers: dict[str, object] = {
            "pg_extension": installed,
            "shared_preload": preloaded,
            "license": licence,
        }
        self.created = False

    async def connect(self, dsn: str) -> Self:
        return self

    async def fetchval(self, query: str) -> object:
        return next(answer for word, answer in self.answers.items() if word in query)

    async def execute(self, statement: str) -> None:
        assert self.answers["shared_preload"], "this ends the connection"
        self.created = True

    async def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    ("installed", "preloaded", "licence", "level", "created"),
    [
        (False, False, None, Level.PLAIN, False),
        (False, True, "timescale", Level.TIMESCALE, True),
        (True, True, "timescale", Level.TIMESCALE, False),
        (True, True, "apache", Level.PLAIN, False),
    ],
)
async def test_the_extension_is_made_where_it_can_be_and_the_licence_decides(
    monkeypatch: pytest.MonkeyPatch,
    installed: bool,
    preloaded: bool,
    licence: str | None,
    level: Level,
    created: bool,
) -> None:
    server = Server(installed, preloaded, licence)
    monkeypatch.setattr(asyncpg, "connect", server.connect)
    assert await detect_level("postgresql://x") is level
    assert server.created is created


class Made:
    """What a pool was made with."""

    def __init__(self) -> None:
        self.options: dict[str, object] = {}

    async def create_pool(self, dsn: str, **options: object) -> Self:
        self.options = options
        return self

    def terminate(self) -> None:
        """It ends."""


async def test_connections_are_warm_and_never_closed_for_idling(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A cold connection's first query costs 10 to 35 ms; asyncpg closes idle ones after 300 s."""
    made = Made()
    monkeypatch.setattr(asyncpg, "create_pool", made.create_pool)
    async with open_pool("postgresql://x", 3):
        pass
    options = made.options
    assert (options["min_size"], options["max_size"]) == (3, 3)
    assert options["max_inactive_connection_lifetime"] == 0
    assert callable(options["init"])
