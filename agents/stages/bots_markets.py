"""The markets as the bots' host knows them: book, net best prices, trust, freshness, profile."""

from collections.abc import Hashable, Iterable
from decimal import Decimal
from typing import NamedTuple, TypeVar

import msgspec

from agents.bots.base import RunningBot
from agents.bots.profiles import Choice, choose
from agents.bots.view import OwnOrder, Phase
from configs.profiles import Profiles
from configs.rules import TradingRules
from schemas.ids import MarketId, VenueEventId
from schemas.market import BookDelta, BookSnapshot, BookTrustChanged, FeedStatus, Market
from schemas.values import Money, Trust
from streams.book import YES, Book, BookState
from streams.mids import Mids
from streams.prices import tick_price
from streams.top import EMPTY_TOP, OwnSizes, Top, own_sizes, top_of

RETIRED_KEPT_MS = 3_600_000
"""How long a resolved market is remembered, so that a late message does not revive it."""

TopKey = tuple[int, tuple[int, int, int, int]]
"""Tick, and the YES leg's `Book.touch`."""


LONG_S = 86_400
"""Longer than any bot's timer."""


class FeedHealth(msgspec.Struct, frozen=True):
    """A connection as its last status said."""

    connected: bool
    heard_at: int


class MarketRecord(msgspec.Struct, kw_only=True):
    """What is kept of one market.

    Attributes:
        market: Its metadata; None while only its book is known.
        seen_at: When its book was last heard of, ms.
        lag_ms: Ingest minus event time of the last delta; a snapshot's stamp is that of the last
            change, which may be hours old, so it counts as no lag.
        mids: What its mid was, where a bot asks for it.
        reference_stale: Whether its reference price was too old at the last tick.
        book: Filled in snapshots only.
    """

    market: Market | None = None
    feed: str = ""
    trust: Trust = Trust.STALE
    event_id: str = ""
    seen_at: int = 0
    lag_ms: int = 0
    mids: Mids = msgspec.field(default_factory=Mids)
    reference_stale: bool = False
    book: BookState | None = None


class Readers(NamedTuple):
    """Which bots are asked about a market, whether or not they are involved in it.

    Attributes:
        tops: On changes of its net best prices, trust and metadata.
        trades: On other people's trades.
        timers: Every bot with the ms between two looks; 0 is never.
        rest: Bots that are not among `tops`; asked when they are involved.
    """

    tops: tuple[RunningBot, ...] = ()
    trades: tuple[RunningBot, ...] = ()
    timers: tuple[tuple[RunningBot, int], ...] = ()
    rest: tuple[RunningBot, ...] = ()


