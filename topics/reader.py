"""Read a topic without a consumer group: its last records, or the last value of some keys."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord, TopicPartition

from schemas.errors import InfrastructureError

FIRST_WINDOW = 64
WINDOW_GROWTH = 4
SILENCE_S = 10.0
_FETCH_BYTES = 4 * 1024 * 1024
_RETRY_MS = 10
"""aiokafka waits so long before it asks again where a partition lives, and at first it never knows;
its default of 100 ms was most of the time that a stage took to find its checkpoint."""


class Bounds(NamedTuple):
    """The offsets a partition has: the first, and the one the next record will get."""

    first: int
    end: int


class LogReader:
    """Reads partitions at offsets of its own choice; commits nothing, joins no group."""

    def __init__(self, consumer: AIOKafkaConsumer, broker: str) -> None:
        """Use `open_reader` instead."""
        self._consumer = consumer
        self._broker = broker

    async def bounds(self, topic: str, partitions: Iterable[int]) -> dict[int, Bounds]:
        """The first and the end offset of partitions of a topic."""
        wanted = [TopicPartition(topic, partition) for partition in partitions]
        first = await self._consumer.beginning_offsets(wanted)
        end = await self._consumer.end_offsets(wanted)
        return {tp.partition: Bounds(first[tp], end[tp]) for tp in wanted}

    async def records(
        self, topic: str, partition: int, start: int, end: int | None = None
    ) -> AsyncIterator[ConsumerRecord]:
        """The records of a partition in order.

        Args:
            topic: The topic's name on the broker.
            partition: Which partition.
            start: The first offset.
            end: The offset to stop before; None follows the log for ever.

        Raises:
            InfrastructureError: The broker stopped answering before `end` was reached.
        """
        if end is not None and start >= end:
            return
        tp = TopicPartition(topic, partition)
        self._consumer.assign([tp])
        self._consumer.seek(tp, start)
        while True:
            timeout_ms = int(SILENCE_S * 1000) if end is not None else 1000
            fetched = (await self._consumer.getmany(tp, timeout_ms=timeout_ms)).get(tp, [])
            for record in fetched:
                if end is not None and record.offset >= end:
                    return
                yield record
            if end is None:
                continue
            if await self._consumer.position(tp) >= end:
                return
            if not fetched:
                raise InfrastructureError(
                    f"The broker at {self._broker} sent nothing of {topic}/{partition} for "
                    f"{SILENCE_S:g} s, though it goes on to offset {end}."
                )

    async def last_values(
        self, topic: str, partition: int, keys: Iterable[bytes]
    ) -> dict[bytes, bytes]:
        """The last value of each key that is there.

        Reads backwards in growing windows, so that what was written lately is found at once,
        however long the log is.

        Args:
            topic: The topic's name on the broker; a compacted one.
            partition: Which partition.
            keys: What to look for.

        Returns:
            Values by key; a key that was never written, or was deleted, is missing.
        """
        wanted = set(keys)
        found: dict[bytes, bytes | None] = {}
        first, end = (await self.bounds(topic, [partition]))[partition]
        window = FIRST_WINDOW
        while wanted and end > first:
            start = max(first, end - window)
            here: dict[bytes, bytes | None] = {}
            async for record in self.records(topic, partition, start, end):
                if record.key in wanted:
                    here[record.key] = record.value
            found |= here
            wanted -= here.keys()
            end, window = start, window * WINDOW_GROWTH
        return {key: value for key, value in found.items() if value is not None}


@asynccontextmanager
async def open_reader(broker: str, *, client: str = "pets-reader") -> AsyncIterator[LogReader]:
    """A reader, closed at the end of the `with` block.

    Args:
        broker: Kafka bootstrap address.
        client: Name in the broker's logs.

    Raises:
        InfrastructureError: No broker answers.
    """
    consumer = AIOKafkaConsumer(
        bootstrap_servers=broker,
        client_id=client,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=200,
        retry_backoff_ms=_RETRY_MS,
        max_partition_fetch_bytes=_FETCH_BYTES,
        max_poll_records=None,
    )
    try:
        await consumer.start()
        yield LogReader(consumer, broker)
    except KafkaError as error:
        raise InfrastructureError(
            f"The Kafka broker at {broker} does not answer ({error}): start one, or set "
            "PETS_BROKER to the address of another."
        ) from error
    finally:
        await consumer.stop()
