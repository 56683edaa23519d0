"""Market-making quotes, with the vectors of STRATEGIES.md D.5."""

from decimal import Decimal

import msgspec
import pytest

from streams.logit import sigmoid
from streams.quoting import (
    SHORT_HORIZON,
    STANDARD,
    adding_size,
    base_notional,
    glft_distances,
    inventory_skew,
    model_quote,
)
from streams.volatility import VolatilityState, digital_sigma

D = Decimal
CENT = D("0.01")


def near(value: float) -> object:
    return pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(
    ("mid", "q", "sigma", "gamma", "kappa", "centre", "model", "bid", "ask"),
    [
        (0.50, 0, 0.10, 0.5, 40, 0.500000, 0.013672, "0.49", "0.51"),
        (0.50, 4, 0.10, 0.5, 40, 0.495000, 0.013670, "0.48", "0.51"),
        (0.30, -2, 0.20, 0.5, 40, 0.308467, 0.014865, "0.30", "0.32"),
        (0.65, 3, 0.15, 0.5, 60, 0.642284, 0.010211, "0.63", "0.65"),
        (0.50, 0, 0.02, 0.1, 400, 0.500000, 0.001260, "0.49", "0.51"),
        (0.50, 20, 0.35, 0.5, 40, 0.401312, 0.026649, "0.39", "0.42"),
    ],
)
def test_standard_quotes(
    mid: float,
    q: float,
    sigma: float,
    gamma: float,
    kappa: float,
    centre: float,
    model: float,
    bid: str,
    ask: str,
) -> None:
    parameters = msgspec.structs.replace(STANDARD, gamma=gamma, kappa=kappa)
    quote = model_quote(mid, q, sigma, 1.0, parameters, None, None, CENT)
    assert quote.centre == near(centre)
    assert quote.model_spread == near(model)
    assert quote.spread == near(min(max(model, 0.005), 0.02))
    assert (quote.bid, quote.ask) == (D(bid), D(ask))
    assert not quote.pulled


def test_half_spread_of_the_first_row() -> None:
    quote = model_quote(0.5, 0, 0.1, 1.0, STANDARD, None, None, CENT)
    assert quote.half_x == near(0.027345)


def test_the_second_row_is_already_passive() -> None:
    quote = model_quote(0.5, 4, 0.1, 1.0, STANDARD, D("0.49"), D("0.50"), CENT)
    assert (quote.bid, quote.ask) == (D("0.48"), D("0.51"))


def test_a_model_that_wants_too_much_spread_pulls_both() -> None:
    quote = model_quote(0.5, 0, 0.5, 1.0, STANDARD, None, None, CENT)
    assert quote.mid_spread == near(0.043645)
    assert quote.pulled
    assert (quote.bid, quote.ask) == (None, None)


def test_a_large_skew_does_not_re_enable_a_pulled_quote() -> None:
    level = model_quote(0.5, 40, 0.5, 1.0, STANDARD, None, None, CENT)
    assert level.model_spread < level.mid_spread
    assert level.pulled


def test_quotes_stay_passive() -> None:
    quote = model_quote(0.5, 0, 0.1, 1.0, STANDARD, D("0.53"), D("0.54"), CENT)
    assert (quote.bid, quote.ask) == (D("0.49"), D("0.54"))
    quote = model_quote(0.5, 0, 0.1, 1.0, STANDARD, D("0.46"), D("0.47"), CENT)
    assert (quote.bid, quote.ask) == (D("0.46"), D("0.51"))


def test_where_no_passive_price_is_left_there_is_no_quote() -> None:
    quote = model_quote(0.03, 0, 0.1, 1.0, STANDARD, None, D("0.01"), CENT)
    assert quote.bid is None
    assert quote.ask is not None
    quote = model_quote(0.97, 0, 0.1, 1.0, STANDARD, D("0.99"), None, CENT)
    assert quote.bid is not None
    assert quote.ask is None


