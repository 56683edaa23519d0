import random

import pytest

from streams.calibration import Outcome, fit, judge
from streams.logit import logit, sigmoid
from streams.tails import Calibration


def drawn(count: int, alpha: float, beta: float, seed: int) -> list[Outcome]:
    source = random.Random(seed)
    found = []
    for index in range(count):
        mid = source.uniform(0.03, 0.97)
        won = source.random() < sigmoid(alpha + beta * logit(mid))
        found.append(Outcome(f"event-{index}", index, mid, int(won)))
    return found


def test_a_fit_finds_what_prices_were_bent_by() -> None:
    outcomes = drawn(6000, -0.3, 1.5, 1)
    found = fit([each.mid for each in outcomes], [each.won for each in outcomes])
    assert found.alpha == pytest.approx(-0.3, abs=0.08)
    assert found.beta == pytest.approx(1.5, abs=0.1)


def test_the_score_vanishes_at_the_fit() -> None:
    outcomes = drawn(300, 0.2, 0.8, 2)
    found = fit([each.mid for each in outcomes], [each.won for each in outcomes])
    misses = [(each.won - found.fair_value(each.mid), logit(each.mid)) for each in outcomes]
    assert sum(miss for miss, _ in misses) == pytest.approx(0.0, abs=1e-6)
    assert sum(miss * x for miss, x in misses) == pytest.approx(0.0, abs=1e-6)


def test_bent_prices_are_proven_with_enough_outcomes_only() -> None:
    assert judge(drawn(3000, -0.8, 1.0, 3)).accepted
    few = judge(drawn(499, -0.8, 1.0, 3))
    assert few.gain > 0
    assert not few.accepted


def test_right_prices_prove_nothing() -> None:
    accepted = [judge(drawn(900, 0.0, 1.0, seed)).accepted for seed in range(20)]
    assert sum(accepted) <= 1  # two standard errors, one-sided


def test_an_event_never_trains_and_judges() -> None:
    outcomes = [each._replace(event="one") for each in drawn(600, -0.8, 1.0, 5)]
    found = judge(outcomes)
    assert not found.accepted
    assert found.error == float("inf")
    assert judge([]).calibration == Calibration(0.0, 1.0)


def test_separated_outcomes_still_end() -> None:
    found = fit([0.2, 0.3, 0.7, 0.8], [0, 0, 1, 1])
    assert found.beta > 1.0
    assert fit([0.5] * 10, [1] * 10).fair_value(0.5) > 0.9
