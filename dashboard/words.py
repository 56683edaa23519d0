"""How figures are written: money with a real minus, percent, ages, times in session time UTC."""

import re
from datetime import UTC, datetime
from decimal import Decimal

Number = Decimal | float

NOTHING = "–"
MINUS = "−"


def money(value: Number | None) -> str:
    """Dollars, e.g. `$1,234.56` or `−$12.30`."""
    if value is None:
        return NOTHING
    return f"{MINUS if value < 0 else ''}${abs(value):,.2f}"


def signed_money(value: Number | None) -> str:
    """Dollars with a sign, for results."""
    if value is None:
        return NOTHING
    return f"+{money(value)}" if value > 0 else money(value)


def percent(value: Number | None) -> str:
    """A fraction as percent with two decimals."""
    return NOTHING if value is None else f"{value * 100:.2f} %"


def signed_percent(value: Number | None) -> str:
    """A fraction as percent with a sign, for results."""
    if value is None:
        return NOTHING
    sign = MINUS if value < 0 else "+" if value > 0 else ""
    return f"{sign}{abs(float(value)) * 100:.2f} %"


def signed_cents(value: Number | None) -> str:
    """Dollars a share as cents with a sign, for results."""
    if value is None:
        return NOTHING
    sign = MINUS if value < 0 else "+" if value > 0 else ""
    return f"{sign}{abs(float(value)) * 100:.2f} ¢"


def ratio(value: Number | None) -> str:
    """A ratio without a unit."""
    if value is None:
        return NOTHING
    return f"{MINUS if value < 0 else ''}{abs(value):.2f}"


def ms(value: Number) -> str:
    """Milliseconds."""
    return f"{value:,.0f} ms"


def cents(value: Number | None) -> str:
    """A price in cents, e.g. `42.0 ¢`."""
    return NOTHING if value is None else f"{value * 100:.1f} ¢"


def shares(value: Number) -> str:
    """A size with its unit."""
    return f"{value:,.2f} sh"


def count(value: Number) -> str:
    """A whole number."""
    return f"{value:,.0f}"


def counted(number: int, thing: str) -> str:
    """A number with its thing, e.g. `1 position`, `2 positions`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def age(seconds: Number | None) -> str:
    """How old something is, in the unit a person would choose."""
    if seconds is None:
        return NOTHING
    if seconds < 60:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{seconds / 60:.0f} min"
    if seconds < 172_800:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 86_400:.0f} d"


def clock(ms: int) -> str:
    """A session time of day, UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%H:%M:%S")


def date(ms: int) -> str:
    """A session date and time, UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M")


def iso_day(ms: int) -> str:
    """A session date, UTC, e.g. `2026-09-28`."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d")


def plain(text: str) -> str:
    """A text in which Markdown finds nothing to read: dollars stay dollars, names stay names."""
    return re.sub(r"([\\`*_\[\]$<>#~|:])", r"\\\1", text)
