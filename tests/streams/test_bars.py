from hypothesis import given
from hypothesis import strategies as st

from streams.bars import (
    DAY_MS,
    FIVE_MINUTES_MS,
    HOUR_MS,
    MINUTE_MS,
    QUARTER_MS,
    Bar,
    Bars,
    advance,
    observe,
)

WIDTHS = st.sampled_from([MINUTE_MS, FIVE_MINUTES_MS, QUARTER_MS, HOUR_MS, DAY_MS])
DAY = 20_000 * DAY_MS


def test_a_bar_holds_its_extremes_and_its_last_value() -> None:
    bars = Bars()
    for second, price in ((0, 0.50), (10, 0.53), (20, 0.49), (59, 0.51)):
        bars = observe(bars, price, DAY + second * 1000, MINUTE_MS, 9)
    assert bars.complete == ()
    bars = advance(bars, DAY + MINUTE_MS, MINUTE_MS, 9)
    assert bars.complete == (Bar(DAY, 0.50, 0.53, 0.49, 0.51),)


def test_silence_carries_the_close_and_says_so() -> None:
    bars = observe(Bars(), 0.40, DAY + 1, MINUTE_MS, 9)
    bars = observe(bars, 0.45, DAY + 3 * MINUTE_MS, MINUTE_MS, 9)
    assert [(bar.close, bar.carried) for bar in bars.complete] == [
        (0.40, False), (0.40, True), (0.40, True)
    ]  # fmt: skip
    assert bars.carried_share() == 2 / 3
    assert bars.current == Bar(DAY + 3 * MINUTE_MS, 0.45, 0.45, 0.45, 0.45)
    assert Bars().carried_share() == 0.0


def test_a_long_silence_fills_the_memory_and_no_more() -> None:
    bars = observe(Bars(), 0.40, DAY, MINUTE_MS, 3)
    bars = advance(bars, DAY + DAY_MS, MINUTE_MS, 3)
    assert [bar.start for bar in bars.complete] == [
        DAY + DAY_MS - back * MINUTE_MS for back in (3, 2, 1)
    ]
    assert bars.carried_share() == 1.0


def test_the_greatest_move_is_seen_inside_a_bar_and_between_two() -> None:
    inside = Bars((Bar(0, 0.5, 0.7, 0.5, 0.5),))
    assert inside.greatest_move() == 0.7 - 0.5
    between = Bars((Bar(0, 0.5, 0.5, 0.5, 0.5), Bar(1, 0.3, 0.35, 0.3, 0.3)))
    assert between.greatest_move() == 0.5 - 0.3
    assert Bars().greatest_move() == 0.0


def in_one_go(ticks: list[tuple[int, float]], end: int, width: int, keep: int) -> list[Bar]:
    """The same from the whole list at once."""
    found: list[Bar] = []
    close = ticks[0][1]
    for start in range(ticks[0][0] - ticks[0][0] % width, end - end % width, width):
        here = [price for at, price in ticks if start <= at < start + width]
        if here:
            close = here[-1]
            found.append(Bar(start, here[0], max(here), min(here), close))
        else:
            found.append(Bar(start, close, close, close, close, carried=True))
    return found[-keep:]


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(1, 99)), min_size=1, max_size=40),
    WIDTHS,
    st.integers(1, 12),
    st.integers(0, 300),
)
def test_incremental_equals_batch(
    steps: list[tuple[int, int]], width: int, keep: int, rest: int
) -> None:
    now, ticks, bars = DAY, list[tuple[int, float]](), Bars()
    for step, cents in steps:
        now += step * width // 100
        ticks.append((now, cents / 100))
        bars = observe(bars, cents / 100, now, width, keep)
    now += rest * width // 100
    bars = advance(bars, now, width, keep)
    assert list(bars.complete) == in_one_go(ticks, now, width, keep)
    assert advance(bars, now, width, keep) == bars
