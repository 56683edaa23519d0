"""Price zones and what they permit (STRATEGIES.md section B)."""

from collections.abc import Mapping

from api.vectors.strategies.form import Function, Inputs, Result, dec, sure
from schemas.errors import InvalidOrderError
from schemas.values import Action, IntentKind, Zone
from streams.zones import classify, denial, effective_price, opening_zone

WHITELISTS: Mapping[int, frozenset[int]] = {
    2: frozenset({2, 3}),
    3: frozenset({1, 2, 3}),
    4: frozenset({1, 2}),
    6: frozenset({2, 3}),
    7: frozenset({1, 2}),
    8: frozenset({1, 2}),
    10: frozenset({1, 2}),
}
"""Directional zones per bot (B.3)."""


def _number(zone: Zone | None) -> int | None:
    return None if zone is None else list(Zone).index(zone) + 1


def classified(i: Inputs) -> Result:
    """The zone of a price, or that it is none."""
    try:
        return {"valid": True, "zone": _number(classify(sure(i["price"])))}
    except InvalidOrderError:
        return {"valid": False, "zone": None}


def order_zone(i: Inputs) -> Result:
    """The zone that an opening order counts in."""
    action, price = Action(i["action"]), sure(i["price"])
    return {
        "effective_price": effective_price(action, price),
        "zone": _number(opening_zone(action, price)),
    }


def zone_permission(i: Inputs) -> Result:
    """Whether the zone lets the bot open it; what does not open is a REDUCE in any zone."""
    if not i["opens"]:
        return {"allowed": True, "reason": "REDUCE"}
    allowed = WHITELISTS.get(i["bot"], frozenset())
    found = denial(
        IntentKind(i["intent"]),
        opening_zone(Action(i["action"]), sure(i["price"])),
        opens=True,
        verified=i.get("verified", True),
        whitelist={zone for zone in Zone if _number(zone) in allowed},
        edge=dec(i.get("net_edge")),
    )
    return {"allowed": found is None, "reason": "OK" if found is None else str(found)}


FUNCTIONS: dict[str, Function] = {
    "classify": classified,
    "order_zone_opening": order_zone,
    "zone_permission": zone_permission,
}
