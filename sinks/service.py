"""The sinks as a process: the log into the database, heartbeats, retention."""

import asyncio
from collections.abc import Coroutine

from configs.meters import served
from configs.settings import Settings
from sinks.consumer import DEFAULT_RULES, FIRST_RETRY_S, LAST_RETRY_S, SinkConsumer, SinkRules
from sinks.intake import NAME
from sinks.pool import open_pool
from sinks.port import SinkAwayError
from sinks.pulse import Pulse
from sinks.retention import keep_only_recent
from sinks.writer import PostgresSink
from topics.admin import ensure_topics
from topics.producer import FrameProducer

CONNECTIONS = 2
"""One writes, one deletes what is too old."""


async def run_sinks(settings: Settings, rules: SinkRules = DEFAULT_RULES) -> None:
    """Keep what the log tells until cancelled; waits for a database that is away.

    Args:
        settings: The process's settings; the database was migrated before.
        rules: How much is written at a time, and how fine.

    Raises:
        ConfigurationError: Topics differ from the catalogue.
        InfrastructureError: The broker does not answer, or the metrics port is taken.
    """
    await ensure_topics(settings.broker, settings.topic_prefix, settings.shards)
    producer = FrameProducer(
        settings.broker, writer=NAME, prefix=settings.topic_prefix, shards=settings.shards
    )
    async with producer:
        pulse = Pulse(producer, settings.clock())
        with served(pulse.metrics.registry, settings.metrics_host, settings.metrics_port):
            await _until_failure(pulse.run(), _follow(settings, pulse, rules))


async def _follow(settings: Settings, pulse: Pulse, rules: SinkRules) -> None:
    delay_s = FIRST_RETRY_S
    while True:
        try:
            async with open_pool(settings.database.get_secret_value(), CONNECTIONS) as pool:
                consumer = SinkConsumer(
                    settings.broker,
                    settings.topic_prefix,
                    settings.shards,
                    PostgresSink(pool),
                    pulse,
                    rules,
                )
                pulse.waiting = ""
                await _until_failure(consumer.run(), keep_only_recent(pool, settings.clock()))
        except SinkAwayError as error:
            pulse.waiting = str(error)
            await asyncio.sleep(delay_s)
            delay_s = min(2 * delay_s, LAST_RETRY_S)


async def _until_failure(*works: Coroutine[None, None, None]) -> None:
    """Do works that never end side by side; the first failure ends all and is raised alone."""
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except ExceptionGroup as failures:
        first = failures.exceptions[0]
        raise first from first.__cause__
