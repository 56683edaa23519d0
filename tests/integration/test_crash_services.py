"""kill -9 of the processes around the deciding stages: sinks, connector and API."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TypeVar

import httpx
import pytest
from aiokafka.structs import ConsumerRecord

from agents.registry import choose_bots
from agents.replay.loop import ClosedLoop
from agents.stages.framing import AppliedFrames
from api.callers import dashboard_key
from api.first_start import first_messages
from api.runtime.ports import free_port
from api.stages import Stages
from api.tape import Tape
from configs.settings import Settings
from connectors.polymarket.rest import PublicRest
from connectors.polymarket.wire import WireLevel
from schemas.control import Command, CommandApplied
from schemas.envelope import Message
from schemas.ids import AccountId, MarketId, TokenId
from schemas.market import BookDelta, BookSnapshot, Market, MarketListed, MarketTrade
from schemas.values import MICRO, PIPS
from sinks.intake import SINK_TOPICS
from sinks.merging import Values
from sinks.migrate import migrate
from sinks.rows import rows_of
from sinks.tables import TABLES
from streams.book import Book
from tests.conftest import execute
from tests.integration.crash_run import System
from tests.integration.shell_bench import until
from tests.sinks.memory_sink import MemorySink
from tests.sinks.stored import stored_rows
from topics.admin import ensure_topics
from topics.catalog import BOOK_EVENTS, DECISIONS, GATE_INPUTS, LIFECYCLE, TopicSpec
from topics.codec import TopicCodec, decode_frame
from topics.producer import FrameProducer
from topics.reader import LogReader, open_reader

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(240)]

SINK_KILLS = 40
CONNECTOR_KILLS = 12
INPUTS = 1_200
PATIENCE_S = 90.0
API_KILLS, ANSWERED = 10, 5
Kind = TypeVar("Kind", bound=Message)
Said = tuple[TopicSpec, str, Message]


def said_by_a_run(settings: Settings) -> list[Said]:
    """Everything that a run of the system says to the sinks' topics."""
    said: list[Said] = []

    def note(topic: TopicSpec, key: str, message: Message) -> None:
        if topic in SINK_TOPICS:
            said.append((topic, key, message))

    loop = ClosedLoop(Stages(settings).closed_loop(), [note])
    account = AccountId(settings.account)
    tape = iter(Tape("world", settings.seed, 3.0, account))
    bots = [bot.bot_id for bot in choose_bots(settings.bots)]
    for number, (topic, key, message) in enumerate(islice(tape, INPUTS)):
        if number == 0:
            for start in first_messages(settings, bots, message.ingest_time):
                loop.feed(GATE_INPUTS, account, start)
        loop.feed(topic, key, message)
    return said


async def test_sinks_killed_again_and_again_keep_every_row_once(
    kafka: str, topic_prefix: str, database: str, tmp_path: Path
) -> None:
    settings = Settings(_env_file=None, broker=kafka, topic_prefix=topic_prefix)
    await migrate(database)
    await ensure_topics(kafka, topic_prefix, 1)
    said = said_by_a_run(settings)
    memory = MemorySink()
    await memory.write([row for _, _, message in said for row in rows_of(message)], {})
    chance = random.Random(3)
    system = System(settings, tmp_path, ["sinks"], PETS_DATABASE=database)
    share = len(said) // SINK_KILLS + 1
    async with (
        system.running(),
        FrameProducer(kafka, writer="test", prefix=topic_prefix) as producer,
    ):
        for kill in range(SINK_KILLS):
            for topic, key, message in said[kill * share : (kill + 1) * share]:
                await producer.publish(topic, key, message)
            await producer.flush()
            await until(lambda: system.is_alive("sinks"), PATIENCE_S)
            await asyncio.sleep(chance.uniform(0.05, 0.6))
            system.kill("sinks")
        wanted = {table.name: len(memory.rows(table.name)) for table in TABLES.values()}
        found = await all_stored(database, wanted)
        system.down("sinks")
        await until(lambda: not system.is_alive("sinks"))
        await execute(database, f"truncate {', '.join(wanted)}, sink_offsets")
        system.up("sinks")
        undisturbed = await all_stored(database, wanted)

    assert system.kills == SINK_KILLS + 1
    assert not system.failed
    assert sum(wanted.values()) > 500
    for name, rows in undisturbed.items():
        assert found[name] == rows, name


