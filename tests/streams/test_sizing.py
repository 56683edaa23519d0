"""Order sizes, with the vectors of STRATEGIES.md A.9."""

from decimal import Decimal

import pytest

from schemas.errors import ConfigurationError
from streams.sizing import size_order

D = Decimal
CAP = D("0.02")


@pytest.mark.parametrize(
    ("equity", "p", "c", "sigma", "multiplier", "shares"),
    [
        (10_000, 0.35, "0.30", 0.03, 0.25, "437.67"),
        (10_000, 0.35, "0.30", 0.03, 0.50, "666.66"),
        (5_000, 0.18, "0.15", 0.05, 0.20, "62.28"),
        (10_000, 0.42, "0.38", 0.03, 0.25, "271.64"),
        (200, 0.12, "0.10", 0.04, 0.25, "0"),
        (10_000, 0.30, "0.30", 0.03, 0.25, "0"),
        (10_000, 0.29, "0.30", 0.03, 0.25, "0"),
    ],
)
def test_sizes(equity: int, p: float, c: str, sigma: float, multiplier: float, shares: str) -> None:
    assert size_order(D(equity), p, D(c), sigma, multiplier, CAP) == D(shares)


@pytest.mark.parametrize(
    ("equity", "p", "c", "sigma"),
    [
        ("0", 0.35, "0.30", 0.03),
        ("-5", 0.35, "0.30", 0.03),
        ("10000", 1.0, "0.30", 0.03),
        ("10000", 0.35, "0", 0.03),
        ("10000", 0.35, "-0.1", 0.03),
        ("10000", 1.35, "1", 0.03),
        ("10000", 0.35, "0.30", -0.03),
    ],
)
def test_inputs_out_of_range_are_no_order(equity: str, p: float, c: str, sigma: float) -> None:
    assert size_order(D(equity), p, D(c), sigma, 0.25, CAP) == 0


def test_the_correlation_scale_goes_before_the_cap() -> None:
    free = size_order(D(10_000), 0.35, D("0.30"), 0.03, 0.50, D(1))
    assert free == D("875.35")
    halved = size_order(D(10_000), 0.35, D("0.30"), 0.03, 0.50, CAP, corr_scale=0.5)
    assert halved == D("437.67")
    capped = size_order(D(10_000), 0.35, D("0.30"), 0.03, 0.50, CAP, corr_scale=0.9)
    assert capped == D("666.66")


def test_the_markets_own_minimum_counts() -> None:
    assert size_order(D(10_000), 0.35, D("0.30"), 0.03, 0.25, CAP, min_size=D("437.67")) > 0
    assert size_order(D(10_000), 0.35, D("0.30"), 0.03, 0.25, CAP, min_size=D("437.68")) == 0


def test_a_multiplier_above_one_half_raises() -> None:
    with pytest.raises(ConfigurationError):
        size_order(D(10_000), 0.35, D("0.30"), 0.03, 0.51, CAP)


def test_an_exact_size_is_not_lost_to_a_float() -> None:
    assert size_order(D(10_000), 0.58, D("0.40"), 0.0, 0.5, D(1)) == D(3750)


def test_a_dollar_of_equity_is_equity() -> None:
    """f* = (0.525 − 0.05) / 0.95 = 0.5: a quarter of a dollar buys five shares."""
    assert size_order(D(1), 0.525, D("0.05"), 0.0, 0.50, D(1)) == 5
