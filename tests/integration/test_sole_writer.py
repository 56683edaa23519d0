"""Two connectors, or two processes of feeds: one publishes, whatever the other believes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from api.feeds import run_feeds
from api.runtime.ports import free_port
from api.venue import run_connector, run_sandbox
from configs.settings import Settings
from schemas.ops import Heartbeat
from tests.agents.shell.counting import trade
from tests.integration.shell_bench import values_of
from topics.admin import ensure_topics
from topics.catalog import BOOK_EVENTS, HEARTBEATS, NEWS_ITEMS, TopicSpec
from topics.codec import decode_frame
from topics.frames import FENCE_POSITION, Frame
from topics.producer import FrameProducer
from topics.standby import until_my_turn
from topics.writer import FencedError

pytestmark = pytest.mark.integration

Run = Callable[[Settings], Awaitable[None]]


def settings_of(kafka: str, prefix: str, **more: object) -> Settings:
    return Settings.model_validate({"broker": kafka, "topic_prefix": prefix, **more})


async def frames(settings: Settings, topic: TopicSpec, partition: int = 0) -> list[Frame]:
    return [decode_frame(value) for value in await values_of(settings, topic, partition)]


async def fences(settings: Settings, topic: TopicSpec, writer: str) -> list[str]:
    """The incarnations of a writer that took over, in their order."""
    return [
        frame.origin
        for frame in await frames(settings, topic)
        if frame.position == FENCE_POSITION and frame.origin.startswith(f"{writer}#")
    ]


def beat(instance: str, number: int) -> Heartbeat:
    return Heartbeat(
        event_id=f"{instance}-{number}",
        event_time=0,
        ingest_time=0,
        source="connector",
        component="connector",
        status="running",
        processed=0,
        lag=0,
        position=0,
        pid=1,
        instance=instance,
    )


@pytest.mark.parametrize("shard", ["0", "1"])
async def test_an_older_producer_is_refused_on_every_shard(
    kafka: str, topic_prefix: str, shard: str
) -> None:
    settings = settings_of(kafka, topic_prefix, shards=2)
    await ensure_topics(kafka, topic_prefix, 2)

    def producer() -> FrameProducer:
        return FrameProducer(kafka, writer="connector", prefix=topic_prefix, shards=2, alone=True)

    older = producer()
    await older.start()
    await older.publish(BOOK_EVENTS, shard, trade(1))
    await older.flush()
    async with producer() as newer:
        for number in range(2, 9):
            with pytest.raises(FencedError, match="took over"):
                await older.send_now(BOOK_EVENTS, shard, trade(number))
        await newer.publish(BOOK_EVENTS, shard, trade(9))
    with suppress(FencedError):
        await older.close()

    written = [
        message
        for frame in await frames(settings, BOOK_EVENTS, int(shard))
        for message in frame.messages
    ]
    assert [b'"trade-1"' in bytes(written[0]), b'"trade-9"' in bytes(written[1])] == [True, True]
    assert len(written) == 2


async def test_a_second_instance_stands_by_until_the_first_is_silent(
    kafka: str, topic_prefix: str
) -> None:
    await ensure_topics(kafka, topic_prefix, 1, [HEARTBEATS])

    async def turn(instance: str, silent_s: float) -> None:
        await until_my_turn(kafka, topic_prefix, "connector", instance, silent_s=silent_s)

    async with FrameProducer(kafka, writer="connector", prefix=topic_prefix) as producer:
        await asyncio.wait_for(turn("a", 600), 30)
        await producer.send_now(HEARTBEATS, "connector", beat("a", 1))
        await asyncio.wait_for(turn("a", 600), 30)
        waiting = asyncio.create_task(turn("b", 600))
        for number in range(2, 5):
            await asyncio.sleep(0.3)
            await producer.send_now(HEARTBEATS, "connector", beat("a", number))
        assert not waiting.done()
        waiting.cancel()
        await asyncio.wait_for(turn("b", 1.0), 30)


@asynccontextmanager
async def venue(settings: Settings) -> AsyncIterator[None]:
    serving = asyncio.create_task(run_sandbox(settings))
    try:
        yield
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def until_taken_over(settings: Settings, topic: TopicSpec, writer: str, times: int) -> None:
    async with asyncio.timeout(60):
        while len(await fences(settings, topic, writer)) < times:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("writer", "run", "topic"),
    [("connector", run_connector, BOOK_EVENTS), ("feeds", run_feeds, NEWS_ITEMS)],
    ids=["connector", "feeds"],
)
async def test_of_two_of_one_name_the_older_ends_and_writes_nothing_more(
    kafka: str, topic_prefix: str, writer: str, run: Run, topic: TopicSpec
) -> None:
    port = free_port()
    host = f"127.0.0.1:{port}"
    settings = settings_of(
        kafka,
        topic_prefix,
        source="world",
        sandbox_port=port,
        gamma_url=f"http://{host}",
        clob_url=f"http://{host}",
        feeds_url=f"http://{host}/feeds",
        market_ws_url=f"ws://{host}/ws/market",
        instance="same",
    )
    async with venue(settings):
        older = asyncio.ensure_future(run(settings))
        await until_taken_over(settings, topic, writer, 1)
        newer = asyncio.ensure_future(run(settings))
        try:
            with pytest.raises(FencedError, match=f"the right to write {topic_prefix}{writer}"):
                await asyncio.wait_for(asyncio.shield(older), 60)
            assert not newer.done()
        finally:
            for task in (older, newer):
                task.cancel()
            await asyncio.gather(older, newer, return_exceptions=True)

    for each in (topic, HEARTBEATS):
        origins = [f.origin for f in await frames(settings, each) if f.origin.startswith(writer)]
        first, second = await fences(settings, each, writer)
        assert first != second
        assert set(origins[origins.index(second) :]) == {second}
