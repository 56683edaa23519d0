"""Zones: the boundaries of STRATEGIES.md B.1, what a price pays, and who may open where."""

from decimal import Decimal

import pytest

from schemas.errors import InvalidOrderError
from schemas.reasons import DenialCode
from schemas.values import Action, IntentKind, Zone
from streams.zones import classify, denial, effective_price, opening_zone

D = Decimal
BY_NUMBER = (None, *Zone)
DIRECTIONAL, ARB, MM, REDUCE = (
    IntentKind.DIRECTIONAL,
    IntentKind.ARB,
    IntentKind.MM,
    IntentKind.REDUCE,
)
ALL_ZONES = frozenset(Zone)


@pytest.mark.parametrize(
    ("price", "zone"),
    [
        ("0.01", 0),
        ("0.049", 0),
        ("0.05", 1),
        ("0.1999", 1),
        ("0.20", 2),
        ("0.3999", 2),
        ("0.40", 3),
        ("0.5999", 3),
        ("0.60", 4),
        ("0.7999", 4),
        ("0.80", 5),
        ("0.98", 5),
        ("0.9801", 0),
        ("0.99", 0),
    ],
)
def test_boundaries(price: str, zone: int) -> None:
    assert classify(D(price)) is BY_NUMBER[zone]


@pytest.mark.parametrize("price", ["0.009", "0.995", "0", "1", "-0.3"])
def test_what_is_no_order_price_raises(price: str) -> None:
    with pytest.raises(InvalidOrderError, match=r"between 0\.01 and 0\.99"):
        classify(D(price))


@pytest.mark.parametrize(
    ("action", "price", "zone"),
    [
        (Action.BUY, "0.30", 2),
        (Action.BUY, "0.70", 4),
        (Action.SELL, "0.70", 2),
        (Action.SELL, "0.30", 4),
        (Action.SELL, "0.80", 2),
        (Action.SELL, "0.97", 0),
    ],
)
def test_an_opening_orders_zone_is_that_of_the_price_paid(
    action: Action, price: str, zone: int
) -> None:
    assert opening_zone(action, D(price)) is BY_NUMBER[zone]


def test_a_sell_to_open_pays_the_complement() -> None:
    assert effective_price(Action.SELL, D("0.30")) == D("0.70")
    assert effective_price(Action.BUY, D("0.30")) == D("0.30")


@pytest.mark.parametrize(
    ("kind", "zone", "verified", "whitelist", "edge", "expected"),
    [
        (ARB, None, True, ALL_ZONES, None, DenialCode.OUT_OF_ZONE),
        (MM, None, True, ALL_ZONES, None, DenialCode.OUT_OF_ZONE),
        (DIRECTIONAL, None, True, ALL_ZONES, "0.2", DenialCode.OUT_OF_ZONE),
        (ARB, Zone.ZONE_5, True, (), None, None),
        (MM, Zone.ZONE_4, True, (), None, None),
        (ARB, Zone.ZONE_2, False, ALL_ZONES, "0.2", DenialCode.ARB_NOT_LOCKED),
        (MM, Zone.ZONE_2, False, ALL_ZONES, "0.2", DenialCode.MM_NOT_TWO_SIDED),
        (DIRECTIONAL, Zone.ZONE_4, True, ALL_ZONES, "0.2", DenialCode.DIRECTIONAL_Z4_Z5),
        (DIRECTIONAL, Zone.ZONE_5, True, ALL_ZONES, "0.2", DenialCode.DIRECTIONAL_Z4_Z5),
        (DIRECTIONAL, Zone.ZONE_1, True, (Zone.ZONE_2,), "0.2", DenialCode.NOT_WHITELISTED),
        (DIRECTIONAL, Zone.ZONE_3, True, ALL_ZONES, "0.0499", DenialCode.Z3_EDGE),
        (DIRECTIONAL, Zone.ZONE_3, True, ALL_ZONES, None, DenialCode.Z3_EDGE),
        (DIRECTIONAL, Zone.ZONE_3, True, ALL_ZONES, "0.05", None),
        (DIRECTIONAL, Zone.ZONE_2, True, ALL_ZONES, "0.01", None),
        (REDUCE, Zone.ZONE_5, True, ALL_ZONES, "0.2", DenialCode.DIRECTIONAL_Z4_Z5),
    ],
)
def test_permissions_of_opening_orders(
    kind: IntentKind,
    zone: Zone | None,
    verified: bool,
    whitelist: tuple[Zone, ...],
    edge: str | None,
    expected: DenialCode | None,
) -> None:
    found = denial(
        kind,
        zone,
        opens=True,
        verified=verified,
        whitelist=whitelist,
        edge=None if edge is None else D(edge),
    )
    assert found is expected


@pytest.mark.parametrize("kind", list(IntentKind))
@pytest.mark.parametrize("zone", [None, *Zone])
def test_what_does_not_open_is_always_allowed(kind: IntentKind, zone: Zone | None) -> None:
    assert denial(kind, zone, opens=False, verified=False, whitelist=(), edge=None) is None


@pytest.mark.parametrize(
    ("kind", "verified", "allowed"),
    [(ARB, True, True), (ARB, False, False), (MM, True, False), (DIRECTIONAL, True, False)],
)
def test_the_exception_outside_the_zones_is_for_verified_arb_only(
    kind: IntentKind, verified: bool, allowed: bool
) -> None:
    found = denial(
        kind,
        None,
        opens=True,
        verified=verified,
        whitelist=ALL_ZONES,
        edge=D("0.2"),
        allow_arb_out_of_zone=True,
    )
    assert (found is None) is allowed
