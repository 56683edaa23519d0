"""Prices from before a market was followed: they go before what was observed (D.6c, D.7)."""

from hypothesis import given
from hypothesis import strategies as st

from streams import bars, correlation
from streams.bars import MINUTE_MS

QUARTER = 15 * MINUTE_MS
FIVE = 5 * MINUTE_MS
POINTS = tuple((place * FIVE, 0.30 + 0.001 * place) for place in range(12))
"""An hour from 0 on."""


def test_an_hour_of_prices_is_four_bars_of_which_the_last_is_open() -> None:
    past = bars.preceded(bars.Bars(), POINTS, QUARTER, 96)
    assert [bar.close for bar in past.complete] == [0.302, 0.305, 0.308]
    assert past.current is not None
    assert past.current.close == 0.311


def test_what_was_observed_stays_as_it_was() -> None:
    own = bars.observe(bars.Bars(), 0.5, 2 * QUARTER, QUARTER, 96)
    own = bars.observe(own, 0.6, 3 * QUARTER, QUARTER, 96)
    both = bars.preceded(own, POINTS, QUARTER, 96)
    assert [bar.close for bar in both.complete] == [0.302, 0.305, 0.5]
    assert both.current == own.current
    assert bars.preceded(both, POINTS, QUARTER, 96) == both


def test_a_gap_before_the_first_observation_is_carried() -> None:
    own = bars.observe(bars.Bars(), 0.5, 6 * QUARTER, QUARTER, 96)
    both = bars.preceded(own, POINTS, QUARTER, 96)
    assert [bar.carried for bar in both.complete] == [False, False, False, False, True, True]


def test_no_more_than_is_kept() -> None:
    own = bars.observe(bars.Bars(), 0.5, 4 * QUARTER, QUARTER, 2)
    assert len(bars.preceded(own, POINTS, QUARTER, 2).complete) == 2


def test_closes_of_linked_outcomes_start_in_the_past() -> None:
    own = correlation.add_mid(correlation.Bars(), 0.4, 12 * FIVE, FIVE, 288)
    both = correlation.preceded(own, POINTS, FIVE, 288)
    assert [number for number, _ in both.closes] == list(range(12))
    assert (both.number, both.last) == (own.number, own.last)
    assert correlation.preceded(both, POINTS, FIVE, 288) == both
    assert len(correlation.returns(both)) == 11


@given(st.lists(st.floats(0.02, 0.98), min_size=2, max_size=60), st.integers(0, 60))
def test_a_history_is_worth_as_much_as_having_been_there(mids: list[float], cut: int) -> None:
    """The same bars, whether the first part was seen or told afterwards."""
    points = [(place * FIVE, mid) for place, mid in enumerate(mids)]
    cut = min(cut, len(points)) // 3 * 3  # a bar's beginning
    seen_bars, late_bars = bars.Bars(), bars.Bars()
    seen_closes, late_closes = correlation.Bars(), correlation.Bars()
    for at, mid in points:
        seen_bars = bars.observe(seen_bars, mid, at, QUARTER, 96)
        seen_closes = correlation.add_mid(seen_closes, mid, at, FIVE, 288)
    for at, mid in points[cut:]:
        late_bars = bars.observe(late_bars, mid, at, QUARTER, 96)
        late_closes = correlation.add_mid(late_closes, mid, at, FIVE, 288)
    assert bars.preceded(late_bars, points[:cut], QUARTER, 96) == seen_bars
    assert correlation.preceded(late_closes, points[:cut], FIVE, 288) == seen_closes
