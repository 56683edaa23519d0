"""Logit space, with the vectors of STRATEGIES.md A.4."""

import pytest

from streams.logit import clip, logit, sigmoid, slope


@pytest.mark.parametrize(("p", "x"), [(0.3, -0.847298), (0.5, 0.0), (0.98, 3.891820)])
def test_logit(p: float, x: float) -> None:
    assert logit(p) == pytest.approx(x, abs=1e-6)


def test_sigmoid() -> None:
    assert sigmoid(0.5) == pytest.approx(0.622459, abs=1e-6)
    assert sigmoid(-0.5) == pytest.approx(1 - 0.622459, abs=1e-6)


def test_the_ends_are_clamped() -> None:
    assert logit(0.0) == logit(0.001) == pytest.approx(-logit(1.0))


@pytest.mark.parametrize(("x", "p"), [(1000.0, 1.0), (-1000.0, 0.0)])
def test_sigmoid_never_overflows(x: float, p: float) -> None:
    assert sigmoid(x) == p


def test_slope_is_the_derivative() -> None:
    step = 1e-6
    numeric = (sigmoid(logit(0.3) + step) - sigmoid(logit(0.3) - step)) / (2 * step)
    assert slope(0.3) == pytest.approx(numeric, abs=1e-9)


def test_clip() -> None:
    assert [clip(value, -1.0, 1.0) for value in (-2.0, 0.5, 3.0)] == [-1.0, 0.5, 1.0]
