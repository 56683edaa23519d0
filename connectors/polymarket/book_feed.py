"""One connection's events folded into checked books and messages. No socket, no clock: a pure fold.

Every event is applied to the connector's own copy of the book, graded, and passed on. A batch (all
events of one venue timestamp) is checked at its end; a failed check grades the book SUSPECT and
asks for it to be fetched anew.
"""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from connectors.polymarket.book_hash import book_hash
from connectors.polymarket.drift import DriftSentinel
from connectors.polymarket.metadata import Outcome
from connectors.polymarket.parse import (
    SOURCE,
    OffGridError,
    Token,
    envelope,
    millis_of,
    parse_book,
    parse_changes,
    parse_resolution,
    parse_tick_size,
    parse_trade,
)
from connectors.polymarket.watched import Watched
from connectors.polymarket.wire import (
    BestBidAskWire,
    BookWire,
    LastTradeWire,
    MarketResolvedWire,
    NewMarketWire,
    PriceChangesWire,
    TickSizeWire,
    WireEvent,
    decode_event,
    split_frame,
)
from schemas.envelope import Message
from schemas.ids import MarketId
from schemas.market import BookTrustChanged, Market, MarketResolved
from schemas.values import Trust
from streams.integrity import (
    Finding,
    Flaw,
    TrustState,
    check,
    on_change,
    on_drop,
    on_finding,
    on_snapshot,
)
from topics.catalog import BOOK_EVENTS, DEAD_LETTERS, LIFECYCLE, MARKET_TRADES, TopicSpec
from topics.dead_letters import NOWHERE, WHOLE_RECORD, letter_of

SAMPLED = 64
"""Of so many events one is looked through for fields that are not known."""
UNREADABLE = (msgspec.DecodeError, LookupError, ValueError, ArithmeticError, RecursionError)
"""What bytes of a venue may raise: no JSON, wrong types, unknown tokens, no numbers, 10,000 `[`."""


class Publication(NamedTuple):
    """A message, its topic, and the market whose shard it belongs to (None for every shard)."""

    topic: TopicSpec
    market: Market | None
    message: Message


