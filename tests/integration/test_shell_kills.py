"""kill -9, any number of times: no message lost, none applied twice, the same outputs."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from configs.settings import Settings
from tests.agents.shell.counting import POISON, trade
from tests.integration.shell_bench import (
    new_record,
    settings_for,
    start_process,
    taken,
    undisturbed,
    until_saved,
    values_of,
)
from topics.admin import ensure_topics
from topics.catalog import COMMANDS, DECIDE_INPUTS, MARKET_TRADES
from topics.producer import FrameProducer

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(300)]

LIVES_S = (0.0, 0.3, 0.05, 0.6, 0.15, 0.02, 0.4, 0.1, 0.25, 0.5)
"""How long each life lasts after its first output."""


@asynccontextmanager
async def trades_flowing(settings: Settings) -> AsyncIterator[None]:
    """Publish about 250 trades a second, one in 400 of them poisoned."""

    async def publish() -> None:
        async with FrameProducer(
            settings.broker,
            writer="test",
            prefix=settings.topic_prefix,
            shards=settings.shards,
        ) as producer:
            number = 0
            while True:
                size = POISON if number % 397 == 7 else 1
                key = str(number % settings.shards)
                await producer.publish(MARKET_TRADES, key, trade(number, size))
                number += 1
                await asyncio.sleep(0.004)

    publishing = asyncio.create_task(publish())
    try:
        yield
    finally:
        publishing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await publishing


async def assert_undisturbed(settings: Settings) -> None:
    for partition in range(settings.shards):
        last = len(await values_of(settings, MARKET_TRADES, partition)) - 1
        saved = await until_saved(settings, last, partition)
        wanted, messages = await undisturbed(settings, DECIDE_INPUTS, partition)
        assert bytes(saved.state) == bytes(wanted.state)
        assert saved.applied == wanted.applied
        assert await taken(settings, DECIDE_INPUTS, partition) == messages
        assert len(messages) > 100


async def test_a_worker_killed_again_and_again_does_what_an_undisturbed_one_does(
    kafka: str, topic_prefix: str, tmp_path: Path
) -> None:
    settings = settings_for(kafka, topic_prefix)
    await ensure_topics(kafka, topic_prefix, 1)
    log = tmp_path / "worker.log"
    async with trades_flowing(settings):
        process = start_process(settings, log)
        try:
            for life_s in LIVES_S:
                await new_record(settings, DECIDE_INPUTS)
                await asyncio.sleep(life_s)
                process.kill()
                assert await asyncio.to_thread(process.wait) == -signal.SIGKILL, log.read_text()
                process = start_process(settings, log)
            await new_record(settings, DECIDE_INPUTS)
        except BaseException:
            process.kill()
            raise
    try:
        await assert_undisturbed(settings)
        _, wanted = await undisturbed(settings, COMMANDS)
        assert await taken(settings, COMMANDS) == wanted
    finally:
        process.terminate()
        code = await asyncio.to_thread(process.wait, 20)
    assert code == 0, log.read_text()


async def test_another_worker_takes_over_the_partitions_of_a_killed_one(
    kafka: str, topic_prefix: str, tmp_path: Path
) -> None:
    both = settings_for(kafka, topic_prefix, shards=2)
    await ensure_topics(kafka, topic_prefix, 2)
    one = both.model_copy(update={"instance": "one"})
    other = both.model_copy(update={"instance": "other"})
    processes = [start_process(one, tmp_path / "one.log")]
    try:
        async with trades_flowing(both):
            await new_record(both, DECIDE_INPUTS, 0)
            await new_record(both, DECIDE_INPUTS, 1)
            processes.append(start_process(other, tmp_path / "other.log"))
            await asyncio.sleep(4)
            processes[0].kill()
            await asyncio.to_thread(processes[0].wait)
            await new_record(both, DECIDE_INPUTS, 0)
            await new_record(both, DECIDE_INPUTS, 1)
            processes.append(start_process(one, tmp_path / "one.log"))
            await asyncio.sleep(4)
        await assert_undisturbed(both)
    finally:
        for process in processes[1:]:
            process.terminate()
        codes = [await asyncio.to_thread(process.wait, 20) for process in processes[1:]]
    assert codes == [0, 0], (tmp_path / "one.log").read_text()
