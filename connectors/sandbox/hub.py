"""Sockets of the market channel: who subscribed to what, and what waits to be sent to each.

No networking here: a `Subscriber` is a bounded outbox that a WebSocket endpoint empties. One that
is not emptied in time is dropped, so that a slow client costs itself and nobody's memory.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar

from connectors.sandbox.faults import Faults
from connectors.sandbox.frames import Dispatch, encode
from connectors.sandbox.venue import Venue

SLOW_CONSUMER = 1013
"""Close code of a socket that does not read (try again later)."""
RESTARTING = 1012
"""Close code when the venue starts anew."""
OUTBOX_MESSAGES = 500
FRAMES_PER_MESSAGE = 50
"""A message is full with so many frames."""


class Subscriber:
    """One socket's side of the hub.

    Attributes:
        tokens: Subscribed token ids.
        custom: Whether `custom_feature_enabled` is set.
        frozen: A switched fault: connected, but silent.
        close_code: Set once the socket has to go.
        wake: Set while there is something to send.
        closing: Set together with the close code.
    """

    def __init__(self, outbox_messages: int = OUTBOX_MESSAGES) -> None:
        self.tokens: set[str] = set()
        self.custom = False
        self.frozen = False
        self.close_code: int | None = None
        self.wake = asyncio.Event()
        self.closing = asyncio.Event()
        self._limit = outbox_messages
        self._outbox: deque[str] = deque()

    def send(self, text: str) -> None:
        """Queue one message; a full outbox closes the socket instead."""
        if self.frozen or self.close_code is not None:
            return
        if len(self._outbox) >= self._limit:
            self.close(SLOW_CONSUMER)
            return
        self._outbox.append(text)
        self.wake.set()

    def send_frames(self, frames: Iterable[tuple[int, str]]) -> None:
        """Queue encoded frames with their times.

        Several travel in one array, one alone as an object. Frames of the same time stay in one
        message: the checks that a client makes at the end of a batch need all of it.
        """
        part: list[str] = []
        last_ms = -1
        for at_ms, text in frames:
            if len(part) >= FRAMES_PER_MESSAGE and at_ms != last_ms:
                self.send(_joined(part))
                part = []
            part.append(text)
            last_ms = at_ms
        if part:
            self.send(_joined(part))

    def close(self, code: int) -> None:
        """Let the socket go; what is still queued is dropped."""
        self.close_code = code
        self._outbox.clear()
        self.closing.set()

    def next_message(self) -> str | None:
        """The oldest queued message; None, and asleep, when there is none."""
        if self._outbox:
            return self._outbox.popleft()
        self.wake.clear()
        return None


S = TypeVar("S", bound=Subscriber)


class Closable(Protocol):
    """What sockets' faults need of a channel."""

    def freeze_all(self, *, frozen: bool = True) -> None:
        """Connected sockets go silent, or speak again."""

    def close_all(self, code: int) -> None:
        """Close every socket with a code."""


class SocketGroup(Generic[S]):
    """The sockets of a channel.

    Attributes:
        subscribers: Those that are connected.
    """

    def __init__(self) -> None:
        self.subscribers: set[S] = set()

    def freeze_all(self, *, frozen: bool = True) -> None:
        """A switched fault: connected sockets go silent, or speak again."""
        for subscriber in self.subscribers:
            subscriber.frozen = frozen

    def close_all(self, code: int) -> None:
        """Close every socket with a code."""
        for subscriber in self.subscribers:
            subscriber.close(code)


class Hub:
    """All sockets of the market channel.

    Attributes:
        venue: Where frames come from; replaced when the venue starts anew.
        faults: What tests switch on.
        sent: Frames handed to sockets since the start.
    """

    def __init__(self, venue: Venue, faults: Faults) -> None:
        self.venue = venue
        self.faults = faults
        self.sent = 0
        self._subscribers: set[Subscriber] = set()
        self._by_token: defaultdict[str, set[Subscriber]] = defaultdict(set)

    @property
    def subscribers(self) -> frozenset[Subscriber]:
        """The sockets that are connected."""
        return frozenset(self._subscribers)

    def join(self, subscriber: Subscriber) -> None:
        """A socket connected."""
        self._subscribers.add(subscriber)

    def leave(self, subscriber: Subscriber) -> None:
        """A socket is gone."""
        self.unsubscribe(subscriber, tuple(subscriber.tokens))
        self._subscribers.discard(subscriber)

    def subscribe(
        self, subscriber: Subscriber, tokens: Iterable[str], *, custom: bool | None
    ) -> None:
        """Add tokens to a socket and send their books at once.

        Tokens it had already only take over the flag, as on the venue: no second book.

        Args:
            subscriber: The socket.
            tokens: Token ids; unknown ones are remembered and stay silent.
            custom: The new `custom_feature_enabled`; None leaves it.
        """
        self.pump(self.venue.now_ms)
        if custom is not None:
            subscriber.custom = custom
        books = []
        for token in dict.fromkeys(tokens):
            if token in subscriber.tokens:
                continue
            subscriber.tokens.add(token)
            self._by_token[token].add(subscriber)
            found = self.venue.token(token)
            if found is not None:
                listing, leg = found
                books.append((listing.spec.listed_ms, encode(listing.book(leg))))
        subscriber.send_frames(books)

    def unsubscribe(self, subscriber: Subscriber, tokens: Iterable[str]) -> None:
        """Take tokens off a socket."""
        for token in tokens:
            subscriber.tokens.discard(token)
            self._by_token[token].discard(subscriber)
            if not self._by_token[token]:
                del self._by_token[token]

    def pump(self, now_ms: int) -> None:
        """Advance the venue and hand out what happened."""
        self.deliver(self.venue.advance(now_ms))

    def deliver(self, dispatches: Iterable[Dispatch]) -> None:
        """Hand frames to the sockets that want them, each encoded once."""
        waiting: defaultdict[Subscriber, list[tuple[int, str]]] = defaultdict(list)
        for original in dispatches:
            if not self._audience(original):
                continue
            for dispatch in self.faults.apply(original, self.venue):
                text = encode(dispatch.frame)
                for subscriber in self._audience(dispatch):
                    waiting[subscriber].append((dispatch.at_ms, text))
        for subscriber, frames in waiting.items():
            self.sent += len(frames)
            subscriber.send_frames(frames)

    def freeze_all(self, *, frozen: bool = True) -> None:
        """A switched fault: every socket that is connected now goes silent, or speaks again."""
        for subscriber in self._subscribers:
            subscriber.frozen = frozen

    def close_all(self, code: int) -> None:
        """Close every socket with a code."""
        for subscriber in self._subscribers:
            subscriber.close(code)

    def _audience(self, dispatch: Dispatch) -> set[Subscriber]:
        if dispatch.broadcast:
            return {each for each in self._subscribers if each.custom}
        audience: set[Subscriber] = set()
        for token in dispatch.tokens:
            audience |= self._by_token.get(token, set())
        return {each for each in audience if each.custom} if dispatch.gated else audience


def _joined(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else "[" + ",".join(texts) + "]"