class LiveMarket:
    """A market with its book.

    Attributes:
        record: What a snapshot keeps.
        top: Best prices net of our own orders; current after `refresh`.
        own: Our own sizes in the book; empty where the feed does not show our orders.
        choice: The profile it takes.
        readers: Who is asked about it.
    """

    __slots__ = ("_key", "_state", "book", "choice", "own", "readers", "record", "tick", "top")

    def __init__(self, record: MarketRecord) -> None:
        self.record = record
        self.book = Book() if record.book is None else Book.from_state(record.book)
        self.own: OwnSizes = {}
        self.top: Top = EMPTY_TOP
        self.tick = Decimal("0.01")
        self.choice = Choice()
        self.readers = Readers()
        self._key: TopKey | None = None
        self._state: BookState | None = record.book
        record.book = None

    def apply(self, message: BookSnapshot | BookDelta, now: int) -> bool:
        """Apply a book event.

        Returns:
            Whether net best prices, trust or readiness changed.
        """
        self._state = None
        was_ready = self.book.is_ready
        if isinstance(message, BookDelta):
            self.book.apply_delta(message)
            self.record.lag_ms = message.ingest_time - message.event_time
        else:
            self.book.apply_snapshot(message)
            self.record.lag_ms = 0
        changed = self._hear(message, now) or self.book.is_ready is not was_ready
        return self.refresh() or changed

    def regrade(self, message: BookTrustChanged, now: int) -> bool:
        """Apply a change of trust; whether it is one."""
        return self._hear(message, now)

    def drop_book(self, tick: int) -> None:
        """The price grid changed; the book starts anew unless it already did."""
        if self.record.market is not None:
            self.record.market = msgspec.structs.replace(self.record.market, tick=tick)
        if self.book.tick != tick:
            self.book.drop()
            self._state = None
        self.refresh()

    def show_own(self, orders: Iterable[OwnOrder]) -> bool:
        """Take our resting orders out of the book's view; whether the best prices changed."""
        resting = [
            (own.order.side, own.order.action, own.order.price, own.remaining)
            for own in orders
            if own.phase is Phase.RESTING
        ]
        self.own = own_sizes(resting, self.book.tick) if self.book.tick else {}
        self._key = None
        return self.refresh()

    def refresh(self) -> bool:
        """Bring the net best prices up to date; whether they changed."""
        book = self.book
        key = (book.tick, book.touch(YES))
        if key == self._key and not self.own:
            return False
        self._key = key
        before = self.top
        if not book.tick:
            self.top = EMPTY_TOP
            return before != self.top
        self.tick = tick_price(book.tick)
        self.top = top_of(book, self.own)
        return before != self.top

    def saved(self) -> MarketRecord:
        """The record with its book; the book's encoding is kept while nothing changes it."""
        if self._state is None:
            self._state = self.book.state()
        return msgspec.structs.replace(self.record, book=self._state)

    def _hear(self, message: BookSnapshot | BookDelta | BookTrustChanged, now: int) -> bool:
        record = self.record
        changed = message.trust is not record.trust
        record.feed, record.trust = message.feed, message.trust
        record.event_id, record.seen_at = message.event_id, now
        return changed


