"""Has a price gone too far: RSI and the logit z-score over closes (STRATEGIES.md D.7)."""

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt
from statistics import fmean
from typing import NamedTuple

from streams.logit import logit, sigmoid

RSI_PERIOD = 14
NEUTRAL, HIGHEST = 50.0, 100.0


def rsi(closes: Sequence[float], period: int = RSI_PERIOD) -> float | None:
    """Wilder's relative strength index, 0 to 100, over all closes given.

    The first averages are simple means of the first `period` gains and losses; later ones weigh the
    average before with `period − 1`. A market that never fell has 100, one that never moved 50.

    Args:
        closes: Oldest first. The same closes give the same number, whatever was before them.
        period: Changes that the first averages span.

    Returns:
        None with fewer than `period + 1` closes.
    """
    if len(closes) <= period:
        return None
    changes = [new - old for old, new in pairwise(closes)]
    gain = sum(max(change, 0.0) for change in changes[:period]) / period
    loss = sum(max(-change, 0.0) for change in changes[:period]) / period
    for change in changes[period:]:
        gain = ((period - 1) * gain + max(change, 0.0)) / period
        loss = ((period - 1) * loss + max(-change, 0.0)) / period
    if loss == 0.0:
        return NEUTRAL if gain == 0.0 else HIGHEST
    return HIGHEST - HIGHEST / (1.0 + gain / loss)


class ZScore(NamedTuple):
    """How far the last close lies from the mean of all, in logit space.

    Attributes:
        z: In sample standard deviations.
        mean: Logit units.
        sd: With n − 1, logit units.
        last: Logit of the last close.
    """

    z: float
    mean: float
    sd: float
    last: float


def logit_z(closes: Sequence[float], min_sd: float) -> ZScore | None:
    """The z-score of the last close among all of them.

    Args:
        closes: Probabilities, oldest first, the current one included.
        min_sd: Below this standard deviation there is no score.
    """
    if len(closes) < 2:
        return None
    xs = [logit(close) for close in closes]
    mean = fmean(xs)
    sd = sqrt(sum((x - mean) ** 2 for x in xs) / (len(xs) - 1))
    if sd < min_sd or sd == 0.0:
        return None
    return ZScore((xs[-1] - mean) / sd, mean, sd, xs[-1])


def reverted(score: ZScore, share: float) -> float:
    """Fair probability of YES if the price comes back by `share` of its way to the mean."""
    return sigmoid(share * score.mean + (1.0 - share) * score.last)
