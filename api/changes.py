"""What happened, in the order it was read, with places on the log as ids: anyone can go on later.

An id is how far the reader has come in every topic, such as `d1204.3-f88.0`: offset and number in
the record. So an id of one API is good for another, and for the same one after its restart.
"""

import asyncio
import re
from collections import deque
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from schemas.envelope import Message
from schemas.errors import ApplicationError
from topics.catalog import (
    ALERTS,
    BREACHES,
    COMMANDS,
    CONTROL_STATES,
    DECISIONS,
    EPISODES,
    FILLS,
    ORDERS,
    TopicSpec,
)

LETTERS: dict[TopicSpec, str] = {
    ALERTS: "a",
    BREACHES: "b",
    COMMANDS: "c",
    DECISIONS: "d",
    EPISODES: "e",
    FILLS: "f",
    ORDERS: "o",
    CONTROL_STATES: "s",
}
"""Topics that are told; each has one partition."""
KEPT = 20_000
_PART = re.compile(r"([a-z])(\d{1,18})\.(\d{1,6})", re.ASCII)

Place = tuple[int, int]
"""Offset of a record, number of the message in it."""
Reached = dict[str, Place]
"""How far a reader has come, by the topic's letter."""


class ChangesGoneError(ApplicationError):
    """What followed an id is no longer kept here."""


class InvalidChangeIdError(ApplicationError):
    """A text is no id of a change."""


class Change(NamedTuple):
    """One message of the log."""

    letter: str
    place: Place
    topic: str
    message: Message


class Changes:
    """The last changes, and how to go on from any of them."""

    def __init__(self, starts: Mapping[str, int]) -> None:
        """Begin empty.

        Args:
            starts: Offset at which this process began to read each topic, by name; filled by the
                reader.
        """
        self._starts = starts
        self._kept: deque[Change] = deque()
        self._gone: Reached = {}
        self._reached: Reached = {}
        self._first = 0
        self._news = asyncio.Event()

    def add(self, topic: TopicSpec, offset: int, number: int, message: Message) -> None:
        """A message was read; of a topic that is told it is kept."""
        letter = LETTERS.get(topic)
        if letter is None:
            return
        if len(self._kept) == KEPT:
            oldest = self._kept.popleft()
            self._first += 1
            self._gone[oldest.letter] = oldest.place
        self._reached[letter] = (offset, number)
        self._kept.append(Change(letter, (offset, number), topic.name, message))
        news, self._news = self._news, asyncio.Event()
        news.set()

    @property
    def now(self) -> str:
        """The id after the newest change."""
        return written(self._reached)

    @property
    def end(self) -> int:
        """How many changes were ever added."""
        return self._first + len(self._kept)

    def since(self, number: int) -> list[Change]:
        """Changes from the so many-th on, for who follows without a gap.

        Raises:
            ChangesGoneError: They are no longer kept.
        """
        if number < self._first:
            raise ChangesGoneError(
                "Expected a reader that keeps up, received one that is behind what is kept. Read "
                "the lists anew, and go on from the newest id."
            )
        return list(islice(self._kept, number - self._first, None))

    def after(self, change_id: str, limit: int) -> Iterator[tuple[str, Change]]:
        """Changes behind an id, each with its own id.

        Args:
            change_id: Where to go on; empty is what is kept.
            limit: At most so many.

        Raises:
            InvalidChangeIdError: It is no id.
            ChangesGoneError: Something behind it is no longer kept.
        """
        reached = parsed(change_id)
        if change_id:
            self._require_kept(reached)
        told = 0
        for change in list(self._kept):
            if told == limit:
                return
            if change.place > reached.get(change.letter, (-1, 0)):
                reached[change.letter] = change.place
                told += 1
                yield written(reached), change

    async def wait(self, patience_s: float) -> bool:
        """Wait for the next change; False when none came in time."""
        try:
            await asyncio.wait_for(self._news.wait(), patience_s)
        except TimeoutError:
            return False
        return True

    def _require_kept(self, reached: Reached) -> None:
        for topic, letter in LETTERS.items():
            place = reached.get(letter, (-1, 0))
            dropped = self._gone.get(letter)
            began = self._starts.get(topic.name, 0)
            if (dropped is not None and place < dropped) or place[0] < began - 1:
                raise ChangesGoneError(
                    f"Expected an id whose followers are still kept, received one that lies before "
                    f"them in {topic.name}. Read the lists anew, and go on from the newest id."
                )


def parsed(change_id: str) -> Reached:
    """How far an id says that its reader has come.

    Raises:
        InvalidChangeIdError: It is no id.
    """
    reached: Reached = {}
    for part in change_id.split("-") if change_id else ():
        match = _PART.fullmatch(part)
        if match is None or match[1] not in LETTERS.values():
            raise InvalidChangeIdError(
                f"Expected an id of a change such as d1204.3-f88.0, received {change_id[:80]!r}. "
                "Leave it out to begin with what is kept."
            )
        reached[match[1]] = (int(match[2]), int(match[3]))
    return reached


def written(reached: Reached) -> str:
    """The id of how far a reader has come."""
    return "-".join(f"{letter}{at[0]}.{at[1]}" for letter, at in sorted(reached.items()))
