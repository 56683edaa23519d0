"""Tail bets and quotes in markets where little rests (STRATEGIES.md D.8)."""

from decimal import Decimal
from typing import NamedTuple

from streams.logit import logit, sigmoid
from streams.prices import ceil_tick, floor_tick

HALF = Decimal("0.5")


class Calibration(NamedTuple):
    """How prices of a category turn into frequencies; the default says nothing: p̂ = mid."""

    alpha: float = 0.0
    beta: float = 1.0

    @property
    def is_identity(self) -> bool:
        """Whether it leaves every price as it is, so that no tail has an edge."""
        return self.alpha == 0.0 and self.beta == 1.0

    def fair_value(self, mid: float) -> float:
        """`sigmoid(α + β · logit(mid))`; exactly the mid under the default."""
        return mid if self.is_identity else sigmoid(self.alpha + self.beta * logit(mid))


class AdaptiveQuote(NamedTuple):
    """A maker's prices in YES space; None where no passive price exists.

    Attributes:
        half: Distance of each side from the centre before rounding, dollars.
        shift: What inventory moves both sides by, dollars.
    """

    bid: Decimal | None
    ask: Decimal | None
    half: Decimal
    shift: Decimal


def adaptive_quote(
    micro: Decimal,
    spread: Decimal,
    inventory: Decimal,
    inventory_max: Decimal,
    tick: Decimal,
    floor: Decimal | None,
    cap: Decimal | None,
) -> AdaptiveQuote:
    """Quotes a quarter of the spread around the microprice, moved against the inventory.

    `half = max(2 ticks, spread/4)`, `shift = −(inventory/most)·half/2`, rounded outwards and then
    kept passive.

    Args:
        micro: Microprice of YES, dollars.
        spread: Of the market, net of our own orders.
        inventory: YES-equivalent shares, negative when NO is held.
        inventory_max: Shares at which the shift is greatest.
        tick: Dollars.
        floor: The bid that our ask must stay above.
        cap: The ask that our bid must stay under.
    """
    half = max(2 * tick, spread / 4)
    ratio = min(max(inventory / inventory_max, Decimal(-1)), Decimal(1)) if inventory_max else None
    shift = Decimal(0) if ratio is None else -ratio * HALF * half
    bid = floor_tick(micro + shift - half, tick)
    ask = ceil_tick(micro + shift + half, tick)
    if cap is not None:
        bid = min(bid, cap - tick)
    if floor is not None:
        ask = max(ask, floor + tick)
    return AdaptiveQuote(_on_grid(bid, tick), _on_grid(ask, tick), half, shift)


def _on_grid(price: Decimal, tick: Decimal) -> Decimal | None:
    return price if tick <= price <= 1 - tick else None
