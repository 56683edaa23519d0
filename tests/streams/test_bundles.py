"""Bundles and links: the worked examples of STRATEGIES.md D.6, and their properties."""

from decimal import Decimal
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.values import Side
from streams.bundles import headroom, set_payout, set_signal
from streams.correlation import Bars, add_mid, linkage, returns
from streams.logit import sigmoid

BAR = 300_000
PRICES = st.lists(st.decimals("0.01", "0.99", places=2), min_size=2, max_size=17)


def prices(*values: str) -> list[Decimal]:
    return [Decimal(value) for value in values]


def test_bundles_of_the_specification() -> None:
    found = set_signal(Side.YES, prices("0.42", "0.31", "0.245"), Decimal(20000), Decimal(900))
    assert (found.drift, found.threshold, found.sets) == (
        Decimal("0.025"),
        Decimal("0.005"),
        Decimal(900),
    )
    deep = set_signal(Side.YES, prices("0.42", "0.31", "0.245"), Decimal(20000), Decimal(9000))
    assert deep.sets == Decimal("1025.64")
    assert not set_signal(
        Side.YES, prices("0.42", "0.31", "0.268"), Decimal(20000), Decimal(900)
    ).enter
    no = set_signal(Side.NO, prices("0.55", "0.70", "0.735"), Decimal(20000), Decimal(500))
    assert (no.drift, no.sets) == (Decimal("0.015"), Decimal(500))
    deep = set_signal(Side.NO, prices("0.55", "0.70", "0.735"), Decimal(20000), Decimal(5000))
    assert deep.sets == Decimal("503.77")
    four = set_signal(
        Side.YES, prices("0.36", "0.30", "0.20", "0.12"), Decimal(50000), Decimal(3000)
    )
    assert (four.drift, four.sets) == (Decimal("0.02"), Decimal("2551.02"))


def test_headroom_is_what_break_even_leaves() -> None:
    assert headroom(Side.YES, prices("0.43", "0.31", "0.24"), 2) == Decimal("0.01")
    assert headroom(Side.NO, prices("0.55", "0.70", "0.735"), 1) == Decimal("0.015")


@given(st.sampled_from(Side), PRICES, st.integers(0, 100_000), st.integers(0, 5_000))
def test_a_bundle_locks_what_it_says_and_stays_in_its_cap(
    side: Side, legs: list[Decimal], equity: int, depth: int
) -> None:
    found = set_signal(side, legs, Decimal(equity), Decimal(depth))
    cost = sum(legs, Decimal(0))
    assert found.drift == set_payout(side, len(legs)) - cost
    if found.enter:
        assert 3 <= len(legs) <= 15
        assert found.drift >= found.threshold >= Decimal("0.005")
        assert found.sets * cost <= Decimal("0.05") * equity
        assert found.sets <= depth
    else:
        assert found.sets == 0


def bars(moves: list[float], start: float = 0.0) -> Bars:
    found = Bars()
    for number, level in enumerate(accumulate(moves, initial=start)):
        found = add_mid(found, sigmoid(level), number * BAR, BAR, 288)
    return add_mid(found, 0.5, (len(moves) + 1) * BAR, BAR, 288)


def test_markets_that_move_alike_are_linked() -> None:
    moves = [0.1 if number % 3 else -0.2 for number in range(120)]
    link = linkage(bars(moves), bars([2 * move for move in moves]), 100)
    assert link is not None
    assert link.correlation == pytest.approx(1.0)
    assert link.hedge_sd == pytest.approx(2 * link.primary_sd)
    against = linkage(bars(moves), bars([-move for move in moves]), 100)
    assert against is not None
    assert against.correlation == pytest.approx(-1.0)


def test_too_few_common_bars_or_no_movement_link_nothing() -> None:
    moves = [0.1 if number % 2 else -0.1 for number in range(99)]
    assert linkage(bars(moves), bars(moves), 100) is None
    assert linkage(bars(moves), bars([0.0] * 99), 50) is None


def test_a_gap_has_no_return() -> None:
    found = Bars()
    for number in (0, 1, 3, 4, 5):
        found = add_mid(found, 0.5 + number / 100, number * BAR, BAR, 288)
    assert sorted(returns(found)) == [1, 4]


def test_old_bars_fade() -> None:
    found = Bars()
    for number in range(400):
        found = add_mid(found, 0.5, number * BAR, BAR, 288)
    assert len(found.closes) <= 290


@given(st.lists(st.floats(-0.3, 0.3), min_size=10, max_size=60), st.floats(-0.2, 0.2))
def test_a_correlation_is_one_of_two_equals_and_symmetric(moves: list[float], shift: float) -> None:
    one, other = bars(moves), bars(list(reversed(moves)), shift)
    link, back = linkage(one, other, 5), linkage(other, one, 5)
    assert (link is None) == (back is None)
    if link is not None and back is not None:
        assert -1.0 <= link.correlation <= 1.0
        assert link.correlation == pytest.approx(back.correlation)
        assert (link.primary_sd, link.hedge_sd) == (back.hedge_sd, back.primary_sd)
