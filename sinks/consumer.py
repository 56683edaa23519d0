"""Reads the log where the database stopped, in batches, and keeps what it tells.

The database holds the offsets, in the same transaction as the rows, so a restart goes on exactly
where it stopped. Kafka's own committed offsets follow and only make the lag visible there.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from schemas.errors import InfrastructureError
from sinks.intake import NAME, SINK_TOPICS, Entry, Intake, Refused
from sinks.keeping import keep
from sinks.port import Partition, Sink, SinkAwayError
from sinks.pulse import Pulse
from sinks.rows import SNAPSHOT_MS
from topics.partition import partitions_of

log = structlog.get_logger(__name__)

COMMIT_S = 1.0
"""Least seconds between two commits to Kafka."""
FIRST_RETRY_S = 0.1
LAST_RETRY_S = 5.0


@dataclass(frozen=True, slots=True)
class SinkRules:
    """How much is written at a time, and how fine.

    Attributes:
        rows: A batch is written with so many rows,
        wait_s: or so long after its first record.
        records: Records taken at once; a frame has up to 200 messages.
        snapshot_ms: Event time in ms for which a market gets one snapshot row.
    """

    rows: int = 1000
    wait_s: float = 0.25
    records: int = 20
    snapshot_ms: int = SNAPSHOT_MS


DEFAULT_RULES = SinkRules()


@dataclass(slots=True)
class Batch:
    """What was read and not yet written."""

    entries: list[Entry] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    positions: dict[Partition, int] = field(default_factory=dict)
    records: int = 0
    rows: int = 0


class SinkConsumer:
    """Follows all partitions of the sinks' topics and keeps them in a sink."""

    def __init__(
        self,
        broker: str,
        prefix: str,
        shards: int,
        sink: Sink,
        pulse: Pulse,
        rules: SinkRules = DEFAULT_RULES,
    ) -> None:
        """Set it up; `run` connects.

        Args:
            broker: Kafka bootstrap address.
            prefix: Put before every topic name.
            shards: Partitions of shard topics.
            sink: Where rows go.
            pulse: Told how it goes; takes what is refused.
            rules: How much is written at a time, and how fine.
        """
        self._broker = broker
        self._group = f"{prefix}{NAME}"
        self._sink = sink
        self._pulse = pulse
        self._rules = rules
        self._intakes = {
            prefix + topic.name: Intake(topic, rules.snapshot_ms) for topic in SINK_TOPICS
        }
        self._partitions = [
            Partition(prefix + topic.name, number)
            for topic in SINK_TOPICS
            for number in range(partitions_of(topic, shards))
        ]
        self._next: dict[Partition, int] = {}
        self._committed: dict[Partition, int] = {}
        self._committed_at = float("-inf")

    async def run(self) -> None:
        """Read and keep until cancelled; while the database is away, wait for it.

        Raises:
            InfrastructureError: The broker does not answer.
            SinkAwayError: The database did not say where to begin.
        """
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._broker,
            client_id=NAME,
            group_id=self._group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        try:
            await consumer.start()
            await self._assign(consumer)
            while True:
                batch = await self._collect(consumer)
                self._measure_lag(consumer, batch)
                if batch.positions:
                    await self._keep(batch)
                await self._commit(consumer)
        except KafkaError as error:
            raise InfrastructureError(
                f"The log at {self._broker} cannot be read ({type(error).__name__}: {error}): "
                "start a broker, or set PETS_BROKER to the address of another."
            ) from error
        finally:
            await consumer.stop()

    async def _assign(self, consumer: AIOKafkaConsumer) -> None:
        """Take all partitions, where the database stopped or from the beginning."""
        self._next = await self._sink.positions()
        partitions = [TopicPartition(*partition) for partition in self._partitions]
        consumer.assign(partitions)
        known = {item: self._next[Partition(*item)] for item in partitions if item in self._next}
        for partition, offset in known.items():
            consumer.seek(partition, offset)
        if new := [partition for partition in partitions if partition not in known]:
            await consumer.seek_to_beginning(*new)

    async def _collect(self, consumer: AIOKafkaConsumer) -> Batch:
        """Records until there are rows enough, or the first has waited long enough."""
        batch, left_s = Batch(), self._rules.wait_s
        ends_at = 0.0
        while batch.rows < self._rules.rows and left_s > 0:
            found: Mapping[TopicPartition, list[ConsumerRecord[bytes, bytes]]]
            found = await consumer.getmany(
                timeout_ms=max(1, int(left_s * 1000)), max_records=self._rules.records
            )
            for partition, records in found.items():
                for record in records:
                    self._take(batch, Partition(*partition), record)
            if batch.records:
                ends_at = ends_at or time.monotonic() + self._rules.wait_s
                left_s = ends_at - time.monotonic()
            elif not found:
                break
        return batch

    def _take(
        self, batch: Batch, partition: Partition, record: ConsumerRecord[bytes, bytes]
    ) -> None:
        intake = self._intakes[partition.topic]
        for taken in intake.take(partition.number, record.offset, record.value):
            if isinstance(taken, Entry):
                batch.entries.append(taken)
                batch.rows += len(taken.rows)
            else:
                batch.refused.append(taken)
        batch.positions[partition] = record.offset + 1
        batch.records += 1

    async def _keep(self, batch: Batch) -> None:
        """Keep a batch, however long the database is away."""
        pulse = self._pulse
        if batch.refused:
            await pulse.bury(batch.refused)
        started = time.perf_counter()
        delay_s = FIRST_RETRY_S
        while True:
            try:
                await keep(self._sink, batch.entries, batch.positions, pulse.bury)
                break
            except SinkAwayError as error:
                if not pulse.waiting:
                    log.warning("database-away", reason=str(error))
                pulse.waiting = str(error)
                await asyncio.sleep(delay_s)
                delay_s = min(2 * delay_s, LAST_RETRY_S)
        if pulse.waiting:
            log.info("database-back", waited_s=round(time.perf_counter() - started, 1))
            pulse.waiting = ""
        pulse.metrics.batch_seconds.observe(time.perf_counter() - started)
        pulse.metrics.rows.inc(batch.rows)
        pulse.processed += batch.records
        self._next.update(batch.positions)
        pulse.position = sum(self._next.values())

    async def _commit(self, consumer: AIOKafkaConsumer) -> None:
        """Tell Kafka, not too often; it does not matter when that fails."""
        is_early = time.monotonic() - self._committed_at < COMMIT_S
        if self._next == self._committed or is_early:
            return
        self._committed_at = time.monotonic()
        self._committed = dict(self._next)
        ours = {
            TopicPartition(*item): self._next[item]
            for item in self._partitions
            if item in self._next
        }
        try:
            await consumer.commit(ours)
        except KafkaError as error:
            log.warning("lag-not-shown", reason=repr(error))

    def _measure_lag(self, consumer: AIOKafkaConsumer, batch: Batch) -> None:
        lag = 0
        for item in self._partitions:
            end = consumer.highwater(TopicPartition(*item))
            if end is not None:
                lag += max(0, end - batch.positions.get(item, self._next.get(item, 0)))
        self._pulse.lag = lag
