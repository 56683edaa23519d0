"""Messages to topics: one at a time when it is quiet, in fuller frames the faster they come."""

import asyncio
import time
from functools import partial
from types import TracebackType
from typing import Self

import msgspec

from schemas.envelope import Message
from schemas.errors import InfrastructureError
from topics.catalog import TopicSpec
from topics.codec import encode
from topics.fencing import targets_of, write_fences
from topics.frames import Frame, incarnation
from topics.partition import partition_for
from topics.pump import FramePump
from topics.writer import Acknowledgement, RecordWriter, Written, require_size

GAP_S = 0.005
"""Least time between two frames of a partition, so that a broker sees at most 200 a second."""


class FrameProducer:
    """Publishes messages in adaptive frames.

    A message that finds its partition quiet for `gap_s` goes out at once and alone. Others wait
    until the gap has passed and go out together, at most 200 messages or 64 KiB in a frame. On a
    compacted topic every message is a record of its own and goes out at once.
    """

    def __init__(
        self,
        broker: str,
        *,
        writer: str,
        prefix: str = "",
        shards: int = 1,
        gap_s: float = GAP_S,
        alone: bool = False,
    ) -> None:
        """Set it up; `start` connects.

        Args:
            broker: Kafka bootstrap address.
            writer: Name of the writing component, the stem of its frames' origin.
            prefix: Put before every topic name.
            shards: Partitions of shard topics.
            gap_s: Seconds between two frames of a partition in a rush.
            alone: Whether from `start` on the broker refuses every earlier producer of this
                writer that is alone too (docs/decisions/0005-fencing.md).
        """
        right = f"{prefix}{writer}" if alone else ""
        self._writer = RecordWriter(broker, client=writer, prefix=prefix, right=right)
        self._fenced = list(targets_of(writer, shards)) if alone else []
        self._origin = incarnation(writer, time.time_ns() // 1_000_000)
        self._shards = shards
        self._gap_s = gap_s
        self._pumps: dict[tuple[str, int], FramePump] = {}
        self._closed = False
        self._position = 0
        self.messages = 0

    @property
    def records(self) -> int:
        """Records handed to the broker since the start."""
        return self._writer.records

    async def start(self) -> None:
        """Connect, and fence out earlier producers where this one writes alone.

        Raises:
            InfrastructureError: No broker answers.
        """
        await self._writer.start()
        await write_fences(self._writer, self._origin, self._fenced)

    async def publish(self, topic: TopicSpec, key: str, message: Message) -> None:
        """Hand a message over; it goes out within `gap_s`.

        Waits only while more than 4,000 messages or 4 MiB of its partition are not yet on their
        way, which means that the broker is slow or away.

        Args:
            topic: Where to.
            key: Shard number, account id, or the record key of a compacted topic.
            message: What.

        Raises:
            ApplicationError: The message is larger than any record may be.
            InfrastructureError: An earlier record could not be written, or this is closed.
        """
        self._require_open()
        partition = partition_for(topic, key, self._shards)
        encoded = require_size(topic, encode(message))
        if topic.framed:
            await self._pump(topic, partition).add(msgspec.Raw(encoded))
        else:
            _ = await self._writer.write(topic, partition, key.encode(), encoded)
        self.messages += 1

    async def send_now(self, topic: TopicSpec, key: str, message: Message) -> Written:
        """Write a message, behind everything published before, and wait for the acknowledgement.

        Args:
            topic: Where to.
            key: As for `publish`.
            message: What.

        Returns:
            Where it is on the log.

        Raises:
            ApplicationError: The message is larger than any record may be.
            InfrastructureError: It could not be written.
        """
        self._require_open()
        partition = partition_for(topic, key, self._shards)
        encoded = require_size(topic, encode(message))
        if topic.framed:
            sent = await self._pump(topic, partition).send(msgspec.Raw(encoded))
        else:
            sent = await self._writer.write(topic, partition, key.encode(), encoded)
        self.messages += 1
        return await self._writer.acknowledged(sent)

    async def flush(self) -> None:
        """Write everything that waits and wait until it is acknowledged.

        Raises:
            InfrastructureError: A record could not be written.
        """
        for pump in list(self._pumps.values()):
            await pump.flush()
        await self._writer.flush()

    async def close(self, timeout_s: float = 10.0) -> None:
        """Flush, stop and disconnect.

        Raises:
            InfrastructureError: Not everything could be written within `timeout_s`.
        """
        if self._closed:
            return
        self._closed = True
        try:
            async with asyncio.timeout(timeout_s):
                await self.flush()
        except TimeoutError as error:
            raise InfrastructureError(
                f"{self._origin} could not write its last messages within {timeout_s:g} s: the "
                "broker does not answer."
            ) from error
        finally:
            for pump in self._pumps.values():
                pump.stop(self._was_closed())
            await self._writer.disconnect()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def _pump(self, topic: TopicSpec, partition: int) -> FramePump:
        pump = self._pumps.get((topic.name, partition))
        if pump is None:
            pump = FramePump(partial(self._write_frame, topic, partition), self._gap_s)
            self._pumps[topic.name, partition] = pump
        return pump

    async def _write_frame(
        self, topic: TopicSpec, partition: int, messages: list[msgspec.Raw]
    ) -> Acknowledgement:
        self._position += 1
        frame = Frame(origin=self._origin, position=self._position, messages=messages)
        return await self._writer.write(topic, partition, None, encode(frame))

    def _require_open(self) -> None:
        if self._closed:
            raise self._was_closed()

    def _was_closed(self) -> InfrastructureError:
        return InfrastructureError(f"{self._origin} was closed: it takes no more messages.")
