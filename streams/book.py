"""One market's order book: both legs, flat integer arrays indexed by tick.

A price is a whole number of ticks and a size a whole number of micro-shares, so that a level
change is one list store. Grids have at most 10,000 ticks. Beside each array of sizes lies a byte
per tick that says whether the level is occupied, so that the next best price is a memory search.

The empty sides are tick 0 (no bid) and tick `grid` (no ask): crossing and mirror tests then need no
special case, because `0 = grid − grid`.
"""

from collections.abc import Iterator
from itertools import compress, islice

import msgspec

from schemas.market import BookDelta, BookSnapshot, Level
from schemas.values import PIPS

YES, NO = 0, 1
"""Legs."""
BID, ASK = 0, 1
"""Sides of a leg."""
FINE_GRID = 256
"""Up to so many ticks, looking at each is faster than searching for the occupied ones."""


class BookState(msgspec.Struct, frozen=True, kw_only=True):
    """A book as it is written into a checkpoint: occupied levels only.

    Attributes:
        tick: Pips per tick; 0 when the book waits for its first snapshot.
        sides: YES bids, YES asks, NO bids, NO asks, each by ascending price.
        snapshotted: Per leg, whether a snapshot came since the book was last dropped.
        rejected: Per leg, impossible levels ignored since that leg's last snapshot.
    """

    tick: int
    sides: tuple[tuple[Level, ...], ...]
    snapshotted: tuple[bool, bool]
    rejected: tuple[int, int]


