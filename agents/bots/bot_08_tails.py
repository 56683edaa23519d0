"""Bot 8's tails: what a fitted calibration says of a price, and how much may be bet on it (D.8)."""

from collections.abc import Collection
from decimal import Decimal

from agents.bots.directional import Stance
from agents.bots.position import best_bid
from agents.bots.view import ZERO, Markets, View
from configs.bots_patient import TailParameters
from schemas.ids import MarketId
from schemas.values import Side
from streams.tails import Calibration

IDENTITY = Calibration()


def calibration_of(category: str, own: TailParameters) -> Calibration:
    """The fitted calibration of a category; the identity, which has no edge, where none is."""
    fitted = own.calibration.get(category)
    return IDENTITY if fitted is None else Calibration(fitted.alpha, fitted.beta)


def stance_of(view: View, own: TailParameters) -> Stance | None:
    """The token that is worth more than the mid by the calibration; None where none is.

    Args:
        view: Now.
        own: Calibrations, error.
    """
    mid = view.top.rough_mid
    if mid is None:
        return None
    fair_value = calibration_of(view.market.category, own).fair_value(mid)
    if fair_value == mid:
        return None
    side = Side.YES if fair_value > mid else Side.NO
    return Stance(
        side=side,
        fair_value=fair_value if side is Side.YES else 1.0 - fair_value,
        sigma=own.tail_sigma,
        multiplier=own.lambda_max,
    )


def tail_obstacle(view: View, tails: Collection[MarketId], own: TailParameters) -> str:
    """Why no further tail may be bought, a stable word; empty when one may."""
    if len(tails) >= own.max_tails:
        return "tail-count"
    equity = ZERO if view.account is None else view.account.equity
    spent = tails_cost(view.others, tails)
    return "tail-budget" if spent + own.cap * equity > own.tail_budget * equity else ""


def tails_cost(markets: Markets, tails: Collection[MarketId]) -> Decimal:
    """What all tails cost and would cost with what still rests, dollars."""
    total = ZERO
    for market_id in sorted(tails):
        held = markets.holding(market_id)
        total += held.yes_cost + held.no_cost
        seen = markets.view(market_id)
        if seen is not None:
            total += sum((o.remaining * o.order.price for o in seen.orders), ZERO)
    return total


def has_multiplied(view: View, side: Side, multiple: Decimal) -> bool:
    """Whether a holder would get `multiple` times what the tail cost on average."""
    held = view.holding
    shares, cost = (held.yes, held.yes_cost) if side is Side.YES else (held.no, held.no_cost)
    bid = best_bid(view, side)
    return bool(shares) and bid is not None and bid * shares >= multiple * cost
