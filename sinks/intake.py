"""Kafka records to messages with their rows; what cannot be read is set aside alone."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from schemas.envelope import Message
from sinks.row_types import Row
from sinks.rows import SNAPSHOT_MS, rows_of
from topics.catalog import (
    ALERTS,
    BOOK_TOPS,
    BREACHES,
    DECISIONS,
    EPISODES,
    EQUITY,
    FILLS,
    INTENTS,
    LIFECYCLE,
    ORDERS,
    POSITIONS,
    SIGNALS,
    TopicSpec,
)
from topics.catalog_wallet import WALLET_TRANSACTIONS
from topics.codec import DecodeError, TopicCodec, decode_frame
from topics.dead_letters import WHOLE_RECORD

SINK_TOPICS: tuple[TopicSpec, ...] = (
    LIFECYCLE,
    SIGNALS,
    INTENTS,
    DECISIONS,
    ORDERS,
    FILLS,
    POSITIONS,
    EPISODES,
    EQUITY,
    BREACHES,
    ALERTS,
    BOOK_TOPS,
    WALLET_TRANSACTIONS,
)
"""The topics whose messages become rows."""

NAME = "sinks"
"""Their name among the readers of the log."""


class Place(NamedTuple):
    """Where a message is on the log.

    Attributes:
        topic: Its name in the catalogue.
        number: Position in the frame; −1 for a whole record.
    """

    topic: str
    partition: int
    offset: int
    number: int


class Entry(NamedTuple):
    """One message that tells rows."""

    place: Place
    payload: bytes
    rows: tuple[Row, ...]


class Refused(NamedTuple):
    """One message, or a whole record, that cannot be kept, and why."""

    place: Place
    payload: bytes
    error: str


class Intake:
    """Reads the records of one topic."""

    def __init__(self, topic: TopicSpec, snapshot_ms: int = SNAPSHOT_MS) -> None:
        """Prepare for a topic.

        Args:
            topic: Which.
            snapshot_ms: Event time in ms for which a market gets one snapshot row.
        """
        self._topic = topic
        self._codec: TopicCodec[Message] = TopicCodec(topic)
        self._snapshot_ms = snapshot_ms

    def take(self, partition: int, offset: int, value: bytes | None) -> Iterator[Entry | Refused]:
        """The messages of a record that tell rows, and what cannot be read.

        Args:
            partition: Where the record is.
            offset: Where the record is.
            value: Its value; None is the mark of a removed key and tells nothing.
        """
        if value is None:
            return
        try:
            payloads = self._payloads(value)
        except DecodeError as error:
            place = Place(self._topic.name, partition, offset, WHOLE_RECORD)
            yield Refused(place, value, str(error))
            return
        for number, payload in enumerate(payloads):
            place = Place(self._topic.name, partition, offset, number)
            try:
                rows = rows_of(self._codec.decode(payload), self._snapshot_ms)
            except (DecodeError, ArithmeticError, ValueError, TypeError, LookupError) as error:
                yield Refused(place, bytes(payload), f"{type(error).__name__}: {error}")
                continue
            if rows:
                yield Entry(place, bytes(payload), rows)

    def _payloads(self, value: bytes) -> Iterable[bytes | msgspec.Raw]:
        if not self._topic.framed:
            return (value,)
        frame = decode_frame(value)
        return frame.messages if frame.is_for(NAME) else ()
