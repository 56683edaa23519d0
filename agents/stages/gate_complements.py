"""Two markets that are complements by the operator's list (STRATEGIES.md D.1, B.3).

For limits such markets stay what they are, two events whose worst cases add up. But a bundle of
both tokens locks a profit, buying what one leg lacks is a REDUCE of the pair, and what is matched
is no unhedged leg.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from configs.complements import Complement
from schemas.ids import MarketId
from schemas.trading import Order
from schemas.values import Action, Side
from streams.exposure import EMPTY
from streams.holdings import Stake
from streams.orders import OpenOrder

ZERO = Decimal(0)


def are_complements(orders: Sequence[Order], listed: Mapping[MarketId, Complement]) -> bool:
    """Whether two orders buy the two tokens of a listed pair, which pay one dollar together."""
    if len(orders) != 2 or any(order.action is not Action.BUY for order in orders):
        return False
    one, other = orders
    partner = listed.get(one.market_id)
    return partner == (one.side, other.market_id, other.side)


def completes(
    order: Order,
    listed: Mapping[MarketId, Complement],
    stakes: Mapping[MarketId, Stake],
    resting: Iterable[OpenOrder],
) -> bool:
    """Whether an order buys at most what the other leg of a listed pair has more.

    Then no fill of it raises the pair's worst-case loss (D-22): `excess · cost` falls to
    `excess · (cost + price − 1)`. What already rests to buy this leg or to sell the other counts.

    Args:
        order: The order.
        listed: The operator's list.
        stakes: What its bot holds.
        resting: The bot's open orders in all markets.
    """
    partner = listed.get(order.market_id)
    if partner is None or order.action is not Action.BUY or order.side is not partner.side:
        return False
    excess = _held(stakes, partner.other, partner.other_side)
    excess -= _held(stakes, order.market_id, order.side)
    own, other = (order.market_id, Action.BUY), (partner.other, Action.SELL)
    for entry in resting:
        if (entry.order.market_id, entry.order.action) in (own, other):
            excess -= entry.remaining
    return order.size <= excess


def matched(
    market_id: MarketId,
    net: Decimal,
    listed: Mapping[MarketId, Complement],
    stakes: Mapping[MarketId, Stake],
) -> Decimal:
    """Shares of a net inventory that the other leg of a listed pair matches."""
    partner = listed.get(market_id)
    if partner is None:
        return ZERO
    own = net if partner.side is Side.YES else -net
    return max(ZERO, min(own, _held(stakes, partner.other, partner.other_side)))


def _held(stakes: Mapping[MarketId, Stake], market_id: MarketId, side: Side) -> Decimal:
    net = stakes.get(market_id, EMPTY).net
    return net if side is Side.YES else -net
