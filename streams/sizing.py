"""The one sizing function of every directional bot (STRATEGIES.md A.9)."""

from decimal import Decimal

from streams.kelly import check_multiplier, kelly_buy, shrinkage
from streams.prices import GUARD, LOT, floor_lot

MIN_SIZE = Decimal(5)
"""Shares of a new order where the market says nothing else."""


def size_order(
    equity: Decimal,
    fair_value: float,
    price: Decimal,
    sigma: float,
    multiplier: float | Decimal,
    cap_fraction: Decimal,
    *,
    corr_scale: float = 1.0,
    min_size: Decimal = MIN_SIZE,
    lot: Decimal = LOT,
) -> Decimal:
    """Shares to buy at `price`; the dollar minimum is the gate's check.

    Args:
        equity: E_b, dollars.
        fair_value: Estimated win probability of the token bought.
        price: Dollars per token.
        sigma: Standard error of `fair_value`.
        multiplier: Kelly multiplier λ in (0, 0.5].
        cap_fraction: Most of the equity that one order may cost.
        corr_scale: From `kelly.correlation_scale`, applied before the cap.
        min_size: Shares below which nothing is ordered.
        lot: Step of a size in shares.

    Returns:
        Shares on lot; 0 without edge, below the minimum size, or for inputs out of range.

    Raises:
        ConfigurationError: The multiplier is not in (0, 0.5].
    """
    fraction_of_kelly = check_multiplier(multiplier)
    cost = float(price)
    in_range = 0.0 < fair_value < 1.0 and 0.0 < cost < 1.0 and sigma >= 0.0 and equity > 0
    if not in_range or fair_value <= cost:
        return Decimal(0)
    kelly = kelly_buy(fair_value, cost) * shrinkage(fair_value, cost, sigma)
    wanted = Decimal(str(fraction_of_kelly * corr_scale * kelly))
    shares = floor_lot(min(wanted, cap_fraction) * equity / price + GUARD, lot)
    return shares if shares >= min_size else Decimal(0)
