"""What PETS relies on in any broker, Apache Kafka, Redpanda or another.

Each of these was found wanting in a small Kafka-like broker that was tried and rejected.
"""

import asyncio
import time

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from schemas.errors import InfrastructureError
from topics.admin import check_topics, ensure_topics
from topics.catalog import ALERTS, CHECKPOINTS
from topics.frames import MAX_RECORD_BYTES
from topics.reader import open_reader
from topics.writer import OVERHEAD_BYTES, RecordWriter

pytestmark = pytest.mark.integration

LONG_WAIT_MS = 20_000


@pytest.fixture
async def prefix(broker: str, topic_prefix: str) -> str:
    await ensure_topics(broker, topic_prefix, 1, [ALERTS, CHECKPOINTS])
    return topic_prefix


async def write(broker: str, prefix: str, values: list[bytes]) -> None:
    async with RecordWriter(broker, client="contract", prefix=prefix) as writer:
        for value in values:
            _ = await writer.write(ALERTS, 0, None, value)


async def test_topics_get_the_settings_they_were_created_with(
    broker: str, topic_prefix: str
) -> None:
    created = await ensure_topics(broker, topic_prefix, 3)
    reports = await check_topics(broker, topic_prefix, 3)

    assert len(created) == len(reports)
    assert [(report.problems, report.notes) for report in reports if report.exists] == (
        [((), ())] * len(reports)
    )


async def test_many_processes_may_create_the_topics_at_once(broker: str, topic_prefix: str) -> None:
    created = await asyncio.gather(*(ensure_topics(broker, topic_prefix, 1) for _ in range(4)))

    names = [name for part in created for name in part]
    assert len(names) == len(set(names)) == len(await check_topics(broker, topic_prefix, 1))


async def test_a_waiting_fetch_is_answered_when_a_record_arrives(broker: str, prefix: str) -> None:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=broker, group_id=None, fetch_max_wait_ms=LONG_WAIT_MS
    )
    await consumer.start()
    try:
        consumer.assign([tp := TopicPartition(prefix + ALERTS.name, 0)])
        consumer.seek(tp, 0)
        waiting = asyncio.create_task(consumer.getone())
        await asyncio.sleep(0.5)
        started = time.monotonic()
        await write(broker, prefix, [b"news"])
        record = await asyncio.wait_for(waiting, LONG_WAIT_MS / 1000)
        waited_ms = (time.monotonic() - started) * 1000
    finally:
        await consumer.stop()

    assert record.value == b"news"
    assert waited_ms < LONG_WAIT_MS / 4


async def test_the_end_offset_counts_every_acknowledged_record(broker: str, prefix: str) -> None:
    async with open_reader(broker) as reader:
        for total in (3, 6):
            await write(broker, prefix, [b"x"] * 3)
            assert (await reader.bounds(prefix + ALERTS.name, [0]))[0] == (0, total)


async def test_reading_starts_at_any_offset_and_keeps_the_order(broker: str, prefix: str) -> None:
    values = [str(number).encode() for number in range(2_000)]
    await write(broker, prefix, values)

    async with open_reader(broker) as reader:
        name = prefix + ALERTS.name
        for start in (0, 1, 1_234, 1_999):
            read = [r.value async for r in reader.records(name, 0, start, 2_000)]
            assert read == values[start:]


async def test_a_record_behind_a_missing_one_is_refused_and_nothing_more_is_written(
    broker: str, prefix: str
) -> None:
    writer = RecordWriter(broker, client="contract", prefix=prefix)
    await writer.start()
    await writer.acknowledged(await writer.write(ALERTS, 0, None, b"first"))

    assert writer._producer is not None
    sequence = writer._producer._txn_manager
    sequence.increment_sequence_number(TopicPartition(prefix + ALERTS.name, 0), 1)
    with pytest.raises(InfrastructureError, match="OutOfOrderSequenceNumber"):
        await writer.acknowledged(await writer.write(ALERTS, 0, None, b"third"))
    with pytest.raises(InfrastructureError, match="Nothing more is written"):
        _ = await writer.write(ALERTS, 0, None, b"fourth")
    await writer.disconnect()

    async with open_reader(broker) as reader:
        assert (await reader.bounds(prefix + ALERTS.name, [0]))[0].end == 1


async def test_the_largest_checkpoint_is_taken_and_given_back(broker: str, prefix: str) -> None:
    value = b"x" * (MAX_RECORD_BYTES - OVERHEAD_BYTES)
    async with RecordWriter(broker, client="contract", prefix=prefix) as writer:
        await writer.acknowledged(await writer.write(CHECKPOINTS, 0, b"k", value))

    async with open_reader(broker) as reader:
        found = await reader.last_values(prefix + CHECKPOINTS.name, 0, [b"k"])
    assert found == {b"k": value}


async def test_a_static_member_gets_its_partitions_back_at_once(broker: str, prefix: str) -> None:
    """The first one ends without a word, as a killed process does; its session goes on."""
    session_ms = 25_000

    def member() -> AIOKafkaConsumer:
        return AIOKafkaConsumer(
            prefix + ALERTS.name,
            bootstrap_servers=broker,
            group_id=f"{prefix}group",
            group_instance_id="worker-1",
            session_timeout_ms=session_ms,
            heartbeat_interval_ms=1_000,
        )

    first = member()
    await first.start()
    assert first.assignment()
    await first.stop()
    second = member()
    async with asyncio.timeout(session_ms / 1000 / 2):
        await second.start()
        assigned = second.assignment()
    await second.stop()

    assert assigned == {TopicPartition(prefix + ALERTS.name, 0)}