async def all_stored(dsn: str, wanted: dict[str, int]) -> dict[str, list[Values]]:
    """The rows of all tables once there are as many as wanted and nothing changes any more."""
    before: dict[str, list[Values]] = {}
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found = {name: await stored_rows(dsn, name) for name in wanted}
            if found == before and all(len(found[name]) >= wanted[name] for name in wanted):
                return found
            before = found
            await asyncio.sleep(1.0)


class Followed:
    """What a reader of the connector's topics knows."""

    def __init__(self) -> None:
        self.books: dict[MarketId, Book] = {}
        self.markets: dict[MarketId, Market] = {}
        self.trades: Counter[str] = Counter()
        self._applied = {topic.name: AppliedFrames() for topic in (BOOK_EVENTS, LIFECYCLE)}
        self._codecs = {
            topic.name: TopicCodec[Message](topic) for topic in (BOOK_EVENTS, LIFECYCLE)
        }

    def take(self, topic: TopicSpec, record: ConsumerRecord) -> None:
        frame = decode_frame(record.value)
        if not self._applied[topic.name].is_news(frame):
            return
        for _, message in self._codecs[topic.name].decode_all(frame):
            if isinstance(message, MarketListed):
                self.markets[message.market.market_id] = message.market
            elif isinstance(message, BookSnapshot):
                self.books.setdefault(message.market_id, Book()).apply_snapshot(message)
            elif isinstance(message, BookDelta):
                self.books.setdefault(message.market_id, Book()).apply_delta(message)
            elif isinstance(message, MarketTrade):
                self.trades[message.event_id] += 1

    def levels(self, market_id: MarketId) -> tuple[dict[int, int], dict[int, int]]:
        """The YES leg's bids and asks, micro-shares by price in pips."""
        book = self.books.get(market_id, Book())
        bids, asks = (dict(book.levels(0, side, 10_000)) for side in (0, 1))
        return (
            {ticks * book.tick: size for ticks, size in bids.items()},
            {ticks * book.tick: size for ticks, size in asks.items()},
        )


def at_venue(levels: Iterable[WireLevel]) -> dict[int, int]:
    return {int(Decimal(one.price) * PIPS): int(Decimal(one.size) * MICRO) for one in levels}


