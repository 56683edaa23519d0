"""Numbers on the wire and inside: pips, micro-shares and their decimal texts."""

from decimal import Decimal, InvalidOperation

from schemas.values import MICRO, PIPS

DOLLAR = PIPS * MICRO
"""Money units in one dollar: a price in pips times a size in micro-shares is money."""


def _text(whole: int, fraction: int, digits: int) -> str:
    if fraction == 0:
        return str(whole)
    return f"{whole}.{fraction:0{digits}d}".rstrip("0")


_PRICE_TEXTS = tuple(_text(*divmod(pips, PIPS), 4) for pips in range(PIPS + 1))


def price_text(pips: int) -> str:
    """A price as the venue writes it: no trailing zeros (4800 pips is `0.48`)."""
    return _PRICE_TEXTS[pips]


def size_text(micro: int) -> str:
    """A size in shares as the venue writes it (219217767 is `219.217767`)."""
    whole, fraction = divmod(micro, MICRO)
    return str(whole) if fraction == 0 else _text(whole, fraction, 6)


def dollars(money: int) -> Decimal:
    """Money units as exact dollars."""
    return Decimal(money) / DOLLAR


def json_number(value: Decimal) -> int | float:
    """A JSON number for the few decimals that metadata carries: 5, 0.01, 0.04."""
    return int(value) if value == value.to_integral_value() else float(value)


def whole_units(text: str, per_one: int) -> int | None:
    """Read a decimal text as a whole number of units.

    Args:
        text: What a client sent, e.g. `0.48`.
        per_one: Units in one, `PIPS` or `MICRO`.

    Returns:
        The units, or None where the text is no finite decimal or lies between two units.
    """
    try:
        units = Decimal(text) * per_one
    except InvalidOperation:
        return None
    if not units.is_finite() or units != units.to_integral_value():
        return None
    return int(units)
