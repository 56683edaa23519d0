"""What one input record led to, gathered into records on their way out."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from agents.stages.base import Emit
from schemas.envelope import Message
from schemas.errors import ApplicationError
from topics.catalog import TopicSpec
from topics.codec import encode
from topics.frames import MAX_BYTES, MAX_MESSAGES, PARTS, Frame, stage_position
from topics.partition import partition_for


class OutgoingRecord(NamedTuple):
    """One Kafka record to be written.

    Attributes:
        topic: Where to.
        partition: Which partition of it.
        key: The record key on a compacted topic; frames have none.
        value: A frame, or one message on a compacted topic.
        messages: How many messages it carries.
    """

    topic: TopicSpec
    partition: int
    key: bytes | None
    value: bytes
    messages: int


class Outbox:
    """Gathers the emissions of one input record.

    A partition of a framed topic gets one frame, or several where a frame would exceed its caps;
    a compacted topic gets one record for each message. Within a partition the order is kept.
    """

    def __init__(self, origin: str, offset: int, shards: int) -> None:
        """Start empty.

        Args:
            origin: `stage_origin` of the writing stage.
            offset: Offset of the input record.
            shards: Partitions of shard topics.
        """
        self._origin = origin
        self._offset = offset
        self._shards = shards
        self._framed: dict[tuple[str, int], _Parts] = {}
        self._keyed: list[OutgoingRecord] = []
        self._last_message: Message | None = None
        self._last_encoded = msgspec.Raw()
        self._last_target: tuple[TopicSpec, str] | None = None
        self._last_parts: _Parts | None = None

    def add(self, emit: Emit, encoded: msgspec.Raw | None = None) -> None:
        """Take one emission.

        Args:
            emit: What goes where.
            encoded: The message's bytes where they are known: a forwarded message keeps its own.
        """
        topic, key, message = emit
        if encoded is None:
            # One message often goes to two topics in a row; it is encoded once.
            if message is not self._last_message:
                self._last_message = message
                self._last_encoded = msgspec.Raw(encode(message))
            encoded = self._last_encoded
        parts = self._parts(topic, key)
        if parts is not None:
            parts.add(encoded)
        else:
            partition = partition_for(topic, key, self._shards)
            self._keyed.append(
                OutgoingRecord(topic, partition, key.encode(), bytes(encoded), messages=1)
            )

    def records(self) -> list[OutgoingRecord]:
        """Everything taken, as records.

        Raises:
            ApplicationError: One input record led to more frames than positions can tell apart.
        """
        if not self._framed:
            return self._keyed
        framed = (
            record
            for parts in self._framed.values()
            for record in parts.records(self._origin, self._offset)
        )
        return [*framed, *self._keyed]

    def _parts(self, topic: TopicSpec, key: str) -> "_Parts | None":
        """Where messages of a framed topic gather; None for a compacted topic."""
        last = self._last_target
        if last is not None and last[0] is topic and last[1] == key:
            return self._last_parts
        parts = None
        if topic.framed:
            slot = (topic.name, partition_for(topic, key, self._shards))
            parts = self._framed.get(slot)
            if parts is None:
                parts = self._framed[slot] = _Parts(topic, slot[1])
        self._last_target, self._last_parts = (topic, key), parts
        return parts


class _Parts:
    """The messages of one partition, cut into frames."""

    __slots__ = ("_cuts", "_messages", "_partition", "_size", "_topic")

    def __init__(self, topic: TopicSpec, partition: int) -> None:
        self._topic = topic
        self._partition = partition
        self._cuts: list[list[msgspec.Raw]] = []
        self._messages: list[msgspec.Raw] = []
        self._size = 0

    def add(self, encoded: msgspec.Raw) -> None:
        size = len(memoryview(encoded))
        full = len(self._messages) >= MAX_MESSAGES or self._size + size > MAX_BYTES
        if full and self._messages:
            self._cuts.append(self._messages)
            self._messages = []
            self._size = 0
        self._messages.append(encoded)
        self._size += size

    def records(self, origin: str, offset: int) -> Iterator[OutgoingRecord]:
        cuts = [*self._cuts, self._messages]
        if len(cuts) > PARTS:
            raise ApplicationError(
                f"{origin} wanted to write {len(cuts)} frames to {self._topic.name} because of "
                f"one input record, {PARTS} are the most: the stage emits too much for one input."
            )
        for part, messages in enumerate(cuts):
            frame = Frame(origin=origin, position=stage_position(offset, part), messages=messages)
            yield OutgoingRecord(
                self._topic, self._partition, None, encode(frame), messages=len(messages)
            )
