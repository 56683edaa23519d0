"""Groups: partitions move between two and three workers, and every state comes along."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack

import pytest
from aiokafka.client import AIOKafkaClient, CoordinationType
from aiokafka.protocol.admin import DeleteGroupsRequest
from aiokafka.structs import TopicPartition

from agents.shell.worker import Worker
from configs.settings import Settings
from tests.agents.shell.counting import CountingStage, trade
from tests.integration.shell_bench import (
    running,
    settings_for,
    taken,
    undisturbed,
    until,
    until_saved,
    values_of,
)
from topics.admin import ensure_topics
from topics.catalog import DECIDE_INPUTS, MARKET_TRADES
from topics.producer import FrameProducer

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(180)]

SHARDS = 3


async def publish(settings: Settings, first: int, count: int) -> None:
    async with FrameProducer(
        settings.broker, writer=f"test-{first}", prefix=settings.topic_prefix, shards=SHARDS
    ) as producer:
        for number in range(first, first + count):
            await producer.publish(MARKET_TRADES, str(number % settings.shards), trade(number))


async def assert_undisturbed(settings: Settings) -> None:
    for partition in range(settings.shards):
        last = len(await values_of(settings, MARKET_TRADES, partition)) - 1
        saved = await until_saved(settings, last, partition)
        wanted, messages = await undisturbed(settings, DECIDE_INPUTS, partition)
        assert bytes(saved.state) == bytes(wanted.state)
        assert await taken(settings, DECIDE_INPUTS, partition) == messages


def spread(workers: Sequence[Worker]) -> list[int]:
    """How many partitions each worker holds, or nothing while one is held twice or by nobody."""
    held = [[tp.partition for tp in agent.positions()] for one in workers for agent in one.agents]
    counts = Counter(partition for partitions in held for partition in partitions)
    if any(agent.app.rebalancing for one in workers for agent in one.agents):
        return []
    if sorted(counts) != list(range(SHARDS)) or set(counts.values()) != {1}:
        return []
    return sorted(len(partitions) for partitions in held)


async def test_partitions_move_to_a_second_and_a_third_worker_and_back(
    broker: str, topic_prefix: str
) -> None:
    settings = settings_for(broker, topic_prefix, shards=SHARDS)
    await ensure_topics(broker, topic_prefix, SHARDS)
    numbered = [settings.model_copy(update={"instance": str(number)}) for number in range(3)]
    async with AsyncExitStack() as first:
        one = await first.enter_async_context(running(numbered[0], [CountingStage]))
        await publish(settings, 0, 60)
        async with AsyncExitStack() as others:
            two = await others.enter_async_context(running(numbered[1], [CountingStage]))
            await until(lambda: spread([one, two]) == [1, 2])
            await publish(settings, 60, 60)
            three = await others.enter_async_context(running(numbered[2], [CountingStage]))
            await until(lambda: spread([one, two, three]) == [1, 1, 1])
            await publish(settings, 120, 60)
        await until(lambda: spread([one]) == [SHARDS], 40)
        await publish(settings, 180, 60)
        await assert_undisturbed(settings)


async def forget(broker: str, group: str) -> None:
    """Delete a group with its offsets, as a broker does when they have expired.

    A static member stays in its group until its session ends, so this may take some seconds.
    """
    client = AIOKafkaClient(bootstrap_servers=broker)
    await client.bootstrap()
    try:
        async with asyncio.timeout(30):
            while True:
                node = await client.coordinator_lookup(CoordinationType.GROUP, group)
                answer = await client.send(node, DeleteGroupsRequest([group]))
                if answer.results[0][1] == 0:
                    return
                await asyncio.sleep(0.5)
    finally:
        await client.close()


async def test_a_group_that_the_broker_has_forgotten_goes_on_behind_its_checkpoint(
    broker: str, topic_prefix: str
) -> None:
    settings = settings_for(broker, topic_prefix, shards=SHARDS)
    await ensure_topics(broker, topic_prefix, SHARDS)
    async with running(settings, [CountingStage]):
        await publish(settings, 0, 60)
        await assert_undisturbed(settings)

    group = f"{topic_prefix}pets-{CountingStage.name}"
    await forget(broker, group)

    async with running(settings, [CountingStage]) as worker:
        topic = topic_prefix + MARKET_TRADES.name
        ends = {
            TopicPartition(topic, number): len(await values_of(settings, MARKET_TRADES, number))
            for number in range(SHARDS)
        }
        assert dict(worker.agents[0].positions()) == ends
        await publish(settings, 60, 60)
        await assert_undisturbed(settings)
