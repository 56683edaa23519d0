"""The contract of a feed: what to ask, and how to read the answer. Pure, no I/O.

A feed keeps a cursor between its answers and nothing else; the poller (poller.py) asks, retries,
drops what was seen before and publishes.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import NamedTuple, TypeVar

import msgspec

from schemas.envelope import Header, Message
from schemas.errors import InfrastructureError
from schemas.ids import derive_id
from topics.catalog import TopicSpec

T = TypeVar("T")
NONE: Mapping[str, str] = MappingProxyType({})


class FeedFormatError(InfrastructureError):
    """An answer has another form than the source documents."""


class Request(NamedTuple):
    """One GET.

    Attributes:
        url: Without a query.
        params: The query; a key among them is never logged.
        headers: Authentication among them; never logged.
        subject: What the answer is about, for `Feed.parse`.
    """

    url: str
    params: Mapping[str, str] = NONE
    headers: Mapping[str, str] = NONE
    subject: str = ""


class Feed(ABC):
    """One source.

    Attributes:
        name: e.g. "newsapi"; also the name of its heartbeat, `feed/newsapi`.
        topic: Where its messages go.
        every_s: Session seconds between two rounds of requests.
    """

    name: str
    topic: TopicSpec
    every_s: float

    @abstractmethod
    def requests(self, now: int) -> Sequence[Request]:
        """What to ask in this round.

        Args:
            now: Session time, ms.
        """

    @abstractmethod
    def parse(self, request: Request, body: bytes, now: int) -> list[Message]:
        """Read an answer, and remember what the next round needs of it.

        Args:
            request: What was asked.
            body: The answer.
            now: Session time of receipt, ms; becomes `ingest_time`.

        Raises:
            FeedFormatError: The answer has another form than the source documents.
        """


def head(source: str, now: int, event_time: int, *parts: str | int) -> Header:
    """The envelope of a message at its source.

    Args:
        source: The feed's name.
        now: Session time of receipt, ms.
        event_time: The source's own time, ms.
        parts: What tells this message from all others of the source.
    """
    return {
        "event_id": derive_id(source, *parts),
        "event_time": event_time,
        "ingest_time": now,
        "source": source,
        "causation_id": "",
    }


def decode(body: bytes, form: type[T], source: str) -> T:
    """Decode a JSON answer strictly in the fields that are read, leniently in all others.

    Raises:
        FeedFormatError: A field that is read is missing or of another type.
    """
    try:
        return msgspec.json.decode(body, type=form, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FeedFormatError(
            f"Expected {source}'s documented answer, received {body[:120]!r}: {error}. "
            "The source may have changed its form, or the address is another one's."
        ) from error


def millis(text: str, source: str) -> int:
    """An ISO 8601 time in ms UTC; without an offset it is UTC.

    Raises:
        FeedFormatError: It is no such time.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise FeedFormatError(
            f"Expected {source}'s time as ISO 8601, received {text!r}. The item is left out."
        ) from error
    aware = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1000)
