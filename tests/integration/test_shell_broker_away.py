"""The broker is killed and comes back: writers wait, stages wait, nothing is lost."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from api.runtime.kafka import EmbeddedKafka
from api.runtime.ports import free_port
from api.runtime.service import silent
from schemas.errors import InfrastructureError
from schemas.ops import Alert, Severity
from tests.agents.shell.counting import CountingStage, trade
from tests.faults.lengths import away_s
from tests.integration.shell_bench import (
    running,
    settings_for,
    taken,
    undisturbed,
    until_saved,
    values_of,
)
from topics.admin import ensure_topics
from topics.catalog import ALERTS, COMMANDS, MARKET_TRADES
from topics.producer import FrameProducer

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(300)]

TRADES = 400


async def test_a_worker_and_a_connector_survive_a_killed_broker(
    kafka_cache: Path, tmp_path: Path
) -> None:
    ports = free_port(), free_port()

    def broker() -> EmbeddedKafka:
        return EmbeddedKafka(
            tmp_path, port=ports[0], controller_port=ports[1], cache=kafka_cache, heap_mib=256
        )

    kafka = broker()
    await kafka.start(silent)
    settings = settings_for(kafka.bootstrap, "away-")
    try:
        async with (
            running(settings, [CountingStage]),
            FrameProducer(kafka.bootstrap, writer="test", prefix="away-") as producer,
        ):
            for number in range(TRADES // 2):
                await producer.publish(MARKET_TRADES, "0", trade(number))
            await until_saved(settings, 0)

            assert kafka.pid is not None
            os.kill(kafka.pid, signal.SIGKILL)
            await kafka.wait()
            for number in range(TRADES // 2, TRADES):
                await producer.publish(MARKET_TRADES, "0", trade(number))
            await asyncio.sleep(away_s(brief=1, stated=20))
            await kafka.stop()
            kafka = broker()
            await kafka.start(silent)

            await asyncio.wait_for(producer.flush(), 60)
            last = len(await values_of(settings, MARKET_TRADES)) - 1
            saved = await until_saved(settings, last)

        wanted, messages = await undisturbed(settings, COMMANDS)
        assert bytes(saved.state) == bytes(wanted.state)
        assert len(messages) == TRADES
        assert await taken(settings, COMMANDS) == messages
    finally:
        await kafka.stop()


async def test_a_producer_that_cannot_say_its_last_words_ends_in_a_sentence(
    kafka_cache: Path, tmp_path: Path
) -> None:
    kafka = EmbeddedKafka(
        tmp_path, port=free_port(), controller_port=free_port(), cache=kafka_cache, heap_mib=256
    )
    await kafka.start(silent)
    producer = FrameProducer(kafka.bootstrap, writer="test")
    try:
        await ensure_topics(kafka.bootstrap, "", 1, [ALERTS])
        await producer.start()
        await producer.send_now(ALERTS, "x", alert())
    finally:
        await kafka.stop()

    await producer.publish(ALERTS, "x", alert())
    with pytest.raises(InfrastructureError, match="could not write its last messages within"):
        await producer.close(timeout_s=1.0)


def alert() -> Alert:
    return Alert(
        event_id="a",
        event_time=0,
        ingest_time=0,
        source="test",
        rule="r",
        severity=Severity.INFO,
        scope="s",
        detail="d",
    )
