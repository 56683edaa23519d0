"""The topics' tools on a real Kafka."""

import asyncio
import itertools
from contextlib import aclosing

import msgspec
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from api.runtime.ports import free_port
from schemas.errors import ApplicationError, ConfigurationError, InfrastructureError
from schemas.ops import Heartbeat
from tests.agents.shell.counting import trade
from topics.admin import check_topics, ensure_topics
from topics.catalog import BOOK_TOPS, CHECKPOINTS, HEARTBEATS, MARKET_TRADES, TOPICS
from topics.codec import decode_frame
from topics.frames import MAX_MESSAGES, MAX_RECORD_BYTES
from topics.producer import FrameProducer
from topics.reader import FIRST_WINDOW, open_reader
from topics.tail import tail
from topics.writer import RecordWriter

pytestmark = pytest.mark.integration


@pytest.fixture
async def prefix(kafka: str, topic_prefix: str) -> str:
    await ensure_topics(kafka, topic_prefix, 2)
    return topic_prefix


def heartbeat(number: int, detail: str = "") -> Heartbeat:
    return Heartbeat(
        event_id=str(number),
        event_time=number,
        ingest_time=number,
        source="test",
        component="test",
        status="running",
        processed=number,
        lag=0,
        position=0,
        pid=1,
        detail=detail,
    )


async def test_a_second_start_creates_nothing_and_finds_nothing_wrong(
    kafka: str, prefix: str
) -> None:
    assert await ensure_topics(kafka, prefix, 2) == []
    reports = await check_topics(kafka, prefix, 2)
    assert len(reports) == len(TOPICS)
    assert all(report.exists and not report.problems for report in reports)


