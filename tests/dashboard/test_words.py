"""Figures are written as an operator reads them."""

from decimal import Decimal

import pytest

from dashboard.words import (
    age,
    cents,
    clock,
    count,
    counted,
    date,
    money,
    percent,
    shares,
    signed_money,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [("1234.5", "$1,234.50"), ("-12.3", "−$12.30"), ("0", "$0.00"), (None, "–")],
)
def test_money(value: str | None, text: str) -> None:
    assert money(None if value is None else Decimal(value)) == text


def test_results_carry_a_sign() -> None:
    assert signed_money(Decimal("0.5")) == "+$0.50"
    assert signed_money(Decimal("-0.5")) == "−$0.50"
    assert signed_money(Decimal(0)) == "$0.00"
    assert signed_money(None) == "–"


def test_fractions_prices_and_sizes_carry_their_unit() -> None:
    assert percent(Decimal("0.0512")) == "5.12 %"
    assert cents(Decimal("0.42")) == "42.0 ¢"
    assert shares(Decimal("507.61")) == "507.61 sh"
    assert percent(None) == cents(None) == "–"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(2.2, "2 s"), (61, "1 min"), (7_300, "2.0 h"), (200_000, "2 d"), (None, "–")],
)
def test_age(seconds: float | None, text: str) -> None:
    assert age(seconds) == text


def test_session_time_is_utc() -> None:
    assert clock(1_790_586_000_000) == "09:00:00"
    assert date(1_790_586_000_000) == "2026-09-28 09:00"


def test_things_are_counted_in_their_number() -> None:
    assert [counted(number, "order") for number in (0, 1, 2, 1_500)] == [
        "0 orders",
        "1 order",
        "2 orders",
        "1,500 orders",
    ]
    assert count(47_802.0) == "47,802"
