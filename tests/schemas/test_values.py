"""Value objects: ranges, zones, and the words of the mission."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import InvalidOrderError
from schemas.values import (
    ZONE_BOUNDS,
    OrderStatus,
    Price,
    Quantity,
    Side,
    Trust,
    Zone,
)

CENTS = st.integers(1, 99).map(lambda cents: Decimal(cents) / 100)


@given(CENTS)
def test_every_cent_from_1_to_99_is_an_order_price(value: Decimal) -> None:
    assert Price(value) == value


@pytest.mark.parametrize("value", ["0", "0.0099", "0.9901", "1", "-0.5"])
def test_a_price_beyond_the_range_is_refused_with_what_to_do(value: str) -> None:
    with pytest.raises(InvalidOrderError, match=f"received {value}. Quote inside the range"):
        Price(value)


@pytest.mark.parametrize(
    ("value", "zone"),
    [
        ("0.049", None),
        ("0.05", Zone.ZONE_1),
        ("0.1999", Zone.ZONE_1),
        ("0.20", Zone.ZONE_2),
        ("0.40", Zone.ZONE_3),
        ("0.60", Zone.ZONE_4),
        ("0.7999", Zone.ZONE_4),
        ("0.80", Zone.ZONE_5),
        ("0.98", Zone.ZONE_5),
        ("0.981", None),
        ("0.99", None),
    ],
)
def test_zones_are_half_open_and_the_last_is_closed(value: str, zone: Zone | None) -> None:
    """STRATEGIES.md B.1."""
    assert Price(value).zone is zone


def test_zones_follow_one_another_without_gap() -> None:
    assert [zone for zone, _, _ in ZONE_BOUNDS] == list(Zone)
    for (_, _, high), (_, low, _) in pairwise(ZONE_BOUNDS):
        assert high == low


@pytest.mark.parametrize("value", ["0", "-1", "-0.000001"])
def test_a_quantity_is_above_zero(value: str) -> None:
    with pytest.raises(InvalidOrderError, match="must be above zero shares"):
        Quantity(value)
    assert Quantity("0.000001") > 0


@given(st.sampled_from(Side))
def test_the_other_token_of_the_other_token_is_the_token(side: Side) -> None:
    assert side.complement is not side
    assert side.complement.complement is side


def test_the_last_four_states_of_an_order_are_terminal() -> None:
    assert [status.is_terminal for status in OrderStatus] == [False, False, True, True, True, True]


def test_only_the_two_good_grades_allow_to_open() -> None:
    assert [trust for trust in Trust if trust.may_open] == [Trust.VERIFIED, Trust.CONSISTENT]
