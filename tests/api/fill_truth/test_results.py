"""Figures and the interval, counted by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.fill_truth.orders import Planned
from api.fill_truth.results import Execution, Figures, Outcome, figures, interval, outcomes
from connectors.sandbox.mirror import ASK, BID
from schemas.values import MICRO

MISSED = Outcome(None, 0.0, 0.0)


def planned(number: int, side: int, pips: int) -> Planned:
    return Planned(number, side, pips, 10 * MICRO, 0, 1_000, 8_000, 9_000)


def test_an_order_earns_what_its_price_is_better_than_the_last_mid() -> None:
    orders = [planned(0, BID, 4800), planned(1, ASK, 5200), planned(2, BID, 4700)]
    done = {
        0: [Execution(3_000, 4 * MICRO), Execution(4_000, 6 * MICRO)],
        1: [Execution(2_500, 5 * MICRO)],
        2: [],
    }
    found = outcomes(orders, done, 0.51)
    assert found[0][:2] == (2_000, 10.0)
    assert found[1][:2] == (1_500, 5.0)
    assert [each.pnl for each in found[:2]] == [pytest.approx(0.3), pytest.approx(0.05)]
    assert found[2] == MISSED
    total = figures(found)
    assert (total.filled, total.shares, total.wait_s) == (2, 15.0, 1.75)
    assert total.pnl == pytest.approx(0.35)


def test_what_only_the_generous_model_fills_may_be_filled_or_not() -> None:
    least = [Outcome(4_000, 10, 1.0), MISSED, MISSED]
    most = [Outcome(2_000, 10, 1.0), Outcome(9_000, 10, -3.0), Outcome(1_000, 10, 0.5)]
    low, high = interval(least, most)
    assert (low.filled, high.filled) == (1, 3)
    assert (low.pnl, high.pnl) == (-2.0, 1.5)
    assert (low.wait_s, high.wait_s) == (1.5, 6.5)


ends = st.one_of(
    st.just(MISSED),
    st.builds(Outcome, st.integers(1, 60_000), st.integers(1, 10), st.floats(-5, 5)),
)


@given(st.lists(st.tuples(ends, st.booleans(), st.integers(0, 5_000)), min_size=1, max_size=30))
def test_it_holds_every_truth_between_the_two(
    rows: list[tuple[Outcome, bool, int]],
) -> None:
    most = [end for end, _, _ in rows]
    truth = [end if sure or (end.wait_ms or 0) % 2 else MISSED for end, sure, _ in rows]
    least = [
        end if end.wait_ms is None or not sure else end._replace(wait_ms=end.wait_ms + later)
        for (end, sure, later) in rows
    ]
    least = [end if sure else MISSED for end, (_, sure, _) in zip(least, rows, strict=True)]
    low, high = interval(least, most)
    found = figures(truth)
    assert low.filled <= found.filled <= high.filled
    assert low.pnl - 1e-9 <= found.pnl <= high.pnl + 1e-9
    if found.filled:
        assert low.wait_s <= found.wait_s <= high.wait_s


def test_the_middle_is_half_way() -> None:
    one = Figures(filled=1, shares=2, wait_s=3, pnl=4)
    other = Figures(filled=3, shares=4, wait_s=5, pnl=-4)
    assert one.middle(other) == Figures(filled=2, shares=3, wait_s=4, pnl=0)
