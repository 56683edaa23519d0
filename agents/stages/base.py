"""What every stage is: a deterministic fold over one input topic.

A stage reads no clock, draws no random number and does no I/O. Its time is the greatest
`ingest_time` it has seen. The same messages in the same order give the same emissions, in the
Faust shell as in a replay, and `restore(snapshot())` changes nothing.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from schemas.envelope import Message
from topics.catalog import TopicSpec


class Emit(NamedTuple):
    """One message on its way out.

    Attributes:
        topic: Where to.
        key: Shard number, account id, or the record key of a compacted topic.
        message: What.
    """

    topic: TopicSpec
    key: str
    message: Message


class Stage(Protocol):
    """A fold over one topic."""

    @property
    def name(self) -> str:
        """The stage's name, as in `pets run NAME`."""

    @property
    def reads(self) -> TopicSpec:
        """The only topic it reads."""

    def apply(self, message: Message) -> Sequence[Emit]:
        """Fold one message in; return what follows from it, in order."""

    def snapshot(self) -> bytes:
        """The whole state as JSON; small enough to be written several times a second."""

    def restore(self, snapshot: bytes) -> None:
        """Continue from a snapshot of the same stage."""
