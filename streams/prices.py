"""Prices on a market's grid: ticks and dollars, rounding, and the post-only price.

Comparisons are made in Decimal or integer ticks, never in floats, where `0.48 − 0.47 > 0.01`.
"""

from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from schemas.errors import InvalidOrderError
from schemas.values import MICRO, PIPS, Action, Price, Zone
from streams.zones import Z3_MIN_EDGE, classify

LOT = Decimal("0.01")
"""The smallest step of a size in shares."""
GUARD = Decimal("1e-9")
"""What a float may miss a grid point by and still count as on it (STRATEGIES.md Conventions)."""

_ONE = Decimal(1)
_Z2_END = Decimal("0.40")
_MICRO = Decimal(MICRO)


class PriceMode(StrEnum):
    """Where a passive order wants to rest."""

    JOIN = "JOIN"
    IMPROVE = "IMPROVE"


def tick_price(tick: int) -> Decimal:
    """Dollars per tick of `tick` pips: 100 is 0.01."""
    return _grid(tick)[1]


def to_price(ticks: int, tick: int) -> Decimal:
    """Dollars of a price of `ticks` ticks of `tick` pips each, 0 to 1 dollar inclusive."""
    return _grid(tick)[ticks]


def to_ticks(price: Decimal, tick: int) -> int:
    """Ticks of `tick` pips in a price.

    Raises:
        InvalidOrderError: The price is no whole number of ticks.
    """
    ticks, rest = divmod(price * PIPS, tick)
    if rest:
        raise InvalidOrderError(
            f"A price must be a multiple of the tick {tick_price(tick)}, received {price}. "
            "Round it with floor_tick or ceil_tick."
        )
    return int(ticks)


def to_shares(micro: int) -> Decimal:
    """Shares in a number of micro-shares, exactly."""
    return Decimal(micro) / _MICRO


def to_micro(shares: Decimal) -> int:
    """Whole micro-shares in a number of shares, rounded down."""
    return int(shares * MICRO)


def is_on_tick(price: Decimal, tick: Decimal) -> bool:
    """Whether a price is an exact multiple of the tick and `tick ≤ price ≤ 1 − tick`."""
    return tick <= price <= _ONE - tick and price % tick == 0


def floor_tick(value: Decimal | float, tick: Decimal) -> Decimal:
    """The greatest multiple of `tick` not above `value`; a float gets the guard."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value)) + GUARD
    return _floor(exact, tick)


def ceil_tick(value: Decimal | float, tick: Decimal) -> Decimal:
    """The smallest multiple of `tick` not below `value`; a float gets the guard."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value)) - GUARD
    return -_floor(-exact, tick)


def floor_lot(size: Decimal | float, lot: Decimal = LOT) -> Decimal:
    """The greatest whole number of lots not above `size` shares; a float gets the guard."""
    return floor_tick(size, lot)


def post_only_price(
    action: Action,
    limit: Decimal | float,
    bid: Decimal | None,
    ask: Decimal | None,
    tick: Decimal,
    mode: PriceMode,
) -> Decimal | None:
    """The most aggressive price that respects the limit and cannot take (STRATEGIES.md D.0).

    A SELL is the mirror of a BUY: `p → 1 − p` with bid and ask exchanged.

    Args:
        action: BUY or SELL of the token whose book `bid` and `ask` are.
        limit: The worst price the trader accepts, dollars; need not be on tick.
        bid: Best bid net of our own orders; None on an empty side.
        ask: Best ask net of our own orders; None on an empty side.
        tick: Dollars per tick.
        mode: Join the best price, or improve it by a tick where the spread leaves room.

    Returns:
        The price, or None when nothing is quoted or the price would leave 0.01 to 0.99.
    """
    if bid is None and ask is None:
        return None
    improve = tick if mode is PriceMode.IMPROVE else Decimal(0)
    room = bid is None or ask is None or ask - bid > tick
    if action is Action.BUY:
        cap = floor_tick(limit, tick)
        if ask is not None:
            cap = min(cap, ask - tick)
        price = cap if bid is None else min(bid + improve if room else bid, cap)
    else:
        floor = ceil_tick(limit, tick)
        if bid is not None:
            floor = max(floor, bid + tick)
        price = floor if ask is None else max(ask - improve if room else ask, floor)
    return price if Price.LOWEST <= price <= Price.HIGHEST else None


def directional_price(
    fair_value: Decimal,
    min_edge: Decimal,
    bid: Decimal | None,
    ask: Decimal | None,
    tick: Decimal,
    mode: PriceMode,
) -> Decimal | None:
    """The price of a directional BUY, with the second try of zone 3 (STRATEGIES.md D.0).

    An order that would land in zone 3 with less than 5 cents of edge is priced once more: either
    with 5 cents of edge, or at the top of zone 2 where `min_edge` holds again.

    Args:
        fair_value: Win probability of the token to buy.
        min_edge: Least net edge in dollars per share.
        bid: Best bid of that token net of our own orders.
        ask: Best ask of that token net of our own orders.
        tick: Dollars per tick.
        mode: IMPROVE by default of the specification.

    Returns:
        The price, or None when no order is allowed.
    """
    price = post_only_price(Action.BUY, fair_value - min_edge, bid, ask, tick, mode)
    if price is None or not _lacks_z3_edge(fair_value, price):
        return price
    limit = max(fair_value - Z3_MIN_EDGE, _Z2_END - tick)
    return post_only_price(Action.BUY, limit, bid, ask, tick, mode)


def _lacks_z3_edge(fair_value: Decimal, price: Decimal) -> bool:
    return classify(price) is Zone.ZONE_3 and fair_value - price < Z3_MIN_EDGE


def _floor(value: Decimal, step: Decimal) -> Decimal:
    count = value // step
    whole = count * step
    return whole if whole <= value else (count - 1) * step


@lru_cache(maxsize=16)
def _grid(tick: int) -> tuple[Decimal, ...]:
    return tuple(Decimal(ticks * tick) / PIPS for ticks in range(PIPS // tick + 1))
