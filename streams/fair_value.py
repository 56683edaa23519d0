"""Probabilities from several sources, and what a far payout is worth today (A.2, D.10)."""

from collections.abc import Sequence
from math import exp, sqrt
from typing import NamedTuple

from schemas.errors import DomainError
from streams.logit import logit, sigmoid

DAYS_PER_YEAR = 365.0


class Pooled(NamedTuple):
    """The pool of several probabilities.

    Attributes:
        p: Pooled probability.
        sigma: Its standard error, from how far the sources lie apart.
    """

    p: float
    sigma: float


def pool(probabilities: Sequence[float], weights: Sequence[float], sigma_min: float) -> Pooled:
    """Weighted mean of log-odds: `x̄ = Σ w·logit(p) / Σ w`, `p̂ = sigmoid(x̄)`.

    The error is the sources' spread brought back to probabilities, `p̂(1 − p̂)·√(Σ w(x − x̄)²/Σ w)`,
    and at least `sigma_min`.

    Args:
        probabilities: One per source.
        weights: Above 0, one per source.
        sigma_min: Sources that agree may still be wrong by this much.

    Raises:
        DomainError: There is no source, a weight is missing or not above 0.
    """
    total = sum(weights)
    if not weights or len(weights) != len(probabilities) or min(weights) <= 0.0:
        raise DomainError(
            f"Expected a weight above 0 for each probability, received {list(weights)} for "
            f"{list(probabilities)}. Drop sources without weight."
        )
    xs = [logit(p) for p in probabilities]
    mean = sum(w * x for w, x in zip(weights, xs, strict=True)) / total
    variance = sum(w * (x - mean) ** 2 for w, x in zip(weights, xs, strict=True)) / total
    p = sigmoid(mean)
    return Pooled(p, max(sigma_min, p * (1.0 - p) * sqrt(variance)))


def present_value(p: float, days: float, rate: float) -> float:
    """A win of one dollar in `days` days, discounted: `p · e^(−rate · T)`, T in years."""
    return p * exp(-rate * days / DAYS_PER_YEAR)


def annualised(p: float, price: float, days: float) -> float | None:
    """Expected return a year of paying `price` for `p`: `(p/c)^(1/T) − 1`; None at the end.

    A number too great to be one is infinite.
    """
    if days <= 0.0 or price <= 0.0:
        return None
    try:
        return float((p / price) ** (DAYS_PER_YEAR / days)) - 1.0
    except OverflowError:
        return float("inf")