class MarketTable:
    """All markets and connections.

    Attributes:
        events: Market ids by venue event.
        matches: Market ids by esports match.
    """

    def __init__(
        self,
        profiles: Profiles,
        rules: TradingRules,
        money: Money,
        bots: tuple[RunningBot, ...] = (),
    ) -> None:
        """Start without markets.

        Args:
            profiles: Those a market may take.
            rules: Common rules.
            money: A profile may be for paper only.
            bots: Those that are asked about markets.
        """
        self._profiles = profiles
        self._rules = rules
        self._money = money
        self._bots = bots
        self.live: dict[MarketId, LiveMarket] = {}
        self.feeds: dict[str, FeedHealth] = {}
        self.retired: dict[MarketId, int] = {}
        self.events: dict[VenueEventId, tuple[MarketId, ...]] = {}
        self.matches: dict[str, tuple[MarketId, ...]] = {}

    def get(self, market_id: MarketId) -> LiveMarket | None:
        """The market, made where it is new; None when it was resolved."""
        live = self.live.get(market_id)
        if live is None and market_id not in self.retired:
            live = self.live[market_id] = LiveMarket(MarketRecord())
        return live

    def describe(self, live: LiveMarket, market: Market) -> None:
        """Take over metadata, choose the profile, ask the bots whether they watch."""
        if live.record.market is not None:
            self._unlist(live.record.market)
        live.record.market = market
        live.choice = choose(market, self._profiles, self._money)
        live.readers = _readers(self._bots, market, hurried=live.choice.profile is not None)
        _add(self.events, market.venue_event_id, market.market_id)
        if market.match_id:
            _add(self.matches, market.match_id, market.market_id)

    def _unlist(self, market: Market) -> None:
        _remove(self.events, market.venue_event_id, market.market_id)
        _remove(self.matches, market.match_id, market.market_id)

    def hear(self, status: FeedStatus) -> bool:
        """Take over a connection's health; whether it came or went."""
        before = self.feeds.get(status.feed)
        self.feeds[status.feed] = FeedHealth(status.connected, status.heard_at)
        return before is None or before.connected is not status.connected

    def retire(self, market_id: MarketId, now: int) -> None:
        """Forget a resolved market."""
        live = self.live.pop(market_id, None)
        if live is not None and live.record.market is not None:
            self._unlist(live.record.market)
        self.retired[market_id] = now
        while next(iter(self.retired.values())) < now - RETIRED_KEPT_MS:
            del self.retired[next(iter(self.retired))]

    def heard_at(self, live: LiveMarket) -> int:
        """When the market's connection was last heard, ms."""
        feed = self.feeds.get(live.record.feed)
        seen = live.record.seen_at
        return seen if feed is None else max(seen, feed.heard_at)

    def staleness(self, live: LiveMarket, now: int, heard_at: int) -> str:
        """Why the book may not be traded on, a stable word; empty when it is fresh (D-24).

        Args:
            live: The market.
            now: The fold's `now`, ms.
            heard_at: From `heard_at`.
        """
        record, profile = live.record, live.choice.profile
        limits = self._rules if profile is None else profile.common
        feed = self.feeds.get(record.feed)
        if not live.book.is_ready:
            return "book-not-ready"
        if not record.trust.may_open:
            return "book-not-trusted"
        if feed is not None and not feed.connected:
            return "feed-disconnected"
        if now - heard_at > limits.feed_silence_s * 1000:
            return "feed-silent"
        if record.lag_ms > limits.book_max_age_s * 1000:
            return "book-lagging"
        return ""

    def reference_is_stale(self, live: LiveMarket, now: int) -> bool:
        """Whether the reference price that a window settles on is too old (D-28).

        Args:
            live: The market. Without a profile, or where its profile names no channel for its
                data, nothing is stale; where it does, a market of an unknown price always is.
            now: The fold's `now`, ms.
        """
        profile, name = live.choice.profile, reference_feed(live)
        if profile is None or name is None:
            return False
        feed = self.feeds.get(name)
        limit = profile.common.ref_max_age_s * 1000
        return feed is None or not feed.connected or now - feed.heard_at > limit

    def reference_turned(self, live: LiveMarket, now: int) -> bool:
        """Whether the reference price became too old, or fresh again, since the last tick."""
        stale = self.reference_is_stale(live, now)
        turned = stale is not live.record.reference_stale
        live.record.reference_stale = stale
        return turned

    def saved(self) -> dict[MarketId, MarketRecord]:
        """All records with their books."""
        return {market_id: live.saved() for market_id, live in self.live.items()}

    def restore(
        self,
        records: dict[MarketId, MarketRecord],
        feeds: dict[str, FeedHealth],
        retired: dict[MarketId, int],
    ) -> None:
        """Continue from a snapshot."""
        self.feeds, self.retired, self.live = feeds, retired, {}
        self.events, self.matches = {}, {}
        for market_id, record in records.items():
            live = self.live[market_id] = LiveMarket(record)
            market, record.market = record.market, None
            if market is not None:
                self.describe(live, market)
            live.refresh()


def reference_feed(live: LiveMarket) -> str | None:
    """The feed of the price that a market settles on, as `FeedStatus` names it; None without."""
    market, profile = live.record.market, live.choice.profile
    if market is None or profile is None:
        return None
    channel = profile.common.ref_feed.get(market.label)
    return f"{channel}/{market.reference}" if channel else None


K = TypeVar("K", bound=Hashable)


def _add(index: dict[K, tuple[MarketId, ...]], key: K, market_id: MarketId) -> None:
    index[key] = tuple(sorted({*index.get(key, ()), market_id}))


def _remove(index: dict[K, tuple[MarketId, ...]], key: K, market_id: MarketId) -> None:
    left = tuple(each for each in index.get(key, ()) if each != market_id)
    if left:
        index[key] = left
    else:
        index.pop(key, None)


def _readers(bots: tuple[RunningBot, ...], market: Market, *, hurried: bool) -> Readers:
    """Who is asked about a market; `hurried`: its whole life is short, so every second counts."""
    slowest = 1 if hurried else LONG_S
    watching = tuple(each for each in bots if each.watches(market))
    tops = tuple(each for each in watching if each.bot.interest.tops)
    return Readers(
        tops=tops,
        trades=tuple(each for each in watching if each.bot.interest.trades),
        timers=tuple(
            (each, min(each.bot.interest.timer_s, slowest) * 1000 if each in watching else 0)
            for each in bots
        ),
        rest=tuple(each for each in bots if each not in tops),
    )
