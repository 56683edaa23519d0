"""A worker that sleeps through its own replacement writes nothing when it wakes."""

import asyncio

import msgspec
import pytest

from agents.shell.steps import Step
from agents.shell.worker import Worker
from agents.stages.relay import relays
from schemas.ids import AccountId
from tests.agents.shell.counting import trade
from tests.integration.shell_bench import running, settings_for, until, values_of
from topics.admin import ensure_topics
from topics.catalog import BOOK_EVENTS, CHECKPOINTS, DECIDE_INPUTS
from topics.codec import decode_frame
from topics.frames import FENCE_POSITION
from topics.producer import FrameProducer
from topics.reader import open_reader
from topics.writer import FencedError

pytestmark = [pytest.mark.integration, pytest.mark.timeout(90)]

RECORDS = 10
HELD_AT = 5
STAGE = "relay-books"


class Sleep:
    """Holds a worker at one record, as a suspended machine would, until it is told to wake."""

    def __init__(self) -> None:
        self.asleep = asyncio.Event()
        self.wake = asyncio.Event()

    async def watch(self, step: Step, stage: str, partition: int, offset: int) -> None:
        if step is Step.READ and stage == STAGE and offset == HELD_AT:
            self.asleep.set()
            await self.wake.wait()


async def test_the_broker_refuses_what_the_older_of_two_workers_still_writes(
    kafka: str, topic_prefix: str
) -> None:
    settings = settings_for(kafka, topic_prefix)
    await ensure_topics(kafka, topic_prefix, 1)
    sleep = Sleep()
    factories = [lambda shard: relays(shard, AccountId("main"))[0]]
    older = Worker(settings, factories, sleep.watch)
    try:
        await older.start()
        running_older = asyncio.create_task(older.run(asyncio.Event(), None))
        await until(lambda: older.is_ready)
        async with FrameProducer(kafka, writer="test", prefix=topic_prefix) as producer:
            for number in range(RECORDS):
                await producer.send_now(BOOK_EVENTS, "0", trade(number))
        await asyncio.wait_for(sleep.asleep.wait(), 20)
        async with running(settings, factories) as newer:
            await until(lambda: list(newer.agents[0].positions().values()) == [RECORDS])
            await asyncio.sleep(0.5)
            sleep.wake.set()
            with pytest.raises(FencedError, match="took over"):
                await asyncio.wait_for(running_older, 20)
    finally:
        sleep.wake.set()
        await older.close()

    frames = [decode_frame(value) for value in await values_of(settings, DECIDE_INPUTS)]
    mine = [frame.position for frame in frames if frame.origin.startswith(f"{STAGE}@")]
    fences = [at for at, position in enumerate(mine) if position == FENCE_POSITION]
    behind = mine[fences[-1] + 1 :]
    assert len(fences) == 2
    assert behind == sorted(set(behind))
    assert sorted(set(mine) - {FENCE_POSITION}) == [1000 * offset for offset in range(RECORDS)]
    saved = await checkpoint_offsets(kafka, topic_prefix)
    assert saved == sorted(set(saved))
    assert saved[-1] == RECORDS - 1


async def checkpoint_offsets(kafka: str, prefix: str) -> list[int]:
    """What the checkpoints of the stage include, in the order in which they were written."""
    name = prefix + CHECKPOINTS.name
    async with open_reader(kafka) as reader:
        end = (await reader.bounds(name, [0]))[0].end
        return [
            msgspec.json.decode(record.value)["offset"]
            async for record in reader.records(name, 0, 0, end)
            if record.key == f"{STAGE}/0".encode() and record.value
        ]
