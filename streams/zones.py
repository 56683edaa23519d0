"""Price zones and what may be opened in them (STRATEGIES.md B).

The zone of an opening order is that of the price paid for the token acquired, so that a verdict
does not depend on which way round a question is worded.
"""

from collections.abc import Collection
from decimal import Decimal
from functools import lru_cache

from schemas.reasons import DenialCode
from schemas.values import Action, IntentKind, Price, Zone

Z3_MIN_EDGE = Decimal("0.05")
"""Net edge in dollars per share that a directional order in zone 3 needs (D-8)."""


@lru_cache(maxsize=4096)
def classify(price: Decimal) -> Zone | None:
    """The zone of an order price; None in [0.01, 0.05) and (0.98, 0.99].

    Raises:
        InvalidOrderError: The price is outside 0.01 to 0.99.
    """
    return Price(price).zone


def effective_price(action: Action, price: Decimal) -> Decimal:
    """What an opening order pays per token acquired: `1 − price` for a SELL to open (B.2)."""
    return price if action is Action.BUY else 1 - price


def opening_zone(action: Action, price: Decimal) -> Zone | None:
    """The zone of an opening order, fixed when it is accepted.

    Raises:
        InvalidOrderError: The price is outside 0.01 to 0.99.
    """
    return classify(effective_price(action, price))


def denial(
    kind: IntentKind,
    zone: Zone | None,
    *,
    opens: bool,
    verified: bool,
    whitelist: Collection[Zone],
    edge: Decimal | None,
    allow_arb_out_of_zone: bool = False,
) -> DenialCode | None:
    """Decide whether an order may stand in its zone, in the order of STRATEGIES.md B.4.

    Args:
        kind: What the bot declared.
        zone: Zone of the effective price.
        opens: The order raises the worst-case loss; what does not open is a REDUCE, whatever it
            calls itself.
        verified: The gate found the declared ARB or MM to be one (B.3).
        whitelist: Zones in which the bot may open directional positions.
        edge: Declared net edge in dollars per share; None counts as none.
        allow_arb_out_of_zone: Let verified ARB orders open outside every zone; log when it is set.

    Returns:
        The reason to refuse, or None to allow.
    """
    if not opens:
        return None
    if zone is None:
        passes = allow_arb_out_of_zone and verified and kind is IntentKind.ARB
        return None if passes else DenialCode.OUT_OF_ZONE
    if kind is IntentKind.ARB:
        return None if verified else DenialCode.ARB_NOT_LOCKED
    if kind is IntentKind.MM:
        return None if verified else DenialCode.MM_NOT_TWO_SIDED
    if zone in (Zone.ZONE_4, Zone.ZONE_5):
        return DenialCode.DIRECTIONAL_Z4_Z5
    if zone not in whitelist:
        return DenialCode.NOT_WHITELISTED
    if zone is Zone.ZONE_3 and (edge is None or edge < Z3_MIN_EDGE):
        return DenialCode.Z3_EDGE
    return None
