"""One market of the paper exchange: its book, our orders in it, and what fills them.

Everything errs low (STRATEGIES.md E): a fill that a live order would not have had is a bug, a
missed one is a cost.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from schemas.market import LevelChange, Market
from schemas.values import MICRO, PIPS, Trust
from streams.book import ASK, BID, YES, Book, BookState
from streams.paper_orders import LOT_MICRO, Ending, PaperOrder, displayed
from streams.paper_rules import PaperRules, is_snapshots_only
from streams.prints import PrintMemory, YesPrint
from streams.queue_models import QueueModel, RiskAverse

HOUR_MS = 3_600_000
DAY_HOURS = 24


class Match(NamedTuple):
    """An execution that was just booked on the order.

    Attributes:
        size: Micro-shares.
        inferred: No print proves it.
    """

    own: PaperOrder
    size: int
    inferred: bool


class PaperMarketState(msgspec.Struct, kw_only=True):
    """What is known about one market; with `book` filled it is a checkpoint.

    Attributes:
        epoch: The feed's count of disconnects when its last snapshot came.
        trust: The connector's grade.
        believed: Fills were not frozen after the last book message.
        synced: It was believed at some time, so that a later freeze is a gap.
        venue_ms: Greatest venue time of its book.
        resting: Our live orders.
        waiting: Our orders at the venue that no book could be held against yet.
        taken: Crossing micro-shares already filled against, per side of ours.
        crossed: Whether the book crossed any order of ours when it last moved.
        spent: Micro-dollars of our fills by hour.
        closings: Times for which a scheduled closing was put on the agenda, ms of the venue.
    """

    market: Market | None = None
    feed: str = ""
    epoch: int = 0
    trust: Trust = Trust.STALE
    believed: bool = False
    synced: bool = False
    venue_ms: int = 0
    resting: list[PaperOrder] = msgspec.field(default_factory=list)
    waiting: list[PaperOrder] = msgspec.field(default_factory=list)
    prints: PrintMemory = msgspec.field(default_factory=PrintMemory)
    taken: list[int] = msgspec.field(default_factory=lambda: [0, 0])
    crossed: bool = False
    spent: dict[int, int] = msgspec.field(default_factory=dict)
    closings: list[int] = msgspec.field(default_factory=list)
    book: BookState | None = None


class PaperMarket:
    """The matching of one market.

    Attributes:
        state: What it knows beside its book.
        book: Other people's orders; ours are simulated and never in it.
        snapshots_only: No prints come, crossing fills at once (E.3, D-29).
    """

    __slots__ = ("_model", "_rules", "book", "snapshots_only", "state")

    def __init__(self, rules: PaperRules, model: QueueModel, state: PaperMarketState) -> None:
        """Start, or continue from a checkpoint.

        Args:
            rules: Guards and windows.
            model: The queue model; snapshots-only markets always use the risk-averse one.
            state: New, or as decoded from a checkpoint.
        """
        self._rules = rules
        self._model = model
        self.state = state
        self.book = Book() if state.book is None else Book.from_state(state.book)
        state.book = None
        self.snapshots_only = False
        if state.market is not None:
            self.describe(state.market)

    def describe(self, market: Market) -> None:
        """Take over the market's metadata."""
        self.state.market = market
        self.snapshots_only = is_snapshots_only(market)

    @property
    def has_orders(self) -> bool:
        """Whether any order of ours rests or waits here."""
        return bool(self.state.resting or self.state.waiting)

    def find(self, order_id: str) -> PaperOrder | None:
        """Our order, resting or waiting."""
        for own in (*self.state.resting, *self.state.waiting):
            if own.order_id == order_id:
                return own
        return None

    def remove(self, own: PaperOrder) -> None:
        """Take an order out; others keep their places."""
        state = self.state
        state.resting = [other for other in state.resting if other is not own]
        state.waiting = [other for other in state.waiting if other is not own]

    def would_cross(self, own: PaperOrder) -> bool:
        """Whether the order would match on arrival, with others or with an order of ours."""
        book = self.book
        best = book.best_ask(YES) if own.bids else book.best_bid(YES)
        if own.is_crossed_by(None if best is None else best * book.tick):
            return True
        return any(
            own.is_crossed_by(other.pips)
            for other in self.state.resting
            if other.bids is not own.bids
        )

    def accept(self, own: PaperOrder, seniority: int) -> None:
        """Let an order rest at the back of its level.

        Args:
            own: Must not cross.
            seniority: Its place in time among all our orders.
        """
        own.seniority = seniority
        own.queue.to_back(displayed(self.book, own), self.state.venue_ms)
        own.nearby = self._nearby(own)
        self.state.resting.append(own)

    def resync(self) -> list[PaperOrder]:
        """The book is believed again after a gap: all our orders go to the back (E.1).

        Returns:
            Orders that are off the book's grid now and can rest no longer.
        """
        for own in self.state.resting:
            own.queue.to_back(displayed(self.book, own), self.state.venue_ms)
            own.crossed_at = None
        self.state.taken, self.state.crossed = [0, 0], False
        return [own for own in self.state.resting if own.pips % self.book.tick]

    def follow_levels(self, changes: Sequence[LevelChange] | None) -> None:
        """Carry the book's changes at and near our prices into our queues.

        Args:
            changes: What changed; None when anything may have.
        """
        model = RiskAverse() if self.snapshots_only else self._model
        for own in self.state.resting:
            if changes is not None and not self._is_touched(own, changes):
                continue
            level = displayed(self.book, own)
            if level != own.queue.level:
                own.queue.change_level(model, level, self.state.venue_ms)
            own.nearby = max(own.nearby, self._nearby(own))

    def watch_crossings(self, now: int, cause: str) -> list[PaperOrder]:
        """Note which orders the book crosses without a print.

        Args:
            now: Log time, ms.
            cause: `event_id` of the book event.

        Returns:
            Orders crossed from now on, best price first; they fill if it lasts (E.3).
        """
        state, begun = self.state, list[PaperOrder]()
        best_bid, best_ask = self._opposite_best(ASK), self._opposite_best(BID)
        crossed = [
            own for own in state.resting if own.is_crossed_by(best_ask if own.bids else best_bid)
        ]
        if not crossed and not state.crossed:
            return begun
        state.crossed = bool(crossed)
        sides = {own.side for own in crossed}
        state.taken = [taken if side in sides else 0 for side, taken in enumerate(state.taken)]
        for own in state.resting:
            if not own.is_crossed_by(best_ask if own.bids else best_bid):
                own.crossed_at = None
        for own in sorted(crossed, key=lambda own: own.priority):
            size = self._crossing_size(own)
            if own.crossed_at is None:
                own.crossed_at, own.crossed_by, own.crossed_size = now, cause, size
                begun.append(own)
            else:
                own.crossed_size = min(own.crossed_size, size)
        return begun

    def fill_lasting(self, own: PaperOrder, now: int) -> Match | None:
        """Fill an order that the book has crossed long enough, from what is displayed there."""
        own.crossed_at = None
        free = own.crossed_size - self.state.taken[own.side]
        self.state.taken[own.side] += max(0, min(own.left, free))
        return self._match(own, free, True, now)

    def fill_snapshot(self, now: int) -> list[Match]:
        """Fill what a snapshot crosses (E.3, D-29).

        Strictly through our price: the whole remainder. At our price: what is displayed there.
        """
        matches: list[Match | None] = []
        for side in (BID, ASK):
            best = self._opposite_best(side)
            if best is None:
                continue
            at_best = self.book.size_at(YES, 1 - side, best // self.book.tick)
            for own in self._ranked(side):
                if not own.is_crossed_by(best):
                    break
                want = own.left if own.pips != best else min(own.left, at_best)
                if own.pips == best:
                    at_best -= want
                matches.append(self._match(own, want, True, now))
        return [match for match in matches if match is not None]

    def fill_print(self, seen: YesPrint, now: int) -> list[Match]:
        """Fill from a print, whose size is a budget for all our orders: best price, then oldest.

        Through our price fills at once; at our price fills what the queue ahead and our older
        orders leave (E.3).
        """
        matches: list[Match | None] = []
        budget, older = seen.size, 0
        for own in self._ranked(BID if seen.hits_bids else ASK):
            if own.is_better_than(seen.pips):
                want = min(own.left, budget)
            elif own.pips == seen.pips:
                excess = own.queue.trade(seen.size, seen.venue_ms, self._rules.mirror_ms)
                want = max(0, min(own.left, excess - older, budget))
                if self._model.wants_more and own.queue.is_cleared:
                    want = own.left
                older += own.left
            else:
                break
            budget = max(0, budget - want)
            matches.append(self._match(own, want, False, now))
        return [match for match in matches if match is not None]

    def _match(self, own: PaperOrder, want: int, inferred: bool, now: int) -> Match | None:
        """Book as much of `want` as the guards count, in whole lots."""
        size = min(want, own.left, self._share_left(own), self._volume_left(own, now))
        size -= size % LOT_MICRO
        if size <= 0:
            return None
        own.filled += size
        own.fills += 1
        hour = now // HOUR_MS
        spent = self.state.spent
        spent[hour] = spent.get(hour, 0) + size * own.token_pips // PIPS
        return Match(own, size, inferred)

    def _share_left(self, own: PaperOrder) -> int:
        """What the guard on our share of the displayed size still counts, micro-shares."""
        share = self._rules.max_level_share
        near = self._rules.level_ticks * self.book.tick
        older = sum(
            other.left
            for other in self.state.resting
            if other.bids is own.bids
            and other.seniority < own.seniority
            and abs(other.pips - own.pips) <= near
        )
        return int(own.nearby * share / (1 - share)) - older - own.filled

    def _volume_left(self, own: PaperOrder, now: int) -> int:
        """What the guard on our share of the day's volume still counts, micro-shares."""
        market = self.state.market
        if market is None or market.volume_24h <= 0:
            return own.left
        first = now // HOUR_MS - DAY_HOURS
        self.state.spent = {h: spent for h, spent in self.state.spent.items() if h > first}
        limit = int(market.volume_24h * self._rules.max_volume_share * MICRO)
        return (limit - sum(self.state.spent.values())) * PIPS // own.token_pips

    def _nearby(self, own: PaperOrder) -> int:
        ticks = own.pips // self.book.tick
        return self.book.depth(YES, own.side, self._rules.level_ticks, ticks)

    def _is_touched(self, own: PaperOrder, changes: Sequence[LevelChange]) -> bool:
        """Whether a change lies near enough to count for the order's queue or share guard."""
        side, at = own.side, own.pips // self.book.tick
        near = self._rules.level_ticks
        for leg, shown, ticks, _ in changes:
            if leg == YES and shown == side and -near <= ticks - at <= near:
                return True
        return False

    def _ranked(self, side: int) -> list[PaperOrder]:
        """Our orders of a side, best price first, then the oldest."""
        ours = [own for own in self.state.resting if own.side == side]
        return sorted(ours, key=lambda own: own.priority)

    def _opposite_best(self, side: int) -> int | None:
        """The best price in pips on the other side of the YES leg."""
        best = self.book.best_ask(YES) if side == BID else self.book.best_bid(YES)
        return None if best is None else best * self.book.tick

    def _crossing_size(self, own: PaperOrder) -> int:
        """Micro-shares displayed on the other side at our price or better for us."""
        total = 0
        for ticks, size in self.book.walk(YES, 1 - own.side):
            if not own.is_crossed_by(ticks * self.book.tick):
                break
            total += size
        return total


def closings(market: Market) -> tuple[tuple[int, Ending], ...]:
    """Scheduled closings of a market, at the venue's time."""
    times: list[tuple[int, Ending]] = []
    if market.clears_at is not None:
        times.append((market.clears_at, Ending.CLEARED))
    if market.auto_resolved and market.resolves_at is not None:
        times.append((market.resolves_at, Ending.ENDED))
    return tuple(times)
