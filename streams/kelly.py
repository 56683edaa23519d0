"""Kelly fractions for binary contracts (STRATEGIES.md A.6 to A.8).

`p` is the win probability of the token that is bought, `c` its price, a fraction is cost / equity.
"""

from collections.abc import Sequence
from decimal import Decimal
from math import log
from typing import NamedTuple

from schemas.errors import ConfigurationError, DomainError

MAX_MULTIPLIER = 0.5
"""Half Kelly; more is unreachable by construction."""

_SLACK = 1e-9


def check_multiplier(multiplier: float | Decimal) -> float:
    """Return the Kelly multiplier λ as a float if `0 < λ ≤ 0.5`.

    Raises:
        ConfigurationError: It is outside.
    """
    if not 0 < multiplier <= MAX_MULTIPLIER:
        raise ConfigurationError(
            f"A Kelly multiplier must be above 0 and at most 0.5, received {multiplier}. "
            "Lower lambda_max of this bot."
        )
    return float(multiplier)


def kelly_buy(p: float, c: float) -> float:
    """Full Kelly of buying at `c`: `(p − c) / (1 − c)`. At or below 0 there is no bet."""
    return (p - c) / (1.0 - c)


def kelly_buy_no(p_yes: float, c_no: float) -> float:
    """Full Kelly of buying NO at `c_no` when YES wins with probability `p_yes`."""
    return kelly_buy(1.0 - p_yes, c_no)


def kelly_sell_yes(p_yes: float, s: float) -> float:
    """Full Kelly of selling YES at `s`, collateral 1 − s a share: `(s − p) / s`."""
    return (s - p_yes) / s


def kelly_fraction(p: float, c: float, multiplier: float | Decimal) -> float:
    """The fraction of equity to spend: `λ · max(0, f*)`.

    Raises:
        ConfigurationError: The multiplier is not in (0, 0.5].
    """
    return check_multiplier(multiplier) * max(0.0, kelly_buy(p, c))


def shrinkage(p: float, c: float, sigma: float) -> float:
    """What an estimate with standard error `sigma` is worth: `e² / (e² + σ²)`, 0 without edge."""
    edge = p - c
    if edge <= 0.0:
        return 0.0
    return edge * edge / (edge * edge + sigma * sigma)


def log_growth(fraction: float, p: float, c: float) -> float:
    """Expected log growth of one bet; `kelly_buy` maximises it. Fraction in [0, 1)."""
    return p * log(1.0 - fraction + fraction / c) + (1.0 - p) * log(1.0 - fraction)


def correlation_scale(bets: int, correlation: float) -> float:
    """Scale of each of `bets` bets, the new one included, with mean pairwise correlation."""
    return 1.0 / (1.0 + (bets - 1) * max(0.0, correlation))


class OutcomeFractions(NamedTuple):
    """Kelly over mutually exclusive outcomes.

    Attributes:
        fractions: Cost per outcome as a share of equity, in the order given.
        reserve: The threshold R that `p/c` had to beat; 0 when a riskless bundle takes all cash.
    """

    fractions: tuple[float, ...]
    reserve: float


def kelly_outcomes(p: Sequence[float], c: Sequence[float]) -> OutcomeFractions:
    """Full Kelly of buying YES on mutually exclusive outcomes (STRATEGIES.md A.8).

    An outcome may be bought although p < c, because it hedges the others. When Σp = 1 and all
    outcomes together cost less than 1 the result is R = 0 and f = p: an arbitrage, not sizes.

    Args:
        p: Win probabilities, Σ ≤ 1; the rest is an outcome that cannot be bought.
        c: Prices, each in (0, 1).

    Raises:
        DomainError: The inputs are no probabilities and prices.
    """
    if len(p) != len(c) or sum(p) > 1.0 + _SLACK or min(p, default=0.0) < 0.0:
        raise DomainError(
            f"Expected as many probabilities as prices, none negative, summing to at most 1; "
            f"received {list(p)} and {list(c)}. Normalise the probabilities first."
        )
    if not all(0.0 < price < 1.0 for price in c):
        raise DomainError(f"Expected prices between 0 and 1, received {list(c)}. Drop the others.")
    chosen: list[int] = []
    won, cost, reserve = 0.0, 0.0, 1.0
    for index in sorted(range(len(p)), key=lambda i: (-p[i] / c[i], i)):
        if p[index] / c[index] <= reserve or cost + c[index] >= 1.0:
            break
        chosen.append(index)
        won += p[index]
        cost += c[index]
        reserve = max(0.0, (1.0 - won) / (1.0 - cost))
    fractions = [0.0] * len(p)
    for index in chosen:
        fractions[index] = p[index] - c[index] * reserve
    return OutcomeFractions(tuple(fractions), reserve)


def kelly_outcomes_unhedged(p: Sequence[float], c: Sequence[float]) -> OutcomeFractions:
    """As `kelly_outcomes`, but outcomes without edge of their own are dropped before solving.

    This is what a directional bot must use.

    Raises:
        DomainError: The inputs are no probabilities and prices.
    """
    kept = [index for index in range(len(p)) if p[index] > c[index]]
    solved = kelly_outcomes([p[i] for i in kept], [c[i] for i in kept])
    fractions = [0.0] * len(p)
    for index, fraction in zip(kept, solved.fractions, strict=True):
        fractions[index] = fraction
    return OutcomeFractions(tuple(fractions), solved.reserve)
