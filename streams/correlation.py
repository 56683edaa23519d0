"""Pearson correlation of 5-minute logit returns of linked markets (STRATEGIES.md D.6c).

Quotes that stand still pull correlations to zero (Epps); a bar exists only where a mid was seen.
"""

from collections.abc import Iterable
from itertools import pairwise
from math import sqrt
from typing import NamedTuple

import msgspec

from streams.logit import logit


class Bars(msgspec.Struct, frozen=True):
    """Closing mids of one market by bar number, oldest first, and the bar being filled.

    Attributes:
        closes: (bar number, logit of the last mid in it).
        number: Of the current bar.
        last: Logit of its last mid.
    """

    closes: tuple[tuple[int, float], ...] = ()
    number: int = -1
    last: float = 0.0


class Linkage(NamedTuple):
    """How two markets move together.

    Attributes:
        correlation: ρ of their returns.
        primary_sd: Standard deviation of the first market's returns.
        hedge_sd: Of the second's.
        bars: Common returns it rests on.
    """

    correlation: float
    primary_sd: float
    hedge_sd: float
    bars: int


def add_mid(bars: Bars, mid: float, now: int, bar_ms: int, window: int) -> Bars:
    """Take a mid in; a bar is closed by the first mid after it.

    Args:
        bars: Before.
        mid: Dollars.
        now: ms.
        bar_ms: Length of a bar.
        window: Bars to keep.
    """
    number, value = now // bar_ms, logit(mid)
    if number == bars.number:
        return bars if value == bars.last else Bars(bars.closes, number, value)
    if bars.number < 0:
        return Bars((), number, value)
    oldest = number - window - 1
    closes = (*(each for each in bars.closes if each[0] >= oldest), (bars.number, bars.last))
    return Bars(closes, number, value)


def preceded(bars: Bars, points: Iterable[tuple[int, float]], bar_ms: int, window: int) -> Bars:
    """Put closes of earlier prices before those that were seen; these stay as they are.

    Args:
        bars: What was seen.
        points: Time in ms and price in dollars, oldest first.
        bar_ms: Length of a bar.
        window: Bars to keep.
    """
    own = (*bars.closes, (bars.number, bars.last)) if bars.number >= 0 else ()
    past = Bars()
    for at, price in points:
        if not own or at // bar_ms < own[0][0]:
            past = add_mid(past, price, at, bar_ms, window)
    if not own:
        return past
    known = (*past.closes, (past.number, past.last)) if past.number >= 0 else ()
    oldest = bars.number - window - 1
    closes = (*(each for each in known if each[0] >= oldest), *bars.closes)
    return Bars(closes, bars.number, bars.last)


def returns(bars: Bars) -> dict[int, float]:
    """Logit returns by bar number, where the bar before it has a close too."""
    closes = bars.closes
    return {
        now: close - before
        for (earlier, before), (now, close) in pairwise(closes)
        if now == earlier + 1
    }


def linkage(primary: Bars, hedge: Bars, min_bars: int) -> Linkage | None:
    """ρ and deviations over common bars; None with fewer than `min_bars` or without movement."""
    first, second = returns(primary), returns(hedge)
    common = [number for number in first if number in second]
    count = len(common)
    if count < max(min_bars, 2):
        return None
    x, y = [first[number] for number in common], [second[number] for number in common]
    mean_x, mean_y = sum(x) / count, sum(y) / count
    var_x = sum((value - mean_x) ** 2 for value in x)
    var_y = sum((value - mean_y) ** 2 for value in y)
    if var_x <= 0.0 or var_y <= 0.0:
        return None
    shared = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    rho = min(max(shared / sqrt(var_x * var_y), -1.0), 1.0)
    return Linkage(rho, sqrt(var_x / (count - 1)), sqrt(var_y / (count - 1)), count)