class BookFeed:
    """The fold of one connection.

    Attributes:
        feed: The connection's name, as messages carry it.
        refetch: Markets whose books should be read anew over REST; the caller empties it.
        unlisted: Whether the venue spoke of a market that is not known yet.
    """

    def __init__(self, feed: str, drift: DriftSentinel | None = None) -> None:
        """Start without markets.

        Args:
            feed: The connection's name.
            drift: Counts fields that are not known; one of its own where none is given.
        """
        self.feed = feed
        self._drift = drift or DriftSentinel()
        self._events = 0
        self.refetch: set[MarketId] = set()
        self.unlisted = False
        self._watched: dict[MarketId, Watched] = {}
        self._tokens: dict[str, Token] = {}
        self._open: dict[MarketId, Watched] = {}

    @property
    def markets(self) -> int:
        """How many markets it carries."""
        return len(self._watched)

    def carries(self, market_id: MarketId) -> bool:
        """Whether the market is still followed; a resolved one is not."""
        return market_id in self._watched

    def watch(self, market: Market) -> None:
        """Add a market, or take over its changed metadata."""
        known = self._watched.get(market.market_id)
        if known is not None:
            known.market = market
            return
        watched = Watched(market)
        self._watched[market.market_id] = watched
        for token, leg in watched.legs.items():
            self._tokens[token] = Token(market.market_id, leg)

    def forget(self, market_id: MarketId) -> Market | None:
        """Remove a market; None when it was not here."""
        watched = self._watched.pop(market_id, None)
        self._open.pop(market_id, None)
        if watched is None:
            return None
        for token in watched.legs:
            del self._tokens[token]
        return watched.market

    def on_frame(self, frame: str | bytes, now: int) -> list[Publication]:
        """Fold one WebSocket message.

        Args:
            frame: As received.
            now: Session time, ms; becomes the ingest time.
        """
        out: list[Publication] = []
        try:
            payloads = split_frame(frame)
        except UNREADABLE as error:
            raw = frame.encode(errors="replace") if isinstance(frame, str) else frame
            return self._unreadable(raw, WHOLE_RECORD, error, now)
        for index, payload in enumerate(payloads):
            try:
                wire = decode_event(payload)
                if self._events % SAMPLED == 0:
                    self._notice(wire, payload)
                self._events += 1
                out.extend(self._on_event(wire, payload, now))
            except (OffGridError, *UNREADABLE) as error:
                out.extend(self._unreadable(payload, index, error, now))
        return out

    def on_batch_end(self, now: int) -> list[Publication]:
        """Check every book with an open batch; call when nothing more is waiting."""
        out = [item for watched in self._open.values() for item in self._check(watched, now)]
        self._open.clear()
        return out

    def on_books(self, books: Iterable[tuple[BookWire, bytes]], now: int) -> list[Publication]:
        """Fold books read over REST after a loss of trust."""
        return [item for wire, raw in books for item in self._on_book(wire, raw, now, asked=True)]

    def on_outcome(self, outcome: Outcome, now: int) -> list[Publication]:
        """A market's end that was read over REST because the channel did not tell it."""
        market = self.forget(outcome.market_id)
        if market is None:
            return []
        at = outcome.at or now
        head = envelope(f"outcome|{outcome.market_id}".encode(), at, now)
        told = MarketResolved(**head, market_id=outcome.market_id, yes_payout=outcome.yes_payout)
        return [Publication(LIFECYCLE, market, told)]

    def on_lost(self, reason: str, now: int) -> list[Publication]:
        """The connection is gone: every book is STALE until its next snapshots."""
        out = []
        for watched in self._watched.values():
            watched.book.drop()
            watched.batch = 0
            watched.fetching = False
            watched.starts_anew(0)
            out.extend(self._grade(watched, on_drop(watched.trust, reason), now))
        self._open.clear()
        return out

    def _notice(self, wire: WireEvent, payload: bytes) -> None:
        """Count unknown fields of what is read whole; news of a market is looked up instead."""
        if not isinstance(wire, NewMarketWire | MarketResolvedWire):
            self._drift.notice(type(wire).__name__, msgspec.json.decode(payload), type(wire))

    def _on_event(self, wire: WireEvent, raw: bytes, now: int) -> list[Publication]:
        match wire:
            case PriceChangesWire():
                return self._on_changes(wire, raw, now)
            case BookWire():
                return self._on_book(wire, raw, now)
            case LastTradeWire():
                return self._on_trade(wire, raw, now)
            case TickSizeWire():
                return self._on_tick_size(wire, raw, now)
            case MarketResolvedWire():
                return self._on_resolved(wire, raw, now)
            case NewMarketWire():
                self.unlisted = True
                return []
            case BestBidAskWire():
                return []

    def _on_changes(self, wire: PriceChangesWire, raw: bytes, now: int) -> list[Publication]:
        watched = self._watched.get(MarketId(wire.market))
        if watched is None:
            return []
        time = millis_of(wire.timestamp, now)
        watched.repeats += 1
        head = envelope(raw, time, now, f"{now}|{watched.repeats}")
        delta = parse_changes(wire, watched.legs, watched.market, head, self.feed)
        finding = watched.disorder(raw, time)
        if finding is not None and time < watched.newest:
            return self._doubt(watched, finding, now)
        out = self._begin(watched, time, now)
        out += [] if finding is None else self._doubt(watched, finding, now)
        watched.book.apply_delta(delta)
        watched.trust = on_change(watched.trust)
        trust = watched.trust.trust
        if trust is not delta.trust:
            delta = msgspec.structs.replace(delta, trust=trust)
        out.append(self._publish(watched, delta))
        return out

    def _on_book(
        self, wire: BookWire, raw: bytes, now: int, *, asked: bool = False
    ) -> list[Publication]:
        token = self._tokens.get(wire.asset_id)
        if token is None:
            return []
        watched = self._watched[token.market_id]
        time = millis_of(wire.timestamp, now)
        watched.repeats += 1
        head = envelope(raw, time, now, f"{now}|{watched.repeats}")
        book = parse_book(wire, token, watched.market.tick, head, self.feed)
        if asked:
            watched.starts_anew(time)
        elif (finding := watched.disorder(raw, time)) is not None:
            return self._doubt(watched, finding, now)
        out = self._begin(watched, time, now)
        watched.book.apply_snapshot(book)
        matches = book_hash(wire) == wire.hash if wire.hash else None
        watched.trust = on_snapshot(watched.trust, token.leg, matches)
        watched.fetching = False
        if watched.trust.finding:
            self._fetch(watched)
        trust = watched.trust.trust
        if trust is not book.trust:
            book = msgspec.structs.replace(book, trust=trust)
        out.append(self._publish(watched, book))
        return out

    def _on_trade(self, wire: LastTradeWire, raw: bytes, now: int) -> list[Publication]:
        token = self._tokens.get(wire.asset_id)
        if token is None:
            return []
        watched = self._watched[token.market_id]
        watched.repeats += 1
        salt = "" if wire.transaction_hash else f"{now}|{watched.repeats}"
        head = envelope(raw, millis_of(wire.timestamp, now), now, salt)
        tick = watched.book.tick or watched.market.tick
        trade = parse_trade(wire, token, tick, head)
        if wire.transaction_hash and watched.has_told(trade.event_id):
            return []
        return [
            self._publish(watched, trade),
            Publication(MARKET_TRADES, watched.market, trade),
        ]

    def _on_tick_size(self, wire: TickSizeWire, raw: bytes, now: int) -> list[Publication]:
        watched = self._watched.get(MarketId(wire.market))
        if watched is None:
            return []
        changed = parse_tick_size(wire, envelope(raw, millis_of(wire.timestamp, now), now))
        if changed.new_tick == watched.market.tick:
            return []
        watched.market = msgspec.structs.replace(watched.market, tick=changed.new_tick)
        watched.book.drop()
        self._fetch(watched)
        dropped = on_drop(watched.trust, f"tick size is now {wire.new_tick_size}")
        return [
            Publication(LIFECYCLE, watched.market, changed),
            *self._grade(watched, dropped, now),
        ]

    def _on_resolved(self, wire: MarketResolvedWire, raw: bytes, now: int) -> list[Publication]:
        market = self.forget(MarketId(wire.market))
        if market is None:
            return []
        head = envelope(raw, millis_of(wire.timestamp, now), now)
        return [Publication(LIFECYCLE, market, parse_resolution(wire, market, head))]

    def _begin(self, watched: Watched, time: int, now: int) -> list[Publication]:
        """A new venue time ends the batch before it."""
        if watched.batch == time:
            return []
        out = self._check(watched, now)
        watched.batch = time
        self._open[watched.market.market_id] = watched
        return out

    def _check(self, watched: Watched, now: int) -> list[Publication]:
        if not watched.batch:
            return []
        watched.batch = 0
        finding = check(watched.book)
        if finding is None:
            return []
        self._fetch(watched)
        return self._grade(watched, on_finding(watched.trust, finding), now)

    def _unreadable(
        self, payload: bytes, index: int, error: Exception, now: int
    ) -> list[Publication]:
        """Bytes that tell nothing are kept; the books that may lack a change are not believed.

        An event of an unknown type is only kept: the venue adds some now and then, and the checks
        of the books go on.
        """
        is_type = isinstance(error, msgspec.ValidationError)
        if isinstance(error, RecursionError | msgspec.DecodeError) and not is_type:
            index = WHOLE_RECORD
        out = [self._dead(payload, index, error, now)]
        if is_type and "$.event_type" in str(error):
            return out
        flaw = Flaw.OFF_GRID if isinstance(error, OffGridError) else Flaw.UNREADABLE
        for watched in self._watched.values():
            names = (watched.market.market_id, *watched.legs)
            if index == WHOLE_RECORD or any(name.encode() in payload for name in names):
                out += self._doubt(watched, Finding(flaw, str(error)), now)
        return out

    def _doubt(self, watched: Watched, finding: Finding, now: int) -> list[Publication]:
        self._fetch(watched)
        return self._grade(watched, on_finding(watched.trust, finding), now)

    def _fetch(self, watched: Watched) -> None:
        if not watched.fetching:
            watched.fetching = True
            self.refetch.add(watched.market.market_id)

    def _grade(self, watched: Watched, trust: TrustState, now: int) -> list[Publication]:
        """Take over a grade; tell it when it differs."""
        before = watched.trust.trust
        watched.trust = trust
        if trust.trust is before and before is not Trust.STALE:
            return []
        watched.repeats += 1
        head = envelope(
            f"trust|{watched.market.market_id}|{self.feed}".encode(),
            now,
            now,
            f"{now}|{watched.repeats}",
        )
        changed = BookTrustChanged(
            **head,
            market_id=watched.market.market_id,
            trust=trust.trust,
            reason=trust.reason,
            feed=self.feed,
        )
        return [self._publish(watched, changed)]

    def _publish(self, watched: Watched, message: Message) -> Publication:
        return Publication(BOOK_EVENTS, watched.market, message)

    def _dead(self, raw: bytes, index: int, error: Exception, now: int) -> Publication:
        cause = f"{type(error).__name__}: {error}"
        letter = letter_of(SOURCE, self.feed, NOWHERE, NOWHERE, index, cause, raw, now)
        named = envelope(raw, now, now, f"{now}|{index}")
        return Publication(
            DEAD_LETTERS, None, msgspec.structs.replace(letter, event_id=named["event_id"])
        )
