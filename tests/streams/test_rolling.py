from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.crowd import DAY_WINDOW, crowd_score, is_crowded
from streams.rolling import Rolling, Window, add, totals

STEPS = st.lists(st.tuples(st.integers(0, 250), st.integers(0, 9), st.integers(0, 9)), max_size=60)


@given(STEPS, st.integers(1, 6), st.integers(0, 500))
def test_incremental_equals_batch(
    steps: list[tuple[int, int, int]], buckets: int, rest: int
) -> None:
    window, rolling, now = Window(100, buckets), Rolling(), 1_000_000
    seen: list[tuple[int, int, int]] = []
    for wait, first, second in steps:
        now += wait
        seen.append((now, first, second))
        add(rolling, first, second, now, window)
    now += rest
    since = (now // 100 - buckets + 1) * 100
    counted = [each for each in seen if each[0] >= since]
    assert totals(rolling, now, window) == (
        sum(each[1] for each in counted),
        sum(each[2] for each in counted),
    )
    assert len(rolling.buckets) <= buckets


def test_the_crowd_score_spans_a_day_and_no_more() -> None:
    rolling, hour = Rolling(), 3_600_000
    add(rolling, 50, 0, 0, DAY_WINDOW)
    add(rolling, 0, 50, 12 * hour, DAY_WINDOW)
    assert crowd_score(*totals(rolling, 24 * hour - 1, DAY_WINDOW)) == 0.0
    assert crowd_score(*totals(rolling, 24 * hour, DAY_WINDOW)) == 100.0
    assert crowd_score(*totals(rolling, 36 * hour, DAY_WINDOW)) is None


@pytest.mark.parametrize(
    ("bought", "sold", "crowded"), [(90, 10, False), (905, 95, True), (0, 1, True), (0, 0, False)]
)
def test_eighty_is_not_crowded_and_eighty_one_is(bought: int, sold: int, crowded: bool) -> None:
    assert is_crowded(bought, sold, Decimal(80)) is crowded


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_the_score_is_symmetric_and_between_0_and_100(bought: int, sold: int) -> None:
    score = crowd_score(bought, sold)
    assert score == crowd_score(sold, bought)
    assert score is None or 0.0 <= score <= 100.0
