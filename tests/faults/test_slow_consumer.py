"""A stage that is slower than its input."""

import asyncio
import time
from collections.abc import Sequence

import msgspec
import pytest

from agents.stages.base import Emit
from schemas.envelope import Message
from schemas.ops import Heartbeat
from tests.agents.shell.counting import CountingStage, trade
from tests.integration.shell_bench import (
    running,
    settings_for,
    taken,
    undisturbed,
    until_saved,
    values_of,
)
from topics.admin import ensure_topics
from topics.catalog import COMMANDS, HEARTBEATS, MARKET_TRADES
from topics.producer import FrameProducer

pytestmark = pytest.mark.integration

TRADES = 120
SLOW_S = 0.02


class SlowStage(CountingStage):
    """Takes its time."""

    def apply(self, message: Message) -> Sequence[Emit]:
        time.sleep(SLOW_S)
        return super().apply(message)


async def write(kafka: str, prefix: str) -> None:
    """All trades, one a record; in a loop of its own, for the stage sleeps in the test's."""
    producer = FrameProducer(kafka, writer="test", prefix=prefix, gap_s=0.0)
    async with producer:
        for number in range(TRADES):
            await producer.send_now(MARKET_TRADES, "0", trade(number))


async def test_a_slow_stage_falls_behind_and_loses_nothing(kafka: str, topic_prefix: str) -> None:
    settings = settings_for(kafka, topic_prefix)
    await ensure_topics(kafka, topic_prefix, 1)
    async with running(settings, [SlowStage]):
        started = time.monotonic()
        await asyncio.to_thread(asyncio.run, write(kafka, topic_prefix))
        wrote_s = time.monotonic() - started
        saved = await until_saved(settings, len(await values_of(settings, MARKET_TRADES)) - 1)
        read_s = time.monotonic() - started

    assert wrote_s < read_s
    wanted, messages = await undisturbed(settings, COMMANDS)
    assert bytes(saved.state) == bytes(wanted.state)
    assert await taken(settings, COMMANDS) == messages
    beats = [msgspec.json.decode(m, type=Heartbeat) for m in await taken(settings, HEARTBEATS)]
    assert max(beat.lag for beat in beats) > 0
