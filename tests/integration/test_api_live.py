"""The API on a real log: it catches up, follows, commands, and outlives a broker and a database."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from api.app import create_app
from api.command_log import LastingProducer
from api.commands import Commander
from api.context import Context
from api.live import RECENT, WHOLE, LiveState
from api.live_reader import LiveReader
from api.runtime.kafka import EmbeddedKafka
from api.runtime.ports import free_port
from api.runtime.service import silent
from api.stages import Stages
from configs.settings import Settings
from schemas.control import Command, Verb
from schemas.envelope import Message
from schemas.errors import InfrastructureError
from schemas.ops import ClockTick
from sinks.migrate import migrate
from sinks.pool import open_pool
from sinks.rows import rows_of
from sinks.writer import PostgresSink
from tests.api.running import URL, beat, nothing
from tests.api.runtime.waiting import eventually
from tests.sinks.messages import (
    ACCOUNT,
    BOT,
    MARKET,
    T0,
    at,
    day,
    denied,
    equity,
    listed,
    order,
    position,
    resolved,
    top,
)
from topics.admin import ensure_topics
from topics.catalog import (
    BOOK_TOPS,
    COMMANDS,
    DECISIONS,
    EQUITY,
    GATE_INPUTS,
    HEARTBEATS,
    LIFECYCLE,
    POSITIONS,
    TopicSpec,
)
from topics.codec import TopicCodec, decode_frame
from topics.producer import FrameProducer
from topics.reader import open_reader

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

Said = tuple[TopicSpec, str, Message]


@pytest.fixture
async def prefix(kafka: str, topic_prefix: str) -> str:
    await ensure_topics(kafka, topic_prefix, 1)
    return topic_prefix


def reader_of(broker: str, prefix: str, state: LiveState) -> LiveReader:
    return LiveReader(broker, prefix, 1, WHOLE, RECENT, state.apply)


@asynccontextmanager
async def reading(reader: LiveReader) -> AsyncIterator[asyncio.Task[None]]:
    """The reader at work, caught up."""
    task = asyncio.create_task(reader.run())
    try:
        await asyncio.wait_for(reader.caught_up.wait(), 60)
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def write(producer: FrameProducer, *said: Said) -> None:
    for topic, key, message in said:
        await producer.send_now(topic, key, message)


@asynccontextmanager
async def gate_behind(broker: str, prefix: str) -> AsyncIterator[Any]:
    """The real risk gate, reading its log and answering on the topics of its answers."""
    settings = Settings(_env_file=None)
    gate = Stages(settings).gate()
    codec: TopicCodec[Message] = TopicCodec(GATE_INPUTS)

    async def work() -> None:
        async with (
            FrameProducer(broker, writer="gate", prefix=prefix) as producer,
            open_reader(broker) as log,
        ):
            async for record in log.records(prefix + GATE_INPUTS.name, 0, 0):
                for _, message in codec.decode_all(decode_frame(record.value)):
                    assert isinstance(message, Message)
                    for emit in gate.apply(message):
                        await producer.send_now(*emit)

    task = asyncio.create_task(work())
    try:
        yield gate
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def messages_on(broker: str, name: str, topic: TopicSpec) -> list[Message]:
    codec: TopicCodec[Message] = TopicCodec(topic)
    async with open_reader(broker) as log:
        end = (await log.bounds(name, [0]))[0].end
        frames = [decode_frame(record.value) async for record in log.records(name, 0, 0, end)]
    found = [message for frame in frames for _, message in codec.decode_all(frame)]
    return [message for message in found if isinstance(message, Message)]


async def test_a_reader_that_comes_late_knows_the_present(kafka: str, prefix: str) -> None:
    gone = msgspec.structs.replace(position(5, "0", name="gone"), closed_at=T0 + 5)
    async with FrameProducer(kafka, writer="test", prefix=prefix) as producer:
        await write(
            producer,
            (LIFECYCLE, "0", listed(0)),
            (POSITIONS, "gone", position(1, "5", name="gone")),
            (POSITIONS, "held", position(2, "7", name="held")),
            (POSITIONS, "gone", gone),
            (EQUITY, BOT, equity(3, "9990")),
            (EQUITY, BOT, equity(4, "9995")),
            (BOOK_TOPS, MARKET, top(4)),
            (HEARTBEATS, "gate", beat(4, "gate", lag=2)),
            (DECISIONS, ACCOUNT, denied(order("o1"), 6)),
        )
        state = LiveState(ACCOUNT)
        async with reading(reader_of(kafka, prefix, state)):
            assert set(state.positions) == {"held"}
            assert set(state.markets) == {MARKET}
            await eventually(lambda: state.denials or None)
            assert str(state.equity[BOT].equity) == "9995", "a resting bot's last point"
            assert state.heartbeats["gate"].lag == 2
            assert state.market_data_at == T0 + 4

            await write(
                producer,
                (POSITIONS, "held", position(9, "0", name="held")),
                (LIFECYCLE, "0", resolved(10)),
                (EQUITY, BOT, equity(11, "10001")),
            )
            await eventually(lambda: state.now == T0 + 11 or None)
            await eventually(lambda: not state.positions or None)
            await eventually(lambda: not state.markets or None)
            assert str(state.equity[BOT].equity) == "10001"


async def test_an_empty_log_is_read_at_once(kafka: str, prefix: str) -> None:
    state = LiveState(ACCOUNT)
    async with reading(reader_of(kafka, prefix, state)):
        assert state.now == 0


async def test_a_reader_reads_on_where_it_was_left(kafka: str, prefix: str) -> None:
    taken: list[int] = []
    reader = LiveReader(kafka, prefix, 1, WHOLE, RECENT, lambda one: taken.append(one.event_time))
    async with FrameProducer(kafka, writer="test", prefix=prefix) as producer:
        await write(producer, (POSITIONS, "p1", position(1, "7")), (EQUITY, BOT, equity(2)))
        async with reading(reader):
            assert sorted(taken) == [T0 + 1, T0 + 2]
        await write(producer, (POSITIONS, "p1", position(3, "8")), (EQUITY, BOT, equity(4)))
        async with reading(reader):
            await eventually(lambda: len(taken) == 4)
    assert sorted(taken[2:]) == [T0 + 3, T0 + 4]


async def test_a_bad_message_costs_itself_and_nothing_behind_it(kafka: str, prefix: str) -> None:
    async with FrameProducer(kafka, writer="test", prefix=prefix) as producer:
        await producer.publish(EQUITY, BOT, equity(1, "1"))
        await producer.publish(EQUITY, BOT, beat(2, "not-equity"))
        await producer.publish(EQUITY, BOT, equity(3, "3"))
        await producer.publish(POSITIONS, "bad", beat(4, "not-a-position"))
        await producer.publish(POSITIONS, "p1", position(5, "7"))
        await producer.flush()
    state = LiveState(ACCOUNT)
    async with reading(reader_of(kafka, prefix, state)):
        assert str(state.equity[BOT].equity) == "3"
        assert set(state.positions) == {"p1"}


async def test_a_halt_reaches_the_gate_and_is_answered_without_a_database(
    kafka: str, prefix: str
) -> None:
    settings = Settings(_env_file=None, broker=kafka, topic_prefix=prefix)
    state = LiveState(ACCOUNT)
    reader = reader_of(kafka, prefix, state)
    log = LastingProducer(lambda: FrameProducer(kafka, writer="api", prefix=prefix))
    context = Context(settings, state, reader, Commander(log, ACCOUNT, settings.clock()))
    transport = httpx.ASGITransport(create_app(context, nothing))
    async with (
        gate_behind(kafka, prefix),
        reading(reader),
        httpx.AsyncClient(transport=transport, base_url=URL) as client,
    ):
        await log.send_now(GATE_INPUTS, ACCOUNT, ClockTick(**at(0, "tick")))
        assert context.pool is None
        reply = await client.post("/api/v1/risk/halt", json={"reason": "drill"})
        assert (reply.status_code, reply.json()["accepted"]) == (200, True), reply.text
        await eventually(lambda: state.risk and state.risk.trading_state == "HALTED")
        status = (await client.get("/api/v1/status")).json()["data"]
        assert (status["trading_state"], status["reason"]) == ("HALTED", "drill")
    await log.close()

    kept = await messages_on(kafka, prefix + COMMANDS.name, COMMANDS)
    read = await messages_on(kafka, prefix + GATE_INPUTS.name, GATE_INPUTS)
    (command,) = [message for message in read if isinstance(message, Command)]
    assert kept == [command]
    assert (command.verb, command.event_id) == (Verb.HALT, reply.json()["command_id"])

    later = LiveState(ACCOUNT)
    async with reading(reader_of(kafka, prefix, later)):
        assert later.risk is not None
        assert later.risk.trading_state == "HALTED", "an API that starts later knows it, too"


async def test_reader_and_commander_outlive_a_killed_broker(
    kafka_cache: Path, tmp_path: Path
) -> None:
    ports = free_port(), free_port()

    def make() -> EmbeddedKafka:
        return EmbeddedKafka(
            tmp_path, port=ports[0], controller_port=ports[1], cache=kafka_cache, heap_mib=256
        )

    kafka = make()
    await kafka.start(silent)
    settings = Settings(_env_file=None, broker=kafka.bootstrap)
    state = LiveState(ACCOUNT)
    log = LastingProducer(lambda: FrameProducer(kafka.bootstrap, writer="api"))
    commander = Commander(log, ACCOUNT, settings.clock())
    try:
        await ensure_topics(kafka.bootstrap, "", 1)
        async with reading(reader_of(kafka.bootstrap, "", state)) as task:
            await log.send_now(HEARTBEATS, "gate", beat(1, "gate"))
            await eventually(lambda: state.now == T0 + 1 or None)
            first = await commander.send(Verb.HALT, None, "before", "test")

            assert kafka.pid is not None
            os.kill(kafka.pid, signal.SIGKILL)
            await kafka.wait()
            with pytest.raises(InfrastructureError, match="did not"):
                await commander.send(Verb.HALT, None, "meanwhile", "test")
            await kafka.stop()
            kafka = make()
            await kafka.start(silent)

            last = await until_taken(lambda: commander.send(Verb.HALT, None, "after", "test"))
            async with FrameProducer(kafka.bootstrap, writer="gate") as gate:
                await gate.send_now(HEARTBEATS, "gate", beat(99, "gate"))
            # Commands that it reads carry wall time: the heartbeat tells that it reads on.
            await eventually(lambda: state.heartbeats["gate"].ingest_time == T0 + 99 or None, 60)
            assert not task.done(), "it never stopped"
        commands = await messages_on(kafka.bootstrap, GATE_INPUTS.name, GATE_INPUTS)
        ids = [command.event_id for command in commands]
        assert ids[0] == first.event_id
        assert last.event_id in ids
    finally:
        await log.close()
        await kafka.stop()


async def until_taken(send: Callable[[], Any]) -> Command:
    """The first command that the log takes; a broker that has just started needs a moment."""
    for _ in range(10):
        try:
            command: Command = await send()
        except InfrastructureError:
            continue
        return command
    raise AssertionError("the log never took a command again")


async def test_another_log_under_the_same_address_ends_the_reader(kafka: str, prefix: str) -> None:
    """What was read of the old log is not the present of the new one."""
    state = LiveState(ACCOUNT)
    reader = reader_of(kafka, prefix, state)
    async with FrameProducer(kafka, writer="test", prefix=prefix) as producer:
        await producer.send_now(POSITIONS, "p1", position(1, "7"))
    async with reading(reader):
        assert set(state.positions) == {"p1"}
    reader._next = dict.fromkeys(reader._next, 1_000)
    with pytest.raises(InfrastructureError, match="another log than the one that was read"):
        await asyncio.wait_for(reader.run(), 60)


async def test_orders_and_equity_come_from_a_real_database(database: str) -> None:
    await migrate(database)
    settings = Settings(
        _env_file=None, anchor_event_ms=T0 + 60_000, anchor_wall_ms=time.time_ns() // 1_000_000
    )
    state = LiveState(ACCOUNT)
    reader = LiveReader("127.0.0.1:1", "", 1, (), {}, state.apply)
    log = LastingProducer(lambda: FrameProducer("127.0.0.1:1", writer="api"))
    context = Context(settings, state, reader, Commander(log, ACCOUNT, settings.clock()))
    transport = httpx.ASGITransport(create_app(context, nothing))
    async with (
        open_pool(database, 2) as pool,
        httpx.AsyncClient(transport=transport, base_url=URL) as client,
    ):
        context.pool = pool
        rows = [row for message in day() for row in rows_of(message)]
        await PostgresSink(pool).write(rows, {})
        orders = (await client.get("/api/v1/orders")).json()["data"]["orders"]
        assert [item["order_id"] for item in orders] == ["o4", "o3", "o2", "o1"]
        done = await client.get("/api/v1/orders?status=FILLED&bot_id=bot_05")
        assert [item["order_id"] for item in done.json()["data"]["orders"]] == ["o1"]
        story = (await client.get("/api/v1/orders/o1")).json()["data"]
        assert story["verdict"]["verdict"] == "APPROVED"
        assert [fill["size"] for fill in story["fills"]] == ["4", "6"]
        curve = (await client.get("/api/v1/metrics/portfolio")).json()["data"]
        assert curve["times"] == [T0 + 61]
        assert [float(value) for value in curve["pnl"]] == [-0.5]
        mine = (await client.get("/api/v1/metrics/bots/bot_05")).json()["data"]
        assert [float(value) for value in mine["equity"]] == [10_000]
