"""A broker that is stopped, killed or paused: writers wait, stages wait, nothing is lost."""

import asyncio
from itertools import islice

import pytest

from tests.agents.shell.counting import CountingStage, trade
from tests.contracts.brokers import DisturbedBroker
from tests.integration.shell_bench import (
    running,
    settings_for,
    taken,
    undisturbed,
    until_saved,
    values_of,
)
from topics.admin import ensure_topics
from topics.catalog import COMMANDS, MARKET_TRADES
from topics.producer import FrameProducer

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(180)]

TRADES = 150
AWAY_S = 0.5
PAUSED_S = 8.0
"""Longer than the session of a worker."""


async def test_a_worker_and_a_connector_survive_a_broker_that_is_stopped_killed_and_paused(
    disturbed: DisturbedBroker, topic_prefix: str
) -> None:
    settings = settings_for(disturbed.bootstrap, topic_prefix)
    await ensure_topics(disturbed.bootstrap, topic_prefix, 1)
    producer = FrameProducer(disturbed.bootstrap, writer="test", prefix=topic_prefix)
    numbers = iter(range(10**6))

    async def publish() -> None:
        for number in islice(numbers, TRADES):
            await producer.publish(MARKET_TRADES, "0", trade(number))

    messages: list[bytes] = []
    async with running(settings, [CountingStage]), producer:
        for disturb, seconds in (
            (disturbed.stop, AWAY_S),
            (disturbed.kill, AWAY_S),
            (disturbed.pause, PAUSED_S),
        ):
            await publish()
            await asyncio.sleep(0.05)
            await disturb()
            await publish()
            await asyncio.sleep(seconds)
            await disturbed.resume()
            await asyncio.wait_for(producer.flush(), 60)
            last = len(await values_of(settings, MARKET_TRADES)) - 1
            saved = await until_saved(settings, last)
            wanted, messages = await undisturbed(settings, COMMANDS)
            assert bytes(saved.state) == bytes(wanted.state)
            assert await taken(settings, COMMANDS) == messages

    assert len(messages) == 6 * TRADES
