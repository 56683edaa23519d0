"""The fixtures other integration tests stand on."""

from typing import Any

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from schemas.errors import InfrastructureError
from tests.conftest import unavailable

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail), ("", pytest.skip)])
def test_what_cannot_be_had_is_skipped_loudly_and_fails_in_ci(
    ci: str, outcome: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome.Exception, match=r"NOT RUN: a real Kafka .* no Java"):
        unavailable("a real Kafka", InfrastructureError("no Java"))


async def test_a_record_written_to_the_broker_is_read_back(kafka: str, topic_prefix: str) -> None:
    topic = f"{topic_prefix}records"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    await admin.close()

    producer = AIOKafkaProducer(bootstrap_servers=kafka, acks="all")
    await producer.start()
    await producer.send_and_wait(topic, b"one", key=b"k")
    await producer.stop()

    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=kafka,
        group_id=f"{topic_prefix}group",
        auto_offset_reset="earliest",
        session_timeout_ms=1500,
        heartbeat_interval_ms=500,
    )
    await consumer.start()
    record = await consumer.getone()
    await consumer.stop()
    assert (record.key, record.value) == (b"k", b"one")


async def test_each_test_has_an_empty_database(database: str, postgres: str) -> None:
    assert database != postgres
    connection = await asyncpg.connect(database)
    tables = await connection.fetchval(
        "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
    )
    await connection.execute("CREATE TABLE kept (id int)")
    await connection.close()
    assert tables == 0


async def test_a_text_column_keeps_any_language(database: str) -> None:
    connection = await asyncpg.connect(database)
    encoding = await connection.fetchval("SHOW server_encoding")
    echoed = await connection.fetchval("SELECT $1::text", "Цена · 価格 · €")
    await connection.close()
    assert (encoding, echoed) == ("UTF8", "Цена · 価格 · €")
