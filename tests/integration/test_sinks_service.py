"""The sinks between a real log and a real database: restarts, outages, messages that do not fit."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import asyncpg
import msgspec
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from pydantic import SecretStr

from api.runtime.ports import free_port
from api.runtime.postgres import EmbeddedPostgres
from api.runtime.postgres_files import remove_runtime_folder
from api.runtime.service import silent
from configs.settings import Settings
from schemas.envelope import Message
from schemas.market import BookTop
from schemas.ops import Alert, DeadLetter, Heartbeat
from schemas.portfolio import PositionState
from sinks.consumer import SinkRules
from sinks.intake import NAME, SINK_TOPICS
from sinks.merging import Values
from sinks.migrate import migrate
from sinks.port import SinkAwayError
from sinks.row_types import AlertRow
from sinks.rows import rows_of
from sinks.service import run_sinks
from sinks.tables import TABLES
from tests.faults.lengths import away_s
from tests.sinks import messages
from tests.sinks.memory_sink import MemorySink
from tests.sinks.stored import stored_rows
from topics.admin import ensure_topics
from topics.catalog import ALERTS, DEAD_LETTERS, HEARTBEATS, ORDERS, Scope, TopicSpec
from topics.codec import TopicCodec, decode_frame, encode
from topics.frames import Frame
from topics.producer import FrameProducer
from topics.reader import open_reader
from topics.writer import RecordWriter

pytestmark = pytest.mark.integration

QUICK = SinkRules(wait_s=0.02)
PATIENCE_S = 60.0


def topic_of(message: Message) -> TopicSpec:
    (topic,) = [topic for topic in SINK_TOPICS if type(message) in topic.messages]
    return topic


def key_of(message: Message, topic: TopicSpec) -> str:
    if isinstance(message, BookTop):
        return message.market_id
    if isinstance(message, PositionState):
        return message.position_id
    return "0" if topic.scope is Scope.SHARD else messages.ACCOUNT


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Return once something holds."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if await holds():
                return
            await asyncio.sleep(0.1)


class World:
    """One log, one database, and what was said on the log."""

    def __init__(self, broker: str, prefix: str, dsn: str) -> None:
        self.settings = Settings(broker=broker, topic_prefix=prefix, database=SecretStr(dsn))
        self.dsn = dsn
        self.memory = MemorySink()

    async def say(self, said: Sequence[Message]) -> None:
        settings = self.settings
        producer = FrameProducer(settings.broker, writer="test", prefix=settings.topic_prefix)
        async with producer:
            for message in said:
                topic = topic_of(message)
                await producer.publish(topic, key_of(message, topic), message)
        await self.memory.write([row for message in said for row in rows_of(message)], {})

    @asynccontextmanager
    async def sinks(self) -> AsyncIterator[None]:
        """The sinks run meanwhile; cut off at the end as by a crash."""
        running = asyncio.create_task(run_sinks(self.settings, QUICK))
        try:
            yield
        finally:
            had_ended = running.done()
            running.cancel()
            (ended,) = await asyncio.gather(running, return_exceptions=True)
            assert not had_ended, f"the sinks ended meanwhile: {ended!r}"

    async def stored(self) -> dict[str, list[Values]]:
        """All rows but the alerts of the sinks themselves, which nobody said before."""
        rows = {table.name: await stored_rows(self.dsn, table.name) for table in TABLES.values()}
        by = TABLES[AlertRow].columns.index("by")
        return rows | {"alerts": [row for row in rows["alerts"] if row[by] != NAME]}

    def expected(self) -> dict[str, list[Values]]:
        return {table.name: self.memory.rows(table.name) for table in TABLES.values()}

    async def until_stored(self) -> None:
        """Return when the database has all that was said."""
        await until(self._is_stored)

    async def _is_stored(self) -> bool:
        try:
            return await self.stored() == self.expected()
        except SinkAwayError:
            return False

    async def end(self, topic: TopicSpec) -> int:
        """The offset of the next record of a topic."""
        async with open_reader(self.settings.broker) as reader:
            return (await reader.bounds(self.settings.topic_prefix + topic.name, [0]))[0].end

    async def read(
        self, topic: TopicSpec, enough: Callable[[list[Message]], bool], begin: int = 0
    ) -> None:
        """Return when what is on a topic from an offset on is enough."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.settings.broker, auto_offset_reset="earliest"
        )
        codec: TopicCodec[Message] = TopicCodec(topic)
        found: list[Message] = []
        await consumer.start()
        try:
            log = TopicPartition(self.settings.topic_prefix + topic.name, 0)
            consumer.assign([log])
            consumer.seek(log, begin)
            async with asyncio.timeout(PATIENCE_S):
                while not enough(found):
                    record = await consumer.getone()
                    found += map(codec.decode, decode_frame(record.value).messages)
        finally:
            await consumer.stop()


@pytest.fixture
async def world(kafka: str, topic_prefix: str, database: str) -> World:
    await migrate(database)
    await ensure_topics(kafka, topic_prefix, 1)
    return World(kafka, topic_prefix, database)


async def test_a_day_on_the_log_is_in_the_database(world: World) -> None:
    await world.say(messages.day())
    async with world.sinks():
        await world.until_stored()


