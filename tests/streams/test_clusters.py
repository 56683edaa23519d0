import pytest

from schemas.ids import MarketId, VenueEventId
from streams.clusters import cluster_of, cluster_scale

A, B, C, D = (MarketId(name) for name in "abcd")


def no_pair(one: MarketId, other: MarketId) -> float | None:
    return None


def events(**of: str) -> dict[MarketId, VenueEventId]:
    return {MarketId(key): VenueEventId(value) for key, value in of.items()}


def test_markets_of_one_event_are_a_cluster_with_half_a_correlation() -> None:
    where = events(a="x", b="x", c="x", d="y")
    cluster = cluster_of(A, [B, D, C], where.__getitem__, no_pair)
    assert cluster == (B, C)
    scale = cluster_scale(A, cluster, where.__getitem__, no_pair)
    assert scale == pytest.approx(0.5)  # the specification's (3, 0.5)
    assert cluster_scale(A, (), where.__getitem__, no_pair) == 1.0


def test_links_lead_on_and_weak_correlations_are_none() -> None:
    where = events(a="w", b="x", c="y", d="z")
    known = {frozenset((A, B)): 0.5, frozenset((B, C)): -0.7, frozenset((C, D)): 0.49}

    def pair(one: MarketId, other: MarketId) -> float | None:
        return known.get(frozenset((one, other)))

    assert cluster_of(A, [A, B, C, D], where.__getitem__, pair) == (B, C)
    mean = (0.5 - 0.7 + 0.0) / 3
    assert mean < 0
    assert cluster_scale(A, (B, C), where.__getitem__, pair) == 1.0


@pytest.mark.parametrize(("count", "rho", "scale"), [(4, 0.25, 0.571429), (5, -0.3, 1.0)])
def test_vectors_of_a8(count: int, rho: float, scale: float) -> None:
    others = [MarketId(str(index)) for index in range(1, count)]
    found = cluster_scale(A, others, VenueEventId, lambda one, other: rho)
    assert found == pytest.approx(scale, abs=1e-6)
