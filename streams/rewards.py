"""The venue's liquidity rewards as an estimate (STRATEGIES.md D.5, E.4).

Never part of an edge: rewards break ties between quotes and stand on a line of their own.
"""

from collections.abc import Iterable
from decimal import Decimal

from schemas.values import Action, Side

_CENTS = 100
_SINGLE_SIDED = (Decimal("0.10"), Decimal("0.90"))


def order_score(
    max_spread: Decimal,
    distance: Decimal,
    size: Decimal,
    min_size: Decimal,
    multiplier: Decimal = Decimal(1),
) -> Decimal:
    """One order's score in one sample: `((v − s) / v)² · b · size`, 0 when it does not qualify.

    Args:
        max_spread: v, cents from the mid within which orders count.
        distance: s, cents from the mid.
        size: Shares.
        min_size: Shares below which an order does not count.
        multiplier: b, the market's in-game multiplier.
    """
    if not distance < max_spread or size < min_size:
        return Decimal(0)
    return ((max_spread - distance) / max_spread) ** 2 * multiplier * size


def market_score(q_one: Decimal, q_two: Decimal, mid: Decimal) -> Decimal:
    """Q_min of both sides; a single side counts a third while the mid is in [0.10, 0.90]."""
    both = min(q_one, q_two)
    if _SINGLE_SIDED[0] <= mid <= _SINGLE_SIDED[1]:
        return max(both, max(q_one, q_two) / 3)
    return both


def quotes_score(
    orders: Iterable[tuple[Side, Action, Decimal, Decimal]],
    mid: Decimal,
    max_spread: Decimal,
    min_size: Decimal,
) -> Decimal:
    """Q_min of a set of resting orders.

    Args:
        orders: Side, action, price in dollars and shares.
        mid: Of YES, dollars.
        max_spread: v, cents.
        min_size: Shares below which an order does not count.
    """
    q_one = q_two = Decimal(0)
    for side, action, price, size in orders:
        centre = mid if side is Side.YES else 1 - mid
        score = order_score(max_spread, abs(price - centre) * _CENTS, size, min_size)
        if (side is Side.YES) == (action is Action.BUY):
            q_one += score
        else:
            q_two += score
    return market_score(q_one, q_two, mid)


def reward_estimate(pool: Decimal, ours: Decimal, book: Decimal) -> Decimal:
    """Dollars of one sample's pool: `pool · Q_ours / (Q_ours + Q_book)`; biased upwards.

    Args:
        pool: Dollars shared in this sample.
        ours: Our score.
        book: Score of the visible qualifying book without us, as if it were one maker.
    """
    return pool * ours / (ours + book) if ours else Decimal(0)
