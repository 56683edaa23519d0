"""Fences: what tells every partition a writer may write to that an earlier owner is refused."""

from collections.abc import Iterable, Iterator

from topics.catalog import DEAD_LETTERS, HEARTBEATS, TOPICS, TopicSpec
from topics.codec import encode
from topics.frames import FENCE_POSITION, Frame
from topics.partition import partitions_of
from topics.writer import RecordWriter

Target = tuple[TopicSpec, int]
"""A topic and a partition of it."""


def targets_of(writer: str, shards: int) -> Iterator[Target]:
    """Every partition that a connector or the feeds may write to, heartbeats among them.

    Args:
        writer: Its name in the catalogue.
        shards: Partitions of shard topics.
    """
    for topic in TOPICS:
        if topic in (HEARTBEATS, DEAD_LETTERS) or writer in topic.written_by:
            for number in range(partitions_of(topic, shards)):
                yield topic, number


async def write_fences(writer: RecordWriter, origin: str, targets: Iterable[Target]) -> None:
    """Write a fence to each partition and wait until the broker has them all.

    Args:
        writer: Writes under the right that is fenced.
        origin: Of the writer's frames.
        targets: Where to.

    Raises:
        InfrastructureError: The broker is away, or an even newer owner took over.
    """
    fence = encode(Frame(origin=origin, position=FENCE_POSITION, messages=[]))
    key = f"fence/{origin}".encode()
    for topic, number in targets:
        value, named = (fence, None) if topic.framed else (None, key)
        _ = await writer.write(topic, number, named, value)
    await writer.flush()
