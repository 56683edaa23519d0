import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.track_record import (
    Close,
    Model,
    OpenBet,
    advised_multiplier,
    earnings,
    posterior,
    recent,
    wins,
)

DAY = 86_400_000
MODEL = Model(prior_n=20, min_n=10, window=200, window_ms=90 * DAY, early_exits=0.20)
NOW = 1_780_000_000_000


@pytest.mark.parametrize(
    ("won", "lost", "price", "most", "drawn", "p", "edge", "advised"),
    [
        (30, 20, 0.45, 0.5, 0.05 / 0.25, 0.557143, 0.107143, 0.307049),
        (40, 60, 0.45, 0.25, 0.10 / 0.15, None, -0.041667, 0.0),
        (70, 30, 0.55, 0.5, 0.25 / 0.25, None, None, 0.0),
        (12, 28, 0.18, 0.20, 0.10 / 0.25, 0.26, 0.08, 0.080384),
        (4, 3, 0.45, 0.5, 0.0, None, None, 0.25),
    ],
)
def test_the_worked_examples_of_d9(
    won: int,
    lost: int,
    price: float,
    most: float,
    drawn: float,
    p: float | None,
    edge: float | None,
    advised: float,
) -> None:
    found = wins(won, lost, price, 20)
    if p is not None:
        assert found.p == pytest.approx(p, abs=1e-6)
    if edge is not None:
        assert found.edge == pytest.approx(edge, abs=1e-6)
    assert advised_multiplier(found, most, drawn, 10) == pytest.approx(advised, abs=1e-6)


def close(payout: float | None, pnl: float = 0.0, at: int = NOW, held: int = 1000) -> Close:
    return Close(at, 0.45, 10.0, pnl, payout, held)


def test_bets_held_to_the_end_are_wins_and_losses() -> None:
    closes = [close(1.0)] * 30 + [close(0.0)] * 19 + [close(0.5)]
    found = posterior(closes, [], NOW, MODEL, by_pnl=False)
    assert found == wins(30, 20, 0.45, 20)  # what is not paid 1.00 is not won


def test_more_than_a_fifth_of_early_exits_changes_the_version() -> None:
    ends = [close(1.0, 12.0)] * 8
    at_the_limit = ends + [close(None, 1.0)] * 2
    assert posterior(at_the_limit, [], NOW, MODEL, by_pnl=False) == wins(8, 0, 0.45, 20)
    above = ends + [close(None, 1.0)] * 3
    found = posterior(above, [], NOW, MODEL, by_pnl=False)
    assert found.p is None
    assert found == earnings([1.2] * 8 + [0.1] * 3, 20)
    assert posterior(ends, [], NOW, MODEL, by_pnl=True) == earnings([1.2] * 8, 20)


def test_the_pnl_version_shrinks_mean_and_variance() -> None:
    found = earnings([0.1, -0.1, 0.3, 0.1], 20)
    assert found.edge == pytest.approx(0.1 * 4 / 24)
    assert found.variance == pytest.approx(0.08 / 3 / 24)
    assert advised_multiplier(earnings([0.5], 20), 0.5, 0.0, 1) == 0.0
    assert earnings([], 20).n == 0


def test_the_window_is_200_closes_and_90_days() -> None:
    closes = [close(0.0, at=NOW - 91 * DAY)] + [close(1.0, at=NOW - DAY)] * 250
    assert len(recent(closes, NOW, MODEL)) == 200
    assert recent(closes[:1], NOW, MODEL) == []
    assert posterior(closes[:1], [], NOW, MODEL, by_pnl=False).n == 0


def test_old_open_positions_count_at_their_mark() -> None:
    closes = [close(1.0)] * 9
    young, old = OpenBet(0.45, 0.05, 2000), OpenBet(0.45, 0.05, 2001)
    without = posterior(closes, [], NOW, MODEL, by_pnl=False)
    assert posterior(closes, [young], NOW, MODEL, by_pnl=False) == without
    found = posterior(closes, [old], NOW, MODEL, by_pnl=False)
    expected = wins(9.05, 0.95, 0.45, 20)
    assert found.n == 10
    assert found.edge == pytest.approx(expected.edge)
    by_pnl = posterior(closes, [old], NOW, MODEL, by_pnl=True)
    assert by_pnl == earnings([0.0] * 9 + [0.05 / 0.45 - 1.0], 20)
    assert posterior([], [old], NOW, MODEL, by_pnl=False).n == 0


@given(
    st.integers(0, 200),
    st.integers(0, 200),
    st.floats(0.05, 0.95),
    st.sampled_from([0.2, 0.25, 0.5]),
    st.floats(0, 2),
)
def test_advice_is_between_zero_and_the_most(
    won: int, lost: int, price: float, most: float, drawn: float
) -> None:
    found = wins(won, lost, price, 20)
    advised = advised_multiplier(found, most, drawn, 10)
    assert 0.0 <= advised <= most
    assert drawn < 1 or advised == 0.0
    more = advised_multiplier(wins(won + 1, lost, price, 20), most, drawn, 0)
    assert more >= advised_multiplier(found, most, drawn, 0) - 1e-12
