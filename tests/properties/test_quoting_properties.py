"""Avellaneda–Stoikov quotes (G.19) and their complement symmetry (G.7)."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from streams.prices import tick_price
from streams.quoting import SHORT_HORIZON, STANDARD, Quote, QuoteParameters, model_quote

MIDS = st.floats(0.02, 0.98)
LOTS = st.floats(-30.0, 30.0)
SIGMAS = st.floats(0.02, 12.0)
HOURS = st.floats(1 / 3600, 1.0)
PARAMETERS = st.sampled_from([STANDARD, SHORT_HORIZON])
TICKS = st.sampled_from([1, 10, 25, 50, 100, 1000]).map(tick_price)


def quote(
    mid: float, q: float, sigma: float, hours: float, parameters: QuoteParameters, tick: Decimal
) -> Quote:
    return model_quote(mid, q, sigma, hours, parameters, None, None, tick)


@given(MIDS, LOTS, SIGMAS, HOURS, PARAMETERS, TICKS)
def test_quotes_surround_the_centre_on_the_grid(
    mid: float, q: float, sigma: float, hours: float, parameters: QuoteParameters, tick: Decimal
) -> None:
    found = quote(mid, q, sigma, hours, parameters, tick)
    if found.bid is not None:
        assert found.bid < found.centre
        assert tick <= found.bid
        assert found.bid % tick == 0
    if found.ask is not None:
        assert found.ask > found.centre
        assert found.ask <= 1 - tick
        assert found.ask % tick == 0
    narrow, wide = parameters.spread
    assert narrow <= found.spread <= wide


@given(MIDS, LOTS, SIGMAS, HOURS, TICKS)
def test_they_are_pulled_iff_the_spread_at_the_mid_exceeds_four_cents(
    mid: float, q: float, sigma: float, hours: float, tick: Decimal
) -> None:
    for parameters in (STANDARD, SHORT_HORIZON):
        found = quote(mid, q, sigma, hours, parameters, tick)
        flat = quote(mid, 0.0, sigma, hours, parameters, tick)
        assert found.mid_spread == flat.model_spread
        assert found.pulled == (found.mid_spread > 0.04)
        assert not found.pulled or (found.bid is None and found.ask is None)


@given(MIDS, LOTS, LOTS, SIGMAS, HOURS, PARAMETERS)
def test_inventory_moves_the_centre_down(
    mid: float, a: float, b: float, sigma: float, hours: float, parameters: QuoteParameters
) -> None:
    low, high = sorted((a, b))
    tick = Decimal("0.01")
    short = quote(mid, low, sigma, hours, parameters, tick)
    long = quote(mid, high, sigma, hours, parameters, tick)
    assert long.centre <= short.centre


@given(LOTS, SIGMAS, HOURS, PARAMETERS)
def test_at_one_half_inventory_mirrors(
    q: float, sigma: float, hours: float, parameters: QuoteParameters
) -> None:
    tick = Decimal("0.01")
    long = quote(0.5, q, sigma, hours, parameters, tick)
    short = quote(0.5, -q, sigma, hours, parameters, tick)
    assert long.centre + short.centre == pytest.approx(1.0, abs=1e-12)
    assert long.model_spread == pytest.approx(short.model_spread, abs=1e-12)


@given(st.integers(2, 98), LOTS, SIGMAS, HOURS, PARAMETERS, TICKS)
def test_relabelling_yes_and_no_mirrors_the_quotes(
    cents: int, q: float, sigma: float, hours: float, parameters: QuoteParameters, tick: Decimal
) -> None:
    yes = quote(cents / 100, q, sigma, hours, parameters, tick)
    no = quote((100 - cents) / 100, -q, sigma, hours, parameters, tick)
    assume(abs(yes.mid_spread - parameters.pull_mult * parameters.spread[1]) > 1e-9)
    assert no.bid == (None if yes.ask is None else 1 - yes.ask)
    assert no.ask == (None if yes.bid is None else 1 - yes.bid)


@given(
    MIDS,
    LOTS,
    SIGMAS,
    HOURS,
    PARAMETERS,
    st.lists(st.integers(1, 99), min_size=2, max_size=2, unique=True).map(sorted),
)
def test_quotes_never_take_and_never_cross_each_other(
    mid: float,
    q: float,
    sigma: float,
    hours: float,
    parameters: QuoteParameters,
    best: list[int],
) -> None:
    tick = Decimal("0.01")
    best_bid, best_ask = best[0] * tick, best[1] * tick
    found = model_quote(mid, q, sigma, hours, parameters, best_bid, best_ask, tick)
    assert found.bid is None or found.bid < best_ask
    assert found.ask is None or found.ask > best_bid
    assert found.bid is None or found.ask is None or found.bid < found.ask
