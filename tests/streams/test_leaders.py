"""Leaders: the worked examples of STRATEGIES.md D.3, and what no record may do."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.leaders import (
    Criteria,
    Record,
    Resolved,
    copy_fraction,
    copy_size,
    obstacle,
    record,
    select,
)

WANT = Criteria()
EQUITY = Decimal(10000)


def a_record(win_rate: float = 0.7, pnl: int = 100, **fields: float) -> Record:
    values = {"edge": 0.1, "error": 0.05, "maker_share": 0.0, "two_sided": 0.0, **fields}
    return Record(
        positions=int(values.pop("positions", 60)),
        win_rate=win_rate,
        pnl=Decimal(pnl),
        **values,
    )


@pytest.mark.parametrize(
    ("win_rate", "fraction"),
    [(0.60, 0.20), (0.66, 0.29), (0.70, 0.35), (0.85, 0.50), (0.5, 0.20)],
)
def test_fractions_of_the_specification(win_rate: float, fraction: float) -> None:
    assert copy_fraction(win_rate) == pytest.approx(fraction)


@pytest.mark.parametrize(
    ("leader", "win_rate", "price", "equity", "shares"),
    [
        (1000, 0.70, "0.30", 10000, "350.00"),
        (2000, 0.85, "0.25", 10000, "800.00"),
        (100, 0.62, "0.30", 10000, "23.00"),
        (600, 0.66, "0.22", 15000, "174.00"),
    ],
)
def test_sizes_of_the_specification(
    leader: int, win_rate: float, price: str, equity: int, shares: str
) -> None:
    fraction = copy_fraction(win_rate)
    found = copy_size(Decimal(leader), fraction, Decimal(price), Decimal(equity))
    assert found == Decimal(shares)


def test_between_the_rates_only_the_followed_stay() -> None:
    path = [obstacle(a_record(rate), WANT, followed=True) for rate in (0.61, 0.58, 0.549)]
    assert path == ["", "", "win-rate"]
    assert obstacle(a_record(0.56), WANT, followed=False) == "win-rate"
    assert obstacle(a_record(0.60), WANT, followed=False) == "win-rate"


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (a_record(positions=49), "too-few-resolved"),
        (a_record(edge=0.0), "no-edge"),
        (a_record(edge=0.04), "no-edge"),
        (a_record(maker_share=0.51), "market-maker"),
        (a_record(two_sided=0.2), "two-sided"),
        (a_record(), ""),
    ],
)
def test_guards(found: Record, reason: str) -> None:
    assert obstacle(found, WANT, followed=True) == reason


def test_a_high_win_rate_on_favourites_is_no_skill() -> None:
    paid = Decimal("0.85")
    found = record(Resolved(0, paid, Decimal(i % 10 < 6), Decimal(10)) for i in range(100))
    assert found.win_rate == 0.6
    assert found.pnl == -250
    assert obstacle(found, WANT, followed=True) == "no-edge"


def test_the_best_are_followed_ties_by_address() -> None:
    records = {"c": a_record(pnl=5), "b": a_record(pnl=9), "a": a_record(pnl=5)}
    assert select(records, (), WANT._replace(top=2)) == ("b", "a")
    assert select({"x": a_record(0.58)}, ("x",), WANT) == ("x",)
    assert select({"x": a_record(0.58)}, (), WANT) == ()


def test_a_record() -> None:
    positions = (
        Resolved(1, Decimal("0.4"), Decimal(1), Decimal(10), 1.0, two_sided=True),
        Resolved(2, Decimal("0.4"), Decimal(0), Decimal(20), 0.0),
        Resolved(3, Decimal("0.4"), Decimal("0.5"), Decimal(10), 0.5),
    )
    found = record(positions)
    assert (found.positions, found.win_rate, found.pnl) == (3, 2 / 3, Decimal(-1))
    assert found.edge == pytest.approx(0.1)
    assert found.error == pytest.approx(0.5 / 3**0.5)
    assert found.maker_share == 0.5
    assert found.two_sided == pytest.approx(1 / 3)
    assert record(()).positions == 0
    assert record(()).t == 0.0


@given(st.floats(0, 1), st.floats(0, 1))
def test_fractions_rise_with_the_win_rate(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0.2 <= copy_fraction(low) <= copy_fraction(high) <= 0.5


@given(
    st.decimals("0.01", 100000, places=2),
    st.floats(0.2, 0.5),
    st.decimals("0.05", "0.59", places=2),
)
def test_a_copy_is_a_part_of_the_leaders_and_of_the_equity(
    leader: Decimal, fraction: float, price: Decimal
) -> None:
    size = copy_size(leader, fraction, price, EQUITY)
    assert 0 <= size <= leader / 2
    assert size * price <= EQUITY * Decimal("0.02")


@given(
    st.dictionaries(
        st.text("abc", min_size=1, max_size=3),
        st.builds(a_record, st.floats(0, 1), st.integers(-99, 99)),
    ),
    st.sets(st.text("abc", min_size=1, max_size=3)),
)
def test_nobody_unfit_is_followed_and_order_does_not_matter(
    records: dict[str, Record], followed: set[str]
) -> None:
    chosen = select(records, followed, WANT)
    assert len(chosen) <= WANT.top
    for wallet in chosen:
        assert records[wallet].win_rate > 0.60 or wallet in followed
    backwards = dict(reversed(records.items()))
    assert select(backwards, followed, WANT) == chosen