async def test_a_restart_goes_on_where_the_database_stopped(world: World) -> None:
    day = messages.day()
    await world.say(day[:12])
    async with world.sinks():
        await world.until_stored()
    # What is taken away now comes back only if the log were read again from its beginning.
    connection = await asyncpg.connect(world.dsn)
    await connection.execute("delete from signals")
    await connection.close()
    world.memory.tables.pop("signals")
    await world.say(day[12:])
    async with world.sinks():
        await world.until_stored()
    assert await stored_rows(world.dsn, "signals") == []


async def test_an_empty_database_is_filled_from_the_whole_log(world: World) -> None:
    await world.say(messages.day())
    async with world.sinks():
        await world.until_stored()
    connection = await asyncpg.connect(world.dsn)
    names = ", ".join(table.name for table in TABLES.values())
    await connection.execute(f"truncate {names}, sink_offsets")
    await connection.close()
    async with world.sinks():
        await world.until_stored()


async def test_the_lag_is_visible_in_kafka(world: World) -> None:
    await world.say(messages.day())
    settings = world.settings
    orders = TopicPartition(settings.topic_prefix + ORDERS.name, 0)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.broker, group_id=f"{settings.topic_prefix}sinks"
    )
    await consumer.start()
    try:
        consumer.assign([orders])
        (end,) = (await consumer.end_offsets([orders])).values()
        assert end > 0
        async with world.sinks():

            async def is_shown() -> bool:
                return bool(await consumer.committed(orders) == end)

            await until(is_shown)
    finally:
        await consumer.stop()


async def test_what_does_not_fit_is_set_aside_and_the_rest_is_kept(world: World) -> None:
    what = messages.order("huge", 5, price="1000000")
    bad = messages.placed(what)
    good = [messages.placed(messages.order(f"o{n}", 5)) for n in range(20)]
    frame = Frame(
        origin="test",
        position=1,
        messages=[msgspec.Raw(encode(one)) for one in [*good[:10], bad, *good[10:]]]
        + [msgspec.Raw(b'{"type":"nothing-known"}')],
    )
    settings = world.settings
    writer = RecordWriter(settings.broker, client="test", prefix=settings.topic_prefix)
    async with writer:
        _ = await writer.write(ORDERS, 0, None, encode(frame))
    await world.memory.write([row for message in good for row in rows_of(message)], {})
    async with world.sinks():
        await world.until_stored()
        await world.read(DEAD_LETTERS, lambda found: _are_letters_of(found, {10, 21}))
        await world.read(ALERTS, lambda found: any(isinstance(a, Alert) for a in found))
        await world.say([messages.placed(messages.order("after", 5))])
        await world.until_stored()


def _are_letters_of(found: list[Message], numbers: set[int]) -> bool:
    letters = [one for one in found if isinstance(one, DeadLetter)]
    assert all((one.topic, one.partition, one.offset) == (ORDERS.name, 0, 0) for one in letters)
    return {one.index for one in letters} == numbers


@pytest.fixture
async def own_postgres(postgres_programs: Path, tmp_path: Path) -> AsyncIterator[EmbeddedPostgres]:
    """A server of this test's own, to be killed."""
    server = EmbeddedPostgres(
        tmp_path, port=free_port(), programs=postgres_programs, shared_buffers_mib=32
    )
    await server.start(silent)
    yield server
    await server.stop()
    remove_runtime_folder(tmp_path)


async def test_a_database_killed_and_back_loses_nothing(
    kafka: str, topic_prefix: str, own_postgres: EmbeddedPostgres
) -> None:
    await migrate(own_postgres.dsn)
    world = World(kafka, topic_prefix, own_postgres.dsn)
    await ensure_topics(kafka, topic_prefix, 1)
    day = messages.day()
    async with world.sinks():
        await world.say(day[:12])
        await world.until_stored()
        for round_ in range(2):
            many = [messages.signal(1000 * round_ + ms, f"r{round_}") for ms in range(1000)]
            saying = asyncio.create_task(world.say([*day[12:], *many]))
            await until(partial(_has_signals, world, 1000 * round_ + 50))
            begin = await world.end(HEARTBEATS)
            assert own_postgres.pid is not None
            os.kill(own_postgres.pid, signal.SIGKILL)
            await saying
            await world.say([messages.signal(5000 + round_)])
            await world.read(HEARTBEATS, _tells_of_an_outage, begin)
            await asyncio.sleep(away_s(brief=0, stated=60))
            await own_postgres.start(silent)
            await world.until_stored()


async def _has_signals(world: World, count: int) -> bool:
    return len(await stored_rows(world.dsn, "signals")) >= count


def _tells_of_an_outage(found: list[Message]) -> bool:
    last = found[-1] if found else None
    return isinstance(last, Heartbeat) and last.status == "recovering" and bool(last.detail)


async def test_a_database_that_is_not_there_yet_is_waited_for(
    kafka: str, topic_prefix: str, database: str
) -> None:
    world = World(kafka, topic_prefix, database)
    await ensure_topics(kafka, topic_prefix, 1)
    await world.say(messages.day()[:5])
    async with world.sinks():
        await world.read(
            HEARTBEATS,
            lambda found: any(
                isinstance(one, Heartbeat) and "pets migrate" in one.detail for one in found
            ),
        )
        await migrate(database)
        await world.until_stored()
