"""Classification is total, monotone and piecewise constant (G.6) and label-invariant (G.7)."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from schemas.values import ZONE_BOUNDS, Action, IntentKind, Zone
from streams.zones import classify, denial, effective_price, opening_zone

PRICES = st.integers(100, 9_900).map(lambda pips: Decimal(pips) / 10_000)


def rank(price: Decimal) -> float:
    """0 below the zones, 1 to 5 inside them, 6 above."""
    zone = classify(price)
    if zone is None:
        return 0 if price < ZONE_BOUNDS[0][1] else 6
    return list(Zone).index(zone) + 1


@given(PRICES, PRICES)
def test_classification_is_total_and_monotone(first: Decimal, second: Decimal) -> None:
    low, high = sorted((first, second))
    assert rank(low) <= rank(high)


@given(PRICES)
def test_it_is_constant_on_each_half_open_interval(price: Decimal) -> None:
    inside = [zone for zone, low, high in ZONE_BOUNDS if low <= price < high]
    expected = inside[0] if inside else None
    assert classify(price) is (Zone.ZONE_5 if price == Decimal("0.98") else expected)


@given(PRICES)
def test_trailing_zeros_do_not_matter(price: Decimal) -> None:
    assert classify(price.quantize(Decimal("0.00000001"))) is classify(price)


@given(PRICES, st.sampled_from(Action))
def test_a_sell_to_open_is_a_purchase_of_the_complement(price: Decimal, action: Action) -> None:
    other = Action.SELL if action is Action.BUY else Action.BUY
    assert opening_zone(action, price) is opening_zone(other, 1 - price)
    assert effective_price(action, price) == effective_price(other, 1 - price)


@given(
    PRICES,
    st.sampled_from(IntentKind),
    st.booleans(),
    st.booleans(),
    st.frozensets(st.sampled_from(Zone)),
    st.decimals("0", "0.2", places=3),
)
def test_no_directional_order_ever_opens_in_zones_4_and_5_or_outside(
    price: Decimal,
    kind: IntentKind,
    opens: bool,
    verified: bool,
    whitelist: frozenset[Zone],
    edge: Decimal,
) -> None:
    zone = classify(price)
    found = denial(kind, zone, opens=opens, verified=verified, whitelist=whitelist, edge=edge)
    if found is not None or not opens:
        return
    assert zone is not None
    if kind in (IntentKind.DIRECTIONAL, IntentKind.REDUCE):
        assert zone in whitelist
        assert zone not in (Zone.ZONE_4, Zone.ZONE_5)
        assert zone is not Zone.ZONE_3 or edge >= Decimal("0.05")
    else:
        assert verified
