"""Fold the shard's books into marks for the account and best prices for screens."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import NamedTuple

import msgspec

from agents.stages.base import Emit
from schemas.envelope import Message, header
from schemas.ids import AccountId, MarketId
from schemas.market import (
    BookDelta,
    BookSnapshot,
    BookTop,
    BookTrustChanged,
    FeedStatus,
    MarketListed,
    MarketResolved,
    MarketTrade,
    TickSizeChanged,
)
from schemas.ops import ClockTick
from schemas.portfolio import Mark
from schemas.values import MICRO, PIPS, DataLabel, Trust
from streams.book import ASK, BID, NO, YES, Book, BookState
from streams.prices import to_price, to_shares
from topics.catalog import BOOK_TOPS, DECIDE_INPUTS, GATE_INPUTS, TopicSpec

CONFLATION_MS = 100
DEPTH_LEVELS = 5
HOUR_MS = 3_600_000
_MICRO_PIPS = Decimal(MICRO * PIPS)


class BookView(msgspec.Struct, kw_only=True):
    """What is known of one market beside its levels.

    Attributes:
        emitted_at: When its top or mark was last emitted, ms.
        dirty: Whether it changed since.
        traded: Micro-dollars traded per hour of `now`, at most 25 hours.
    """

    feed: str = ""
    trust: Trust = Trust.STALE
    label: DataLabel = DataLabel.LIVE
    last_pips: int | None = None
    traded: dict[int, int] = msgspec.field(default_factory=dict)
    emitted_at: int = 0
    dirty: bool = False
    mark: tuple[Decimal | None, Decimal | None, bool] | None = None


class BookStageState(msgspec.Struct, kw_only=True):
    """Everything the stage knows; `books` is filled for a checkpoint only."""

    now: int = 0
    views: dict[MarketId, BookView] = msgspec.field(default_factory=dict)
    heard: dict[str, int] = msgspec.field(default_factory=dict)
    books: dict[MarketId, BookState] = msgspec.field(default_factory=dict)


class _Bids(NamedTuple):
    """Best bids of both legs in dollars, kept while tick and ticks are those of `shown`."""

    shown: tuple[int, int | None, int | None]
    yes: Decimal | None
    no: Decimal | None
    narrow: bool


class BookStage:
    """Marks on change and best prices, at most one each per market in 100 ms of event time."""

    name = "book"
    reads: TopicSpec = DECIDE_INPUTS

    def __init__(
        self,
        account: AccountId,
        max_spread: Decimal = Decimal("0.10"),
        silence_ms: int = 12_000,
    ) -> None:
        """Set the limits of a good mark (STRATEGIES.md C.2).

        Args:
            account: Whose gate and ledger get the marks.
            max_spread: Widest spread of a good mark, dollars.
            silence_ms: Longest silence of a good mark's connection.
        """
        self._account = account
        self._max_spread = max_spread
        self._silence_ms = silence_ms
        self._state = BookStageState()
        self._books: dict[MarketId, Book] = {}
        self._bids: dict[MarketId, _Bids] = {}
        self._notes: dict[type[Message], Callable[..., None]] = {
            BookDelta: self._delta,
            BookSnapshot: self._snapshot,
            BookTrustChanged: self._hear,
            FeedStatus: self._status,
            MarketTrade: self._trade,
            MarketListed: self._listed,
            TickSizeChanged: self._new_tick,
            MarketResolved: self._resolved,
        }

    def apply(self, message: Message) -> Sequence[Emit]:
        """Fold one message of the shard's log."""
        state = self._state
        if message.ingest_time > state.now:
            state.now = message.ingest_time
        note = self._notes.get(type(message))
        if note is not None:
            note(message)
        market_id: MarketId | None = getattr(message, "market_id", None)
        if market_id is not None:
            view = state.views.get(market_id)
            return () if view is None else self._publish(market_id, view, message)
        if isinstance(message, FeedStatus | ClockTick):
            emits: list[Emit] = []
            for market_id, view in state.views.items():
                emits += self._publish(market_id, view, message)
            return emits
        return ()

    def snapshot(self) -> bytes:
        """Books as occupied levels, and what is known beside them."""
        self._state.books = {market: book.state() for market, book in self._books.items()}
        encoded = msgspec.json.encode(self._state)
        self._state.books = {}
        return encoded

    def restore(self, snapshot: bytes) -> None:
        """Continue from a snapshot."""
        self._state = msgspec.json.decode(snapshot, type=BookStageState)
        self._books = {market: Book.from_state(book) for market, book in self._state.books.items()}
        self._state.books = {}

    def _delta(self, message: BookDelta) -> None:
        self._book(message.market_id).apply_delta(message)
        self._hear(message)

    def _snapshot(self, message: BookSnapshot) -> None:
        self._book(message.market_id).apply_snapshot(message)
        self._hear(message)

    def _status(self, message: FeedStatus) -> None:
        self._state.heard[message.feed] = message.heard_at if message.connected else 0

    def _listed(self, message: MarketListed) -> None:
        self._view(message.market.market_id).label = message.market.label

    def _new_tick(self, message: TickSizeChanged) -> None:
        self._book(message.market_id).drop()

    def _resolved(self, message: MarketResolved) -> None:
        self._books.pop(message.market_id, None)
        self._bids.pop(message.market_id, None)
        self._state.views.pop(message.market_id, None)

    def _view(self, market_id: MarketId) -> BookView:
        view = self._state.views.get(market_id)
        if view is None:
            view = self._state.views[market_id] = BookView()
        return view

    def _book(self, market_id: MarketId) -> Book:
        book = self._books.get(market_id)
        if book is None:
            book = self._books[market_id] = Book()
        return book

    def _hear(self, message: BookDelta | BookSnapshot | BookTrustChanged) -> None:
        state, feed, view = self._state, message.feed, self._view(message.market_id)
        view.feed, view.trust, view.dirty = feed, message.trust, True
        state.heard[feed] = max(state.heard.get(feed, 0), state.now)

    def _trade(self, trade: MarketTrade) -> None:
        view = self._view(trade.market_id)
        pips = trade.ticks * trade.tick
        view.last_pips = pips if trade.leg == YES else PIPS - pips
        hour = self._state.now // HOUR_MS
        if hour not in view.traded:
            view.traded = {key: value for key, value in view.traded.items() if key > hour - 24}
        view.traded[hour] = view.traded.get(hour, 0) + trade.size * pips // PIPS
        view.dirty = True

    def _publish(self, market_id: MarketId, view: BookView, cause: Message) -> Sequence[Emit]:
        """The market's mark where it changed, and its top where anything did."""
        now = self._state.now
        if now < view.emitted_at + CONFLATION_MS:
            return ()
        book = self._books.get(market_id)
        if book is None:
            return ()
        mark = self._mark(market_id, view, book)
        if mark == view.mark and not view.dirty:
            return ()
        view.emitted_at = now
        emits: list[Emit] = []
        if mark != view.mark:
            view.mark = mark
            head = header(self.name, cause, "mark", market_id, now=now)
            yes_bid, no_bid, good = mark
            told = Mark(**head, market_id=market_id, yes_bid=yes_bid, no_bid=no_bid, good=good)
            emits.append(Emit(GATE_INPUTS, self._account, told))
        if view.dirty:
            view.dirty = False
            emits.append(Emit(BOOK_TOPS, market_id, self._top(market_id, view, book, cause)))
        return emits

    def _mark(
        self, market_id: MarketId, view: BookView, book: Book
    ) -> tuple[Decimal | None, Decimal | None, bool]:
        bids = self._bids.get(market_id)
        shown = (book.tick, book.best_bid(YES), book.best_bid(NO))
        if bids is None or bids.shown != shown:
            bids = self._bids[market_id] = self._best_bids(*shown)
        good = (
            bids.narrow
            and view.trust.may_open
            and self._state.now - self._state.heard.get(view.feed, 0) <= self._silence_ms
        )
        return bids.yes, bids.no, good

    def _best_bids(self, tick: int, yes: int | None, no: int | None) -> _Bids:
        shown = (tick, yes, no)
        yes_bid = None if yes is None else to_price(yes, tick)
        no_bid = None if no is None else to_price(no, tick)
        if yes_bid is None or no_bid is None:
            return _Bids(shown, yes_bid, no_bid, narrow=False)
        return _Bids(shown, yes_bid, no_bid, 1 - yes_bid - no_bid <= self._max_spread)

    def _top(self, market_id: MarketId, view: BookView, book: Book, cause: Message) -> BookTop:
        bid, bid_size, ask, ask_size = book.touch(YES)
        tick, grid = book.tick, book.grid
        return BookTop(
            **header(self.name, cause, "top", market_id, now=self._state.now),
            market_id=market_id,
            bid=to_price(bid, tick) if bid else None,
            bid_size=to_shares(bid_size),
            ask=to_price(ask, tick) if ask < grid else None,
            ask_size=to_shares(ask_size),
            bid_depth=Decimal(book.notional(YES, BID, DEPTH_LEVELS) * tick) / _MICRO_PIPS,
            ask_depth=Decimal(book.notional(YES, ASK, DEPTH_LEVELS) * tick) / _MICRO_PIPS,
            last_price=None if view.last_pips is None else Decimal(view.last_pips) / PIPS,
            volume_24h=to_shares(sum(view.traded.values())),
            trust=view.trust,
            label=view.label,
        )
