"""What is on a topic, one JSON line a message, for a person and for `jq`."""

from collections.abc import AsyncGenerator

import msgspec
from aiokafka.structs import ConsumerRecord

from schemas.envelope import Message
from topics.catalog import TopicSpec
from topics.codec import DecodeError, TopicCodec, decode_frame, encode
from topics.reader import open_reader


class TailLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message with where it was found.

    Attributes:
        at: When the broker's record was made, ms UTC.
        index: Position inside the frame.
        error: Why the message, or the whole record, cannot be decoded.
        raw: Beginning of a record that is no JSON.
    """

    topic: str
    partition: int
    offset: int
    at: int
    index: int = 0
    key: str = ""
    origin: str = ""
    position: int = 0
    message: msgspec.Raw = msgspec.Raw(b"null")
    error: str = ""
    raw: str = ""


async def tail(
    broker: str,
    topic: TopicSpec,
    *,
    prefix: str = "",
    partition: int = 0,
    last: int = 10,
    follow: bool = False,
) -> AsyncGenerator[str, None]:
    """The last records of a partition, message by message, as JSON lines.

    Args:
        broker: Kafka bootstrap address.
        topic: Which topic.
        prefix: Put before every topic name.
        partition: Which partition.
        last: How many records to begin with.
        follow: Go on with what is written from now on.

    Raises:
        InfrastructureError: The broker does not answer.
    """
    name = prefix + topic.name
    codec: TopicCodec[Message] = TopicCodec(topic)
    async with open_reader(broker, client="pets-tail") as reader:
        bounds = (await reader.bounds(name, [partition]))[partition]
        start = max(bounds.first, bounds.end - last)
        end = None if follow else bounds.end
        async for record in reader.records(name, partition, start, end):
            for line in lines_of(topic, codec, record):
                yield encode(line).decode()


def lines_of(
    topic: TopicSpec, codec: TopicCodec[Message], record: ConsumerRecord
) -> list[TailLine]:
    """A record's messages; one line with the error where it is unreadable."""
    base = TailLine(
        topic=topic.name,
        partition=record.partition,
        offset=record.offset,
        at=record.timestamp,
        key=(record.key or b"").decode(errors="replace"),
    )
    if not topic.framed:
        return [_line(base, codec, msgspec.Raw(record.value or b"null"))]
    try:
        frame = decode_frame(record.value or b"")
    except DecodeError as error:
        text = (record.value or b"")[:200].decode(errors="replace")
        return [msgspec.structs.replace(base, error=str(error), raw=text)]
    framed = msgspec.structs.replace(base, origin=frame.origin, position=frame.position)
    return [
        _line(msgspec.structs.replace(framed, index=index), codec, message)
        for index, message in enumerate(frame.messages)
    ]


def _line(line: TailLine, codec: TopicCodec[Message], message: msgspec.Raw) -> TailLine:
    try:
        codec.decode(message)
    except DecodeError as error:
        line = msgspec.structs.replace(line, error=str(error))
    try:
        msgspec.json.decode(message)
    except msgspec.DecodeError:
        return msgspec.structs.replace(line, raw=bytes(message)[:200].decode(errors="replace"))
    return msgspec.structs.replace(line, message=message)
