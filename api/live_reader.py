"""Reads the log for the API, without a consumer group: every API reads everything."""

import asyncio
from collections.abc import Callable, Iterable, Mapping

import msgspec
import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from schemas.envelope import Message
from schemas.errors import InfrastructureError
from schemas.ops import DeadLetter
from topics.catalog import TopicSpec
from topics.codec import DecodeError, TopicCodec, decode_frame
from topics.dead_letters import WHOLE_RECORD, letter_of
from topics.partition import partitions_of

log = structlog.get_logger(__name__)

NAME = "api"
"""Its name among the readers of the log."""
RETRY_S = 1.0
POLL_MS = 500


OnPlace = Callable[[TopicSpec, int, int, Message], None]
"""Takes a message with its topic, offset and number in the record."""


def _nowhere(topic: TopicSpec, offset: int, index: int, message: Message) -> None:
    """Nobody asks where messages are."""


class LiveReader:
    """Reads topics, some whole and some from near their end, and hands every message on.

    Attributes:
        caught_up: Set once everything that was on the log at the start has been read.
        starts: Offset at which each topic was begun, by its name in the catalogue.
        on_message: Takes every message, in the order of its partition.
        on_place: Takes every message with its place as well; nothing by default.
    """

    def __init__(
        self,
        broker: str,
        prefix: str,
        shards: int,
        whole: Iterable[TopicSpec],
        recent: Mapping[TopicSpec, int],
        on_message: Callable[[Message], None],
        on_unreadable: Callable[[DeadLetter], None] | None = None,
    ) -> None:
        """Name the topics.

        Args:
            broker: Kafka bootstrap address.
            prefix: Put before every topic name.
            shards: Partitions of shard topics.
            whole: Topics that are read from their start.
            recent: Topics of which the last records of each partition are read, and how many.
            on_message: Takes every message, in the order of its partition.
            on_unreadable: Takes a dead letter for what cannot be decoded; at every start again,
                with the same id.
        """
        self._broker = broker
        self._shards = shards
        self._recent = {prefix + topic.name: records for topic, records in recent.items()}
        self._codecs: dict[str, TopicCodec[Message]] = {
            prefix + topic.name: TopicCodec(topic) for topic in (*whole, *recent)
        }
        self.on_message = on_message
        self.on_place: OnPlace = _nowhere
        self.starts: dict[str, int] = {}
        self._on_unreadable = on_unreadable
        self._now = 0
        self._next: dict[TopicPartition, int] = {}
        self.caught_up = asyncio.Event()

    async def run(self) -> None:
        """Read until cancelled; a lost broker is tried again, and read on from where it was left.

        Raises:
            InfrastructureError: The log is another one than before: it ends before what was read.
        """
        while True:
            try:
                await self._read()
            except KafkaError as error:
                log.warning("the log cannot be read", broker=self._broker, error=repr(error))
                await asyncio.sleep(RETRY_S)

    async def _read(self) -> None:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._broker,
            client_id="pets-api",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=POLL_MS,
        )
        try:
            await consumer.start()
            behind = await self._assign(consumer)
            while True:
                if not behind:
                    self.caught_up.set()
                batches = await consumer.getmany(timeout_ms=POLL_MS)
                for records in batches.values():
                    for record in records:
                        self._take(record)
                    await asyncio.sleep(0)
                behind = {
                    place: end
                    for place, end in behind.items()
                    if await consumer.position(place) < end
                }
        finally:
            await consumer.stop()

    async def _assign(self, consumer: AIOKafkaConsumer) -> dict[TopicPartition, int]:
        """Assign all partitions and seek; the ends that must be reached to be caught up."""
        places = [
            TopicPartition(name, number)
            for name, codec in self._codecs.items()
            for number in range(partitions_of(codec.topic, self._shards))
        ]
        consumer.assign(places)
        firsts = await consumer.beginning_offsets(places)
        ends = await consumer.end_offsets(places)
        for place in places:
            consumer.seek(place, self._start(place, firsts[place], ends[place]))
        return {place: end for place, end in ends.items() if await consumer.position(place) < end}

    def _start(self, place: TopicPartition, first: int, end: int) -> int:
        """Where to read on: where it was left, or where this topic begins for us."""
        known = self._next.get(place)
        if known is None:
            recent = self._recent.get(place.topic)
            start = first if recent is None else max(first, end - recent)
            self.starts.setdefault(self._codecs[place.topic].topic.name, start)
            return start
        if known > end:
            raise InfrastructureError(
                f"Expected {place.topic} to go on at offset {known}, it ends at {end}: this is "
                "another log than the one that was read. The API has to start again."
            )
        return max(first, known)

    def _take(self, record: ConsumerRecord[bytes, bytes]) -> None:
        self._next[TopicPartition(record.topic, record.partition)] = record.offset + 1
        if record.value is None:
            return
        codec = self._codecs[record.topic]
        try:
            if not codec.topic.framed:
                self._hand_on(codec.topic, record.offset, 0, codec.decode(record.value))
                return
            frame = decode_frame(record.value)
        except DecodeError as error:
            self._set_aside(codec.topic, record, WHOLE_RECORD, error, record.value)
            return
        if not frame.is_for(NAME):
            return
        for index, message in codec.decode_all(frame):
            if isinstance(message, DecodeError):
                self._set_aside(codec.topic, record, index, message, frame.messages[index])
            else:
                self._hand_on(codec.topic, record.offset, index, message)

    def _hand_on(self, topic: TopicSpec, offset: int, index: int, message: Message) -> None:
        self._now = max(self._now, message.ingest_time)
        self.on_message(message)
        self.on_place(topic, offset, index, message)

    def _set_aside(
        self,
        topic: TopicSpec,
        record: ConsumerRecord[bytes, bytes],
        index: int,
        error: DecodeError,
        payload: bytes | msgspec.Raw,
    ) -> None:
        place = (topic.name, record.partition, record.offset, index)
        letter = letter_of(NAME, *place, error, payload, self._now)
        log.warning(
            "unreadable message",
            topic=topic.name,
            offset=record.offset,
            index=index,
            event_id=letter.event_id,
            error=str(error),
        )
        if self._on_unreadable is not None:
            self._on_unreadable(letter)
