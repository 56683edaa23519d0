"""Bot 6's portfolio over the outcomes of an event, and its correlation hedge (STRATEGIES.md D.6).

The bot sizes with these and the risk gate verifies with them.
"""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import NamedTuple

from schemas.values import Price, Side, Zone
from streams.kelly import kelly_outcomes
from streams.prices import GUARD, floor_lot
from streams.zones import Z3_MIN_EDGE, classify

HEDGE_RATIO = Decimal("0.30")
"""Share of the primary, times beta, that is hedged."""
MIN_CORRELATION = 0.50
"""Two markets are linked from this absolute correlation of their logit returns."""
BETA_RANGE = (0.5, 2.0)


class Leg(NamedTuple):
    """One outcome: price of YES in dollars, declared probability, its standard error."""

    price: Decimal
    fair_value: float
    sigma: float


def portfolio_fractions(legs: Sequence[Leg], zones: Collection[Zone]) -> tuple[float, ...]:
    """Shrunk full Kelly of each leg as a share of the equity; 0 for what may not be bought.

    Legs outside the zones, and legs in zone 3 without the net edge it needs, are dropped before the
    rest is solved; a leg elsewhere may be bought without edge because it hedges the others. Whether
    a leg may be bought does not depend on the solution, so dropping all of them first gives what
    dropping and solving by turns does. The shrinkage of a leg uses `|p̂ − c|`.

    Args:
        legs: In any order; their probabilities sum to at most 1.
        zones: Those in which the bot may open directional positions.

    Raises:
        DomainError: The legs are no probabilities and prices.
    """
    kept = [index for index, leg in enumerate(legs) if _may_buy(leg, zones)]
    solved = kelly_outcomes(
        [legs[i].fair_value for i in kept], [float(legs[i].price) for i in kept]
    )
    fractions = [0.0] * len(legs)
    for index, fraction in zip(kept, solved.fractions, strict=True):
        fractions[index] = fraction * _shrinkage(legs[index])
    return tuple(fractions)


class Hedge(NamedTuple):
    """A hedge of a position in a linked market.

    Attributes:
        linked: The correlation is strong enough.
        beta: Shares of the hedge per share of the primary, before the ratio.
        shares: How many to hold, on lot.
        side: Which token; None where nothing is linked.
    """

    linked: bool
    beta: float
    shares: Decimal
    side: Side | None


def hedge(
    shares: Decimal, side: Side, correlation: float, primary_sd: float, hedge_sd: float
) -> Hedge:
    """What hedges a holding (D.6c): the other token of a market that moves along, else the same.

    Args:
        shares: Held of the primary.
        side: Which token of it.
        correlation: Of logit returns.
        primary_sd: Their standard deviation in the primary.
        hedge_sd: The same in the market to hedge with.
    """
    if abs(correlation) < MIN_CORRELATION or hedge_sd <= 0.0:
        return Hedge(False, 0.0, Decimal(0), None)
    low, high = BETA_RANGE
    beta = min(max(abs(correlation) * primary_sd / hedge_sd, low), high)
    size = floor_lot(HEDGE_RATIO * Decimal(str(beta)) * shares + GUARD)
    return Hedge(True, beta, size, side.complement if correlation > 0.0 else side)


def _may_buy(leg: Leg, zones: Collection[Zone]) -> bool:
    if not Price.LOWEST <= leg.price <= Price.HIGHEST:
        return False
    zone = classify(leg.price)
    if zone not in zones:
        return False
    return zone is not Zone.ZONE_3 or Decimal(str(leg.fair_value)) - leg.price >= Z3_MIN_EDGE


def _shrinkage(leg: Leg) -> float:
    edge = leg.fair_value - float(leg.price)
    if edge == 0.0:
        return 0.0
    return edge * edge / (edge * edge + leg.sigma * leg.sigma)
