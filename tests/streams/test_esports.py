"""Esports: the worked examples of STRATEGIES.md D.2, and what must hold for any match."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.outside import GamePhase, GameState
from streams.esports import (
    MatchHistory,
    Swing,
    elo_probability,
    has_trigger,
    is_trigger,
    live_fair,
    observe,
    swing,
)
from streams.sizing import size_order

WINDOW = 300_000
PROBABILITIES = st.floats(0.01, 0.99)


def state(at_s: int, **fields: object) -> GameState:
    base = GameState(
        event_id=f"g-{at_s}",
        event_time=at_s * 1000,
        ingest_time=at_s * 1000,
        source="feed",
        game="lol",
        match_id="m",
        phase=GamePhase.LIVE,
        starts_at=0,
        map_number=1,
    )
    return base.__class__(**{**{f: getattr(base, f) for f in base.__struct_fields__}, **fields})


def played(*states: GameState, window: int = WINDOW) -> MatchHistory:
    history = MatchHistory()
    for each in states:
        history = observe(history, each, window)
    return history


@pytest.mark.parametrize(
    ("p_pre", "kills", "towers", "fair"),
    [
        (0.45, 5, 0, 0.524812),
        (0.35, 3, 2, 0.540154),
        (0.55, -12, -3, 0.214278),
        (0.38, 6, 1, 0.54251007),
    ],
)
def test_fair_values_of_the_specification(
    p_pre: float, kills: int, towers: int, fair: float
) -> None:
    assert live_fair(p_pre, kills, towers) == pytest.approx(fair, abs=1e-6)


@pytest.mark.parametrize(
    ("kills", "towers", "side"),
    [(5, 0, 1), (4, 1, 0), (-5, 0, -1), (0, 2, 1), (0, -2, -1), (6, -3, 0), (6, 1, 1)],
)
def test_triggers(kills: int, towers: int, side: int) -> None:
    assert is_trigger(Swing(kills, towers), 5, 2) == side


@pytest.mark.parametrize(
    ("kills", "towers", "moved"),
    [(5, 0, True), (4, 1, False), (-5, 0, True), (0, -2, True), (6, -3, True), (None, 1, False)],
)
def test_either_trigger_is_enough_whatever_the_other_says(
    kills: int | None, towers: int, moved: bool
) -> None:
    assert has_trigger(Swing(kills, towers), 5, 2) is moved


@pytest.mark.parametrize(
    ("fair", "price", "shares"),
    [(0.524812, "0.46", "434.78"), (0.540154, "0.38", "526.31"), (0.785722, "0.52", "384.61")],
)
def test_sizes_of_the_specification(fair: float, price: str, shares: str) -> None:
    found = size_order(Decimal(10000), fair, Decimal(price), 0.04, 0.25, Decimal("0.02"))
    assert found == Decimal(shares)


def test_elo() -> None:
    assert elo_probability(1500, 1500) == 0.5
    assert elo_probability(1900, 1500) == pytest.approx(10 / 11)
    assert elo_probability(1500, 1900) == pytest.approx(1 / 11)


def test_a_swing_looks_back_exactly_the_window() -> None:
    states = [
        state(0, kills=(0, 0)),
        state(100, kills=(2, 0)),
        state(400, kills=(8, 1)),
    ]
    assert swing(played(*states), states[-1], WINDOW) == Swing(5, 0)


def test_a_history_that_begins_in_the_middle_knows_no_swing() -> None:
    states = [state(100, kills=(6, 2)), state(200, kills=(9, 2), towers=(3, 1))]
    assert swing(played(*states), states[-1], WINDOW) == Swing(None, 2)
    assert swing(played(state(100)), state(100), WINDOW) == Swing(0, 0)


def test_a_new_map_starts_anew() -> None:
    history = played(state(0), state(400, kills=(9, 0)), state(500, map_number=2, kills=(1, 0)))
    assert (history.map_number, len(history.samples)) == (2, 1)


def test_cs2_counts_rounds() -> None:
    states = [
        state(at, game="cs2", kills=(kills, 0), rounds=rounds)
        for at, kills, rounds in (
            (0, 0, (0, 0)),
            (100, 4, (1, 0)),
            (200, 6, (1, 1)),
            (300, 11, (2, 1)),
            (400, 15, (5, 0)),
        )
    ]
    assert swing(played(*states[:4]), states[3], WINDOW) == Swing(11, 0)
    assert swing(played(*states), states[4], WINDOW) == Swing(15 - 6, 2)
    behind = state(400, game="cs2", rounds=(0, 5))
    assert swing(played(behind), behind, WINDOW).towers == -2


def test_an_old_or_repeated_state_changes_nothing() -> None:
    history = played(state(0), state(100, kills=(1, 0)))
    assert observe(history, state(100, kills=(5, 0)), WINDOW) is history
    assert observe(history, state(50, kills=(5, 0)), WINDOW) is history


@given(PROBABILITIES, st.integers(-40, 40), st.integers(-11, 11))
def test_a_fair_value_moves_with_the_game_and_is_fair_to_both_sides(
    p: float, kills: int, towers: int
) -> None:
    fair = live_fair(p, kills, towers)
    assert 0.0 < fair < 1.0
    assert live_fair(1.0 - p, -kills, -towers) == pytest.approx(1.0 - fair)
    assert live_fair(p, kills + 1, towers) >= fair


@given(st.lists(st.tuples(st.integers(1, 200), st.integers(0, 3), st.integers(0, 3)), max_size=40))
def test_a_swing_is_the_difference_of_leads_over_the_window(
    steps: list[tuple[int, int, int]],
) -> None:
    at, first, second = 0, 0, 0
    seen = [(0, 0)]
    history, game = played(state(0)), state(0)
    for wait, mine, theirs in steps:
        at, first, second = at + wait, first + mine, second + theirs
        game = state(at, kills=(first, second))
        history = observe(history, game, WINDOW)
        seen.append((at, first - second))
    base = [lead for when, lead in seen if when <= at - 300]
    assert swing(history, game, WINDOW).kills == seen[-1][1] - (base[-1] if base else 0)
    assert all(later.at > at * 1000 - WINDOW for later in history.samples[1:])
