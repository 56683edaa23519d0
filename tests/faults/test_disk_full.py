"""No space under the log: the broker ends, and what it acknowledged is there afterwards."""

import asyncio
import resource
from pathlib import Path

import pytest

from api.runtime.kafka import EmbeddedKafka
from api.runtime.ports import free_port
from api.runtime.service import silent
from topics.admin import ensure_topics
from topics.catalog import ALERTS
from topics.reader import open_reader
from topics.writer import RecordWriter

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(180)]

VALUE = b"x" * 200_000
LIMIT = 3_000_000


async def test_a_broker_without_space_keeps_what_it_acknowledged(
    kafka_cache: Path, tmp_path: Path
) -> None:
    ports = free_port(), free_port()

    def broker() -> EmbeddedKafka:
        return EmbeddedKafka(
            tmp_path, port=ports[0], controller_port=ports[1], cache=kafka_cache, heap_mib=256
        )

    kafka = broker()
    await kafka.start(silent)
    acknowledged = 0
    try:
        await ensure_topics(kafka.bootstrap, "", 1, [ALERTS])
        writer = RecordWriter(kafka.bootstrap, client="test")
        await writer.start()
        assert kafka.pid is not None
        resource.prlimit(kafka.pid, resource.RLIMIT_FSIZE, (LIMIT, LIMIT))
        try:
            async with asyncio.timeout(15):
                for _ in range(2 * LIMIT // len(VALUE)):
                    await writer.acknowledged(await writer.write(ALERTS, 0, None, VALUE))
                    acknowledged += 1
        except TimeoutError:
            pass
        finally:
            await writer.disconnect()
        assert 0 < acknowledged < 2 * LIMIT // len(VALUE)
        await asyncio.wait_for(kafka.wait(), 30)
        kafka = broker()
        await kafka.start(silent)
        async with open_reader(kafka.bootstrap) as reader:
            assert (await reader.bounds(ALERTS.name, [0]))[0].end >= acknowledged
            records = [r async for r in reader.records(ALERTS.name, 0, 0, acknowledged)]
        assert all(record.value == VALUE for record in records)
        assert len(records) == acknowledged
    finally:
        await kafka.stop()
