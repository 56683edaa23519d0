"""One recorded market, played again: its books as they were, with times moved by a constant."""

from collections.abc import Iterator, Sequence

from connectors.sandbox.book_frame import BookFields, book, book_hash, levels_json
from connectors.sandbox.events import Accepted, Cancelled, Ending, Event, Rejected, Resolved
from connectors.sandbox.frames import (
    Dispatch,
    Frame,
    market_resolved,
    tick_size_change,
)
from connectors.sandbox.journal import Journal
from connectors.sandbox.ladder import Resting
from connectors.sandbox.market import MarketSpec, MarketState
from connectors.sandbox.mirror import BID, book_side, leg_side
from connectors.sandbox.orders import (
    EARLY_DROP_MS,
    FAK_KILLED,
    FOK_KILLED,
    NOT_READY,
    POST_ONLY_CROSSES,
    Order,
    malformed,
)
from connectors.sandbox.publisher import Top
from connectors.sandbox.recording import Levels, Snapshot
from connectors.sandbox.units import price_text, size_text
from schemas.values import TimeInForce

FINE_TICK = 10
"""The grid once the recorded prices leave whole cents, pips."""


class RecordedMarket:
    """A recorded market.

    What rested and traded is history: an order sent here rests or is refused, as the book of its
    moment says, and never matches.

    Args:
        spec: Metadata, times already moved.
        snapshots: Recorded books in order of time.
        shift_ms: Added to every recorded time.
        resolves_ms: When the payout is announced, already moved, ms UTC.
        yes_payout: The payout of a token of the first outcome, pips.
        journal: Where it writes what happens to orders.

    Attributes:
        spec: Metadata.
        state: What changes.
        tick: Tick size now, pips.
        resting: Our resting orders by id.
    """

    def __init__(
        self,
        spec: MarketSpec,
        snapshots: Sequence[Snapshot],
        shift_ms: int,
        resolves_ms: int,
        yes_payout: int,
        journal: Journal | None = None,
    ) -> None:
        self.spec = spec
        self._journal = journal
        self.state = MarketState(changed_ms=spec.listed_ms)
        self.tick = spec.tick
        self.resting: dict[str, Resting] = {}
        self._tokens = spec.token_ids
        self._snapshots = snapshots
        self._next = 0
        self._shift_ms = shift_ms
        self._resolves_ms = resolves_ms
        self._yes_payout = yes_payout
        self._books: list[tuple[Levels, Levels]] = [((), ()), ((), ())]
        self._changed_ms = [spec.listed_ms, spec.listed_ms]

    def top(self, leg: int) -> Top:
        """Best recorded bid and ask of a token, pips."""
        bids, asks = self._books[leg]
        return bids[0][0] if bids else None, asks[0][0] if asks else None

    def book(self, leg: int) -> Frame:
        """The last recorded book of a token."""
        bids, asks = (_wire(levels) for levels in self._books[leg])
        fields = BookFields(
            market=self.spec.condition_id,
            asset_id=self._tokens[leg],
            timestamp=str(self._changed_ms[leg]),
            min_order_size=size_text(self.spec.min_size),
            tick_size=price_text(self.tick),
            neg_risk=False,
            last_trade_price="",
        )
        return book(fields, bids, asks, book_hash(fields, levels_json(bids), levels_json(asks)))

    def depth(self) -> int:
        """Money units that the recorded bids of both tokens could trade."""
        return sum(pips * size for bids, _ in self._books for pips, size in bids)

    def daily_volume(self) -> int | None:
        """Unknown: the recording holds no trades."""
        return None

    def past_price(self, at_ms: int) -> float | None:
        """Unknown: books that have been played are not kept."""
        return None

    def resolution(self, at_ms: int) -> str:
        """The oracle's status word; these markets are settled by a feed, never proposed."""
        return "" if self.state.is_open else "resolved"

    def skip_to(self, at_ms: int) -> None:
        """Stand at a time without telling anybody what came before it."""
        for snapshot in self._due(at_ms):
            self._take_over(snapshot, snapshot.at_ms + self._shift_ms)

    def advance(self, to_ms: int) -> list[Dispatch]:
        """Frames of the recorded books that are due, and of the resolution."""
        out: list[Dispatch] = []
        for snapshot in self._due(to_ms):
            out += self._show(snapshot, snapshot.at_ms + self._shift_ms)
        self._drop_expired(to_ms)
        if self.state.is_open and self._resolves_ms <= to_ms:
            out.append(self._resolve())
        return out

    def place(self, order: Order, now_ms: int) -> tuple[list[Event], list[Dispatch]]:
        """Rest an order, or refuse it; the recorded book does not change."""
        reason = self._refusal(order, now_ms)
        if reason:
            return [Rejected(order, reason)], []
        self.resting[order.order_id] = Resting(order, order.size)
        return self._recorded([Accepted(order)], now_ms), []

    def cancel(self, order_id: str, now_ms: int) -> tuple[list[Event], list[Dispatch]]:
        """Take an order back."""
        resting = self.resting.pop(order_id, None)
        if resting is None:
            return [], []
        ended = Cancelled(resting.order, resting.left, Ending.CANCELED)
        return self._recorded([ended], now_ms), []

    def _recorded(self, events: list[Event], at_ms: int) -> list[Event]:
        if self._journal is not None:
            self._journal.record(self.spec.condition_id, at_ms, events)
        return events

    def _due(self, to_ms: int) -> Iterator[Snapshot]:
        while self._next < len(self._snapshots):
            snapshot = self._snapshots[self._next]
            if snapshot.at_ms + self._shift_ms > to_ms:
                return
            self._next += 1
            yield snapshot

    def _take_over(self, snapshot: Snapshot, at_ms: int) -> bool:
        """Make a snapshot the token's book.

        The recorder kept no change of the grid: the first price between whole cents tells of it.

        Returns:
            Whether the grid became finer.
        """
        leg = snapshot.leg
        self._books[leg] = (snapshot.bids, snapshot.asks)
        self._changed_ms[leg] = self.state.changed_ms = at_ms
        if all(pips % self.tick == 0 for levels in self._books[leg] for pips, _ in levels):
            return False
        self.tick = FINE_TICK
        return True

    def _show(self, snapshot: Snapshot, at_ms: int) -> list[Dispatch]:
        old, out = self.tick, []
        if self._take_over(snapshot, at_ms):
            for token in self._tokens:
                frame = tick_size_change(self.spec.condition_id, at_ms, token, old, self.tick)
                out.append(Dispatch(at_ms, frame, (token,)))
        token = self._tokens[snapshot.leg]
        out.append(Dispatch(at_ms, self.book(snapshot.leg), (token,)))
        return out

    def _resolve(self) -> Dispatch:
        at_ms = self._resolves_ms
        ended: list[Event] = [
            Cancelled(each.order, each.left, Ending.RESOLVED) for each in self.resting.values()
        ]
        self._recorded([*ended, Resolved(self._yes_payout)], at_ms)
        self.resting.clear()
        self._snapshots, self._next = (), 0
        self.state.resolved_ms, self.state.yes_payout = at_ms, self._yes_payout
        frame = market_resolved(self.spec, at_ms, self._yes_payout)
        return Dispatch(at_ms, frame, self._tokens, gated=True)

    def _drop_expired(self, now_ms: int) -> None:
        for order_id, resting in list(self.resting.items()):
            expires_ms = resting.order.expires_ms
            if expires_ms and expires_ms - EARLY_DROP_MS <= now_ms:
                del self.resting[order_id]
                ended = Cancelled(resting.order, resting.left, Ending.EXPIRED)
                self._recorded([ended], expires_ms - EARLY_DROP_MS)

    def _refusal(self, order: Order, now_ms: int) -> str | None:
        if not self.state.is_open:
            return NOT_READY
        if order.order_id in self.resting:
            return f"order {order.order_id} is invalid. Duplicated."
        if order.time_in_force is TimeInForce.FAK:
            return FAK_KILLED
        if order.time_in_force is TimeInForce.FOK:
            return FOK_KILLED
        if order.post_only and self._crosses(order):
            return POST_ONLY_CROSSES
        return malformed(order, self.tick, self.spec.min_size, now_ms)

    def _crosses(self, order: Order) -> bool:
        bid, ask = self.top(order.leg)
        if leg_side(order.leg, book_side(order.leg, order.action)) == BID:
            return ask is not None and order.pips >= ask
        return bid is not None and order.pips <= bid


def _wire(levels: Levels) -> list[dict[str, str]]:
    """Levels best last, as the venue sends them."""
    return [{"price": price_text(pips), "size": size_text(size)} for pips, size in reversed(levels)]
