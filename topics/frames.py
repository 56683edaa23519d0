"""Frames: one Kafka record with what arrived for one partition within a few milliseconds.

A frame names its writer and its position in the writer's own sequence, so that a reader can tell a
repeat after a crash from news: positions of one origin only ever rise.

Two kinds of writers:

* A stage is deterministic. Its origin is its name and its input partition, and its position is
  made from the input offset that led to the frame (`stage_position`), so that a restarted stage
  writes the same frames with the same positions again, and readers drop them.
* A connector, the API or a clock cannot say the same thing again. Its origin ends in `#` and the
  time at which it started (`incarnation`), and it counts its frames from 1.
"""

import msgspec

from schemas.envelope import Message

MAX_MESSAGES = 200
MAX_BYTES = 64 * 1024
PARTS = 1000
"""How many frames one input record may lead to in one partition."""
FENCE_POSITION = -1
"""Position of a frame without messages that says nothing but: its writer took over here."""
MAX_RECORD_BYTES = 16 * 1024 * 1024
"""The largest record of any topic; only checkpoints come near it."""


class Frame(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A record of a framed topic, as bytes of its messages.

    Attributes:
        origin: The writer and its input partition, e.g. `gate@pets.decide.gate-inputs.v1/0`, or
            the writer and its start, e.g. `market-connector#1764547200000`.
        position: `stage_position` of the input that led to it, or the writer's own counter; rises
            per origin.
        messages: Encoded messages, decoded one by one so that a bad one is dead-lettered alone.
        only: The one reader it is meant for, every other passes over it; empty for all. A retried
            dead letter goes to the reader that could not handle it, and to nobody who could.
    """

    origin: str
    position: int
    messages: list[msgspec.Raw]
    only: str = ""

    def is_for(self, reader: str) -> bool:
        """Whether a reader has to take it."""
        return not self.only or self.only == reader


class OutgoingFrame(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The same record on its way out, encoded in one go."""

    origin: str
    position: int
    messages: list[Message]


def stage_origin(stage: str, topic: str, partition: int) -> str:
    """The origin of a stage's frames.

    Args:
        stage: Its name.
        topic: The topic it reads, by its catalogue name without any prefix.
        partition: The partition it reads.
    """
    return f"{stage}@{topic}/{partition}"


def stage_position(offset: int, part: int) -> int:
    """The position of the `part`-th frame (from 0) that follows from the input record `offset`."""
    return offset * PARTS + part


def incarnation(writer: str, started_ms: int) -> str:
    """The origin of a writer that starts a new sequence with every start.

    Args:
        writer: Its name, without `#`.
        started_ms: When it started, ms UTC.
    """
    return f"{writer}#{started_ms}"
