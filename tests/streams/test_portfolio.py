"""Bot 6's portfolio and hedge against the numbers of STRATEGIES.md A.8 and D.6."""

from decimal import Decimal

import pytest

from schemas.errors import DomainError
from schemas.values import Side, Zone
from streams.portfolio import Leg, hedge, portfolio_fractions

ZONES = (Zone.ZONE_2, Zone.ZONE_3)


def legs(*rows: tuple[float, str], sigma: float = 0.0) -> list[Leg]:
    return [Leg(Decimal(price), p, sigma) for p, price in rows]


def test_the_four_outcomes_of_the_specification() -> None:
    found = portfolio_fractions(legs((0.42, "0.38"), (0.25, "0.22"), (0.18, "0.20")), ZONES)
    four = portfolio_fractions(
        legs((0.42, "0.38"), (0.25, "0.22"), (0.18, "0.20"), (0.15, "0.22")), ZONES
    )
    assert four == pytest.approx((0.135, 0.085, 0.03, 0.0))
    assert found == pytest.approx(four[:3])


def test_legs_without_a_right_to_be_bought_are_dropped_and_the_rest_is_solved_again() -> None:
    whole = legs((0.52, "0.47"), (0.25, "0.22"), (0.10, "0.08"), (0.05, "0.995"))
    alone = portfolio_fractions(legs((0.52, "0.47"), (0.25, "0.22")), ZONES)
    assert portfolio_fractions(whole, ZONES) == pytest.approx((*alone, 0.0, 0.0))
    thin = legs((0.51, "0.47"), (0.25, "0.22"))
    only = portfolio_fractions(legs((0.25, "0.22")), ZONES)[0]
    assert portfolio_fractions(thin, ZONES) == pytest.approx((0.0, only))


def test_the_shrinkage_looks_at_the_distance_whichever_way_it_goes() -> None:
    sure = portfolio_fractions(legs((0.42, "0.38"), (0.25, "0.22"), (0.18, "0.20")), ZONES)
    unsure = portfolio_fractions(
        legs((0.42, "0.38"), (0.25, "0.22"), (0.18, "0.20"), sigma=0.02), ZONES
    )
    shares = (0.0016 / 0.0020, 0.0009 / 0.0013, 0.0004 / 0.0008)
    assert unsure == pytest.approx([a * b for a, b in zip(sure, shares, strict=True)])
    fair = portfolio_fractions(legs((0.60, "0.35"), (0.20, "0.20")), ZONES)
    assert fair[1] == 0.0


def test_probabilities_above_one_are_an_error() -> None:
    with pytest.raises(DomainError, match="at most 1"):
        portfolio_fractions(legs((0.60, "0.35"), (0.50, "0.39")), ZONES)


@pytest.mark.parametrize(
    ("shares", "rho", "sds", "beta", "wanted", "side"),
    [
        ("400", 0.62, (0.05, 0.04), 0.775, "93", Side.NO),
        ("400", -0.55, (0.03, 0.05), 0.5, "60", Side.YES),
        ("400", 0.9, (0.5, 0.1), 2.0, "240", Side.NO),
        ("400", 0.5, (0.05, 0.05), 0.5, "60", Side.NO),
        ("400", 0.49, (0.05, 0.05), 0.0, "0", None),
        ("400", 0.9, (0.05, 0.0), 0.0, "0", None),
    ],
)
def test_a_hedge_of_the_specification(
    shares: str, rho: float, sds: tuple[float, float], beta: float, wanted: str, side: Side | None
) -> None:
    found = hedge(Decimal(shares), Side.YES, rho, *sds)
    assert (found.linked, found.side) == (side is not None, side)
    assert found.beta == pytest.approx(beta)
    assert found.shares == Decimal(wanted)
