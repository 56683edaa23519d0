"""Reads the topics that the catalogue gives to the archive, and writes them as segments.

The manifest holds the offsets, in the same step as the segments, so that a restart goes on exactly
behind what was kept: nothing is lost and nothing comes twice, wherever the process was killed.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import NamedTuple

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from schemas.errors import ApplicationError, InfrastructureError
from sinks.archive.pulse import NAME, ArchivePulse
from sinks.archive.rotation import Buffers, Partition, RotationRules
from sinks.archive.segment import stored
from sinks.archive.writer import ArchiveWriter
from topics.catalog import TOPICS, TopicSpec
from topics.partition import partitions_of

log = structlog.get_logger(__name__)

ARCHIVED: tuple[TopicSpec, ...] = tuple(topic for topic in TOPICS if NAME in topic.read_by)
"""The topics that are archived, all of them framed."""
WAIT_MS = 500
RETENTION_S = 600.0
DAY_MS = 86_400_000


class Keeping(NamedTuple):
    """How long segments are kept; by default for ever.

    Attributes:
        days: Wall days since a segment was committed; 0 is for ever.
        most_bytes: Of all segments; 0 is without limit.
    """

    days: int = 0
    most_bytes: int = 0


KEEP_ALL = Keeping()


class Recorder:
    """Follows all partitions of the archived topics."""

    def __init__(
        self,
        broker: str,
        prefix: str,
        shards: int,
        writer: ArchiveWriter,
        pulse: ArchivePulse,
        rules: RotationRules,
        keeping: Keeping = KEEP_ALL,
    ) -> None:
        """Set it up; `run` connects.

        Args:
            broker: Kafka bootstrap address.
            prefix: Put before every topic name.
            shards: Partitions of shard topics.
            writer: The archive.
            pulse: Told how it goes.
            rules: When a segment is written.
            keeping: When one is deleted.
        """
        self._broker = broker
        self._prefix = prefix
        self._writer = writer
        self._pulse = pulse
        self._keeping = keeping
        self._buffers = Buffers(writer.archive.next_offsets, rules)
        self._partitions = [
            (topic.name, number)
            for topic in ARCHIVED
            for number in range(partitions_of(topic, shards))
        ]
        self._swept = 0.0

    async def run(self, until_end: bool = False) -> None:
        """Read and keep until cancelled; what was read by then is written before this returns.

        Args:
            until_end: Stop where the log ended when this began.

        Raises:
            ApplicationError: The log is another one than the archive's.
            InfrastructureError: The broker does not answer, or the disk takes no more.
        """
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._broker,
            client_id=NAME,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        try:
            await consumer.start()
            ends = await self._assign(consumer)
            while not until_end or self._is_before(ends):
                found = await consumer.getmany(timeout_ms=WAIT_MS)
                self._take(found)
                self._rotate(self._buffers.due(time.monotonic()))
                self._measure_lag(consumer)
                self._retire()
                await asyncio.sleep(0)
        except KafkaError as error:
            raise InfrastructureError(
                f"The log at {self._broker} cannot be read ({type(error).__name__}: {error}): "
                "start a broker, or set PETS_BROKER to the address of another."
            ) from error
        finally:
            await consumer.stop()
            self._rotate(self._buffers.waiting())

    async def _assign(self, consumer: AIOKafkaConsumer) -> dict[Partition, int]:
        """Take all partitions where the archive stops; where each ends now."""
        whole = {pair: TopicPartition(self._prefix + pair[0], pair[1]) for pair in self._partitions}
        first = await consumer.beginning_offsets(list(whole.values()))
        ends = await consumer.end_offsets(list(whole.values()))
        after = self._buffers.next_offsets
        consumer.assign(list(whole.values()))
        for pair, partition in whole.items():
            start = after.get(pair, 0)
            if start > ends[partition]:
                raise ApplicationError(
                    f"The archive has {pair[0]}/{pair[1]} up to offset {start}, this log ends at "
                    f"{ends[partition]}: it is another log. Name another folder for it."
                )
            consumer.seek(partition, max(start, first[partition]))
        return {pair: ends[partition] for pair, partition in whole.items()}

    def _is_before(self, ends: Mapping[Partition, int]) -> bool:
        after = self._buffers.next_offsets
        return any(after.get(pair, 0) < end for pair, end in ends.items())

    def _take(self, found: Mapping[TopicPartition, list[ConsumerRecord[bytes, bytes]]]) -> None:
        for partition, records in found.items():
            pair = (partition.topic.removeprefix(self._prefix), partition.partition)
            for record in records:
                self._keep(pair, record)

    def _keep(self, pair: Partition, record: "ConsumerRecord[bytes, bytes]") -> None:
        hole = self._buffers.hole_before(pair, record.offset)
        if hole is not None and hole.end_offset > hole.first_offset:
            self._rotate([pair])
            self._writer.commit("missing", _wall_ms(), missing=(hole,))
            self._buffers.skip(hole)
            log.error("records-lost", **{"topic": pair[0], "from": hole.first_offset})
        value = record.value or b""
        row = stored(record.offset, record.timestamp, record.key or b"", value)
        self._buffers.add(pair, row, time.monotonic())
        self._pulse.processed += 1

    def _rotate(self, partitions: list[Partition]) -> None:
        """Write the records of partitions as segments, in one commit."""
        segments = [
            self._writer.write(*partition, rows)
            for partition in partitions
            if (rows := self._buffers.take(partition))
        ]
        if segments:
            self._writer.commit("recorded", _wall_ms(), segments=segments)
            self._pulse.committed(segments)

    def _retire(self) -> None:
        """Delete what is old enough, now and then."""
        days, most = self._keeping
        if not (days or most) or time.monotonic() - self._swept < RETENTION_S:
            return
        self._swept = time.monotonic()
        now = _wall_ms()
        before = now - days * DAY_MS if days else 0
        gone = self._writer.retire(before, most or 1 << 62, now)
        if gone:
            log.info("segments-retired", count=len(gone))

    def _measure_lag(self, consumer: AIOKafkaConsumer) -> None:
        after = self._buffers.next_offsets
        ends = {
            pair: consumer.highwater(TopicPartition(self._prefix + pair[0], pair[1]))
            for pair in self._partitions
        }
        behind = (end - after.get(pair, 0) for pair, end in ends.items() if end is not None)
        self._pulse.lag = sum(max(0, each) for each in behind)
        self._pulse.position = sum(after.values())


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000