async def test_topics_made_with_other_shards_end_in_one_sentence(kafka: str, prefix: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        await ensure_topics(kafka, prefix, 3)

    sentence = str(refused.value)
    assert sentence.startswith(f"The topic {prefix}pets.market.book-events.v1 has 2 partition(s)")
    assert sentence.endswith("more: pets topics check)")
    assert sentence.count("PETS_SHARDS") == 1


async def test_a_topic_somebody_made_with_another_cleanup_is_reported(
    kafka: str, topic_prefix: str
) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    await admin.create_topics([NewTopic(topic_prefix + CHECKPOINTS.name, 1, 1)])
    await admin.close()

    async with asyncio.timeout(10):
        while True:
            reports = {r.topic.spec: r for r in await check_topics(kafka, topic_prefix, 1)}
            if reports[CHECKPOINTS].exists:
                break
    assert not reports[HEARTBEATS].exists
    assert "cleanup.policy=delete, compact is needed" in reports[CHECKPOINTS].problems[0]


async def test_a_broker_that_is_away_ends_in_a_sentence() -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    with pytest.raises(InfrastructureError, match=f"{nowhere} does not answer"):
        await check_topics(nowhere, "", 1)
    with pytest.raises(InfrastructureError, match=f"No Kafka broker answers at {nowhere}"):
        await FrameProducer(nowhere, writer="test").start()
    with pytest.raises(InfrastructureError, match=f"{nowhere} does not answer"):
        async with open_reader(nowhere):
            pass


async def test_a_rush_makes_full_frames_in_order_with_rising_positions(
    kafka: str, prefix: str
) -> None:
    async with FrameProducer(kafka, writer="rush", prefix=prefix, shards=2) as producer:
        for number in range(5_000):
            await producer.publish(MARKET_TRADES, str(number % 2), trade(number))

    async with open_reader(kafka) as reader:
        for shard in (0, 1):
            name = prefix + MARKET_TRADES.name
            end = (await reader.bounds(name, [shard]))[shard].end
            records = [r async for r in reader.records(name, shard, 0, end)]
            frames = [decode_frame(record.value) for record in records]
            messages = itertools.chain.from_iterable(frame.messages for frame in frames)
            ids = [msgspec.json.decode(message)["event_id"] for message in messages]
            assert ids == [f"trade-{number}" for number in range(shard, 5_000, 2)]
            positions = [frame.position for frame in frames]
            assert positions == sorted(set(positions))
            assert {frame.origin for frame in frames} == {frames[0].origin}
            assert frames[0].origin.startswith("rush#")
            assert max(len(frame.messages) for frame in frames) == MAX_MESSAGES


async def test_a_command_is_on_the_log_when_its_sender_goes_on(kafka: str, prefix: str) -> None:
    async with FrameProducer(kafka, writer="api", prefix=prefix) as producer:
        first = await producer.send_now(HEARTBEATS, "x", heartbeat(1))
        second = await producer.send_now(HEARTBEATS, "x", heartbeat(2))
        async with open_reader(kafka) as reader:
            bounds = (await reader.bounds(prefix + HEARTBEATS.name, [0]))[0]

    assert (first, second) == ((0, 0), (0, 1))
    assert bounds.end == 2


async def test_a_compacted_topic_gets_plain_records_with_keys(kafka: str, prefix: str) -> None:
    async with FrameProducer(kafka, writer="test", prefix=prefix) as producer:
        await producer.publish(BOOK_TOPS, "market-1", heartbeat(1))
        await producer.send_now(BOOK_TOPS, "market-2", heartbeat(2))

    async with open_reader(kafka) as reader:
        found = await reader.last_values(prefix + BOOK_TOPS.name, 0, [b"market-1", b"market-2"])
    assert [msgspec.json.decode(value)["event_id"] for value in found.values()] == ["1", "2"]


async def test_what_is_too_large_is_refused_and_the_rest_goes_on(kafka: str, prefix: str) -> None:
    async with FrameProducer(kafka, writer="test", prefix=prefix) as producer:
        with pytest.raises(ApplicationError, match="has to say less at a time"):
            await producer.publish(HEARTBEATS, "x", heartbeat(1, "x" * MAX_RECORD_BYTES))
        assert (await producer.send_now(HEARTBEATS, "x", heartbeat(2))).offset == 0


async def test_a_closed_producer_takes_nothing(kafka: str, prefix: str) -> None:
    producer = FrameProducer(kafka, writer="test", prefix=prefix)
    await producer.start()
    await producer.publish(HEARTBEATS, "x", heartbeat(1))
    await producer.close()
    await producer.close()

    with pytest.raises(InfrastructureError, match="takes no more messages"):
        await producer.publish(HEARTBEATS, "x", heartbeat(2))
    async with open_reader(kafka) as reader:
        assert (await reader.bounds(prefix + HEARTBEATS.name, [0]))[0].end == 1


async def test_the_last_value_of_a_key_is_found_however_far_back_it_is(
    kafka: str, prefix: str
) -> None:
    async with RecordWriter(kafka, client="test", prefix=prefix) as writer:
        for value in (b"old", b"first"):
            _ = await writer.write(CHECKPOINTS, 0, b"idle", value)
        for number in range(FIRST_WINDOW * 12):
            _ = await writer.write(CHECKPOINTS, 0, b"busy", str(number).encode())

    async with open_reader(kafka) as reader:
        wanted = [b"idle", b"busy", b"never"]
        found = await reader.last_values(prefix + CHECKPOINTS.name, 0, wanted)
    assert found == {b"idle": b"first", b"busy": str(FIRST_WINDOW * 12 - 1).encode()}


async def test_tail_prints_the_last_records_and_follows(kafka: str, prefix: str) -> None:
    async with FrameProducer(kafka, writer="test", prefix=prefix) as producer:
        for number in range(5):
            await producer.send_now(HEARTBEATS, "x", heartbeat(number))
        last = [line async for line in tail(kafka, HEARTBEATS, prefix=prefix, last=2)]

        seen = []
        async with aclosing(tail(kafka, HEARTBEATS, prefix=prefix, last=1, follow=True)) as lines:
            async with asyncio.timeout(20):
                async for line in lines:
                    seen.append(msgspec.json.decode(line)["message"]["event_id"])
                    if len(seen) == 2:
                        break
                    await producer.send_now(HEARTBEATS, "x", heartbeat(5))

    assert [msgspec.json.decode(line)["offset"] for line in last] == [3, 4]
    assert seen == ["4", "5"]
