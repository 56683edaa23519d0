"""Do prices of a category say what happens: a logistic fit, judged out of sample (D.8, E.5, E.6).

A fit is worth using only when it beats the market's own price on markets it has not seen, by at
least two standard errors, with 500 outcomes or more.
"""

from collections.abc import Sequence
from math import sqrt
from statistics import fmean, stdev
from typing import NamedTuple

from streams.logit import logit, sigmoid
from streams.tails import Calibration

MIN_OUTCOMES = 500
MIN_ERRORS = 2.0
TRAIN_SHARE = 2 / 3
"""Of the outcomes by time; the rest judges."""
STEPS = 50
SETTLED = 1e-12
RIDGE = 1e-9
"""Keeps the normal equations solvable when all prices are equal."""


class Outcome(NamedTuple):
    """One resolved market.

    Attributes:
        event: Venue event; one event never trains and judges at once.
        at: When it resolved, ms.
        mid: The market's price when it was observed.
        won: 1 when YES was paid, 0 otherwise.
    """

    event: str
    at: int
    mid: float
    won: int


class Judgement(NamedTuple):
    """A fit and its proof.

    Attributes:
        calibration: α and β of the training part.
        outcomes: Markets in both parts.
        gain: Mean of the market's squared error minus ours, on the judging part.
        error: Its standard error.
        accepted: Enough outcomes, and a gain of at least two standard errors.
    """

    calibration: Calibration
    outcomes: int
    gain: float
    error: float
    accepted: bool


def fit(mids: Sequence[float], won: Sequence[int]) -> Calibration:
    """Maximum likelihood of `P(won) = sigmoid(α + β · logit(mid))`, by Newton's method.

    Where one side of a price separates wins from losses there is no maximum; the steps then stop
    where they are.
    """
    xs = [logit(mid) for mid in mids]
    alpha, beta = 0.0, 1.0
    for _ in range(STEPS):
        ga = gb = haa = hab = hbb = 0.0
        for x, y in zip(xs, won, strict=True):
            p = sigmoid(alpha + beta * x)
            weight, miss = p * (1.0 - p), y - p
            ga += miss
            gb += miss * x
            haa += weight
            hab += weight * x
            hbb += weight * x * x
        haa += RIDGE
        hbb += RIDGE
        scale = haa * hbb - hab * hab
        if scale <= 0.0:
            break
        step_a = (hbb * ga - hab * gb) / scale
        step_b = (haa * gb - hab * ga) / scale
        alpha += step_a
        beta += step_b
        if abs(step_a) + abs(step_b) < SETTLED:
            break
    return Calibration(alpha, beta)


def judge(outcomes: Sequence[Outcome]) -> Judgement:
    """Fit on the earlier outcomes, judge on the later ones, split by event and time.

    Args:
        outcomes: Resolved markets of one category, in any order.
    """
    ordered = sorted(outcomes, key=lambda each: (each.at, each.event))
    cut = round(len(ordered) * TRAIN_SHARE)
    train = ordered[:cut]
    seen = {each.event for each in train}
    test = [each for each in ordered[cut:] if each.event not in seen]
    found = fit([each.mid for each in train], [each.won for each in train])
    gains = [
        (each.mid - each.won) ** 2 - (found.fair_value(each.mid) - each.won) ** 2 for each in test
    ]
    if len(gains) < 2:
        return Judgement(found, len(ordered), 0.0, float("inf"), accepted=False)
    gain, error = fmean(gains), stdev(gains) / sqrt(len(gains))
    enough = len(train) + len(test) >= MIN_OUTCOMES
    proven = gain > 0.0 and gain >= MIN_ERRORS * error
    return Judgement(found, len(ordered), gain, error, accepted=enough and proven)
