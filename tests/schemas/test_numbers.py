"""One number in several words."""

from decimal import Decimal

import pytest

from schemas.numbers import exact_number, means_same


@pytest.mark.parametrize(
    ("one", "other"),
    [("0.50", 0.5), ([1, "2.0"], [1.0, "2"]), ({1: "5e-1"}, {"1": 0.5}), ("on", "on")],
)
def test_other_words_for_the_same(one: object, other: object) -> None:
    assert means_same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [(True, 1.5), (True, "1"), ("off", "on"), ([1], [1, 1]), ({"a": 1}, {"b": 1}), ("nan", 0)],
)
def test_other_things(one: object, other: object) -> None:
    assert not means_same(one, other)


@pytest.mark.parametrize("value", [True, None, "nan", "inf", "half", [1]])
def test_what_is_no_number(value: object) -> None:
    assert exact_number(value) is None


def test_a_number_is_exact() -> None:
    assert exact_number("0.1") == exact_number(0.1) == Decimal("0.1")
