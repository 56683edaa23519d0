"""Kelly fractions, with the vectors of STRATEGIES.md A.6 to A.8."""

from decimal import Decimal

import pytest

from schemas.errors import ConfigurationError, DomainError
from streams.kelly import (
    check_multiplier,
    correlation_scale,
    kelly_buy,
    kelly_buy_no,
    kelly_fraction,
    kelly_outcomes,
    kelly_outcomes_unhedged,
    kelly_sell_yes,
    shrinkage,
)


def near(value: float) -> object:
    return pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(
    ("p", "c", "full", "half", "quarter", "fifth"),
    [
        (0.35, 0.30, 0.071429, 0.035714, 0.017857, 0.014286),
        (0.12, 0.10, 0.022222, 0.011111, 0.005556, 0.004444),
        (0.55, 0.50, 0.100000, 0.050000, 0.025000, 0.020000),
        (0.90, 0.85, 0.333333, 0.166667, 0.083333, 0.066667),
        (0.25, 0.30, 0.0, 0.0, 0.0, 0.0),
    ],
)
def test_binary(p: float, c: float, full: float, half: float, quarter: float, fifth: float) -> None:
    assert max(0.0, kelly_buy(p, c)) == near(full)
    assert kelly_fraction(p, c, 0.5) == near(half)
    assert kelly_fraction(p, c, 0.25) == near(quarter)
    assert kelly_fraction(p, c, 0.2) == near(fifth)


def test_without_edge_the_raw_quotient_is_negative() -> None:
    assert kelly_buy(0.25, 0.30) == near(-0.071429)


def test_the_missions_formula_is_half_kelly() -> None:
    p, c = 0.35, 0.30
    b = (1 - c) / c
    assert ((b * p - (1 - p)) / b) / 2 == near(kelly_fraction(p, c, 0.5))


def test_selling_yes_is_buying_no() -> None:
    assert kelly_sell_yes(0.62, 0.70) == near(0.114286)
    assert kelly_buy_no(0.62, 0.30) == near(0.114286)


@pytest.mark.parametrize("multiplier", [0.0, -0.1, 0.5000001, 1.0, Decimal("0.51"), float("nan")])
def test_forbidden_multipliers_raise(multiplier: float | Decimal) -> None:
    with pytest.raises(ConfigurationError, match="above 0 and at most"):
        check_multiplier(multiplier)
    with pytest.raises(ConfigurationError):
        kelly_fraction(0.6, 0.5, multiplier)


@pytest.mark.parametrize("multiplier", [0.5, 0.2, Decimal("0.25")])
def test_allowed_multipliers_pass(multiplier: float | Decimal) -> None:
    assert check_multiplier(multiplier) == float(multiplier)


@pytest.mark.parametrize(
    ("p", "c", "sigma", "k"),
    [
        (0.35, 0.30, 0.03, 0.735294),
        (0.12, 0.10, 0.04, 0.2),
        (0.35, 0.30, 0.0, 1.0),
        (0.30, 0.30, 0.0, 0.0),
        (0.2, 0.3, 0.1, 0.0),
    ],
)
def test_shrinkage(p: float, c: float, sigma: float, k: float) -> None:
    assert shrinkage(p, c, sigma) == near(k)


@pytest.mark.parametrize(
    ("p", "c", "fractions", "reserve"),
    [
        ((0.5, 0.3, 0.2), (0.40, 0.28, 0.35), (0.25, 0.125, 0.0), 0.625),
        ((0.42, 0.25, 0.18, 0.15), (0.38, 0.22, 0.20, 0.22), (0.135, 0.085, 0.03, 0.0), 0.75),
        ((0.2, 0.1), (0.5, 0.5), (0.0, 0.0), 1.0),
        ((0.4, 0.35, 0.25), (0.3, 0.3, 0.3), (0.4, 0.35, 0.25), 0.0),
        ((), (), (), 1.0),
    ],
)
def test_exclusive_outcomes(
    p: tuple[float, ...], c: tuple[float, ...], fractions: tuple[float, ...], reserve: float
) -> None:
    found = kelly_outcomes(p, c)
    assert found.fractions == pytest.approx(fractions, abs=1e-6)
    assert found.reserve == near(reserve)


def test_a_directional_bot_drops_legs_without_edge() -> None:
    p, c = (0.42, 0.25, 0.18, 0.15), (0.38, 0.22, 0.20, 0.22)
    found = kelly_outcomes_unhedged(p, c)
    assert found.fractions[2:] == (0.0, 0.0)
    alone = kelly_outcomes(p[:2], c[:2])
    assert found.fractions[:2] == alone.fractions
    assert found.reserve == alone.reserve


@pytest.mark.parametrize(
    ("p", "c"),
    [
        ((0.6, 0.5), (0.5, 0.4)),
        ((-0.1, 0.5), (0.5, 0.4)),
        ((0.5,), (0.5, 0.4)),
        ((0.5, 0.5), (0.0, 0.4)),
        ((0.5, 0.5), (0.5, 1.0)),
    ],
)
def test_impossible_outcomes_raise(p: tuple[float, ...], c: tuple[float, ...]) -> None:
    with pytest.raises(DomainError):
        kelly_outcomes(p, c)


@pytest.mark.parametrize(
    ("bets", "correlation", "scale"),
    [(3, 0.5, 0.5), (4, 0.25, 0.571429), (5, -0.3, 1.0), (1, 0.9, 1.0)],
)
def test_correlated_bets(bets: int, correlation: float, scale: float) -> None:
    assert correlation_scale(bets, correlation) == near(scale)
