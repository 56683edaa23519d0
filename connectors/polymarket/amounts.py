"""Amounts of orders in base units, exact in decimals (PROTOCOL.md section 3.2). Pure.

A unit is a millionth of a share or of a dollar. The rules round where the venue's own client does:
sizes down to two decimals, the product first up at four decimals more than it may have, then down.
"""

from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    InvalidOperation,
    localcontext,
)
from typing import NamedTuple

from schemas.errors import InvalidOrderError
from schemas.values import MICRO, PIPS, Action

UNITS = Decimal(MICRO)
CENTS = 100
FEE_STEP = Decimal("0.00001")
_WHOLE = Decimal(1)
_EXACT = Context(prec=60)
"""Products stay exact; only quotients end, at the 28 digits the venue's client has."""
_QUOTIENT = Context(prec=28)


class Rounding(NamedTuple):
    """Decimals of a market's tick.

    Attributes:
        grid: The step of the price's decimals in pips; products on it need no rounding.
    """

    price: int
    size: int
    amount: int
    grid: int


ROUNDING: dict[Decimal, Rounding] = {
    Decimal("0.1"): Rounding(1, 2, 3, 1000),
    Decimal("0.01"): Rounding(2, 2, 4, 100),
    Decimal("0.005"): Rounding(3, 2, 5, 10),
    Decimal("0.0025"): Rounding(4, 2, 6, 1),
    Decimal("0.001"): Rounding(3, 2, 5, 10),
    Decimal("0.0001"): Rounding(4, 2, 6, 1),
}


class Amounts(NamedTuple):
    """What an order gives and wants, base units."""

    maker: int
    taker: int


def rounding_of(tick: Decimal) -> Rounding:
    """The decimals of a tick.

    Raises:
        InvalidOrderError: The venue has no such tick.
    """
    found = ROUNDING.get(tick)
    if found is None:
        known = ", ".join(map(str, ROUNDING))
        raise InvalidOrderError(f"Expected a tick of {known}, received {tick}.")
    return found


def is_valid_price(price: Decimal, tick: Decimal) -> bool:
    """Whether a limit price is on the grid: tick ≤ p ≤ 1 - tick and a multiple of the tick."""
    try:
        return tick <= price <= 1 - tick and price % tick == 0
    except InvalidOperation:
        return False


def check_price(price: Decimal, tick: Decimal) -> None:
    """Refuse a price off the grid.

    Raises:
        InvalidOrderError: It is off the grid.
    """
    if not is_valid_price(price, tick):
        raise InvalidOrderError(
            f"Expected a price of {tick} to {1 - tick} in steps of {tick}, received {price}. "
            "Read the market's tick again and quote anew."
        )


def limit_amounts(action: Action, price: Decimal, size: Decimal, tick: Decimal) -> Amounts:
    """Amounts of a limit order.

    Args:
        action: BUY gives dollars and wants shares, SELL the other way round.
        price: Dollars a share, on the grid.
        size: Shares; more than two decimals are cut off.
        tick: The market's tick.
    """
    decimals = rounding_of(tick)
    cents = int(size * CENTS)
    pips = int(price * PIPS)
    if pips == price * PIPS and pips % decimals.grid == 0:
        dollars_units, shares_units = cents * pips, cents * (MICRO // CENTS)
        if action is Action.BUY:
            return Amounts(dollars_units, shares_units)
        return Amounts(shares_units, dollars_units)
    shares = _down(size, decimals.size)
    dollars = _product(_EXACT.multiply(shares, price), decimals.amount)
    if action is Action.BUY:
        return Amounts(_units(dollars), _units(shares))
    return Amounts(_units(shares), _units(dollars))


def market_amounts(action: Action, price: Decimal, amount: Decimal, tick: Decimal) -> Amounts:
    """Amounts of a FOK or FAK order.

    Args:
        action: BUY spends dollars, SELL gives shares.
        price: The worst price, dollars a share.
        amount: Dollars of a BUY before fees, shares of a SELL.
        tick: The market's tick.
    """
    decimals = rounding_of(tick)
    limit = _down(price, decimals.price)
    given = _down(amount, decimals.size)
    if action is Action.BUY:
        if not limit:
            raise InvalidOrderError(f"Expected a price of at least one tick, received {price}.")
        wanted = _product(_QUOTIENT.divide(given, limit), decimals.amount)
    else:
        wanted = _product(_EXACT.multiply(given, limit), decimals.amount)
    return Amounts(_units(given), _units(wanted))


def buy_amount_within(
    amount: Decimal,
    price: Decimal,
    max_spend: Decimal,
    fee_rate: Decimal,
    fee_exponent: Decimal,
    builder_rate: Decimal = Decimal(0),
) -> Decimal:
    """The largest amount of a market BUY, before fees, that costs at most `max_spend` with them.

    Args:
        amount: Dollars wanted.
        price: Dollars a share.
        max_spend: Dollars with fees.
        fee_rate: The market's rate.
        fee_exponent: The market's exponent.
        builder_rate: The builder's fee as a share of the notional.
    """
    with localcontext(_QUOTIENT):
        rate = fee_per_share(price, fee_rate, fee_exponent)
        total = amount + (amount / price) * rate + amount * builder_rate
        if max_spend > total:
            return amount
        return max_spend / (1 + rate / price + builder_rate)


def fee_per_share(price: Decimal, rate: Decimal, exponent: Decimal) -> Decimal:
    """Dollars a taker pays for a share at a price, unrounded: rate × (p × (1 - p))^exponent."""
    with localcontext(_QUOTIENT):
        uncertainty = price * (1 - price)
        return rate * uncertainty**exponent


def taker_fee(shares: Decimal, price: Decimal, rate: Decimal, exponent: Decimal) -> Decimal:
    """Dollars the venue charges a taker: rounded to five decimals, so that less than half is 0."""
    with localcontext(_QUOTIENT):
        raw = shares * fee_per_share(price, rate, exponent)
        return raw.quantize(FEE_STEP, ROUND_HALF_UP)


def _down(value: Decimal, decimals: int) -> Decimal:
    return _round(value, decimals, ROUND_FLOOR)


def _product(value: Decimal, decimals: int) -> Decimal:
    if _decimals(value) <= decimals:
        return value
    return _down(_round(value, decimals + 4, ROUND_CEILING), decimals)


def _round(value: Decimal, decimals: int, mode: str) -> Decimal:
    if _decimals(value) <= decimals:
        return value
    return value.quantize(Decimal(1).scaleb(-decimals), mode, _EXACT)


def _decimals(value: Decimal) -> int:
    """Decimals without trailing zeros; the cheap answer first."""
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise InvalidOrderError(f"Expected a finite number, received {value}.")
    return 0 if exponent >= 0 else max(0, -int(value.normalize(_EXACT).as_tuple().exponent))


def _units(value: Decimal) -> int:
    return int(_EXACT.multiply(value, UNITS).quantize(_WHOLE, ROUND_HALF_EVEN, _EXACT))
