"""Dead letters: how every reader writes them, so that each says the same things."""

from base64 import b64decode, b64encode

import msgspec

from schemas.ids import derive_id
from schemas.ops import DeadLetter

PAYLOAD_LIMIT = 32 * 1024
"""Bytes of a bad record that are kept in its dead letter."""
WHOLE_RECORD = -1
"""The index of a record that could not be read at all."""
NOWHERE = -1
"""Partition and offset of what was never on the log: a venue's frame."""


def letter_of(
    reader: str,
    topic: str,
    partition: int,
    offset: int,
    index: int,
    error: object,
    payload: bytes | msgspec.Raw,
    now: int,
    cause: str = "",
) -> DeadLetter:
    """The dead letter of one message, or of a whole record.

    Args:
        reader: Who could not handle it.
        topic: Where it was read, by its name in the catalogue.
        partition: Which partition of it.
        offset: Where there.
        index: Position inside the frame; `WHOLE_RECORD` when the record was unreadable.
        error: The cause.
        payload: The bytes; what exceeds `PAYLOAD_LIMIT` stays on the source topic.
        now: The reader's time, ms of the session clock.
        cause: The message's `event_id`, where it could be decoded.
    """
    data = bytes(payload)
    cut = len(data) > PAYLOAD_LIMIT
    note = f" (payload cut to {PAYLOAD_LIMIT} of {len(data)} bytes)" if cut else ""
    return DeadLetter(
        event_id=derive_id(reader, topic, partition, offset, index, "dead-letter"),
        event_time=now,
        ingest_time=now,
        source=reader,
        causation_id=cause,
        topic=topic,
        partition=partition,
        offset=offset,
        index=index,
        error=f"{error}{note}",
        payload=b64encode(data[:PAYLOAD_LIMIT]).decode("ascii"),
    )


def payload_of(letter: DeadLetter) -> bytes:
    """The bytes that a letter kept."""
    return b64decode(letter.payload)
