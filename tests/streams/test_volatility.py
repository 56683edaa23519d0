"""The volatility fold, with the vectors of STRATEGIES.md D.5."""

import pytest

from streams.logit import logit
from streams.volatility import (
    SHORT_HORIZON,
    STANDARD,
    VolatilityParameters,
    VolatilityState,
    digital_sigma,
    is_due,
    observe,
    sigma,
)


def fold(prices: list[float], step_ms: int, parameters: VolatilityParameters) -> VolatilityState:
    state = VolatilityState()
    for number, price in enumerate(prices):
        state = observe(state, price, 1_700_000_000_000 + number * step_ms, parameters)
    return state


def test_one_minute_samples() -> None:
    state = fold([0.50, 0.505, 0.50, 0.51], 60_000, STANDARD)
    assert sigma(state) == pytest.approx(0.160146, abs=1e-6)


def test_nothing_is_known_before_the_second_sample() -> None:
    assert sigma(VolatilityState()) is None
    assert sigma(fold([0.5], 60_000, STANDARD)) is None


def test_prices_between_two_samples_do_not_count() -> None:
    calm = fold([0.50, 0.505], 60_000, STANDARD)
    state = VolatilityState()
    for at, price in ((0, 0.50), (20_000, 0.60), (59_999, 0.40), (60_000, 0.505)):
        state = observe(state, price, 1_700_000_000_000 + at, STANDARD)
    assert state == calm


def test_it_is_clipped() -> None:
    assert sigma(fold([0.5, 0.5, 0.5], 60_000, STANDARD)) == 0.02
    assert sigma(fold([0.1, 0.9], 60_000, STANDARD)) == 1.0


def test_a_gap_counts_as_one_long_sample() -> None:
    state = fold([0.50, 0.51], 120_000, STANDARD)
    assert state.variance == pytest.approx((logit(0.51) - logit(0.50)) ** 2 * 30)
    late = observe(fold([0.50, 0.51], 60_000, STANDARD), 0.51, 1_700_003_660_000, STANDARD)
    assert late.variance is not None
    assert late.variance == pytest.approx(60 * (logit(0.51) - logit(0.50)) ** 2 / 4)


def test_short_horizon_samples() -> None:
    state = fold([0.50, 0.51], 5_000, SHORT_HORIZON)
    assert state.variance == pytest.approx((logit(0.51) - logit(0.50)) ** 2 * 720)


@pytest.mark.parametrize(
    ("variance", "left_h", "expected"),
    [
        (None, 600 / 3600, 3.919184),
        (25.0, 600 / 3600, 5.0),
        (None, 1.0, 3.0),
        (400.0, 1.0, 12.0),
        (None, 10 / 3600, 12.0),
        (None, 0.0, 12.0),
    ],
)
def test_digital_sigma(variance: float | None, left_h: float, expected: float) -> None:
    state = VolatilityState(0.0, 0, variance)
    assert digital_sigma(state, left_h) == pytest.approx(expected, abs=1e-6)


def test_a_sample_is_due_exactly_when_one_would_be_taken() -> None:
    assert is_due(VolatilityState(), 0, STANDARD)
    state = VolatilityState(0.0, 1_000, 0.01)
    for now, due in ((1_000, False), (60_999, False), (61_000, True), (90_000, True)):
        assert is_due(state, now, STANDARD) is due
        assert (observe(state, 0.6, now, STANDARD) is not state) is due
