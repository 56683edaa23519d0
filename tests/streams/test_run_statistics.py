from decimal import Decimal
from math import sqrt
from statistics import fmean, stdev, variance

import pytest

from streams.run_statistics import DAY_MS, daily_returns, luck
from streams.statistics import deflated_sharpe, moments

RETURNS = [0.01, -0.005, 0.002, 0.007, -0.012, 0.004, 0.0, 0.003, -0.001, 0.006]


def test_days_without_a_point_had_no_return() -> None:
    points = [(0, "1.00"), (5, "1.10"), (DAY_MS, "1.21"), (3 * DAY_MS + 7, "1.089")]
    returns = daily_returns((at, Decimal(value)) for at, value in points)
    assert returns == pytest.approx([0.1, 0.0, -0.1])


def test_one_day_has_no_return() -> None:
    assert daily_returns([(0, Decimal(1)), (5, Decimal(2))]) == []
    assert daily_returns([]) == []


def test_a_short_sample_is_insufficient_and_still_counts() -> None:
    found = luck(RETURNS, [0.1, None])
    assert (found.sharpe, found.deflated, found.per_day) == (None, None, None)
    assert (found.days, found.tried) == (10, 3)


def test_a_long_sample_is_deflated_by_all_runs() -> None:
    returns = RETURNS * 6
    per_day = fmean(returns) / stdev(returns)
    found = luck(returns, [0.1, None, -0.2])
    assert found.per_day == pytest.approx(per_day)
    assert found.sharpe == pytest.approx(per_day * sqrt(365))
    shape = moments(returns)
    assert shape is not None
    spread = variance([per_day, 0.1, -0.2])
    assert found.deflated == pytest.approx(deflated_sharpe(per_day, 60, *shape, 4, spread))


def test_more_tries_make_the_same_returns_worth_less() -> None:
    returns = RETURNS * 6
    worth = [luck(returns, [0.1, -0.1] * tries).deflated for tries in (1, 5, 50)]
    assert worth[0] is not None
    assert worth[1] is not None
    assert worth[2] is not None
    assert worth[0] > worth[1] > worth[2]
