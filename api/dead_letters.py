"""Dead letters on the log: which wait, what is in them, and putting one back, once."""

from typing import NamedTuple

import msgspec
from aiokafka.structs import ConsumerRecord

from configs.settings import Settings
from schemas.envelope import Message, header
from schemas.errors import ApplicationError
from schemas.ops import DeadLetter, DeadLetterRetried
from topics.catalog import BY_NAME, DEAD_LETTERS, TopicSpec
from topics.codec import DecodeError, TopicCodec, decode_frame, encode
from topics.dead_letters import PAYLOAD_LIMIT, WHOLE_RECORD, payload_of
from topics.frames import Frame
from topics.reader import LogReader, open_reader
from topics.writer import RecordWriter, Written

ORIGIN = "dead-letter"
"""Stem of the origin of frames about a letter: one origin a letter, and position 1 for each, so a
reader takes it once, however often it is written."""


class Filed(NamedTuple):
    """A dead letter and what became of it; `retried` is None while it waits."""

    letter: DeadLetter
    retried: DeadLetterRetried | None


async def filed_letters(reader: LogReader, prefix: str) -> list[Filed]:
    """Every dead letter that is still kept, the oldest first; each once.

    Args:
        reader: Reads the log.
        prefix: Put before every topic name.

    Raises:
        InfrastructureError: The broker does not answer.
    """
    codec: TopicCodec[Message] = TopicCodec(DEAD_LETTERS)
    letters: dict[str, DeadLetter] = {}
    retried: dict[str, DeadLetterRetried] = {}
    name = prefix + DEAD_LETTERS.name
    first, end = (await reader.bounds(name, [0]))[0]
    async for record in reader.records(name, 0, first, end):
        for _, message in codec.decode_all(decode_frame(record.value or b"")):
            if isinstance(message, DeadLetter):
                letters.setdefault(message.event_id, message)
            elif isinstance(message, DeadLetterRetried):
                retried.setdefault(message.letter_id, message)
    return [Filed(letter, retried.get(key)) for key, letter in letters.items()]


def find_letter(filed: list[Filed], beginning: str) -> Filed:
    """The letter whose id begins so.

    Raises:
        ApplicationError: None does, or several do.
    """
    found = [item for item in filed if item.letter.event_id.startswith(beginning)]
    if len(found) != 1:
        raise ApplicationError(
            f"Expected the beginning of one dead letter's id, received {beginning!r}, which fits "
            f"{len(found)}. `pets dead-letters list --all` names them."
        )
    return found[0]


async def retry(settings: Settings, beginning: str, by: str) -> str:
    """Put a dead letter back to the reader that could not handle it.

    The message goes to the end of its topic in a frame that only this reader takes, so that no
    other reader sees it twice. A letter that was put back before is left alone.

    Args:
        settings: Where the log is.
        beginning: The letter's id, or enough of its beginning.
        by: Who asks.

    Returns:
        What happened, in a sentence.

    Raises:
        ApplicationError: There is no such letter, or it cannot be put back.
        InfrastructureError: The broker does not answer.
    """
    prefix = settings.topic_prefix
    async with open_reader(settings.broker, client="pets-dead-letters") as reader:
        letter, before = find_letter(await filed_letters(reader, prefix), beginning)
        if before is not None:
            return (
                f"{letter.event_id} was put back before, at offset {before.offset} of "
                f"{before.topic}/{before.partition}; nothing was done."
            )
        topic = _belongs_to(letter)
        source = await _source(reader, prefix, letter)
        key, value = await _put_back(reader, prefix, topic, letter, source)
    async with RecordWriter(settings.broker, client="pets-dead-letters", prefix=prefix) as writer:
        written = await writer.acknowledged(await writer.write(topic, letter.partition, key, value))
        note = _note(letter, written, by, settings.clock().now_ms())
        await writer.acknowledged(await writer.write(DEAD_LETTERS, 0, None, note))
    return (
        f"{letter.event_id} was put back at offset {written.offset} of {topic.name}/"
        f"{written.partition} for {letter.source} alone. If {letter.source} cannot handle it "
        "again, a new dead letter says why."
    )


def _belongs_to(letter: DeadLetter) -> TopicSpec:
    topic = BY_NAME.get(letter.topic)
    if topic is None:
        raise ApplicationError(
            f"{letter.event_id} came from the feed {letter.topic} and was never on the log. It "
            "tells of a moment that has passed, and the connector has read the books anew since: "
            "nothing is put back."
        )
    return topic


async def _source(reader: LogReader, prefix: str, letter: DeadLetter) -> ConsumerRecord | None:
    """The record where it was read; None when it is no longer kept."""
    name = prefix + letter.topic
    first, end = (await reader.bounds(name, [letter.partition]))[letter.partition]
    if not first <= letter.offset < end:
        return None
    records = reader.records(name, letter.partition, letter.offset, letter.offset + 1)
    return await anext(records, None)


async def _put_back(
    reader: LogReader,
    prefix: str,
    topic: TopicSpec,
    letter: DeadLetter,
    source: ConsumerRecord | None,
) -> tuple[bytes | None, bytes]:
    """Key and value of the record that puts a letter back.

    Raises:
        ApplicationError: It still cannot be read, was cut, or was overtaken.
    """
    if topic.framed:
        return None, encode(_frame(topic, letter, source))
    key = b"" if source is None else source.key or b""
    last = await reader.last_values(prefix + topic.name, letter.partition, [key])
    if source is None or last.get(key) != source.value:
        raise ApplicationError(
            f"{letter.event_id} was overtaken: {topic.name} has a newer value of its key, and "
            "only the last one counts. Nothing is put back."
        )
    _require_readable(topic, letter, source.value)
    return key, source.value


def _frame(topic: TopicSpec, letter: DeadLetter, source: ConsumerRecord | None) -> Frame:
    payload = payload_of(letter)
    if source is None and len(payload) >= PAYLOAD_LIMIT:
        raise ApplicationError(
            f"{letter.event_id} was cut to {PAYLOAD_LIMIT} bytes, and its record is no longer "
            f"kept on {topic.name}: it cannot be put back."
        )
    messages = [msgspec.Raw(payload)]
    if source is not None or letter.index == WHOLE_RECORD:
        try:
            messages = decode_frame(payload if source is None else source.value).messages
        except DecodeError as error:
            raise _still_unreadable(letter, error) from error
        if letter.index != WHOLE_RECORD:
            messages = [messages[letter.index]]
    for message in messages:
        _require_readable(topic, letter, message)
    origin = f"{ORIGIN}/{letter.event_id}"
    return Frame(origin=origin, position=1, messages=messages, only=letter.source)


def _require_readable(topic: TopicSpec, letter: DeadLetter, payload: bytes | msgspec.Raw) -> None:
    codec: TopicCodec[Message] = TopicCodec(topic)
    try:
        codec.decode(payload)
    except DecodeError as error:
        raise _still_unreadable(letter, error) from error


def _still_unreadable(letter: DeadLetter, error: DecodeError) -> ApplicationError:
    return ApplicationError(
        f"{letter.event_id} still cannot be read by this version: {error} Nothing is put back; a "
        "version that knows this message can."
    )


def _note(letter: DeadLetter, written: Written, by: str, now: int) -> bytes:
    note = DeadLetterRetried(
        **header(by, letter, "retried", now=now),
        letter_id=letter.event_id,
        topic=letter.topic,
        partition=written.partition,
        offset=written.offset,
    )
    origin = f"{ORIGIN}/{letter.event_id}"
    return encode(Frame(origin=origin, position=1, messages=[msgspec.Raw(encode(note))]))
