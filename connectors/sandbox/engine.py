"""The matching engine of one market: one unified book in YES space, price-time priority.

Pure and deterministic: the caller brings the time, the same commands give the same events.
"""

from collections.abc import Iterator

from connectors.sandbox.events import (
    Accepted,
    Cancelled,
    Ending,
    Event,
    Filled,
    LevelChanged,
    Rejected,
    Resolved,
    TickChanged,
)
from connectors.sandbox.fees import FeeRate
from connectors.sandbox.ladder import Ladder, Resting
from connectors.sandbox.mirror import ASK, BID, match_kind, mirrored
from connectors.sandbox.orders import (
    EARLY_DROP_MS,
    FAK_KILLED,
    FOK_KILLED,
    NOT_READY,
    POST_ONLY_CROSSES,
    Order,
    malformed,
)
from schemas.errors import InvalidOrderError
from schemas.values import TimeInForce


class MatchingEngine:
    """The book of one binary market.

    Every command returns its events in order: acceptance, fills from the best maker on, endings,
    and last the new size of each level that changed.

    Attributes:
        tick: Tick size in pips.
        min_size: Minimum size of a resting order, micro-shares.
        fee: The taker fee.
        resting: All orders in the book by id.
        closed: Whether the market is resolved and takes no more orders.
    """

    def __init__(self, tick: int, min_size: int, fee: FeeRate) -> None:
        self.tick = tick
        self.min_size = min_size
        self.resting: dict[str, Resting] = {}
        self.closed = False
        self.fee = fee
        self._ladders = (Ladder(BID), Ladder(ASK))
        self._touched: dict[tuple[int, int], None] = {}
        self._dated: dict[str, int] = {}
        self._trades = 0

    @property
    def bids(self) -> Ladder:
        """The bids in YES space."""
        return self._ladders[BID]

    @property
    def asks(self) -> Ladder:
        """The asks in YES space."""
        return self._ladders[ASK]

    def copy(self) -> "MatchingEngine":
        """A book of its own with the same orders in the same queues."""
        other = MatchingEngine(self.tick, self.min_size, self.fee)
        other.closed, other._trades = self.closed, self._trades
        for ladder in self._ladders:
            for level in ladder.levels.values():
                for resting in level.queue.values():
                    other._rest(Resting(resting.order, resting.left))
        other._touched.clear()
        return other

    def place(self, order: Order, now_ms: int) -> list[Event]:
        """Match an order as far as it goes and rest or drop what is left.

        Args:
            order: The order; its id must not rest in this market already.
            now_ms: The venue's clock, ms UTC.

        Returns:
            One `Rejected`, or `Accepted` and what followed from it.
        """
        reason = self._refusal(order, now_ms)
        if reason:
            return [Rejected(order, reason)]
        events: list[Event] = [Accepted(order)]
        left = self._match(order, events)
        if left and order.rests:
            self._rest(Resting(order, left))
        elif left:
            events.append(Cancelled(order, left, Ending.UNFILLED))
        return self._finished(events)

    def cancel(self, order_id: str, ending: Ending = Ending.CANCELED) -> list[Event]:
        """Take an order out of the book; no events where it is not there (any more)."""
        resting = self.resting.get(order_id)
        return [] if resting is None else self._finished([self._remove(resting, ending)])

    def next_expiry(self) -> int | None:
        """When the next GTD order leaves by itself, ms UTC; None without one."""
        return min(self._dated.values(), default=None)

    def expire(self, now_ms: int) -> list[Event]:
        """Drop all GTD orders that are due, 60 s before their stated expiration."""
        due = [order_id for order_id, at in self._dated.items() if at <= now_ms]
        return self._finished([self._remove(self.resting[i], Ending.EXPIRED) for i in due])

    def refine_tick(self, tick: int) -> list[Event]:
        """Make the price grid finer, as the venue does near 0 and 1; resting orders stay.

        Raises:
            InvalidOrderError: The new grid does not contain the old one.
        """
        if tick == self.tick:
            return []
        if self.tick % tick:
            raise InvalidOrderError(
                f"A tick size can only be divided, but {tick} pips does not divide {self.tick}. "
                "Orders on the old grid would lie between two prices."
            )
        changed = TickChanged(self.tick, tick)
        self.tick = tick
        return [changed]

    def resolve(self, yes_payout: int) -> list[Event]:
        """Close the market: all orders are cancelled, then the payout is final."""
        self.closed = True
        events: list[Event] = [
            self._remove(resting, Ending.RESOLVED) for resting in list(self.resting.values())
        ]
        return [*self._finished(events), Resolved(yes_payout)]

    def _refusal(self, order: Order, now_ms: int) -> str | None:
        if self.closed:
            return NOT_READY
        if order.order_id in self.resting:
            return f"order {order.order_id} is invalid. Duplicated."
        reason = malformed(order, self.tick, self.min_size, now_ms)
        if reason:
            return reason
        best = self._ladders[1 - order.side].best
        crosses = best is not None and order.accepts(best)
        if order.post_only and crosses:
            return POST_ONLY_CROSSES
        if order.time_in_force is TimeInForce.FAK and not crosses:
            return FAK_KILLED
        if order.time_in_force is TimeInForce.FOK and not self._fills_whole(order):
            return FOK_KILLED
        return None

    def _reachable(self, order: Order) -> Iterator[tuple[int, int]]:
        ladder = self._ladders[1 - order.side]
        for pips in ladder.best_first():
            if not order.accepts(pips):
                return
            yield pips, ladder.levels[pips].size

    def _fills_whole(self, order: Order) -> bool:
        size, budget = order.size, order.budget
        for pips, shown in self._reachable(order):
            cost = mirrored(order.leg, pips)
            size -= shown
            budget -= shown * cost
            if (budget < cost) if order.budget else (size <= 0):
                return True
        return False

    def _match(self, taker: Order, events: list[Event]) -> int:
        makers = self._ladders[1 - taker.side]
        left, budget = taker.size, taker.budget
        while left or budget:
            maker = makers.front()
            if maker is None or not taker.accepts(maker.order.yes_pips):
                break
            cost = mirrored(taker.leg, maker.order.yes_pips)
            size = min(maker.left, budget // cost if taker.budget else left)
            if size == 0:
                budget = 0
                break
            left -= 0 if taker.budget else size
            budget -= size * cost if taker.budget else 0
            self._reduce(maker, size)
            events.append(self._filled(taker, maker, size, left))
        return left if not taker.budget else budget // taker.pips

    def _reduce(self, maker: Resting, size: int) -> None:
        order = maker.order
        self._ladders[order.side].take(maker, size)
        self._touched[order.side, order.yes_pips] = None
        if maker.left == 0:
            self._forget(order.order_id)

    def _filled(self, taker: Order, maker: Resting, size: int, left: int) -> Filled:
        self._trades += 1
        pips = maker.order.yes_pips
        return Filled(
            trade_no=self._trades,
            taker=taker,
            maker=maker.order,
            yes_pips=pips,
            size=size,
            match=match_kind(taker.action, maker.order.action),
            fee=self.fee.taker_fee(size, pips),
            taker_left=left,
            maker_left=maker.left,
        )

    def _rest(self, resting: Resting) -> None:
        order = resting.order
        self.resting[order.order_id] = resting
        if order.expires_ms:
            self._dated[order.order_id] = order.expires_ms - EARLY_DROP_MS
        self._ladders[order.side].add(resting)
        self._touched[order.side, order.yes_pips] = None

    def _remove(self, resting: Resting, ending: Ending) -> Cancelled:
        left = resting.left
        self._reduce(resting, left)
        return Cancelled(resting.order, left, ending)

    def _forget(self, order_id: str) -> None:
        del self.resting[order_id]
        self._dated.pop(order_id, None)

    def _finished(self, events: list[Event]) -> list[Event]:
        for side, pips in self._touched:
            events.append(LevelChanged(side, pips, self._ladders[side].size_at(pips)))
        self._touched.clear()
        return events
