"""Messages that were never on a log, written as the records a log would have carried."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from schemas.envelope import Message
from sinks.archive.manifest import Imported
from sinks.archive.segment import Segment, Stored
from sinks.archive.writer import ArchiveWriter
from topics.catalog import TopicSpec
from topics.codec import encode_frame
from topics.frames import MAX_MESSAGES, stage_position

PARTITION = 0
"""Imported markets live on one shard."""
SEGMENT_BYTES = 32 * 1024 * 1024
ORIGIN = "import"


@dataclass(slots=True)
class _Topic:
    """What waits for one topic."""

    spec: TopicSpec
    offset: int
    messages: list[Message] = field(default_factory=list)
    rows: list[Stored] = field(default_factory=list)
    size: int = 0


def write_import(
    writer: ArchiveWriter,
    messages: Iterable[tuple[TopicSpec, Message]],
    imported: Iterable[Imported],
    now_ms: Callable[[], int],
    segment_bytes: int = SEGMENT_BYTES,
) -> list[Segment]:
    """Write messages in the order given; they become part of the archive all at once.

    Args:
        writer: An archive of imports.
        messages: With the topics that our connectors would have written them to.
        imported: The files they came from.
        now_ms: Wall time, for the commit.
        segment_bytes: Values of a segment.

    Returns:
        The segments.
    """
    after = writer.archive.next_offsets
    topics: dict[str, _Topic] = {}
    segments: list[Segment] = []
    for spec, message in messages:
        topic = topics.get(spec.name)
        if topic is None:
            topic = topics[spec.name] = _Topic(spec, after.get((spec.name, PARTITION), 0))
        topic.messages.append(message)
        if len(topic.messages) == MAX_MESSAGES:
            _frame(topic)
            if topic.size >= segment_bytes:
                segments.append(_segment(writer, topic))
    for topic in topics.values():
        if topic.messages:
            _frame(topic)
        if topic.rows:
            segments.append(_segment(writer, topic))
    writer.commit("imported", now_ms(), segments=segments, imported=imported)
    return segments


def _frame(topic: _Topic) -> None:
    """Make a record of the messages that wait."""
    times = [message.ingest_time for message in topic.messages]
    value = encode_frame(ORIGIN, stage_position(topic.offset, 0), topic.messages)
    first, last = min(times), max(times)
    row = Stored(topic.offset, last, b"0", value, len(times), first, last)
    topic.rows.append(row)
    topic.size += len(value)
    topic.offset += 1
    topic.messages = []


def _segment(writer: ArchiveWriter, topic: _Topic) -> Segment:
    segment = writer.write(topic.spec.name, PARTITION, topic.rows)
    topic.rows, topic.size = [], 0
    return segment
