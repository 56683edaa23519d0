"""Fees and rebates (G.21)."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from schemas.market import FeeSchedule
from streams.fees import (
    MAKER_FEE,
    MISSION,
    SMALLEST_FEE,
    V1_CRYPTO,
    V1_SPORTS,
    V2,
    expected_rebate,
    payable_rebate,
    rebate_share,
    taker_fee,
)

PRICES = st.integers(1, 9_999).map(lambda pips: Decimal(pips) / 10_000)
SHARES = st.decimals("0.01", "100000", places=2)
CATEGORIES = st.sampled_from(sorted(V2))
SCHEDULES = st.sampled_from([*V2.values(), V1_CRYPTO, V1_SPORTS, MISSION])


@given(SHARES, PRICES, SCHEDULES)
def test_fees_are_never_negative_and_on_five_decimals(
    shares: Decimal, price: Decimal, schedule: FeeSchedule
) -> None:
    fee = taker_fee(shares, price, schedule)
    assert fee >= MAKER_FEE == 0
    assert fee % SMALLEST_FEE == 0
    assert fee <= shares * price or fee <= shares * schedule.rate


@given(SHARES, PRICES, CATEGORIES)
def test_the_venues_fee_does_not_depend_on_the_label(
    shares: Decimal, price: Decimal, category: str
) -> None:
    schedule = V2[category]
    assert taker_fee(shares, price, schedule) == taker_fee(shares, 1 - price, schedule)


@given(SHARES, SHARES, PRICES, SCHEDULES)
def test_fees_grow_with_size(
    first: Decimal, second: Decimal, price: Decimal, schedule: FeeSchedule
) -> None:
    low, high = sorted((first, second))
    assert taker_fee(low, price, schedule) <= taker_fee(high, price, schedule)


@given(st.lists(st.tuples(SHARES, PRICES), max_size=8), CATEGORIES)
def test_rebates_are_never_more_than_their_share_of_the_fees(
    fills: list[tuple[Decimal, Decimal]], category: str
) -> None:
    schedule = V2[category]
    rebates = sum(
        (expected_rebate(shares, price, schedule, category) for shares, price in fills), Decimal(0)
    )
    fees = sum((taker_fee(shares, price, schedule) for shares, price in fills), Decimal(0))
    assert 0 <= rebates <= rebate_share(schedule, category) * fees
    assert payable_rebate(rebates) in (0, rebates)