@asynccontextmanager
async def following(settings: Settings) -> AsyncIterator[Followed]:
    """Reads the connector's topics meanwhile."""
    followed = Followed()

    async def follow(topic: TopicSpec) -> None:
        async with open_reader(settings.broker) as reader:
            async for record in reader.records(settings.topic_prefix + topic.name, 0, 0):
                followed.take(topic, record)

    tasks = [asyncio.create_task(follow(topic)) for topic in (BOOK_EVENTS, LIFECYCLE)]
    try:
        yield followed
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_connector_killed_again_and_again_ends_with_the_venues_books(
    kafka: str, topic_prefix: str, tmp_path: Path
) -> None:
    settings = Settings(_env_file=None, broker=kafka, topic_prefix=topic_prefix)
    await ensure_topics(kafka, topic_prefix, 1)
    host = f"127.0.0.1:{(port := free_port())}"
    system = System(
        settings,
        tmp_path,
        ["sandbox", "connector"],
        PETS_SANDBOX_PORT=str(port),
        PETS_GAMMA_URL=f"http://{host}",
        PETS_CLOB_URL=f"http://{host}",
        PETS_MARKET_WS_URL=f"ws://{host}/ws/market",
        PETS_SOURCE="world",
        PETS_SPEED="1",
        PETS_ANCHOR_EVENT_MS="0",
        PETS_ANCHOR_WALL_MS="0",
    )
    chance = random.Random(5)
    async with system.running(), following(settings) as followed:
        async with asyncio.timeout(PATIENCE_S):
            while not followed.books:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        for _ in range(CONNECTOR_KILLS):
            await until(lambda: system.is_alive("connector"), PATIENCE_S)
            await asyncio.sleep(chance.uniform(0.05, 1.2))
            system.kill("connector")
        async with (
            PublicRest(f"http://{host}", f"http://{host}") as rest,
            asyncio.timeout(PATIENCE_S),
        ):
            open_markets = set(followed.markets)
            while open_markets:
                await asyncio.sleep(0.2)
                tokens = {followed.markets[one].yes_token_id: one for one in open_markets}
                for book, _ in await rest.books(list(tokens)):
                    there = at_venue(book.bids), at_venue(book.asks)
                    if followed.levels(tokens[TokenId(book.asset_id)]) == there:
                        open_markets.discard(tokens[TokenId(book.asset_id)])

    assert not system.failed
    assert system.kills == CONNECTOR_KILLS
    assert len(followed.markets) >= 20
    assert followed.trades
    assert set(followed.trades.values()) == {1}


async def test_commands_that_a_killed_api_had_answered_are_on_the_log_once_and_applied_once(
    kafka: str, topic_prefix: str, tmp_path: Path
) -> None:
    settings = Settings(_env_file=None, broker=kafka, topic_prefix=topic_prefix)
    await ensure_topics(kafka, topic_prefix, 1)
    port = str(free_port())
    system = System(
        settings,
        tmp_path,
        ["gate,ledger", "api"],
        PETS_API_PORT=port,
        PETS_DATABASE="postgresql://nobody@127.0.0.1:1/none",
        PETS_SPEED="1",
        PETS_ANCHOR_EVENT_MS="0",
        PETS_ANCHOR_WALL_MS="0",
    )
    system.board.grant_all()
    chance = random.Random(7)
    answered: list[str] = []
    headers = {"X-API-Key": dashboard_key("")}
    async with (
        system.running(),
        httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}/api/v1", headers=headers, timeout=10
        ) as http,
    ):
        async with asyncio.timeout(PATIENCE_S * 2):
            while system.kills < API_KILLS or len(answered) < ANSWERED:
                asking = asyncio.create_task(http.post("/risk/halt", json={"reason": "test"}))
                if answered and chance.random() < 0.6:
                    await asyncio.sleep(chance.uniform(0.0, 0.15))
                    system.kill("api")
                try:
                    reply = await asking
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
                    continue
                if reply.is_success:
                    answered.append(reply.json()["command_id"])

        async with open_reader(kafka) as reader:
            asked = await on_log(reader, settings, GATE_INPUTS, Command)
            applied = await on_log(reader, settings, DECISIONS, CommandApplied)

    assert not system.failed
    counted = Counter(command.event_id for command in asked)
    replies = Counter(one.command_id for one in applied)
    assert set(answered) <= counted.keys()
    assert set(counted.values()) == {1}
    assert all(replies[command_id] == 1 for command_id in answered)


async def on_log(
    reader: LogReader, settings: Settings, topic: TopicSpec, kind: type[Kind]
) -> list[Kind]:
    """All messages of a kind that a reader of the topic takes."""
    name = settings.topic_prefix + topic.name
    codec: TopicCodec[Message] = TopicCodec(topic)
    applied = AppliedFrames()
    found: list[Kind] = []
    bounds = (await reader.bounds(name, [0]))[0]
    async for record in reader.records(name, 0, bounds.first, bounds.end):
        frame = decode_frame(record.value)
        if applied.is_news(frame):
            found += [one for _, one in codec.decode_all(frame) if isinstance(one, kind)]
    return found
