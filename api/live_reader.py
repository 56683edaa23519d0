"""Reads the log for the API, without a consumer group: every API reads everything."""

import asyncio
from collections.abc import Callable, Iterable

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from schemas.envelope import Message
from topics.catalog import TopicSpec
from topics.codec import DecodeError, TopicCodec, decode_frame
from topics.partition import partitions_of

log = structlog.get_logger(__name__)

RETRY_S = 1.0
POLL_MS = 500


class LiveReader:
    """Reads topics, some from their start and some from now, and hands every message on.

    Attributes:
        caught_up: Set once everything that was on the log at the start has been read.
    """

    def __init__(
        self,
        broker: str,
        prefix: str,
        shards: int,
        from_the_start: Iterable[TopicSpec],
        from_now: Iterable[TopicSpec],
        on_message: Callable[[Message], None],
    ) -> None:
        """Name the topics.

        Args:
            broker: Kafka bootstrap address.
            prefix: Put before every topic name.
            shards: Partitions of shard topics.
            from_the_start: Topics whose whole content is needed.
            from_now: Topics of which only what comes next is needed.
            on_message: Takes every message, in the order of its partition.
        """
        self._broker = broker
        self._shards = shards
        self._start = {prefix + topic.name: topic for topic in from_the_start}
        self._now = {prefix + topic.name: topic for topic in from_now}
        self._topics = self._start | self._now
        self._codecs: dict[str, TopicCodec[Message]] = {
            name: TopicCodec(topic) for name, topic in self._topics.items()
        }
        self._on_message = on_message
        self.caught_up = asyncio.Event()

    async def run(self) -> None:
        """Read until cancelled; a lost broker is tried again."""
        while True:
            try:
                await self._read()
            except KafkaError as error:
                log.warning("the log cannot be read", broker=self._broker, error=repr(error))
                await asyncio.sleep(RETRY_S)

    async def _read(self) -> None:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._broker, enable_auto_commit=False, fetch_max_wait_ms=POLL_MS
        )
        await consumer.start()
        try:
            ends = await self._assign(consumer)
            while True:
                batches = await consumer.getmany(timeout_ms=POLL_MS)
                for records in batches.values():
                    for record in records:
                        self._take(record)
                if ends and not self.caught_up.is_set():
                    ends = await self._still_behind(consumer, ends)
                if not ends:
                    self.caught_up.set()
        finally:
            await consumer.stop()

    async def _assign(self, consumer: AIOKafkaConsumer) -> dict[TopicPartition, int]:
        """Assign all partitions and seek; the ends that must be reached to be caught up."""
        partitions = [
            TopicPartition(name, number)
            for name, topic in self._topics.items()
            for number in range(partitions_of(topic, self._shards))
        ]
        consumer.assign(partitions)
        whole = [item for item in partitions if item.topic in self._start]
        latest = [item for item in partitions if item.topic in self._now]
        if whole:
            await consumer.seek_to_beginning(*whole)
        if latest:
            await consumer.seek_to_end(*latest)
        ends = await consumer.end_offsets(whole)
        return {item: end for item, end in ends.items() if end > 0}

    async def _still_behind(
        self, consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]
    ) -> dict[TopicPartition, int]:
        return {item: end for item, end in ends.items() if await consumer.position(item) < end}

    def _take(self, record: ConsumerRecord[bytes, bytes]) -> None:
        codec = self._codecs[record.topic]
        if record.value is None:
            return
        try:
            if not codec.topic.framed:
                self._on_message(codec.decode(record.value))
                return
            for _, message in codec.decode_all(decode_frame(record.value)):
                if isinstance(message, DecodeError):
                    raise message
                self._on_message(message)
        except DecodeError as error:
            log.warning("unreadable record", topic=record.topic, error=str(error))
