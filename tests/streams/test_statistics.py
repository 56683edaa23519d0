"""Statistics, with the vectors of STRATEGIES.md E.5."""

from statistics import fmean, stdev

import pytest

from streams.statistics import (
    brier,
    brier_skill,
    deflated_sharpe,
    luck_benchmark,
    max_drawdown,
    moments,
    murphy,
    probabilistic_sharpe,
    profit_factor,
    sharpe,
    sortino,
)

RETURNS = (0.01, -0.005, 0.002, 0.007, -0.012, 0.004, 0.0, 0.003, -0.001, 0.006)


def near(value: float) -> object:
    return pytest.approx(value, abs=1e-6)


def test_sharpe_and_sortino() -> None:
    assert (fmean(RETURNS), stdev(RETURNS)) == (near(0.0014), near(0.006363))
    assert sharpe(RETURNS) == near(4.203456)
    assert sortino(RETURNS) == near(6.487091)


def test_the_risk_free_rate_is_per_year() -> None:
    assert sharpe(RETURNS, risk_free=0.0014 * 365) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("returns", [(), (0.01,), (0.01, 0.01, 0.01), (0.1,) * 3])
def test_a_sharpe_ratio_without_deviation_is_undefined(returns: tuple[float, ...]) -> None:
    assert sharpe(returns) is None


def test_a_sortino_ratio_without_shortfall_is_undefined() -> None:
    assert sortino((0.01, 0.02)) is None
    assert sortino(()) is None


@pytest.mark.parametrize(
    ("equity", "drawdown"),
    [((100, 110, 105, 120, 90, 95, 130, 117), 0.25), ((5, 5, 5), 0.0), ((), 0.0), ((2, 1), 0.5)],
)
def test_max_drawdown(equity: tuple[float, ...], drawdown: float) -> None:
    assert max_drawdown(equity) == near(drawdown)


@pytest.mark.parametrize(
    ("pnl", "factor"),
    [((10, -5, 3, -2, 0, -4), 1.181818), ((-3, -1), 0.0)],
)
def test_profit_factor(pnl: tuple[float, ...], factor: float) -> None:
    assert profit_factor(pnl) == near(factor)


def test_without_losses_there_is_no_profit_factor() -> None:
    assert profit_factor((1.0, 0.0)) is None


def test_brier() -> None:
    assert brier((0.7, 0.2, 0.9, 0.4), (1, 0, 1, 1)) == near(0.125)
    assert brier_skill(0.1, 0.125) == near(0.2)
    assert brier_skill(0.1, 0.0) is None


def test_murphy() -> None:
    found = murphy((0.15, 0.18, 0.72, 0.75, 0.78, 0.31), (0, 0, 1, 1, 0, 1))
    assert found == (near(0.091897), near(0.138889), near(0.25), near(0.211667))


def test_a_forecast_of_one_falls_into_the_last_bin() -> None:
    assert murphy((1.0, 0.95), (1, 1)).calibration_error == near(0.025)


def test_probabilistic_and_deflated_sharpe() -> None:
    assert probabilistic_sharpe(0.1, 365, -0.5, 5.0) == near(0.968066)
    assert luck_benchmark(10, 0.002) == near(0.070418)
    assert deflated_sharpe(0.1, 365, -0.5, 5.0, 10, 0.002) == near(0.708216)


def test_one_configuration_needs_no_deflation() -> None:
    assert luck_benchmark(1, 0.002) == 0.0
    assert deflated_sharpe(0.1, 365, -0.5, 5.0, 1, 0.002) == probabilistic_sharpe(
        0.1, 365, -0.5, 5.0
    )


def test_a_probability_needs_two_periods_and_a_variance() -> None:
    assert probabilistic_sharpe(0.1, 1, 0.0, 3.0) is None
    assert probabilistic_sharpe(2.0, 100, 3.0, 3.0) is None


def test_moments() -> None:
    assert moments((1.0, -1.0, 1.0, -1.0)) == (0.0, 1.0)
    assert moments((0.0, 0.0, 0.0, 4.0)) == (near(1.154701), near(7 / 3))
    assert moments((0.2, 0.2)) is None
    assert moments(()) is None