@pytest.mark.parametrize(
    ("mid", "q", "left_s", "centre", "model", "bid", "ask"),
    [
        (0.50, 0, 600, 0.5, 0.025263, "0.48", "0.52"),
        (0.50, 2, 600, 0.474422, None, "0.46", "0.49"),
        (0.35, -1, 600, 0.361736, 0.023333, "0.35", "0.38"),
        (0.50, 0, 300, 0.5, 0.038050, "0.48", "0.52"),
        (0.50, 0, 240, 0.5, 0.044440, None, None),
    ],
)
def test_short_horizon_quotes(
    mid: float,
    q: float,
    left_s: float,
    centre: float,
    model: float | None,
    bid: str | None,
    ask: str | None,
) -> None:
    sigma = digital_sigma(VolatilityState(), left_s / 3600)
    horizon = min(60.0, left_s) / 3600
    quote = model_quote(mid, q, sigma, horizon, SHORT_HORIZON, None, None, CENT)
    assert quote.centre == near(centre)
    assert model is None or quote.model_spread == near(model)
    assert (quote.bid, quote.ask) == (bid and D(bid), ask and D(ask))
    assert quote.pulled is (bid is None)


def test_short_horizon_half_spread() -> None:
    sigma = digital_sigma(VolatilityState(), 600 / 3600)
    assert sigma == near(3.919184)
    quote = model_quote(0.5, 0, sigma, 60 / 3600, SHORT_HORIZON, None, None, CENT)
    assert quote.half_x == near(0.050538)


@pytest.mark.parametrize(("q", "bid", "ask"), [(0, 0.025689, 0.025689), (3, 0.030753, 0.020625)])
def test_glft(q: float, bid: float, ask: float) -> None:
    assert glft_distances(q, 0.1, 0.5, 40.0, 60.0) == (near(bid), near(ask))


@pytest.mark.parametrize(("q", "left_h"), [(0, 1.0), (3, 1.0), (3, 0.1), (-3, 1.0)])
def test_fitted_arrivals_make_the_quote_glft_s_whatever_the_horizon(
    q: float, left_h: float
) -> None:
    fitted = msgspec.structs.replace(STANDARD, arrivals=60.0)
    quote = model_quote(0.5, q, 0.1, left_h, fitted, None, None, CENT)
    below, above = glft_distances(q, 0.1, 0.5, 40.0, 60.0)
    assert quote.centre_x - quote.half_x == near(-below)
    assert quote.centre_x + quote.half_x == near(above)
    assert quote.spread == near(sigmoid(above) - sigmoid(-below))
    assert (quote.centre < 0.5) is (q > 0)


def test_glft_keeps_to_the_clip_and_to_the_pull_test() -> None:
    fitted = msgspec.structs.replace(STANDARD, arrivals=60.0)
    far = model_quote(0.5, 1000, 0.1, 1.0, fitted, None, None, CENT)
    assert far.centre_x == near(-0.40)
    assert not model_quote(0.5, 0, 1.0, 1.0, fitted, None, None, CENT).pulled
    assert model_quote(0.5, 0, 8.0, 1.0, fitted, None, None, CENT).pulled


def test_the_side_that_adds_inventory_shrinks_to_nothing() -> None:
    skew = inventory_skew(D(-600), D("0.25"), D(1000))
    assert skew == D("0.15")
    assert adding_size(D(100), skew, D("0.30")) == 50
    assert adding_size(D(100), D("0.30"), D("0.30")) == 0
    assert adding_size(D(100), D("0.45"), D("0.30")) == 0


@pytest.mark.parametrize(
    ("edge", "variance", "fills", "dollars"),
    [
        (0.5, 0.01, 199, "100"),
        (0.001, 0.05, 200, "100"),
        (0.0004, 0.05, 200, "40"),
        (0.01, 0.05, 200, "200"),
        (0.01, 0.0, 200, "200"),
        (0.0, 0.05, 200, "0"),
        (-0.1, 0.05, 500, "0"),
    ],
)
def test_base_size(edge: float, variance: float, fills: int, dollars: str) -> None:
    assert base_notional(D(10_000), edge, variance, fills) == D(dollars)
