from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.reversion import logit_z, reverted, rsi

FIRST = [.50, .51, .50, .52, .53, .52, .54, .55, .54, .56, .57, .56, .58, .59, .60]  # fmt: skip
FALL = [0.40] * 80 + [(39 - step) / 100 for step in range(16)]
RISE = [0.70] * 80 + [(71 + step) / 100 for step in range(16)]
CENTS = st.lists(st.integers(1, 99), min_size=2, max_size=60)


@pytest.mark.parametrize(
    ("more", "expected"), [([], 77.777778), ([0.61], 79.032258), ([0.61, 0.60], 74.502924)]
)
def test_rsi_vectors(more: list[float], expected: float) -> None:
    assert rsi(FIRST + more) == pytest.approx(expected, abs=1e-6)


def test_rsi_at_its_ends() -> None:
    assert rsi(FIRST[:14]) is None
    assert rsi([0.5] * 20) == 50.0
    assert rsi([cents / 100 for cents in range(10, 40)]) == 100.0
    assert rsi(FALL) == 0.0
    assert rsi(RISE) == 100.0


def test_the_worked_examples_of_d7() -> None:
    fall = logit_z(FALL, 0.02)
    assert fall is not None
    assert fall.z == pytest.approx(-4.078278, abs=1e-6)
    assert fall.mean == pytest.approx(-0.468803, abs=1e-6)
    assert reverted(fall, 0.5) == pytest.approx(0.307733, abs=1e-6)
    rise = logit_z(RISE, 0.02)
    assert rise is not None
    assert rise.z == pytest.approx(4.230057, abs=1e-6)
    assert reverted(rise, 0.5) == pytest.approx(0.797455, abs=1e-6)
    dip = [0.50, 0.52] * 47 + [0.50, 0.42]
    third = logit_z(dip, 0.02)
    assert third is not None
    assert third.z == pytest.approx(-6.580745, abs=1e-6)
    assert rsi(dip) == pytest.approx(36.822942, abs=1e-6)


def test_a_calm_market_has_no_score() -> None:
    assert logit_z([0.5] * 95 + [0.501], 0.02) is None
    assert logit_z([0.5], 0.0) is None
    assert logit_z([0.5, 0.5], 0.0) is None


@given(CENTS)
def test_rsi_is_mirrored_and_inside_its_range(cents: list[int]) -> None:
    closes = [each / 128 for each in cents]  # exact in floats, and so are their differences
    found, mirror = rsi(closes), rsi([1 - each for each in closes])
    if found is None or mirror is None:
        assert len(closes) < 15
        return
    assert 0.0 <= found <= 100.0
    flat = all(a == b for a, b in pairwise(closes))
    assert found + mirror == (100.0 if flat else pytest.approx(100.0, abs=1e-9))


@given(CENTS)
def test_z_changes_its_sign_under_reflection(cents: list[int]) -> None:
    closes = [each / 100 for each in cents]
    found, mirror = logit_z(closes, 0.02), logit_z([1 - each for each in closes], 0.02)
    if found is None or mirror is None:
        assert len({*cents}) < 40
        return
    assert found.z == pytest.approx(-mirror.z, abs=1e-6)
    assert reverted(found, 0.5) + reverted(mirror, 0.5) == pytest.approx(1.0, abs=1e-9)
