"""Flow-adjusted net asset value and drawdown (STRATEGIES.md C.2).

Capital that comes or goes buys or sells units at the current value, so that a top-up neither makes
a profit nor cures a drawdown. Without flows the value is equity over initial equity. Tests compare
products, never quotients, so that "exactly 15 %" is exact.
"""

from decimal import ROUND_CEILING, Context, Decimal

import msgspec

ZERO = Decimal(0)
ONE = Decimal(1)
QUANTUM = Decimal("1e-12")
_EXACT = Context(prec=120)


class Nav(msgspec.Struct, frozen=True):
    """Equity, units and the highest value so far, as a fraction that is never divided out.

    Attributes:
        equity: Dollars now.
        units: Outstanding units; 0 while there is no capital.
        peak_equity: Numerator of the highest value so far.
        peak_units: Its denominator.
        wiped: The value fell to zero; only capital and a re-arm start it again at 1.
    """

    equity: Decimal = ZERO
    units: Decimal = ZERO
    peak_equity: Decimal = ONE
    peak_units: Decimal = ONE
    wiped: bool = False


def start(equity: Decimal) -> Nav:
    """A value of 1 on this equity; no capital gives no value."""
    return Nav(equity, equity) if equity > 0 else Nav(equity)


def observe(nav: Nav, equity: Decimal) -> Nav:
    """The equity changed without a flow; the peak follows it upwards."""
    if nav.units == 0:
        return msgspec.structs.replace(nav, equity=equity)
    if equity <= 0:
        return msgspec.structs.replace(nav, equity=equity, wiped=True)
    if not nav.wiped and _times(equity, nav.peak_units) > _times(nav.peak_equity, nav.units):
        return Nav(equity, nav.units, equity, nav.units)
    return msgspec.structs.replace(nav, equity=equity)


def flow(nav: Nav, amount: Decimal) -> Nav:
    """Capital comes (or, negative, goes) at the current value; the drawdown stays as it was.

    Units are rounded up to 1e-12, so that a limit reached exactly still trips.
    """
    equity = nav.equity + amount
    if nav.wiped:
        return msgspec.structs.replace(nav, equity=equity)
    if nav.units == 0:
        return msgspec.structs.replace(nav, equity=equity, units=max(equity, ZERO))
    if equity <= 0:
        return _without_capital(nav, equity)
    units = _EXACT.divide(_times(nav.units, equity), nav.equity)
    units = units.quantize(QUANTUM, rounding=ROUND_CEILING, context=_EXACT)
    return msgspec.structs.replace(nav, equity=equity, units=units)


def rearm(nav: Nav) -> Nav:
    """Peak := current value; a wiped one with new capital starts again at 1."""
    if nav.wiped:
        return start(nav.equity) if nav.equity > 0 else nav
    if nav.units == 0:
        return Nav(nav.equity)
    return Nav(nav.equity, nav.units, nav.equity, nav.units)


def value(nav: Nav) -> Decimal:
    """Net asset value per unit; 1 without capital, 0 when wiped."""
    if nav.wiped:
        return ZERO
    return nav.equity / nav.units if nav.units else ONE


def drawdown(nav: Nav) -> Decimal:
    """`1 − value/peak`, 0 to 1; 0 without capital."""
    if nav.wiped:
        return ONE
    if nav.units == 0:
        return ZERO
    ratio = _EXACT.divide(_times(nav.equity, nav.peak_units), _times(nav.peak_equity, nav.units))
    return min(max(ONE - ratio, ZERO), ONE) + ZERO


class Drawdowns:
    """The drawdown of each scope, worked out once for each of its values."""

    def __init__(self) -> None:
        """Know none."""
        self._known: dict[str, tuple[Nav, Decimal]] = {}

    def of(self, scope: str, nav: Nav) -> Decimal:
        """`drawdown` of a value.

        Args:
            scope: A bot, or the whole account; each has one value at a time.
            nav: Its value now.
        """
        known = self._known.get(scope)
        if known is None or known[0] is not nav:
            known = self._known[scope] = (nav, drawdown(nav))
        return known[1]


def reaches(nav: Nav, limit: Decimal) -> bool:
    """Whether the drawdown is at least `limit`, without a division."""
    if nav.wiped:
        return True
    if nav.units == 0:
        return False
    left = _times(nav.equity, nav.peak_units)
    return left <= _times(_times(nav.peak_equity, nav.units), ONE - limit)


def _without_capital(nav: Nav, equity: Decimal) -> Nav:
    """Everything was withdrawn; the peak is kept relative to the value at that moment."""
    peak = _EXACT.divide(_times(nav.peak_equity, nav.units), _times(nav.peak_units, nav.equity))
    return Nav(equity, ZERO, peak.quantize(QUANTUM, rounding=ROUND_CEILING, context=_EXACT), ONE)


def _times(left: Decimal, right: Decimal) -> Decimal:
    return _EXACT.multiply(left, right)
