"""Fold the shard's books into marks for the account and best prices for screens."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

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
from topics.catalog import BOOK_TOPS, DECIDE_INPUTS, GATE_INPUTS, TopicSpec

CONFLATION_MS = 100
DEPTH_LEVELS = 5
HOUR_MS = 3_600_000


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

    def apply(self, message: Message) -> Sequence[Emit]:
        """Fold one message of the shard's log."""
        state = self._state
        state.now = max(state.now, message.ingest_time)
        self._note(message)
        market_id: MarketId | None = getattr(message, "market_id", None)
        if market_id is not None and market_id in state.views:
            return tuple(self._publish(market_id, message))
        if isinstance(message, FeedStatus | ClockTick):
            return tuple(
                emit for market_id in state.views for emit in self._publish(market_id, message)
            )
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

    def _note(self, message: Message) -> None:
        """Change the state; mark what changed as dirty."""
        match message:
            case BookDelta():
                self._book(message.market_id).apply_delta(message)
                self._hear(message.market_id, message.feed, message.trust)
            case BookSnapshot():
                self._book(message.market_id).apply_snapshot(message)
                self._hear(message.market_id, message.feed, message.trust)
            case BookTrustChanged():
                self._hear(message.market_id, message.feed, message.trust)
            case FeedStatus():
                self._state.heard[message.feed] = message.heard_at if message.connected else 0
            case MarketTrade():
                self._trade(message)
            case MarketListed():
                view = self._view(message.market.market_id)
                view.label = message.market.label
            case TickSizeChanged():
                self._book(message.market_id).drop()
            case MarketResolved():
                self._books.pop(message.market_id, None)
                self._state.views.pop(message.market_id, None)
            case _:
                pass

    def _view(self, market_id: MarketId) -> BookView:
        return self._state.views.setdefault(market_id, BookView())

    def _book(self, market_id: MarketId) -> Book:
        return self._books.setdefault(market_id, Book())

    def _hear(self, market_id: MarketId, feed: str, trust: Trust) -> None:
        view = self._view(market_id)
        view.feed, view.trust, view.dirty = feed, trust, True
        self._state.heard[feed] = max(self._state.heard.get(feed, 0), self._state.now)

    def _trade(self, trade: MarketTrade) -> None:
        view = self._view(trade.market_id)
        pips = trade.ticks * trade.tick
        view.last_pips = pips if trade.leg == YES else PIPS - pips
        hour = self._state.now // HOUR_MS
        view.traded[hour] = view.traded.get(hour, 0) + trade.size * pips // PIPS
        view.traded = {key: value for key, value in view.traded.items() if key > hour - 24}
        view.dirty = True

    def _publish(self, market_id: MarketId, cause: Message) -> Iterator[Emit]:
        """Emit the market's mark when it changed, and its top when anything did."""
        view, now = self._state.views[market_id], self._state.now
        book = self._books.get(market_id)
        if book is None or now < view.emitted_at + CONFLATION_MS:
            return
        mark = self._mark(view, book)
        if mark != view.mark:
            view.mark = mark
            view.emitted_at = now
            head = header(self.name, cause, "mark", market_id, now=now)
            yield Emit(
                GATE_INPUTS,
                self._account,
                Mark(**head, market_id=market_id, yes_bid=mark[0], no_bid=mark[1], good=mark[2]),
            )
        if view.dirty:
            view.dirty = False
            view.emitted_at = now
            yield Emit(BOOK_TOPS, market_id, self._top(market_id, view, book, cause))

    def _mark(self, view: BookView, book: Book) -> tuple[Decimal | None, Decimal | None, bool]:
        yes_bid, no_bid = _dollars(book, book.best_bid(YES)), _dollars(book, book.best_bid(NO))
        fresh = self._state.now - self._state.heard.get(view.feed, 0) <= self._silence_ms
        good = (
            fresh
            and view.trust.may_open
            and yes_bid is not None
            and no_bid is not None
            and 1 - yes_bid - no_bid <= self._max_spread
        )
        return yes_bid, no_bid, good

    def _top(self, market_id: MarketId, view: BookView, book: Book, cause: Message) -> BookTop:
        bid, ask = book.best_bid(YES), book.best_ask(YES)
        return BookTop(
            **header(self.name, cause, "top", market_id, now=self._state.now),
            market_id=market_id,
            bid=_dollars(book, bid),
            bid_size=_shares(book.size_at(YES, BID, bid) if bid is not None else 0),
            ask=_dollars(book, ask),
            ask_size=_shares(book.size_at(YES, ASK, ask) if ask is not None else 0),
            bid_depth=_depth(book, BID),
            ask_depth=_depth(book, ASK),
            last_price=None if view.last_pips is None else Decimal(view.last_pips) / PIPS,
            volume_24h=Decimal(sum(view.traded.values())) / MICRO,
            trust=view.trust,
            label=view.label,
        )


def _dollars(book: Book, ticks: int | None) -> Decimal | None:
    return None if ticks is None else Decimal(ticks * book.tick) / PIPS


def _shares(micro: int) -> Decimal:
    return Decimal(micro) / MICRO


def _depth(book: Book, side: int) -> Decimal:
    """Dollars on the best five levels of the YES leg."""
    pips = sum(ticks * size for ticks, size in book.levels(YES, side, DEPTH_LEVELS))
    return Decimal(pips * book.tick) / (PIPS * MICRO)