class Book:
    """The resting sizes of one market, folded from snapshots and deltas.

    Deltas for a leg without a snapshot are ignored. A price outside ticks 1 to `grid − 1` or a
    negative size is ignored too, and counted in `rejected`: the feed is wrong, which is no reason
    to stop.
    A change of the tick size drops both legs until their next snapshots.

    Attributes:
        tick: Pips (0.0001 dollars) per tick; 0 before the first snapshot.
        grid: Ticks in one dollar; legal prices are 1 to `grid − 1`.
        is_ready: Both legs have had a snapshot since the book was last dropped.
        rejected: Impossible levels ignored since the leg's last snapshot, per leg.
    """

    __slots__ = (
        "_best",
        "_occupied",
        "_saved",
        "_sizes",
        "_snapshotted",
        "grid",
        "is_ready",
        "rejected",
        "tick",
    )

    def __init__(self) -> None:
        self.tick = 0
        self.grid = 0
        self.is_ready = False
        self.rejected = [0, 0]
        self._snapshotted = [False, False]
        self._sizes: list[list[int]] = [[], [], [], []]
        self._occupied: list[bytearray] = [bytearray(), bytearray(), bytearray(), bytearray()]
        self._best = [0, 0, 0, 0]
        self._saved: BookState | None = None

    def drop(self) -> None:
        """Forget both legs until their next snapshots: reconnect, or a new tick size."""
        self._start(self.tick)

    def apply_snapshot(self, snapshot: BookSnapshot) -> None:
        """Replace one leg. A tick size other than the book's drops the other leg first."""
        self._saved = None
        if snapshot.tick != self.tick:
            self._start(snapshot.tick)
        self._replace(snapshot.leg, snapshot.bids, snapshot.asks)
        self._mark(snapshot.leg)

    def apply_delta(self, delta: BookDelta) -> None:
        """Set levels to their new sizes; 0 removes a level."""
        self._saved = None
        if delta.tick != self.tick:
            self._start(delta.tick)
        if not self.is_ready and not any(self._snapshotted):
            return
        grid, best, snapshotted = self.grid, self._best, self._snapshotted
        for leg, side, ticks, size in delta.changes:
            if not snapshotted[leg]:
                continue
            if not 0 < ticks < grid or size < 0:
                self.rejected[leg] += 1
                continue
            index = leg + leg + side
            self._sizes[index][ticks] = size
            occupied = self._occupied[index]
            if size:
                occupied[ticks] = 1
                if side:
                    if ticks < best[index]:
                        best[index] = ticks
                elif ticks > best[index]:
                    best[index] = ticks
            else:
                occupied[ticks] = 0
                if ticks == best[index]:
                    best[index] = (
                        _lowest(occupied, ticks, grid) if side else _highest(occupied, ticks)
                    )

    def best_bid(self, leg: int) -> int | None:
        """The highest bid in ticks; None on an empty side."""
        return self._best[leg + leg] or None

    def best_ask(self, leg: int) -> int | None:
        """The lowest ask in ticks; None on an empty side."""
        ticks = self._best[leg + leg + 1]
        return ticks if ticks < self.grid else None

    def is_mirrored(self) -> bool:
        """Whether nothing is crossed and the best levels of the legs are one book's two views."""
        yes_bid, yes_ask, no_bid, no_ask = self._best
        yes_bids, yes_asks, no_bids, no_asks = self._sizes
        return (
            yes_bid < yes_ask
            and yes_bid + no_ask == self.grid == yes_ask + no_bid
            and yes_bids[yes_bid] == no_asks[no_ask]
            and yes_asks[yes_ask] == no_bids[no_bid]
        )

    def size_at(self, leg: int, side: int, ticks: int) -> int:
        """Micro-shares resting at a price; 0 off the grid."""
        return self._sizes[leg + leg + side][ticks] if 0 < ticks < self.grid else 0

    def walk(self, leg: int, side: int) -> Iterator[Level]:
        """The side's levels, best first. The book must not change meanwhile."""
        index = leg + leg + side
        sizes, occupied, ticks = self._sizes[index], self._occupied[index], self._best[index]
        if side:
            while ticks < self.grid:
                yield ticks, sizes[ticks]
                ticks = _lowest(occupied, ticks, self.grid)
        else:
            while ticks:
                yield ticks, sizes[ticks]
                ticks = _highest(occupied, ticks)

    def levels(self, leg: int, side: int, count: int) -> list[Level]:
        """The best `count` levels, best first."""
        return list(islice(self.walk(leg, side), count))

    def touch(self, leg: int) -> tuple[int, int, int, int]:
        """Best bid and its size, best ask and its size, in ticks and micro-shares.

        An empty side shows as bid 0 or ask `grid`, of size 0.
        """
        if not self.grid:
            return 0, 0, 0, 0
        bids = leg + leg
        bid, ask = self._best[bids], self._best[bids + 1]
        return bid, self._sizes[bids][bid], ask, self._sizes[bids + 1][ask]

    def notional(self, leg: int, side: int, count: int) -> int:
        """Ticks times micro-shares on the best `count` levels; times the tick it is money."""
        index = leg + leg + side
        sizes, occupied, ticks = self._sizes[index], self._occupied[index], self._best[index]
        total = 0
        if side:
            find, grid = occupied.find, self.grid
            while count and 0 <= ticks < grid:
                total += ticks * sizes[ticks]
                ticks, count = find(1, ticks + 1), count - 1
        else:
            rfind = occupied.rfind
            while count and ticks > 0:
                total += ticks * sizes[ticks]
                ticks, count = rfind(1, 0, ticks), count - 1
        return total

    def depth(self, leg: int, side: int, within: int, around: int | None = None) -> int:
        """Micro-shares resting at most `within` ticks from a price, on both sides of it.

        Args:
            leg: 0 YES, 1 NO.
            side: 0 bids, 1 asks.
            within: Distance in ticks; 0 means that price only.
            around: The price in ticks; the side's best when None.
        """
        index = leg + leg + side
        centre = self._best[index] if around is None else around
        low, high = max(centre - within, 0), min(centre + within, self.grid)
        return sum(self._sizes[index][low : high + 1])

    def state(self) -> BookState:
        """The book for a checkpoint; made anew only when it has changed."""
        if self._saved is None:
            self._saved = self._state()
        return self._saved

    def _state(self) -> BookState:
        return BookState(
            tick=self.tick,
            sides=tuple(
                _ascending(sizes, occupied)
                for sizes, occupied in zip(self._sizes, self._occupied, strict=True)
            ),
            snapshotted=(self._snapshotted[YES], self._snapshotted[NO]),
            rejected=(self.rejected[YES], self.rejected[NO]),
        )

    @classmethod
    def from_state(cls, state: BookState) -> "Book":
        """The book as it was when `state` was taken."""
        book = cls()
        book._start(state.tick)
        for leg in (YES, NO):
            if state.snapshotted[leg]:
                book._replace(leg, state.sides[leg + leg], state.sides[leg + leg + 1])
                book._mark(leg)
        book.rejected = list(state.rejected)
        return book

    def _start(self, tick: int) -> None:
        grid = PIPS // tick if tick else 0
        self.tick = tick
        self.grid = grid
        self._saved = None
        self.is_ready = False
        self.rejected = [0, 0]
        self._snapshotted = [False, False]
        self._sizes = [[0] * (grid + 1) for _ in range(4)]
        self._occupied = [bytearray(grid + 1) for _ in range(4)]
        self._best = [0, grid, 0, grid]

    def _mark(self, leg: int) -> None:
        self._snapshotted[leg] = True
        self.is_ready = all(self._snapshotted)

    def _replace(self, leg: int, bids: tuple[Level, ...], asks: tuple[Level, ...]) -> None:
        grid, rejected = self.grid, 0
        for index, levels in ((leg + leg, bids), (leg + leg + 1, asks)):
            sizes, occupied = [0] * (grid + 1), bytearray(grid + 1)
            for ticks, size in levels:
                if 0 < ticks < grid and size >= 0:
                    sizes[ticks] = size
                    occupied[ticks] = size > 0
                else:
                    rejected += 1
            self._sizes[index], self._occupied[index] = sizes, occupied
        self.rejected[leg] = rejected
        self._best[leg + leg] = _highest(self._occupied[leg + leg], grid)
        self._best[leg + leg + 1] = _lowest(self._occupied[leg + leg + 1], 0, grid)


def _ascending(sizes: list[int], occupied: bytearray) -> tuple[Level, ...]:
    if len(occupied) <= FINE_GRID:
        return tuple(
            zip(compress(range(len(sizes)), occupied), compress(sizes, occupied), strict=True)
        )
    levels = []
    ticks = occupied.find(1)
    while ticks >= 0:
        levels.append((ticks, sizes[ticks]))
        ticks = occupied.find(1, ticks + 1)
    return tuple(levels)


def _lowest(occupied: bytearray, above: int, grid: int) -> int:
    """The lowest occupied tick above `above`, `grid` when there is none."""
    ticks = occupied.find(1, above + 1)
    return grid if ticks < 0 else ticks


def _highest(occupied: bytearray, below: int) -> int:
    """The highest occupied tick below `below`, 0 when there is none."""
    return max(occupied.rfind(1, 0, below), 0)
