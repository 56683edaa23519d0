"""Charts are pure: answers in, figures out, nothing invented."""

import json
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.answers.overview import Equity
from dashboard.charts.equity import (
    LEAST_RANGE,
    dollar_range,
    equity_chart,
    without_deposits,
)
from tests.dashboard.fake_api import NOW

DOLLARS = st.decimals("-100000", "100000", places=4)


def equity(values: list[str], pnl: list[str]) -> Equity:
    return Equity(
        times=[NOW + 1_000 * n for n in range(len(values))],
        equity=[Decimal(value) for value in values],
        pnl=[Decimal(value) for value in pnl],
        drawdown=[Decimal("0.01") * n for n in range(len(values))],
    )


def test_a_deposit_is_no_result() -> None:
    curve = equity(["10000", "20000", "20010.5"], ["0", "0", "10.5"])
    assert without_deposits(curve) == [Decimal(20000), Decimal(20000), Decimal("20010.5")]


@given(st.lists(st.tuples(DOLLARS, DOLLARS), min_size=1, max_size=30))
def test_the_curve_ends_at_equity_and_moves_as_the_result_moves(
    points: list[tuple[Decimal, Decimal]],
) -> None:
    curve = equity([str(value) for value, _ in points], [str(pnl) for _, pnl in points])
    drawn = without_deposits(curve)
    assert drawn[-1] == curve.equity[-1]
    steps = [after - before for before, after in pairwise(drawn)]
    results = [after - before for before, after in pairwise(curve.pnl)]
    assert steps == results


@given(st.lists(DOLLARS, min_size=1, max_size=30))
def test_the_axis_holds_every_point_with_room(values: list[Decimal]) -> None:
    low, high = dollar_range(values)
    assert low < min(values) <= max(values) < high
    assert high - low > LEAST_RANGE


def test_cents_do_not_look_like_cliffs() -> None:
    low, high = dollar_range([Decimal("100.00"), Decimal("100.01")])
    assert high - low > 10


@pytest.fixture
def curve() -> Equity:
    return equity(["20000", "20010.5", "20005"], ["0", "10.5", "5"])


def test_equity_is_above_its_drawdown_on_one_time_axis(curve: Equity) -> None:
    chart = equity_chart(curve)
    above, below = chart["series"]
    assert above["data"] == [[NOW, 20000.0], [NOW + 1_000, 20010.5], [NOW + 2_000, 20005.0]]
    assert below["data"] == [[NOW, 0.0], [NOW + 1_000, -1.0], [NOW + 2_000, -2.0]]
    assert (above["xAxisIndex"], below["xAxisIndex"]) == (0, 1)
    assert chart["useUTC"], "session times are UTC wherever the browser is"
    low, high = (chart["yAxis"][0][end] for end in ("min", "max"))
    assert low < 20000 < 20010.5 < high


def test_it_is_an_option_object_that_can_be_sent(curve: Equity) -> None:
    assert json.loads(json.dumps(equity_chart(curve))) == equity_chart(curve)
