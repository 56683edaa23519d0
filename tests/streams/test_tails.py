from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.tails import AdaptiveQuote, Calibration, adaptive_quote

TICK = Decimal("0.01")


def quote(bid: str, bid_size: int, ask: str, ask_size: int, inventory: int) -> AdaptiveQuote:
    b, a = Decimal(bid), Decimal(ask)
    micro = (b * ask_size + a * bid_size) / (bid_size + ask_size)
    return adaptive_quote(micro, a - b, Decimal(inventory), Decimal(100), TICK, b, a)


def test_the_worked_examples_of_d8() -> None:
    first = quote("0.10", 200, "0.18", 100, 0)
    assert (first.bid, first.ask, first.half) == (Decimal("0.13"), Decimal("0.18"), Decimal("0.02"))
    second = quote("0.10", 200, "0.18", 100, 50)
    assert (second.bid, second.ask) == (Decimal("0.12"), Decimal("0.17"))


def test_the_default_calibration_changes_nothing() -> None:
    assert Calibration().is_identity
    assert Calibration().fair_value(0.0731) == 0.0731
    assert Calibration(0.0, 1.2).fair_value(0.1) == pytest.approx(0.0668, abs=1e-4)


def test_a_price_outside_the_grid_is_none() -> None:
    low = adaptive_quote(TICK, Decimal("0.04"), Decimal(0), Decimal(0), TICK, None, Decimal("0.05"))
    assert low.bid is None
    assert low.ask is not None


@given(
    st.integers(5, 90),
    st.integers(4, 9),
    st.integers(1, 500),
    st.integers(1, 500),
    st.integers(-150, 150),
)
def test_quotes_are_passive_apart_and_mirrored(
    bid: int, width: int, bid_size: int, ask_size: int, inventory: int
) -> None:
    low, high = Decimal(bid) / 100, Decimal(bid + width) / 100
    found = quote(str(low), bid_size, str(high), ask_size, inventory)
    assert found.bid is None or found.bid < high
    assert found.ask is None or found.ask > low
    if found.bid is not None and found.ask is not None:
        assert found.ask - found.bid >= 4 * TICK or found.bid <= low or found.ask >= high
        assert found.bid < found.ask
    mirror = quote(str(1 - high), ask_size, str(1 - low), bid_size, -inventory)
    assert mirror.bid == (None if found.ask is None else 1 - found.ask)
    assert mirror.ask == (None if found.bid is None else 1 - found.bid)
