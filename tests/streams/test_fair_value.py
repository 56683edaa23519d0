import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import DomainError
from streams.fair_value import annualised, pool, present_value

PROBABILITY = st.floats(0.01, 0.99)


def test_the_worked_examples_of_d10() -> None:
    first = pool([0.40, 0.35, 0.45], [1, 1, 1], 0.02)
    assert first.p == pytest.approx(0.399298, abs=1e-6)
    assert first.sigma == pytest.approx(0.040971, abs=1e-6)
    eff = present_value(first.p, 180, 0.05)
    assert eff == pytest.approx(0.389573, abs=1e-6)
    assert eff - 0.05 == pytest.approx(0.339573, abs=1e-6)
    assert annualised(first.p, 0.28, 180) == pytest.approx(1.053806, abs=1e-6)
    third = pool([0.40, 0.35, 0.45], [2, 1, 1], 0.02)
    assert third.p == pytest.approx(0.399473, abs=1e-6)
    assert present_value(third.p, 365, 0.05) - 0.05 == pytest.approx(0.329991, abs=1e-6)


def test_sources_without_a_weight_are_an_error() -> None:
    for weights in ([], [1.0], [1.0, 0.0], [1.0, -1.0]):
        with pytest.raises(DomainError, match="weight above 0"):
            pool([0.4, 0.5], weights, 0.02)


def test_annualising_at_its_ends() -> None:
    assert annualised(0.4, 0.28, 0.0) is None
    assert annualised(0.9, 0.01, 0.01) == float("inf")


@given(st.lists(st.tuples(PROBABILITY, st.floats(0.1, 9)), min_size=1, max_size=6))
def test_a_pool_lies_among_its_sources_and_mirrors(sources: list[tuple[float, float]]) -> None:
    ps, ws = [p for p, _ in sources], [w for _, w in sources]
    found = pool(ps, ws, 0.02)
    assert min(ps) - 1e-9 <= found.p <= max(ps) + 1e-9
    assert found.sigma >= 0.02
    mirror = pool([1 - p for p in ps], ws, 0.02)
    assert mirror.p == pytest.approx(1 - found.p, abs=1e-9)
    assert mirror.sigma == pytest.approx(found.sigma, abs=1e-9)


@given(PROBABILITY, st.floats(0, 2000), st.floats(0, 2000))
def test_a_later_payout_is_worth_less(p: float, days: float, more: float) -> None:
    assert present_value(p, 0, 0.05) == p
    assert present_value(p, days + more, 0.05) <= present_value(p, days, 0.05) <= p
