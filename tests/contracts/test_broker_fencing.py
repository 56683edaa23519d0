"""Exclusive rights to write, as any broker has to keep them (docs/decisions/0005-fencing.md)."""

import asyncio

import pytest

from topics.admin import ensure_topics
from topics.catalog import ALERTS, CHECKPOINTS
from topics.claims import claim
from topics.reader import open_reader
from topics.writer import FencedError, RecordWriter

pytestmark = pytest.mark.integration


def owner(broker: str, prefix: str, right: str = "shard-0") -> RecordWriter:
    return RecordWriter(broker, client="owner", prefix=prefix, right=prefix + right)


async def write(writer: RecordWriter, value: bytes) -> None:
    await writer.acknowledged(await writer.write(ALERTS, 0, None, value))


async def values(broker: str, prefix: str) -> list[bytes | None]:
    name = prefix + ALERTS.name
    async with open_reader(broker) as reader:
        end = (await reader.bounds(name, [0]))[0].end
        return [record.value async for record in reader.records(name, 0, 0, end)]


@pytest.fixture
async def prefix(broker: str, topic_prefix: str) -> str:
    await ensure_topics(broker, topic_prefix, 1, [ALERTS, CHECKPOINTS])
    return topic_prefix


async def test_an_older_owner_is_refused_where_a_newer_one_has_written(
    broker: str, prefix: str
) -> None:
    async with owner(broker, prefix, "other") as bystander:
        older, newer = owner(broker, prefix), owner(broker, prefix)
        await older.start()
        for value in (b"a", b"b"):
            await write(older, value)
        async with newer:
            await write(newer, b"c")
            for attempt in (b"late", b"later"):
                with pytest.raises(FencedError, match="took over"):
                    await write(older, attempt)
            await write(newer, b"d")
            await write(bystander, b"e")
        await older.disconnect()

    assert await values(broker, prefix) == [b"a", b"b", b"c", b"d", b"e"]


async def test_what_is_on_its_way_when_the_newer_one_comes_is_all_before_it_or_refused(
    broker: str, prefix: str
) -> None:
    older = owner(broker, prefix)
    await older.start()
    sent = [await older.write(ALERTS, 0, None, b"old %d" % number) for number in range(500)]
    async with owner(broker, prefix) as newer:
        await write(newer, b"new")
        await asyncio.gather(*sent, return_exceptions=True)
    await older.disconnect()

    written = await values(broker, prefix)
    assert written[-1] == b"new"
    assert written[:-1] == [b"old %d" % number for number in range(len(written) - 1)]


async def test_a_right_outlives_its_owner_and_epochs_only_rise(broker: str, prefix: str) -> None:
    claims = [await claim(broker, f"{prefix}right") for _ in range(5)]

    assert len({one.producer_id for one in claims}) == 1
    assert [one.epoch for one in claims] == sorted({one.epoch for one in claims})


async def test_of_many_that_claim_at_once_one_writes_in_the_end(broker: str, prefix: str) -> None:
    owners = [owner(broker, prefix) for _ in range(6)]
    await asyncio.gather(*(one.start() for one in owners))

    async def insist(number: int) -> bool:
        try:
            for _ in range(20):
                await write(owners[number], b"%d" % number)
        except FencedError:
            return False
        return True

    survived = await asyncio.gather(*(insist(number) for number in range(6)))
    for one in owners:
        await one.disconnect()

    assert sum(survived) == 1
    last = b"%d" % survived.index(True)
    written = await values(broker, prefix)
    assert written.count(last) == 20
    assert all(value == last for value in written[written.index(last) :])


async def test_a_removed_key_is_gone_for_readers(broker: str, prefix: str) -> None:
    async with RecordWriter(broker, client="contract", prefix=prefix) as writer:
        _ = await writer.write(CHECKPOINTS, 0, b"kept", b"1")
        _ = await writer.write(CHECKPOINTS, 0, b"gone", b"1")
        _ = await writer.write(CHECKPOINTS, 0, b"gone", None)
    async with open_reader(broker) as reader:
        found = await reader.last_values(prefix + CHECKPOINTS.name, 0, [b"kept", b"gone"])
    assert found == {b"kept": b"1"}
