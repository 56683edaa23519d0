"""How long orders waited for their fill, and what those that were not filled would have earned."""

from collections import defaultdict, deque
from decimal import Decimal
from statistics import median

from agents.replay.run_result import HorizonMean, OrderEnds
from schemas.ids import MarketId, OrderId
from schemas.trading import Fill, OrderPlaced
from schemas.values import Side
from streams.markouts import HORIZONS_MS, FillMarkouts, markout, mean_markout


class _Followed:
    """An accepted order, and what a fill at its acceptance would have earned by each horizon."""

    __slots__ = ("is_filled", "markouts", "placed")

    def __init__(self, placed: OrderPlaced) -> None:
        self.placed = placed
        self.is_filled = False
        self.markouts: list[Decimal] = []

    def answer(self, mid: Decimal) -> None:
        """A horizon is reached; the mid is in YES space."""
        order = self.placed.order
        own = mid if order.side is Side.YES else 1 - mid
        self.markouts.append(markout(order.action, order.price, own))

    def as_fill(self) -> FillMarkouts:
        """As if it had been filled; what was not reached stays open."""
        order, missing = self.placed.order, len(HORIZONS_MS) - len(self.markouts)
        return FillMarkouts(
            fill_id=order.order_id,
            market_id=order.market_id,
            side=order.side,
            action=order.action,
            price=order.price,
            size=order.size,
            filled_at=self.placed.event_time,
            mid=None,
            markouts=(*self.markouts, *(None,) * missing),
        )


def _queues() -> tuple[deque[_Followed], ...]:
    return tuple(deque() for _ in HORIZONS_MS)


class OrderFates:
    """One bot's accepted orders.

    The non-fill cost (STRATEGIES.md E.5) is the markout that an order without any fill would have
    had at its limit price, from its acceptance on. Orders that still rest at the end are left out.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._open: dict[OrderId, _Followed] = {}
        self._due: dict[MarketId, tuple[deque[_Followed], ...]] = defaultdict(_queues)
        self._unfilled: list[_Followed] = []
        self._waits_ms: list[int] = []
        self._accepted = self._filled = Decimal(0)

    def on_placed(self, placed: OrderPlaced) -> None:
        """An order rests."""
        followed = self._open[placed.order_id] = _Followed(placed)
        self._accepted += placed.order.size
        for queue in self._due[placed.market_id]:
            queue.append(followed)

    def on_fill(self, fill: Fill) -> None:
        """An order was matched."""
        self._filled += fill.size
        followed = self._open.get(fill.order_id)
        if followed is None:
            return
        if not followed.is_filled:
            followed.is_filled = True
            self._waits_ms.append(fill.event_time - followed.placed.event_time)
        if fill.cumulative >= followed.placed.order.size:
            del self._open[fill.order_id]

    def on_end(self, order_id: OrderId) -> None:
        """An order left the book unfilled, or with a part of it filled."""
        followed = self._open.pop(order_id, None)
        if followed is not None and not followed.is_filled:
            self._unfilled.append(followed)

    def on_mid(self, market_id: MarketId, mid: Decimal, now: int) -> None:
        """A mid of a market in YES space; answers every horizon that is due."""
        queues = self._due.get(market_id, ())
        for horizon, queue in zip(HORIZONS_MS, queues, strict=False):
            while queue and now - queue[0].placed.event_time >= horizon:
                queue.popleft().answer(mid)

    def on_resolved(self, market_id: MarketId) -> None:
        """No mids come any more."""
        self._due.pop(market_id, None)

    def result(self) -> OrderEnds:
        """All of it, as plain values."""
        unfilled = [each.as_fill() for each in self._unfilled]
        return OrderEnds(
            wait_ms=median(self._waits_ms) if self._waits_ms else None,
            filled_share=float(self._filled / self._accepted) if self._accepted else None,
            unfilled=len(unfilled),
            unfilled_markouts=tuple(
                HorizonMean(horizon, *mean_markout(unfilled, index))
                for index, horizon in enumerate(HORIZONS_MS)
            ),
        )
