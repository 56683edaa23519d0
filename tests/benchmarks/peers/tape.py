"""One synthetic tape for every backtester: level changes and trades of a binary market.

A random walk: of the steps 5 % trade at the touch, 4 % move the touch by a tick, and the others
change a level's size, most often near the touch. Equal seeds give equal tapes.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

GRID = 1000
LEVELS = 20
BID, ASK = 0, 1
LEVEL, TRADE = 0, 1
NS = 1_000_000


class Tick(NamedTuple):
    """A level's new size, or a trade.

    Attributes:
        at: Nanoseconds since the epoch.
        kind: LEVEL or TRADE.
        side: Of the level; of a trade the side that was hit.
        ticks: Thousandths of a dollar.
        size: Hundredths of a share; 0 removes a level.
        last: Whether the book is whole after it; the changes of one move belong together.
    """

    at: int
    kind: int
    side: int
    ticks: int
    size: int
    last: bool


class _Market:
    """A book that is never crossed, with its best bid one to a few ticks below its best ask."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.best = [500, 502]
        self.sizes: tuple[dict[int, int], dict[int, int]] = ({}, {})

    def fresh(self) -> int:
        """A new level's size."""
        return self.rng.randrange(2_000, 60_000)

    def start(self, at: int) -> Iterator[Tick]:
        for side in (BID, ASK):
            for step in range(LEVELS):
                yield self.set(at, side, self.best[side] + _away(side) * step, self.fresh())

    def set(self, at: int, side: int, ticks: int, size: int, *, last: bool = True) -> Tick:
        if size:
            self.sizes[side][ticks] = size
        else:
            self.sizes[side].pop(ticks, None)
        return Tick(at, LEVEL, side, ticks, size, last)

    def trade(self, at: int) -> Iterator[Tick]:
        """Somebody takes from a best level; it shrinks, and is never emptied by it."""
        side = self.rng.randrange(2)
        ticks = self.best[side]
        there = self.sizes[side][ticks]
        size = min(self.rng.randrange(500, 5_500), there - 100)
        if size <= 0:
            yield self.set(at, side, ticks, self.fresh())
            return
        yield Tick(at, TRADE, side, ticks, size, True)
        yield self.set(at, side, ticks, there - size)

    def move(self, at: int) -> Iterator[Tick]:
        """Both best levels move a tick: one side gains a level at the touch, the other loses it."""
        up = self.rng.random() < 0.5
        if not 100 < self.best[BID] < 900:
            up = self.best[BID] <= 100
        gains, loses, step = (BID, ASK, 1) if up else (ASK, BID, -1)
        gone, far = self.best[loses], self.best[gains] - step * (LEVELS - 1)
        self.best = [self.best[BID] + step, self.best[ASK] + step]
        yield self.set(at, loses, gone, 0, last=False)
        yield self.set(at, gains, self.best[gains], self.fresh(), last=False)
        yield self.set(at, loses, self.best[loses] + step * (LEVELS - 1), self.fresh(), last=False)
        yield self.set(at, gains, far, 0)

    def resize(self, at: int) -> Iterator[Tick]:
        side = self.rng.randrange(2)
        distance = min(int(self.rng.expovariate(0.35)), LEVELS - 1)
        yield self.set(at, side, self.best[side] + _away(side) * distance, self.fresh())


def tape(count: int, seed: int = 3, start_ms: int = 1_790_586_000_000) -> list[Tick]:
    """The first `count` events (or a few more, so that the last move is whole).

    Args:
        count: Level changes and trades.
        seed: Of the walk.
        start_ms: Of the first event, ms.
    """
    rng = Random(seed)
    market = _Market(rng)
    now = start_ms * NS
    ticks = list(market.start(now))
    while len(ticks) < count:
        now += rng.randrange(NS // 5, 20 * NS)
        kind = rng.random()
        step = market.trade if kind < 0.05 else market.move if kind < 0.09 else market.resize
        ticks.extend(step(now))
    return ticks


def write(ticks: list[Tick], path: Path) -> None:
    """As JSON rows `[at, kind, side, ticks, size, last]`, which every peer's runner reads."""
    path.write_text(json.dumps(ticks))


def _away(side: int) -> int:
    return -1 if side == BID else 1
