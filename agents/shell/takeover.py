"""Taking over a partition: from here on the broker refuses what an earlier owner still writes."""

import asyncio
from collections.abc import Iterator
from typing import NamedTuple

from configs.settings import Settings
from schemas.errors import PETSError
from topics.catalog import CHECKPOINTS, DEAD_LETTERS, TOPICS, Scope, TopicSpec
from topics.fencing import Target, write_fences
from topics.frames import stage_origin
from topics.partition import partitions_of
from topics.writer import RecordWriter

RELAY, RELAYS = "relay-", "every relay"
"""Relays are one writer in the catalogue."""


class PartitionWriters(NamedTuple):
    """The only two writers of a stage's partition that the broker still accepts.

    Attributes:
        outputs: Writes what the stage emits.
        checkpoints: Writes its checkpoints, apart, so that a large one delays no output.
    """

    outputs: RecordWriter
    checkpoints: RecordWriter

    async def disconnect(self) -> None:
        """Disconnect both at once."""
        await asyncio.gather(self.outputs.disconnect(), self.checkpoints.disconnect())


async def take_over(
    settings: Settings, stage: str, reads: TopicSpec, partition: int
) -> PartitionWriters:
    """Become the one writer of a stage's partition.

    Claims its two rights and writes a fence to every partition it may write to, so that nobody who
    claimed them earlier can add anything. A checkpoint that is read afterwards is the last one.

    Args:
        settings: Broker, prefix and number of shards.
        stage: The stage's name.
        reads: The topic it reads.
        partition: Which partition of it.

    Raises:
        InfrastructureError: The broker is away, or an even newer owner took over.
    """
    origin = stage_origin(stage, reads.name, partition)
    writers = PartitionWriters(
        _writer(settings, stage, origin), _writer(settings, stage, f"{origin}/checkpoints")
    )
    written = targets(stage, reads, partition, settings.shards)
    try:
        await asyncio.gather(writers.outputs.start(), writers.checkpoints.start())
        await asyncio.gather(
            write_fences(writers.outputs, origin, written),
            write_fences(writers.checkpoints, origin, [(CHECKPOINTS, 0)]),
        )
    except PETSError:
        await writers.disconnect()
        raise
    return writers


def targets(stage: str, reads: TopicSpec, partition: int, shards: int) -> Iterator[Target]:
    """Every partition that a stage may write its outputs to.

    Args:
        stage: The stage's name.
        reads: The topic it reads; a stage that reads a shard writes to no other shard.
        partition: Which partition of it.
        shards: Partitions of shard topics.
    """
    names = {stage, RELAYS if stage.startswith(RELAY) else stage}
    for topic in TOPICS:
        if topic is not DEAD_LETTERS and names.isdisjoint(topic.written_by):
            continue
        if topic.scope is Scope.SHARD and reads.scope is Scope.SHARD:
            yield topic, partition
        else:
            for number in range(partitions_of(topic, shards)):
                yield topic, number


def _writer(settings: Settings, stage: str, right: str) -> RecordWriter:
    prefix = settings.topic_prefix
    client = f"{stage}-{settings.worker_instance()}"
    return RecordWriter(settings.broker, client=client, prefix=prefix, right=prefix + right)
