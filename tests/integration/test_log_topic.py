"""A real worker's log on a real log topic, found by the id of a command."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import structlog

from api.commands import Commander
from api.log_topic import logged, logs_on_the_log
from configs.logging import configure_logging
from configs.settings import Settings
from schemas.control import Verb
from schemas.ids import AccountId
from schemas.ops import LogLine
from topics.admin import ensure_topics
from topics.log_lines import Wanted
from topics.producer import FrameProducer

pytestmark = pytest.mark.integration

PETS = Path(sys.executable).with_name("pets")


@pytest.fixture
async def settings(kafka: str, topic_prefix: str) -> Settings:
    await ensure_topics(kafka, topic_prefix, 1)
    return Settings(_env_file=None, broker=kafka, topic_prefix=topic_prefix)


async def lines(settings: Settings, wanted: Wanted) -> list[LogLine]:
    async with asyncio.timeout(60):
        while not (found := await logged(settings, wanted)):  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    return found


@contextmanager
def worker(settings: Settings, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    own = {"PETS_BROKER": settings.broker, "PETS_TOPIC_PREFIX": settings.topic_prefix}
    with (tmp_path / "worker.log").open("wb") as output:
        started = subprocess.Popen(
            [str(PETS), "run", "gate"],
            cwd=tmp_path,
            env={**os.environ, **own, "PETS_HOME": str(tmp_path)},
            stdout=output,
            stderr=output,
        )
        try:
            yield started
        finally:
            started.send_signal(signal.SIGTERM)
            started.wait(20)


@pytest.mark.slow
async def test_what_the_gate_did_with_a_command_is_found_by_its_id(
    settings: Settings, tmp_path: Path
) -> None:
    with worker(settings, tmp_path) as process:
        [ready] = await lines(settings, Wanted(component="gate", limit=1))
        assert ready.pid == process.pid
        async with FrameProducer(
            settings.broker, writer="test", prefix=settings.topic_prefix
        ) as producer:
            commander = Commander(producer, AccountId("main"), settings.clock())
            command = await commander.send(Verb.HALT, None, "drill", "test")

        found = await lines(settings, Wanted(correlation_id=command.event_id))
        events = {line.event for line in found}
        assert "command-applied" in events
        assert {line.correlation_id for line in found} == {command.event_id}
        assert {line.fields["stage"] for line in found} == {"gate"}

    written = (tmp_path / "worker.log").read_text()
    on_topic = [line.event for line in await logged(settings, Wanted(component="gate"))]
    assert [event for event in on_topic if f'"event": "{event}"' not in written] == []


async def test_a_process_that_ends_has_said_its_last_words_without_secrets(
    settings: Settings,
) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    configure_logging("INFO", component="feeds", secrets=["correct-horse-battery"])
    try:
        with logs_on_the_log(settings, "feeds"):
            structlog.get_logger("x").info("calling", key="correct-horse-battery", wallet_id="0xab")
            refused = "https://u:correct-horse-battery@host/ refused"  # pragma: allowlist secret
            structlog.get_logger("x").info(refused)
    finally:
        root.handlers = handlers
        root.setLevel(level)
        logging.captureWarnings(capture=False)
        structlog.reset_defaults()

    first, last = await lines(settings, Wanted(component="feeds"))
    assert first.fields["wallet_id"] == "0xab"
    assert last.event == "https://u:[redacted]@host/ refused"
    assert "correct-horse" not in f"{first}{last}"
