"""One side of a book: price levels with their queues, in YES space."""

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass, field

from connectors.sandbox.mirror import BID
from connectors.sandbox.orders import Order


@dataclass(slots=True)
class Resting:
    """An order in the book and what is left of it.

    Attributes:
        left: Micro-shares still shown.
    """

    order: Order
    left: int


@dataclass(slots=True)
class Level:
    """All orders at one price, the oldest first.

    Attributes:
        size: Sum of what is left of them, micro-shares.
    """

    size: int = 0
    queue: dict[str, Resting] = field(default_factory=dict)


class Ladder:
    """The bids or the asks of a market.

    Attributes:
        side: `BID` or `ASK`.
        prices: The occupied prices in pips, ascending.
        levels: The level at each of them.
    """

    __slots__ = ("levels", "prices", "side")

    def __init__(self, side: int) -> None:
        self.side = side
        self.prices: list[int] = []
        self.levels: dict[int, Level] = {}

    @property
    def best(self) -> int | None:
        """The price nearest to the other side; None when empty."""
        if not self.prices:
            return None
        return self.prices[-1] if self.side == BID else self.prices[0]

    def size_at(self, pips: int) -> int:
        """Micro-shares shown at a price."""
        level = self.levels.get(pips)
        return level.size if level else 0

    def best_first(self) -> Iterator[int]:
        """Prices from the best to the worst."""
        return reversed(self.prices) if self.side == BID else iter(self.prices)

    def add(self, resting: Resting) -> None:
        """Put an order at the end of its level's queue."""
        pips = resting.order.yes_pips
        level = self.levels.get(pips)
        if level is None:
            level = self.levels[pips] = Level()
            insort(self.prices, pips)
        level.queue[resting.order.order_id] = resting
        level.size += resting.left

    def take(self, resting: Resting, size: int) -> None:
        """Remove part or all of an order; an empty level disappears."""
        pips = resting.order.yes_pips
        level = self.levels[pips]
        resting.left -= size
        level.size -= size
        if resting.left == 0:
            del level.queue[resting.order.order_id]
        if not level.queue:
            del self.levels[pips]
            del self.prices[bisect_left(self.prices, pips)]

    def front(self) -> Resting | None:
        """The order that trades next: best price, then oldest."""
        best = self.best
        return None if best is None else next(iter(self.levels[best].queue.values()))
