"""Invariants of queue models under level changes, prints and gaps (STRATEGIES.md G.15, G.17)."""

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.queue_models import Optimistic, PowerProbability, Queue, QueueModel, RiskAverse

SLACK_MS = 50

quantity = st.integers(0, 400)
steps = st.lists(
    st.tuples(
        st.sampled_from(["level", "level", "trade", "trade", "gap"]),
        quantity,
        st.integers(0, 200),
        st.sampled_from([0, 0, 30, 120]),
    ),
    max_size=60,
)
exponents = st.integers(1, 5)


def play(
    model: QueueModel, tape: list[tuple[str, int, int, int]], level: int, join: int
) -> list[tuple[int, int]]:
    """Front and fillable after each step from the one at which the order joins."""
    queue, found, now = Queue(), [], 1_000
    for number, (what, size, gap, late) in enumerate(tape):
        if number == join:
            queue.to_back(level, now)
        now += gap
        fillable = 0
        if what == "level":
            level = size
            if number >= join:
                queue.change_level(model, size, now)
        elif what == "trade" and number >= join:
            fillable = queue.trade(size, now - late, SLACK_MS)
        elif what == "gap":
            level = size
            if number >= join:
                queue.to_back(size, now)
        if number >= join:
            found.append((queue.front, fillable))
    return found


@settings(max_examples=200, deadline=None)
@given(steps, quantity, exponents)
def test_risk_averse_is_never_ahead_of_power_probability(
    tape: list[tuple[str, int, int, int]], level: int, exponent: int
) -> None:
    careful = play(RiskAverse(), tape, level, 0)
    likely = play(PowerProbability(exponent), tape, level, 0)
    for (front, fillable), (other_front, other_fillable) in zip(careful, likely, strict=True):
        assert front >= other_front >= 0
        assert fillable <= other_fillable


@settings(max_examples=200, deadline=None)
@given(steps, quantity, exponents)
def test_nothing_is_ahead_of_the_optimistic_model(
    tape: list[tuple[str, int, int, int]], level: int, exponent: int
) -> None:
    hopeful = play(Optimistic(), tape, level, 0)
    likely = play(PowerProbability(exponent), tape, level, 0)
    for (front, fillable), (other_front, other_fillable) in zip(hopeful, likely, strict=True):
        assert 0 <= front <= other_front
        assert fillable >= other_fillable


@settings(max_examples=200, deadline=None)
@given(steps, quantity, st.integers(0, 20), st.integers(1, 20))
def test_whoever_joins_earlier_is_never_behind(
    tape: list[tuple[str, int, int, int]], level: int, join: int, delay: int
) -> None:
    early = play(RiskAverse(), tape, level, join)[delay:]
    late = play(RiskAverse(), tape, level, join + delay)
    for (front, fillable), (late_front, late_fillable) in zip(early, late, strict=True):
        assert front <= late_front
        assert fillable >= late_fillable


@settings(max_examples=200, deadline=None)
@given(steps, quantity, exponents)
def test_nothing_but_a_gap_puts_anybody_ahead(
    tape: list[tuple[str, int, int, int]], level: int, exponent: int
) -> None:
    for model in (RiskAverse(), PowerProbability(exponent)):
        fronts = [level, *(front for front, _ in play(model, tape, level, 0))]
        for (what, *_), before, after in zip(tape, fronts, fronts[1:], strict=False):
            assert what == "gap" or after <= before


@settings(max_examples=200, deadline=None)
@given(steps, quantity, exponents)
def test_only_a_trade_fills_and_never_more_than_its_size(
    tape: list[tuple[str, int, int, int]], level: int, exponent: int
) -> None:
    for model in (RiskAverse(), PowerProbability(exponent)):
        for (what, size, *_), (_, fillable) in zip(tape, play(model, tape, level, 0), strict=True):
            assert 0 <= fillable <= (size if what == "trade" else 0)
