"""Taker imbalance over volume buckets (STRATEGIES.md D.5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.values import Action, Side
from streams.toxicity import (
    BUCKETS,
    UNKNOWN,
    ToxicityState,
    add_print,
    imbalance,
    is_yes_buy,
    toxicity,
)


def fold(prints: list[tuple[int, bool]], bucket: int = 100) -> ToxicityState:
    state = ToxicityState()
    for volume, buy in prints:
        state = add_print(state, volume, bucket, buy=buy)
    return state


def test_unknown_without_prints() -> None:
    assert imbalance(ToxicityState()) is None
    assert toxicity(ToxicityState()) == UNKNOWN == 0.7


def test_unknown_volume_keeps_it_unknown() -> None:
    assert fold([(50, True)], bucket=0) == ToxicityState()


def test_balanced_and_one_sided_flow() -> None:
    assert toxicity(fold([(50, True), (50, False)])) == 0.0
    assert toxicity(fold([(50, False)])) == 1.0
    assert toxicity(fold([(90, True), (10, False)])) == pytest.approx(0.8)


def test_a_print_fills_several_buckets() -> None:
    state = fold([(30, False), (250, True)])
    assert state.full == ((70, 30), (100, 0))
    assert (state.bought, state.sold) == (80, 0)


def test_old_buckets_are_forgotten() -> None:
    state = fold([(100 * BUCKETS, True), (100 * BUCKETS, False)])
    assert len(state.full) == BUCKETS
    assert imbalance(state) == 1.0
    assert state.full == ((0, 100),) * BUCKETS


def test_a_shrinking_bucket_closes_the_current_one() -> None:
    state = add_print(fold([(80, True)]), 10, 50, buy=False)
    assert state.full == ((80, 0),)
    assert (state.bought, state.sold) == (0, 10)


def test_a_huge_print_takes_no_longer_than_the_window() -> None:
    state = add_print(ToxicityState(), 10**15 + 3, 7, buy=True)
    assert len(state.full) == BUCKETS
    assert state.bought == (10**15 + 3) % 7


@pytest.mark.parametrize(
    ("side", "action", "buy"),
    [
        (Side.YES, Action.BUY, True),
        (Side.NO, Action.SELL, True),
        (Side.YES, Action.SELL, False),
        (Side.NO, Action.BUY, False),
    ],
)
def test_both_tokens_map_to_yes(side: Side, action: Action, buy: bool) -> None:
    assert is_yes_buy(side, action) is buy


@given(st.lists(st.tuples(st.integers(1, 400), st.booleans()), max_size=30), st.integers(1, 90))
def test_it_equals_a_unit_by_unit_count(prints: list[tuple[int, bool]], bucket: int) -> None:
    units = [buy for volume, buy in prints for _ in range(volume)]
    full = len(units) // bucket
    tail = units[max(full - BUCKETS, 0) * bucket :]
    expected = abs(2 * sum(tail) - len(tail)) / len(tail) if tail else None
    assert imbalance(fold(prints, bucket)) == expected
