"""What every message carries."""

from typing import TypedDict

import msgspec

from schemas.ids import derive_id


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Base of everything that travels on a topic.

    Attributes:
        event_id: Derived from content and cause; equal for equal input.
        event_time: When it happened at its origin, ms UTC; all strategy time.
        ingest_time: When our connector first saw it or its cause, ms UTC. The `now` of a fold is
            the greatest `ingest_time` it has seen.
        source: Who said it: a feed, a bot, a stage.
        causation_id: `event_id` of the message that led to this one; empty at a source.
    """

    event_id: str
    event_time: int
    ingest_time: int
    source: str
    causation_id: str = ""


class Header(TypedDict):
    """The envelope of a derived message, to be spread into its constructor."""

    event_id: str
    event_time: int
    ingest_time: int
    source: str
    causation_id: str


def header(source: str, cause: Message, *parts: str | int, now: int) -> Header:
    """Build the envelope of a message that follows from another.

    Args:
        source: The stage or bot that says it.
        cause: The message that led to it.
        parts: What tells it from other consequences of the same cause: its kind, ids, a count.
        now: The fold's `now`, ms; becomes both times.

    Returns:
        Keyword arguments for the message's constructor.
    """
    return {
        "event_id": derive_id(source, cause.event_id, *parts),
        "event_time": now,
        "ingest_time": now,
        "source": source,
        "causation_id": cause.event_id,
    }
