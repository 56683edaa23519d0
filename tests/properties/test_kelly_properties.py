"""Kelly fractions (G.9) and exclusive outcomes (G.10)."""

from decimal import Decimal
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from streams.kelly import (
    kelly_buy,
    kelly_fraction,
    kelly_outcomes,
    kelly_outcomes_unhedged,
    kelly_sell_yes,
    log_growth,
    shrinkage,
)
from streams.sizing import size_order

INSIDE = st.floats(0.01, 0.99)
SIGMAS = st.floats(0.0, 0.3)
MULTIPLIERS = st.floats(0.01, 0.5)
CENTS = st.integers(1, 99).map(lambda cents: cents / 100)


@st.composite
def outcomes(draw: st.DrawFn) -> tuple[list[float], list[float]]:
    count = draw(st.integers(1, 6))
    weights = draw(st.lists(st.integers(1, 100), min_size=count, max_size=count))
    rest = draw(st.integers(2, 100))
    total = sum(weights) + rest
    prices = draw(st.lists(CENTS, min_size=count, max_size=count))
    return [weight / total for weight in weights], prices


def applied(p: float, c: float, sigma: float, multiplier: float) -> float:
    return kelly_fraction(p, c, multiplier) * shrinkage(p, c, sigma)


@given(INSIDE, INSIDE, SIGMAS, MULTIPLIERS)
def test_a_fraction_is_at_most_half_kelly(p: float, c: float, sigma: float, m: float) -> None:
    fraction = applied(p, c, sigma, m)
    assert 0.0 <= fraction <= 0.5 * max(0.0, kelly_buy(p, c)) + 1e-15
    assert fraction <= 0.5
    if p <= c:
        assert fraction == 0.0


@given(INSIDE, INSIDE, INSIDE, SIGMAS, SIGMAS, MULTIPLIERS)
def test_it_grows_with_belief_and_shrinks_with_price_and_doubt(
    a: float, b: float, fixed: float, s: float, t: float, m: float
) -> None:
    low, high = sorted((a, b))
    calm, unsure = sorted((s, t))
    assert applied(low, fixed, calm, m) <= applied(high, fixed, calm, m) + 1e-12
    assert applied(fixed, high, calm, m) <= applied(fixed, low, calm, m) + 1e-12
    assert applied(fixed, low, unsure, m) <= applied(fixed, low, calm, m) + 1e-12


@given(INSIDE, INSIDE)
def test_buying_mirrors_selling_the_complement(p: float, c: float) -> None:
    assert kelly_buy(p, c) == pytest.approx(kelly_sell_yes(1 - p, 1 - c), abs=1e-9)


@given(INSIDE, INSIDE)
def test_it_maximises_growth(p: float, c: float) -> None:
    low, high = 0.0, 1.0 - 1e-9
    for _ in range(120):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        if log_growth(left, p, c) < log_growth(right, p, c):
            low = left
        else:
            high = right
    assert (low + high) / 2 == pytest.approx(max(0.0, kelly_buy(p, c)), abs=1e-4)


@given(INSIDE, CENTS, SIGMAS, MULTIPLIERS, st.decimals("0.005", "0.1", places=3))
def test_no_order_costs_more_than_its_caps(
    p: float, c: float, sigma: float, m: float, cap: Decimal
) -> None:
    equity, price = Decimal(10_000), Decimal(str(c))
    shares = size_order(equity, p, price, sigma, m, cap)
    assert shares == 0 or shares >= 5
    assert shares % Decimal("0.01") == 0
    assert shares * price <= cap * equity + Decimal("1e-6")
    assert float(shares * price) <= 10_000 * applied(p, c, sigma, m) + 1e-6


@given(outcomes())
def test_outcomes_satisfy_the_first_order_conditions(
    case: tuple[list[float], list[float]],
) -> None:
    p, c = case
    fractions, reserve = kelly_outcomes(p, c)
    cash = 1.0 - sum(fractions)
    assert all(fraction >= -1e-12 for fraction in fractions)
    assert sum(fractions) <= 1.0 + 1e-12
    assert cash == pytest.approx(reserve, abs=1e-9)
    wealth = [cash + f / price for f, price in zip(fractions, c, strict=True)]
    cost_of_cash = (1.0 - sum(p)) / cash + sum(q / w for q, w in zip(p, wealth, strict=True))
    for q, price, w, fraction in zip(p, c, wealth, fractions, strict=True):
        slope = q / (price * w) - cost_of_cash
        assert slope <= 1e-9
        if fraction > 0.0:
            assert slope == pytest.approx(0.0, abs=1e-9)


@given(outcomes(), st.randoms(use_true_random=False))
def test_permuting_outcomes_permutes_fractions(
    case: tuple[list[float], list[float]], random: Random
) -> None:
    p, c = case
    order = list(range(len(p)))
    random.shuffle(order)
    straight = kelly_outcomes(p, c)
    shuffled = kelly_outcomes([p[i] for i in order], [c[i] for i in order])
    expected = [straight.fractions[i] for i in order]
    assert shuffled.fractions == pytest.approx(expected, abs=1e-12)
    assert shuffled.reserve == pytest.approx(straight.reserve, abs=1e-12)


@given(INSIDE, CENTS)
def test_one_outcome_alone_is_a_binary_bet(p: float, c: float) -> None:
    assert kelly_outcomes([p], [c]).fractions[0] == pytest.approx(
        max(0.0, kelly_buy(p, c)), abs=1e-9
    )


@given(outcomes())
def test_all_cash_is_spent_only_on_a_riskless_bundle(
    case: tuple[list[float], list[float]],
) -> None:
    p, c = case
    certain = [value / sum(p) for value in p]
    fractions, reserve = kelly_outcomes(certain, c)
    if sum(c) < 1.0 - 1e-9:
        assert fractions == pytest.approx(certain, abs=1e-9)
        assert reserve == pytest.approx(0.0, abs=1e-9)
    else:
        assume(sum(c) > 1.0 + 1e-9)
        assert sum(fractions) < 1.0 - 1e-9 or reserve == pytest.approx(0.0, abs=1e-9)


@given(outcomes())
def test_unhedged_outcomes_all_have_edge(case: tuple[list[float], list[float]]) -> None:
    p, c = case
    for q, price, fraction in zip(p, c, kelly_outcomes_unhedged(p, c).fractions, strict=True):
        assert fraction >= -1e-12
        assert fraction <= 0.0 or q > price
