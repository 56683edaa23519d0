from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sandbox.fees import SCHEDULES, FeeRate
from connectors.sandbox.identity import bytes32, token_id
from connectors.sandbox.mirror import (
    ASK,
    BID,
    LEGS,
    NO,
    YES,
    Match,
    book_side,
    leg_side,
    match_kind,
    mirrored,
)
from connectors.sandbox.units import DOLLAR, price_text, size_text, whole_units
from schemas.values import MICRO, PIPS, Action


@pytest.mark.parametrize(
    ("pips", "text"), [(4800, "0.48"), (5000, "0.5"), (1, "0.0001"), (4855, "0.4855"), (0, "0")]
)
def test_prices_have_no_trailing_zeros(pips: int, text: str) -> None:
    assert price_text(pips) == text


@given(st.integers(0, 10**15))
@settings(deadline=None)
def test_a_size_text_reads_back_exactly(micro: int) -> None:
    text = size_text(micro)
    assert whole_units(text, MICRO) == micro
    assert "." not in text or not text.endswith("0")


@pytest.mark.parametrize("text", ["abc", "", "NaN", "Infinity", "0.00001"])
def test_what_is_no_whole_number_of_pips_is_refused(text: str) -> None:
    assert whole_units(text, PIPS) is None


@given(st.sampled_from(LEGS), st.integers(0, PIPS), st.sampled_from((BID, ASK)))
@settings(deadline=None)
def test_the_mirror_is_its_own_inverse(leg: int, pips: int, side: int) -> None:
    assert mirrored(leg, mirrored(leg, pips)) == pips
    assert leg_side(leg, leg_side(leg, side)) == side


def test_buying_no_is_selling_yes() -> None:
    assert book_side(NO, Action.BUY) == book_side(YES, Action.SELL) == ASK
    assert book_side(NO, Action.SELL) == book_side(YES, Action.BUY) == BID
    assert mirrored(NO, 3000) == 7000


def test_two_buyers_mint_and_two_sellers_merge() -> None:
    assert match_kind(Action.BUY, Action.BUY) is Match.MINT
    assert match_kind(Action.SELL, Action.SELL) is Match.MERGE
    assert match_kind(Action.BUY, Action.SELL) is Match.TRANSFER


# STRATEGIES.md A.5, 100 shares.
@pytest.mark.parametrize(
    ("category", "pips", "fee"),
    [
        ("crypto", 500, "0.33250"),
        ("crypto", 5000, "1.75000"),
        ("sports", 3000, "1.05000"),
        ("culture", 8500, "0.63750"),
        ("politics", 8500, "0.51000"),
        ("geopolitics", 5000, "0"),
    ],
)
def test_the_fee_of_a_hundred_shares(category: str, pips: int, fee: str) -> None:
    money = SCHEDULES[category].taker_fee(100 * MICRO, pips)
    assert Decimal(money) / DOLLAR == Decimal(fee)


def test_a_fee_below_its_smallest_step_is_nothing() -> None:
    assert SCHEDULES["sports"].taker_fee(10_000, 100) == 0


@given(st.integers(1, 10**12), st.integers(1, PIPS - 1), st.integers(0, 1260))
@settings(deadline=None)
def test_a_fee_is_symmetric_and_a_whole_number_of_steps(size: int, pips: int, rate: int) -> None:
    schedule = FeeRate(rate, 0)
    fee = schedule.taker_fee(size, pips)
    assert fee == schedule.taker_fee(size, PIPS - pips)
    assert fee % (DOLLAR // 100_000) == 0


@given(st.text(max_size=8), st.sampled_from(LEGS))
@settings(deadline=None)
def test_token_ids_are_full_size_and_never_look_like_protocol_v2(name: str, leg: int) -> None:
    token = int(token_id(bytes32(name), leg))
    assert token.bit_length() > 200
    assert (token >> 40) & (2**64 - 1)
    assert token < 2**256
