"""Frames: one Kafka record with what arrived for one partition within a few milliseconds.

A frame names its writer and its position in the writer's own sequence, so that a reader can tell a
repeat after a crash from news: positions of one origin only ever rise.
"""

import msgspec

from schemas.envelope import Message

MAX_MESSAGES = 200
MAX_BYTES = 64 * 1024


class Frame(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A record of a framed topic, as bytes of its messages.

    Attributes:
        origin: The writer and its input partition, e.g. `gate@pets.decide.gate-inputs.v1/0`.
        position: Input offset that led to it, or the writer's own counter; rises per origin.
        messages: Encoded messages, decoded one by one so that a bad one is dead-lettered alone.
    """

    origin: str
    position: int
    messages: list[msgspec.Raw]


class OutgoingFrame(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The same record on its way out, encoded in one go."""

    origin: str
    position: int
    messages: list[Message]
