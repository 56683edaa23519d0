from decimal import Decimal

import pytest

from schemas.values import MICRO
from streams.queue_models import Optimistic, PowerProbability, Queue, QueueModel, RiskAverse

APART = 1_000


def shares(micro: int) -> Decimal:
    return Decimal(micro) / MICRO


def queue(front: int, level: int) -> Queue:
    it = Queue()
    it.to_back(level * MICRO, 0)
    it.front = front * MICRO
    return it


@pytest.mark.parametrize(
    ("model", "fronts", "last", "fillable"),
    [
        (RiskAverse(), ("70", "70", "60"), 75, "15"),
        (PowerProbability(3), ("70", "70", "26.025641"), 60, "33.974359"),
    ],
)
def test_vectors_of_the_specification(
    model: QueueModel, fronts: tuple[str, ...], last: int, fillable: str
) -> None:
    it = queue(100, 150)
    assert it.trade(30 * MICRO, APART, 50) == 0
    seen = [it.front]
    it.change_level(model, 120 * MICRO, APART)
    seen.append(it.front)
    it.change_level(model, 60 * MICRO, 2 * APART)
    seen.append(it.front)
    for found, expected in zip(seen, fronts, strict=True):
        assert abs(shares(found) - Decimal(expected)) <= Decimal("1e-6")
    left = it.trade(last * MICRO, 3 * APART, 50)
    assert abs(shares(left) - Decimal(fillable)) <= Decimal("1e-6")
    assert it.front == 0


def test_power_probability_rounds_the_front_up() -> None:
    # 125000/468000 of the 60 vanish behind: 26.0256410256… stay ahead.
    front = PowerProbability(3).front_after(70 * MICRO, 120 * MICRO, 60 * MICRO, 0)
    assert front == 26_025_642


def test_a_cancellation_alone_never_makes_the_front_negative() -> None:
    model = PowerProbability(1)
    for size in range(0, 100, 7):
        assert model.front_after(5, 100, size, 0) >= 0


def test_at_an_empty_level_nothing_is_ahead() -> None:
    assert PowerProbability(3).front_after(0, 0, 0, 0) == 0
    assert RiskAverse().front_after(0, 0, 0, 0) == 0


def test_a_level_that_grows_puts_nobody_ahead() -> None:
    it = queue(40, 40)
    it.change_level(RiskAverse(), 500, APART)
    assert it.front == 500
    it.change_level(RiskAverse(), 900 * MICRO, APART)
    assert it.front == 500


def test_a_print_after_its_own_level_change_does_not_count_twice() -> None:
    first, second = queue(100, 100), queue(100, 100)
    first.trade(30 * MICRO, APART, 50)
    first.change_level(RiskAverse(), 70 * MICRO, APART)
    second.change_level(RiskAverse(), 70 * MICRO, APART)
    second.trade(30 * MICRO, APART, 50)
    assert first.front == second.front == 70 * MICRO


def test_the_rest_of_a_print_beyond_its_level_change_counts() -> None:
    it = queue(30, 30)
    it.change_level(RiskAverse(), 0, APART)
    assert it.front == 0
    assert it.trade(50 * MICRO, APART, 50) == 20 * MICRO


def test_a_later_print_counts_in_full_after_a_level_change() -> None:
    it = queue(100, 100)
    it.change_level(RiskAverse(), 70 * MICRO, APART)
    assert it.trade(80 * MICRO, APART + 51, 50) == 10 * MICRO


def test_prints_of_the_moment_of_acceptance_do_not_advance() -> None:
    it = Queue()
    it.to_back(100 * MICRO, APART)
    assert it.trade(500 * MICRO, APART + 50, 50) == 0
    assert it.front == 100 * MICRO
    assert it.trade(500 * MICRO, APART + 51, 50) == 400 * MICRO


def test_what_grows_moves_nobody_under_the_power_model_either() -> None:
    """A change of 0 and one below 0 stand on either side of its first condition."""
    model = PowerProbability(2)
    assert model.front_after(30, 100, 100, 0) == 30
    assert model.front_after(30, 100, 140, 0) == 30
    assert model.front_after(30, 100, 90, 10) == 30
    assert model.front_after(80, 100, 60, 50) == 60


def test_of_a_cancellation_the_greater_part_is_behind_who_stands_in_front() -> None:
    """n = 1, 25 ahead of 100: three quarters of the 40 vanish behind, ten ahead."""
    assert PowerProbability(1).front_after(25, 100, 60, 0) == 15
    # 10 ahead, 5 behind: a third of the 12 would vanish behind, 4 of 5; eight ahead.
    assert PowerProbability(1).front_after(10, 15, 3, 0) == 2


def test_alone_at_a_level_all_of_it_vanishes_behind() -> None:
    """Nothing ahead and nothing behind counts as P = 1, so nothing moves us."""
    assert PowerProbability(3).front_after(0, 0, 0, 0) == 0
    assert PowerProbability(3).front_after(0, 50, 20, 0) == 0


def test_a_mark_is_kept_for_a_level_that_shrinks_and_for_no_other() -> None:
    it = queue(100, 100)
    marks = len(it.marks)
    it.change_level(RiskAverse(), 100 * MICRO, APART)
    it.change_level(RiskAverse(), 120 * MICRO, 2 * APART)
    assert len(it.marks) == marks
    it.change_level(RiskAverse(), 90 * MICRO, 3 * APART)
    assert it.marks[-1] == (3 * APART, 100 * MICRO)


def test_two_prints_of_one_moment_count_each_once_after_their_level_change() -> None:
    it = queue(100, 100)
    it.change_level(RiskAverse(), 40 * MICRO, APART)
    assert it.trade(25 * MICRO, APART, 50) == 0
    assert it.marks[-1] == (APART, 75 * MICRO)
    assert it.trade(35 * MICRO, APART, 50) == 0
    assert it.marks[-1] == (APART, 40 * MICRO)
    assert it.front == 40 * MICRO
    assert it.trade(90 * MICRO, APART, 50) == 50 * MICRO
    assert it.marks[-1] == (APART, 0)


def test_the_optimistic_model_takes_every_cancellation_for_one_ahead() -> None:
    model = Optimistic()
    assert model.front_after(80, 100, 70, 0) == 50
    assert model.front_after(80, 100, 70, 30) == 70
    assert model.front_after(20, 100, 70, 0) == 0
    assert model.front_after(80, 100, 140, 0) == 80


def test_a_level_is_cleared_when_prints_took_all_of_it() -> None:
    it = Queue()
    it.to_back(100 * MICRO, 0)
    said = []
    for size in (60, 40):
        it.trade(size * MICRO, APART, 0)
        said.append(it.is_cleared)
    it.change_level(Optimistic(), 0, APART)
    assert [*said, it.is_cleared] == [False, True, False]
