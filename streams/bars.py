"""Price bars of equal width: open, high, low, close of a mid, the last value carried over silence.

Bars lie on multiples of their width since the epoch, so 15-minute bars begin at :00, :15, :30 and
:45 UTC and a day's bar at midnight. A bar in which nothing was observed repeats the close before it
and says so; whoever computes on closes can refuse a market that mostly repeats itself.
"""

from collections.abc import Iterable

import msgspec

MINUTE_MS = 60_000
FIVE_MINUTES_MS = 300_000
QUARTER_MS = 900_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000


class Bar(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One bar.

    Attributes:
        start: ms.
        carried: Nothing was observed in it.
    """

    start: int
    open: float
    high: float
    low: float
    close: float
    carried: bool = False


class Bars(msgspec.Struct, frozen=True):
    """Where the fold stands.

    Attributes:
        complete: Oldest first, without gaps.
        current: The bar that is being made; None before the first observation.
    """

    complete: tuple[Bar, ...] = ()
    current: Bar | None = None

    @property
    def closes(self) -> tuple[float, ...]:
        """Closes of the complete bars, oldest first."""
        return tuple(bar.close for bar in self.complete)

    def carried_share(self) -> float:
        """Share of the complete bars in which nothing was observed; 0 without bars."""
        if not self.complete:
            return 0.0
        return sum(bar.carried for bar in self.complete) / len(self.complete)

    def greatest_move(self) -> float:
        """Greatest way that the price went within one complete bar, from the close before it."""
        worst, before = 0.0, None
        for bar in self.complete:
            high = bar.high if before is None else max(bar.high, before)
            low = bar.low if before is None else min(bar.low, before)
            worst, before = max(worst, high - low), bar.close
        return worst


def observe(bars: Bars, price: float, now: int, width_ms: int, keep: int) -> Bars:
    """Add an observation; bars that ended before it are complete.

    Args:
        bars: Before.
        price: Any number that is to be charted, a mid as a rule.
        now: The fold's `now`, ms; never before an earlier one.
        width_ms: Width of a bar.
        keep: Complete bars that are remembered.
    """
    bars = advance(bars, now, width_ms, keep)
    current = bars.current
    start = now - now % width_ms
    if current is None:
        return Bars(bars.complete, Bar(start, price, price, price, price))
    first = price if current.carried else current.open
    high = price if current.carried else max(current.high, price)
    low = price if current.carried else min(current.low, price)
    return Bars(bars.complete, Bar(start, first, high, low, price))


def preceded(bars: Bars, points: Iterable[tuple[int, float]], width_ms: int, keep: int) -> Bars:
    """Put bars of earlier prices before those that were observed; these stay as they are.

    Args:
        bars: What was observed.
        points: Time in ms and price, oldest first.
        width_ms: Width of a bar.
        keep: Complete bars that are remembered.
    """
    own = (*bars.complete, *(() if bars.current is None else (bars.current,)))
    until = own[0].start if own else None
    past = Bars()
    for at, price in points:
        if until is None or at < until:
            past = observe(past, price, at, width_ms, keep)
    if until is None:
        return past
    complete = (*advance(past, until, width_ms, keep).complete, *bars.complete)
    return Bars(complete[-keep:], bars.current)


def advance(bars: Bars, now: int, width_ms: int, keep: int) -> Bars:
    """Let time pass: complete what has ended, and carry the last close through silent bars.

    Args:
        bars: Before; returned as it is while its current bar goes on.
        now: The fold's `now`, ms.
        width_ms: Width of a bar.
        keep: Complete bars that are remembered.
    """
    current = bars.current
    if current is None or now < current.start + width_ms:
        return bars
    start = now - now % width_ms
    close = current.close
    silent = (start - current.start) // width_ms - 1
    complete = [*bars.complete, current]
    complete += [
        Bar(start - back * width_ms, close, close, close, close, carried=True)
        for back in range(min(silent, keep), 0, -1)
    ]
    return Bars(tuple(complete[-keep:]), Bar(start, close, close, close, close, carried=True))
