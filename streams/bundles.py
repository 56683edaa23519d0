"""Complete sets of a neg-risk event's outcomes, bought for less than they pay (STRATEGIES.md D.6a).

One YES of every outcome pays 1, one NO of every outcome pays n − 1, if the list is complete.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from schemas.values import Price, Side
from streams.prices import floor_lot
from streams.zones import classify

MIN_OUTCOMES = 3
MAX_OUTCOMES = 15
"""The venue's batch limit: a bundle is one batch."""


class SetSignal(NamedTuple):
    """Whether a bundle is worth placing.

    Attributes:
        drift: d, dollars locked per set.
        threshold: What d must reach.
        enter: It does.
        sets: Shares of each leg, on lot; 0 when not entered.
    """

    drift: Decimal
    threshold: Decimal
    enter: bool
    sets: Decimal


def set_payout(side: Side, outcomes: int) -> Decimal:
    """What one token of `side` on each outcome pays together, dollars."""
    return Decimal(1) if side is Side.YES else Decimal(outcomes - 1)


def set_signal(
    side: Side,
    prices: Sequence[Decimal],
    equity: Decimal,
    depth: Decimal,
    *,
    least: Decimal = Decimal("0.005"),
    per_leg: Decimal = Decimal("0.001"),
    cap: Decimal = Decimal("0.05"),
) -> SetSignal:
    """Size a bundle: `sets = floor_lot(min(cap·E_b/Σ price, depth))` where d reaches its threshold.

    Args:
        side: YES or NO on every outcome.
        prices: Post-only price of each leg, dollars.
        equity: E_b, dollars.
        depth: Shares that the thinnest leg's book allows.
        least: Least drift, dollars.
        per_leg: The same per leg.
        cap: Greatest cost as a share of E_b.
    """
    count, cost = len(prices), sum(prices, Decimal(0))
    drift = set_payout(side, count) - cost
    threshold = max(least, per_leg * count)
    enter = MIN_OUTCOMES <= count <= MAX_OUTCOMES and drift >= threshold and equity > 0
    if not enter or cost <= 0:
        return SetSignal(drift, threshold, False, Decimal(0))
    return SetSignal(drift, threshold, True, floor_lot(min(cap * equity / cost, depth)))


def every_leg_has_a_zone(prices: Sequence[Decimal]) -> bool:
    """Whether every leg of a bundle may be opened: nobody opens outside the zones (B.1)."""
    return all(
        Price.LOWEST <= price <= Price.HIGHEST and classify(price) is not None for price in prices
    )


def headroom(side: Side, prices: Sequence[Decimal], missing: int) -> Decimal:
    """How much above its limit each missing leg may be bought so that a set breaks even, dollars.

    Args:
        side: Of the bundle.
        prices: Of every leg: the average paid where it is filled, its limit where it is not.
        missing: How many legs are not filled.
    """
    return (set_payout(side, len(prices)) - sum(prices, Decimal(0))) / missing
