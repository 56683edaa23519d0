"""What every sink must do: the database, and the one in memory that other tests trust."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Protocol

import pytest

from schemas.envelope import Message
from sinks.merging import Values
from sinks.migrate import migrate
from sinks.pool import open_pool
from sinks.port import Partition, Sink
from sinks.row_types import Row
from sinks.rows import rows_of
from sinks.tables import TABLES
from sinks.writer import PostgresSink
from tests.sinks import messages
from tests.sinks.memory_sink import MemorySink
from tests.sinks.stored import stored_rows

HERE = Partition("topic", 0)


class Subject(Protocol):
    """A sink and how to look into it."""

    sink: Sink

    async def rows(self, table: str) -> list[Values]: ...


class InMemory:
    def __init__(self) -> None:
        self.memory = MemorySink()
        self.sink: Sink = self.memory

    async def rows(self, table: str) -> list[Values]:
        return self.memory.rows(table)


class InPostgres:
    def __init__(self, dsn: str, sink: PostgresSink) -> None:
        self.dsn = dsn
        self.sink: Sink = sink

    async def rows(self, table: str) -> list[Values]:
        return await stored_rows(self.dsn, table)


def rows(*said: Message) -> list[Row]:
    return [row for message in said for row in rows_of(message)]


async def everything(subject: Subject) -> dict[str, list[Values]]:
    return {table.name: await subject.rows(table.name) for table in TABLES.values()}


class SinkContract:
    async def test_a_day_is_kept_as_the_memory_says(self, subject: Subject) -> None:
        day = rows(*messages.day())
        await subject.sink.write(day, {})
        memory = MemorySink()
        await memory.write(day, {})
        assert await everything(subject) == {t.name: memory.rows(t.name) for t in TABLES.values()}

    async def test_the_same_day_again_changes_nothing(self, subject: Subject) -> None:
        day = rows(*messages.day())
        await subject.sink.write(day, {})
        before = await everything(subject)
        await subject.sink.write(day, {})
        for row in day:
            await subject.sink.write([row], {})
        assert await everything(subject) == before

    async def test_one_message_at_a_time_gives_the_same_rows_as_one_batch(
        self, subject: Subject
    ) -> None:
        for message in messages.day():
            await subject.sink.write(rows(message), {})
        memory = MemorySink()
        await memory.write(rows(*messages.day()), {})
        assert await everything(subject) == {t.name: memory.rows(t.name) for t in TABLES.values()}

    async def test_messages_in_reverse_give_the_same_rows(self, subject: Subject) -> None:
        for message in reversed(messages.day()):
            await subject.sink.write(rows(message), {})
        memory = MemorySink()
        await memory.write(rows(*messages.day()), {})
        for table in ("orders", "trades", "positions", "decisions", "equity_points"):
            assert await subject.rows(table) == memory.rows(table)

    async def test_a_fill_before_its_placement_is_not_lost(self, subject: Subject) -> None:
        what = messages.order("o", ordered=5)
        await subject.sink.write(rows(messages.fill(what, 40, "4", "4")), {})
        await subject.sink.write(rows(messages.placed(what)), {})
        (order,) = await subject.rows("orders")
        columns = TABLES[type(rows(messages.placed(what))[0])].columns
        kept = dict(zip(columns, order, strict=True))
        assert (kept["status"], kept["filled_size"], kept["size"]) == ("PARTIALLY_FILLED", 4, 10)

    async def test_the_last_prices_of_a_second_stay(self, subject: Subject) -> None:
        for ms in (1000, 1900, 1500, 2000):
            await subject.sink.write(rows(messages.top(ms, bid=f"0.{ms}")), {})
        kept = await subject.rows("market_snapshots")
        assert [(row[1], row[3]) for row in kept] == [
            (messages.T0 + 1000, Decimal("0.19")),
            (messages.T0 + 2000, Decimal("0.2")),
        ]

    async def test_positions_are_remembered_per_partition(self, subject: Subject) -> None:
        other = Partition("topic", 1)
        assert await subject.sink.positions() == {}
        await subject.sink.write([], {HERE: 5, other: 7})
        await subject.sink.write(rows(messages.top(0)), {HERE: 6})
        assert await subject.sink.positions() == {HERE: 6, other: 7}

    async def test_nothing_to_write_is_no_error(self, subject: Subject) -> None:
        await subject.sink.write([], {})
        assert await subject.sink.positions() == {}


class TestMemorySink(SinkContract):
    @pytest.fixture
    def subject(self) -> Subject:
        return InMemory()


@pytest.mark.integration
class TestPostgresSink(SinkContract):
    @pytest.fixture
    async def subject(self, database: str) -> AsyncIterator[Subject]:
        await migrate(database)
        async with open_pool(database, 1) as pool:
            yield InPostgres(database, PostgresSink(pool))
