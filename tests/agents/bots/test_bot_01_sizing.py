from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.bots.bot_01_sizing import (
    LegStatistics,
    PairSignal,
    displayed_share,
    pair_numbers,
    pair_signal,
    price_pairs,
)
from configs.bots import RebalancingParameters, load_bot
from configs.profiles import load_profiles
from tests.agents.bots.views import Levels, view
from tests.agents.tape import market

STANDARD = load_bot(RebalancingParameters, "bot_01_rebalancing.yaml")
PROFILE = load_profiles().short_horizon
ZERO = Decimal(0)


def signal(
    yes: str,
    no: str,
    equity: str = "10000",
    fill_prob: str = "0.60",
    leg_loss: str = "0.01",
    cap: str = "0.05",
) -> PairSignal:
    return pair_signal(
        Decimal(yes),
        Decimal(no),
        Decimal(equity),
        fill_prob=Decimal(fill_prob),
        leg_loss=Decimal(leg_loss),
        threshold=Decimal("0.005"),
        cap=Decimal(cap),
    )


def test_d1_1_the_cap_binds() -> None:
    found = signal("0.48", "0.505")
    assert found.drift == Decimal("0.015")
    assert found.enter
    assert float(found.full_kelly) == pytest.approx(1 / 3, abs=1e-6)
    assert found.pairs == Decimal("507.61")


def test_d1_2_too_little_drift() -> None:
    assert signal("0.49", "0.506") == PairSignal(Decimal("0.004"), False, ZERO, ZERO)


def test_d1_3_the_threshold_passes_and_kelly_does_not() -> None:
    assert signal("0.49", "0.505") == PairSignal(Decimal("0.005"), False, ZERO, ZERO)


def test_the_break_even_drift_is_that_of_the_specification() -> None:
    assert not signal("0.5", "0.4934").enter
    assert signal("0.5", "0.4933").enter


def test_vector_bot1_01() -> None:
    found = signal("0.37", "0.61", equity="20000")
    assert float(found.drift) == pytest.approx(0.02)
    assert float(found.full_kelly) == pytest.approx(0.4)
    assert float(found.pairs) == pytest.approx(1020.4, abs=0.0051)


def test_d5_the_short_horizon_needs_three_ticks() -> None:
    numbers = pair_numbers(STANDARD, PROFILE)
    pi, loss, cap = str(numbers.fill_prob), str(numbers.leg_loss), str(numbers.bundle)
    prices = [("0.49", "0.50"), ("0.48", "0.49"), ("0.47", "0.48"), ("0.46", "0.47")]
    found = [signal(yes, no, fill_prob=pi, leg_loss=loss, cap=cap) for yes, no in prices]
    assert [each.enter for each in found] == [False, False, False, True]
    assert found[3].drift == Decimal("0.07")
    assert float(found[3].full_kelly) == pytest.approx(0.1)
    assert found[3].pairs == Decimal("107.52")


def prices(bids: Levels, asks: Levels, offset: int = 0, tick: int = 100) -> list[tuple[str, str]]:
    found = price_pairs(view(bids, asks, of=market(tick=tick)), offset, improve=True)
    return [(f"{yes:.3f}", f"{no:.3f}") for yes, no, _ in found]


def test_both_bids_improve_then_join() -> None:
    assert prices({"0.46": 9}, {"0.50": 9}) == [("0.470", "0.510"), ("0.460", "0.500")]


def test_a_spread_of_one_tick_is_joined() -> None:
    assert prices({"0.49": 9}, {"0.50": 9}) == [("0.490", "0.500")]
    assert prices({"0.49": 9}, {"0.495": 9}, tick=50) == [("0.490", "0.505")]


def test_offsets_go_down_from_the_first_price() -> None:
    assert prices({"0.49": 9}, {"0.50": 9}, offset=4) == [
        ("0.490", "0.500"),
        ("0.480", "0.490"),
        ("0.470", "0.480"),
        ("0.460", "0.470"),
        ("0.450", "0.460"),
    ]


def test_a_one_sided_book_has_no_pair() -> None:
    assert prices({"0.49": 9}, {}) == []
    assert prices({}, {"0.49": 9}) == []


def test_our_other_bots_orders_are_not_crossed() -> None:
    crowded = view({"0.40": 9}, {"0.60": 9}, rival_bid="0.59", rival_ask="0.41")
    for yes, no, _ in price_pairs(crowded, 0, improve=True):
        assert yes < Decimal("0.41")
        assert 1 - no > Decimal("0.59")


def test_depth_is_a_third_of_what_is_near_on_the_thinner_side() -> None:
    book = view(
        {"0.48": 300, "0.47": 30, "0.46": 3, "0.45": 7000},
        {"0.50": 90, "0.51": 60, "0.52": 30, "0.53": 7000},
    )
    assert displayed_share(book, Decimal("0.48"), Decimal("0.50"), 2, 3) == 60
    assert displayed_share(book, Decimal("0.48"), Decimal("0.48"), 2, 3) == 111


def statistics(completed: int, loss: int) -> LegStatistics:
    return LegStatistics(
        touched=100, completed=completed, broken_size=Decimal(10), broken_loss=Decimal(loss)
    )


def test_measured_rates_count_after_a_hundred_touched_pairs() -> None:
    pi, loss, floor = Decimal("0.6"), Decimal("0.01"), Decimal("0.001")
    before = LegStatistics(touched=99, completed=0, broken_size=Decimal(10), broken_loss=Decimal(1))
    assert before.fill_prob(pi, 100) == pi
    assert before.leg_loss(loss, 100, floor) == loss
    after = LegStatistics(
        touched=100, completed=45, broken_size=Decimal(10), broken_loss=Decimal(1)
    )
    assert after.fill_prob(pi, 100) == Decimal("0.45")
    assert after.leg_loss(loss, 100, floor) == Decimal("0.1")
    lucky = LegStatistics(
        touched=100, completed=45, broken_size=Decimal(9), broken_loss=Decimal(-1)
    )
    assert lucky.leg_loss(loss, 100, floor) == floor
    perfect = LegStatistics(touched=100, completed=100)
    assert perfect.leg_loss(loss, 100, floor) == loss


PRICES = st.integers(1, 98).map(lambda cents: Decimal(cents) / 100)
SHARES = st.integers(1, 99).map(lambda percent: Decimal(percent) / 100)


@given(PRICES, PRICES, st.integers(-100, 100_000).map(Decimal), SHARES, SHARES)
def test_a_pair_never_costs_more_than_its_cap_and_locks_what_it_says(
    yes: Decimal, no: Decimal, equity: Decimal, fill_prob: Decimal, leg_loss: Decimal
) -> None:
    found = pair_signal(
        yes,
        no,
        equity,
        fill_prob=fill_prob,
        leg_loss=leg_loss,
        threshold=Decimal("0.005"),
        cap=Decimal("0.05"),
    )
    assert found.pairs >= 0
    assert found.pairs * (yes + no) <= max(equity, Decimal(0)) * Decimal("0.05")
    assert found.full_kelly <= fill_prob
    if found.enter:
        assert found.drift == 1 - yes - no >= Decimal("0.005")
    else:
        assert found.pairs == 0
