"""An import: items in the order of time through the connector's own fold, and what was found."""

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha1
from typing import NamedTuple

import msgspec

from connectors.polymarket.book_feed import BookFeed, Publication
from connectors.polymarket.book_hash import book_hash
from connectors.polymarket.parse import envelope
from connectors.polymarket.wire import BookWire
from connectors.recordings.item import Item, Listing, Said, VenueFrame
from schemas.envelope import Message
from schemas.market import BookSnapshot, BookTrustChanged, FeedStatus, MarketListed
from topics.catalog import BOOK_EVENTS, DEAD_LETTERS, LIFECYCLE, TopicSpec

FEED = "recording"
SECOND_MS = 1_000
GAP_MS = 60_000
"""Silence of a whole recording above which nobody can say that its connection was heard."""
SETTLED_MS = 20
"""Silence after which books are checked, as the connector does it live."""
GAPS_SHOWN = 5


class Gap(NamedTuple):
    """Nothing was recorded between two times, ms UTC."""

    start: int
    end: int


class Findings(msgspec.Struct):
    """What an import found.

    Attributes:
        items: Read from the files.
        messages: Written, by topic.
        markets: Listed.
        first: Time of the first item, ms UTC.
        last: Time of the last one.
        gaps: Silences above a minute.
        crossed: Whole books whose best bid is not below their best ask, as they were recorded.
        flaws: Failed checks of books by kind: crossed, mirror, off-grid, order.
        hashes: Book hashes that equal what we compute.
        mismatches: Those that do not.
        unlisted: Frames of markets that no file lists.
        unreadable: Frames that told nothing; the first reasons are in `reasons`.
        reasons: At most a few.
    """

    items: int = 0
    messages: Counter[str] = msgspec.field(default_factory=Counter)
    markets: int = 0
    first: int = 0
    last: int = 0
    gaps: list[Gap] = msgspec.field(default_factory=list)
    crossed: int = 0
    flaws: Counter[str] = msgspec.field(default_factory=Counter)
    hashes: int = 0
    mismatches: int = 0
    unlisted: int = 0
    unreadable: int = 0
    reasons: list[str] = msgspec.field(default_factory=list)


class _Head(msgspec.Struct):
    event_type: str
    market: str = ""


_head = msgspec.json.Decoder(_Head)
_book = msgspec.json.Decoder(BookWire)


class ImportFold:
    """Turns items into messages; the same items give the same messages.

    Attributes:
        found: What was found so far.
    """

    def __init__(self) -> None:
        """Start without markets."""
        self.found = Findings()
        self._feed = BookFeed(FEED)
        self._listed: set[str] = set()
        self._now = 0
        self._last = 0
        self._second = 0

    def run(self, items: Iterable[Item]) -> Iterator[tuple[TopicSpec, Message]]:
        """All messages of all items; the items come in the order of time."""
        for item in items:
            yield from self._counted(self._item(item))
        yield from self._counted(self._published(self._feed.on_batch_end(self._now)))

    def _counted(
        self, messages: Iterable[tuple[TopicSpec, Message]]
    ) -> Iterator[tuple[TopicSpec, Message]]:
        for topic, message in messages:
            self.found.messages[topic.name] += 1
            yield topic, message

    def _item(self, item: Item) -> Iterator[tuple[TopicSpec, Message]]:
        found = self.found
        found.items += 1
        if item.at >= self._now + SETTLED_MS:
            yield from self._published(self._feed.on_batch_end(self._now))
        if _is_heard(item):
            yield from self._heard(item.at)
        self._now = max(self._now, item.at)
        found.first = found.first or item.at
        found.last = self._now
        match item:
            case Said(topic=topic, message=message):
                yield topic, message
            case Listing(market=market):
                if market.market_id not in self._listed:
                    self._listed.add(market.market_id)
                    self._feed.watch(market)
                    found.markets += 1
                    head = envelope(f"listed|{market!r}".encode(), item.at, self._now)
                    yield LIFECYCLE, MarketListed(**head, market=market)
            case VenueFrame(payload=payload):
                checked = self._checked(payload)
                yield from self._published(self._feed.on_frame(checked, self._now))

    def _heard(self, at: int) -> Iterator[tuple[TopicSpec, Message]]:
        """Books or trades came: their connection was heard each second since, but for gaps."""
        before, self._last = self._last, at
        if before and at - before > GAP_MS:
            self.found.gaps.append(Gap(before, at))
            yield BOOK_EVENTS, self._status(before + SECOND_MS, connected=False)
        if not before or at - before > GAP_MS:
            self._second = at - SECOND_MS
        while self._second + SECOND_MS <= at:
            self._second += SECOND_MS
            yield BOOK_EVENTS, self._status(self._second, connected=True)

    def _status(self, now: int, *, connected: bool) -> FeedStatus:
        return FeedStatus(
            **envelope(f"status|{FEED}|{now}|{connected}".encode(), now, now),
            feed=FEED,
            connected=connected,
            heard_at=now if connected else 0,
            markets=self._feed.markets,
            detail="" if connected else "nothing was recorded for more than a minute",
        )

    def _checked(self, payload: bytes) -> bytes:
        """Compare a book's hash; one that is right in the venue's older form counts as such."""
        try:
            head = _head.decode(payload)
            self.found.unlisted += bool(head.market) and head.market not in self._listed
            if head.event_type != "book":
                return payload
            wire = _book.decode(payload)
        except msgspec.DecodeError:
            return payload
        if not wire.hash:
            return payload
        if book_hash(wire) == wire.hash:
            self.found.hashes += 1
            return payload
        if older_hash(wire) == wire.hash:
            self.found.hashes += 1
            return msgspec.json.encode(msgspec.structs.replace(wire, hash=""))
        self.found.mismatches += 1
        return payload

    def _published(
        self, publications: Iterable[Publication]
    ) -> Iterator[tuple[TopicSpec, Message]]:
        found = self.found
        self._feed.refetch.clear()
        for topic, _, message in publications:
            if topic is DEAD_LETTERS:
                found.unreadable += 1
                if len(found.reasons) < GAPS_SHOWN:
                    found.reasons.append(str(getattr(message, "error", "")))
                continue
            if isinstance(message, BookSnapshot) and message.bids and message.asks:
                found.crossed += message.bids[0][0] >= message.asks[0][0]
            elif isinstance(message, BookTrustChanged):
                found.flaws[message.reason.partition(":")[0]] += ":" in message.reason
            yield topic, message


def _is_heard(item: Item) -> bool:
    """Whether it came over the connection of the books."""
    if isinstance(item, VenueFrame):
        return b'"market_resolved"' not in item.payload
    return isinstance(item, Said) and item.topic is BOOK_EVENTS


def older_hash(wire: BookWire) -> str:
    """The hash of a book as the venue made it until 2024, over fewer fields."""
    document = {
        "market": wire.market,
        "asset_id": wire.asset_id,
        "timestamp": wire.timestamp,
        "hash": "",
        "bids": wire.bids,
        "asks": wire.asks,
    }
    return sha1(msgspec.json.encode(document), usedforsecurity=False).hexdigest()
