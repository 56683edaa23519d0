"""What a broker removes: older values of a key, and records older than they are kept."""

import asyncio
import time

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from schemas.errors import InfrastructureError
from topics.admin import config_of
from topics.catalog import ALERTS, CHECKPOINTS, TopicSpec
from topics.reader import Bounds, open_reader
from topics.writer import RecordWriter

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(240)]

CLEANED_WITHIN_S = 150.0
AT_ONCE = {"segment.ms": "100", "min.cleanable.dirty.ratio": "0.01", "delete.retention.ms": "100"}


async def create(broker: str, prefix: str, topic: TopicSpec, **config: str) -> str:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker)
    await admin.start()
    settings = config_of(topic) | {name.replace("_", "."): value for name, value in config.items()}
    name = prefix + topic.name
    await admin.create_topics([NewTopic(name, 1, 1, topic_configs=settings)])
    await admin.close()
    return name


async def until_first(broker: str, name: str, least: int) -> Bounds:
    """Wait until a log begins at or behind an offset."""
    deadline = time.monotonic() + CLEANED_WITHIN_S
    async with open_reader(broker) as reader:
        while True:
            bounds = (await reader.bounds(name, [0]))[0]
            if bounds.first >= least:
                return bounds
            assert time.monotonic() < deadline, f"not cleaned: {bounds}"
            await asyncio.sleep(0.5)


async def test_the_last_value_of_every_key_is_kept_and_older_ones_go(
    broker: str, topic_prefix: str
) -> None:
    config = {name.replace(".", "_"): value for name, value in AT_ONCE.items()}
    name = await create(broker, topic_prefix, CHECKPOINTS, **config)
    async with RecordWriter(broker, client="contract", prefix=topic_prefix) as writer:
        for number in range(40):
            for key in (b"a", b"b"):
                _ = await writer.write(CHECKPOINTS, 0, key, b"%d" % number)
            await writer.flush()
            await asyncio.sleep(0.03)
        _ = await writer.write(CHECKPOINTS, 0, b"gone", b"1")
        _ = await writer.write(CHECKPOINTS, 0, b"gone", None)

    deadline = time.monotonic() + CLEANED_WITHIN_S
    async with open_reader(broker) as reader:
        while True:
            end = (await reader.bounds(name, [0]))[0].end
            left = [record.offset async for record in reader.records(name, 0, 0, end)]
            if len(left) < 40:
                break
            assert time.monotonic() < deadline, f"not compacted: {len(left)} records"
            await asyncio.sleep(0.5)
        found = await reader.last_values(name, 0, [b"a", b"b", b"gone"])
    assert found == {b"a": b"39", b"b": b"39"}
    assert end >= 82
    assert left == sorted(left)


async def test_what_is_older_than_it_is_kept_goes_and_the_rest_keeps_its_offsets(
    broker: str, topic_prefix: str
) -> None:
    name = await create(
        broker, topic_prefix, ALERTS, retention_ms="2000", segment_ms="500", segment_bytes="1048576"
    )
    async with RecordWriter(broker, client="contract", prefix=topic_prefix) as writer:
        for number in range(20):
            await writer.acknowledged(await writer.write(ALERTS, 0, None, b"%d" % number))
        bounds = await until_first(broker, name, 20)
        assert bounds == (20, 20)
        written = await writer.acknowledged(await writer.write(ALERTS, 0, None, b"new"))
    assert written.offset == 20
    async with open_reader(broker) as reader:
        assert [record.value async for record in reader.records(name, 0, 20, 21)] == [b"new"]


async def test_reading_what_is_gone_starts_at_the_first_record_there_is(
    broker: str, topic_prefix: str
) -> None:
    name = await create(broker, topic_prefix, ALERTS, retention_ms="1000", segment_ms="500")
    async with RecordWriter(broker, client="contract", prefix=topic_prefix) as writer:
        for number in range(5):
            await writer.acknowledged(await writer.write(ALERTS, 0, None, b"%d" % number))
        await until_first(broker, name, 5)
        await writer.acknowledged(await writer.write(ALERTS, 0, None, b"new"))
    async with open_reader(broker) as reader:
        try:
            read = [record.value async for record in reader.records(name, 0, 0, 6)]
        except InfrastructureError as error:
            pytest.fail(f"the reader did not go on behind the gap: {error}")
    assert read in ([b"new"], [])
