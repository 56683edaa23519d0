"""Tapes: what the connector would have published for a source, without sockets or clock."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from connectors.polymarket.book_feed import BookFeed, Publication
from connectors.polymarket.connector import HISTORY_MINUTES, HISTORY_MS, price_history
from connectors.polymarket.live_data import feed_of
from connectors.polymarket.metadata import MetadataError, parse_event, parse_market
from connectors.polymarket.parse import envelope
from connectors.sandbox.accounts import Accounts
from connectors.sandbox.coin import SYMBOL, coin_of
from connectors.sandbox.frames import encode
from connectors.sandbox.gamma import gamma_event, gamma_market
from connectors.sandbox.journal import Journal
from connectors.sandbox.outside import Outside, Said
from connectors.sandbox.recorded import RESOLVES_AFTER_MS, Recorded
from connectors.sandbox.recording import Recording
from connectors.sandbox.source import Listing, Source, play
from connectors.sandbox.world import World, WorldSize
from schemas.envelope import Message
from schemas.ids import AccountId
from schemas.market import FeedStatus, MarketListed
from schemas.ops import ClockTick
from topics.catalog import BOOK_EVENTS, DECIDE_INPUTS, GATE_INPUTS, LIFECYCLE, Scope, TopicSpec

FEED = "tape"
SECOND_MS = 1_000
WORLD_START_MS = 1_790_586_000_000
"""2026-09-28 09:00 UTC: when a simulated tape starts, as the recorded one does."""
SIZES: dict[str, WorldSize] = {"world": "small", "large": "large", "quiet": "quiet"}
"""Which simulated world a name means."""


class Input(NamedTuple):
    """One message for the log."""

    topic: TopicSpec
    key: str
    message: Message


class Tape:
    """A source played through the connector's fold, with the clock's ticks between.

    Iterating it twice gives the same messages.
    """

    def __init__(
        self, name: str, seed: int, hours: float, account: AccountId, after_h: float = 0.0
    ) -> None:
        """Choose the source.

        Args:
            name: `world`, `large` (the large world with its news, matches, wallets and estimates),
                `quiet` (the same without its liveliest markets, for days instead of hours) or
                `resolvedkit`.
            seed: Of the world.
            hours: Session hours of the world; a recording plays to its end.
            account: Whose gate gets the clock.
            after_h: Hours by which the world begins later than usual; a recording does not.
        """
        self._seed = seed
        self._account = account
        self._size = SIZES.get(name, "small")
        self._recording = Recording() if name == "resolvedkit" else None
        self.start_ms = WORLD_START_MS + int(after_h * 3_600_000)
        self.duration_ms = int(hours * 3_600_000)
        if self._recording is not None:
            windows = self._recording.windows
            self.start_ms = windows[0].first_ms
            self.duration_ms = windows[-1].last_ms + RESOLVES_AFTER_MS - self.start_ms

    def __iter__(self) -> Iterator[Input]:
        """Play it from the start."""
        source, outside = self._source()
        feed = BookFeed(FEED)
        now = second = self.start_ms
        yield from self._tick(feed, now)
        yield from _said(outside.before() if outside is not None else ())
        for at_ms, frame in play(source, self.start_ms, self.duration_ms):
            if at_ms != now:
                yield from self._inputs(feed.on_batch_end(now))
                while second + SECOND_MS <= at_ms:
                    second += SECOND_MS
                    yield from self._tick(feed, second)
                yield from _said(outside.until(second) if outside is not None else ())
                now = at_ms
            if frame["event_type"] == "new_market":
                yield from self._listed(feed, source, str(frame["market"]), now)
            else:
                yield from self._inputs(feed.on_frame(encode(frame), now))
        yield from self._inputs(feed.on_batch_end(now))

    def _source(self) -> tuple[Source, Outside | None]:
        """The source, and what is said outside of it."""
        if self._recording is not None:
            return Recorded(0, self.start_ms, self._recording, laps=1), None
        if self._size == "small":
            return World(self._seed, self.start_ms), None
        journal = Journal()
        world = World(self._seed, self.start_ms, accounts=Accounts(journal), size=self._size)
        return world, Outside(world, journal, self.start_ms)

    def _listed(
        self, feed: BookFeed, source: Source, condition_id: str, now: int
    ) -> Iterator[Input]:
        """A market is listed; one that the connector cannot read is not traded, as live."""
        for listing in source.listings():
            if listing.spec.condition_id == condition_id:
                try:
                    market = parse_market(gamma_market(listing, now))
                except MetadataError:
                    return
                if market.neg_risk:
                    market = parse_event(_event(source, listing, now)).of(market)
                feed.watch(market)
                head = envelope(f"listed|{condition_id}".encode(), now, now)
                yield Input(LIFECYCLE, "0", MarketListed(**head, market=market))
                points = _past(listing, now)
                if points:
                    yield Input(BOOK_EVENTS, "0", price_history(market.market_id, points, now))
                return

    def _tick(self, feed: BookFeed, now: int) -> Iterator[Input]:
        """A second passed: the connection is heard, the clock moves."""
        status = FeedStatus(
            **envelope(f"status|{now}".encode(), now, now),
            feed=FEED,
            connected=True,
            heard_at=now,
            markets=feed.markets,
        )
        yield Input(BOOK_EVENTS, "0", status)
        if self._recording is None and coin_of(self._seed).is_told(now):
            yield Input(BOOK_EVENTS, "0", _told_price(now))
        tick = ClockTick(**envelope(f"tick|{now}".encode(), now, now))
        yield Input(DECIDE_INPUTS, "0", tick)
        yield Input(GATE_INPUTS, self._account, tick)

    def _inputs(self, publications: list[Publication]) -> Iterator[Input]:
        for topic, _, message in publications:
            yield Input(topic, "0" if topic.scope is Scope.SHARD else FEED, message)


def _past(listing: Listing, now: int) -> tuple[tuple[int, float], ...]:
    """The last day's prices of YES, as the venue's REST would tell them."""
    step = HISTORY_MINUTES * 60_000
    since = now - now % step - HISTORY_MS
    prices = ((at, listing.past_price(at)) for at in range(since, now, step))
    return tuple((at, round(price, 4)) for at, price in prices if price is not None)


def _event(source: Source, listing: Listing, now: int) -> dict[str, Any]:
    """The event of a market as Gamma describes it."""
    event = listing.spec.event
    return gamma_event([each for each in source.listings() if each.spec.event == event], now)


def _told_price(now: int) -> FeedStatus:
    """A price of the world's coin was told; the live feed says no more of it either."""
    return FeedStatus(
        **envelope(f"price|{now}".encode(), now, now),
        feed=feed_of(SYMBOL),
        connected=True,
        heard_at=now,
    )


def _said(told: Iterable[Said]) -> Iterator[Input]:
    """What feeds told, for the one shard of a tape."""
    for topic, message in told:
        yield Input(topic, "0", message)
