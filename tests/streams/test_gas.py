from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.wallet import CallKind, ChainCall
from streams.gas import (
    GAS_LIMITS,
    GWEI,
    Fees,
    GasBand,
    GasRules,
    band_of,
    cost_pol,
    cost_usd,
    fees_of,
    gas_limit,
    raised,
)
from tests.streams.gas_prices import gas

RULES = GasRules()


@pytest.mark.parametrize(
    ("price", "band"),
    [
        (29, GasBand.RAPID),
        (30, GasBand.FAST),
        (50, GasBand.FAST),
        (51, GasBand.STANDARD),
        (100, GasBand.STANDARD),
        (101, GasBand.QUEUE),
    ],
)
def test_the_missions_bands(price: int, band: GasBand) -> None:
    assert band_of(gas(base=price - 5, standard=5), RULES) is band


@pytest.mark.parametrize(
    ("base", "tip", "offer"),
    [
        (10, Decimal("12.5"), Decimal("32.5")),
        (30, Decimal(10), Decimal(70)),
        (60, Decimal(5), Decimal(125)),
        (200, Decimal(5), Decimal(405)),
    ],
)
def test_an_offer_is_twice_the_base_fee_and_a_tip_of_its_band(
    base: int, tip: Decimal, offer: Decimal
) -> None:
    found = fees_of(gas(base=base, standard=5, fast=10), RULES)
    assert found == Fees(int(offer * GWEI), int(tip * GWEI))


def test_nobody_ever_offers_more_than_the_most() -> None:
    found = fees_of(gas(base=400, standard=30), RULES)
    assert found.max_fee == 500 * GWEI
    assert raised(found, None, RULES) is None


@given(
    st.integers(1, 400 * GWEI),
    st.integers(0, 400 * GWEI),
    st.one_of(st.none(), st.integers(1, 90)),
)
def test_a_node_takes_every_raise(max_fee: int, tip: int, base: int | None) -> None:
    old = Fees(max_fee, min(tip, max_fee))
    new = raised(old, None if base is None else gas(base=base), RULES)
    if new is None:
        assert max_fee * 11 > 5_000 * GWEI
        return
    assert new.max_fee * 10 >= old.max_fee * 11
    assert new.max_tip * 10 >= old.max_tip * 11
    assert new.max_tip <= new.max_fee


def test_a_raise_follows_the_market_up() -> None:
    old = fees_of(gas(base=20), RULES)
    new = raised(old, gas(base=90), RULES)
    assert new == Fees(fees_of(gas(base=90), RULES).max_fee, old.max_tip * 11 // 10)


def test_cost_is_exact_and_unknown_without_a_price() -> None:
    assert cost_pol(21_000, 30 * GWEI) == Decimal("0.00063")
    assert cost_usd(21_000, 30 * GWEI, Decimal("0.25")) == Decimal("0.0001575")
    assert cost_usd(21_000, 30 * GWEI, None) is None


def test_every_call_has_a_limit() -> None:
    assert set(GAS_LIMITS) == set(CallKind)
    approve, merge = ChainCall(kind=CallKind.APPROVE), ChainCall(kind=CallKind.MERGE)
    assert gas_limit((approve, merge)) == 700_000
