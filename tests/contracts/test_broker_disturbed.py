"""A broker that is stopped, killed or paused: writers wait, stages wait, nothing is lost."""

import asyncio

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

TRADES = 300
AWAY_S = {"stop": 0.5, "kill": 0.5, "pause": 8.0}
"""Seconds away; a pause outlasts the session of the workers."""


@pytest.mark.parametrize("how", AWAY_S)
async def test_a_worker_and_a_connector_survive_a_broker_that_goes_away(
    disturbed: DisturbedBroker, topic_prefix: str, how: str
) -> None:
    settings = settings_for(disturbed.bootstrap, topic_prefix)
    await ensure_topics(disturbed.bootstrap, topic_prefix, 1)
    producer = FrameProducer(disturbed.bootstrap, writer="test", prefix=topic_prefix)
    async with running(settings, [CountingStage]), producer:
        for number in range(TRADES // 2):
            await producer.publish(MARKET_TRADES, "0", trade(number))
        await until_saved(settings, 0)
        away = {"stop": disturbed.stop, "kill": disturbed.kill, "pause": disturbed.pause}
        await away[how]()
        for number in range(TRADES // 2, TRADES):
            await producer.publish(MARKET_TRADES, "0", trade(number))
        await asyncio.sleep(AWAY_S[how])
        await disturbed.resume()
        await asyncio.wait_for(producer.flush(), 60)
        last = len(await values_of(settings, MARKET_TRADES)) - 1
        saved = await until_saved(settings, last)

    wanted, messages = await undisturbed(settings, COMMANDS)
    assert bytes(saved.state) == bytes(wanted.state)
    assert len(messages) == TRADES
    assert await taken(settings, COMMANDS) == messages
