"""Net asset value: flows buy and sell units, drawdown is measured against the peak (C.2)."""

from decimal import Decimal

import pytest

from streams.nav import Drawdowns, Nav, drawdown, flow, observe, reaches, rearm, start, value


def test_without_flows_it_is_equity_over_initial_equity() -> None:
    nav = observe(start(Decimal(8000)), Decimal(10000))
    assert value(nav) == Decimal("1.25")
    nav = observe(nav, Decimal(9000))
    assert drawdown(nav) == Decimal("0.1")
    assert (nav.peak_equity, nav.peak_units) == (Decimal(10000), Decimal(8000))


@pytest.mark.parametrize("amount", ["5000", "-3000", "0.01"])
def test_a_flow_changes_neither_value_nor_drawdown(amount: str) -> None:
    nav = observe(start(Decimal(10000)), Decimal(9300))
    moved = flow(nav, Decimal(amount))
    assert abs(value(moved) - value(nav)) < Decimal("1e-12")
    assert abs(drawdown(moved) - Decimal("0.07")) < Decimal("1e-12")


def test_a_limit_reached_exactly_is_reached_after_a_flow_too() -> None:
    nav = flow(observe(start(Decimal(9000)), Decimal(10000)), Decimal(3000))
    exactly = observe(nav, Decimal(13000) * Decimal("0.85"))
    assert reaches(exactly, Decimal("0.15"))
    assert not reaches(observe(nav, Decimal(13000) * Decimal("0.8501")), Decimal("0.15"))


def test_withdrawing_everything_does_not_cure_a_drawdown() -> None:
    nav = observe(start(Decimal(10000)), Decimal(8000))
    empty = flow(nav, Decimal(-8000))
    assert drawdown(empty) == 0
    again = flow(empty, Decimal(500))
    assert abs(drawdown(again) - Decimal("0.2")) < Decimal("1e-11")


def test_no_capital_means_no_drawdown() -> None:
    assert drawdown(Nav()) == 0
    assert not reaches(observe(Nav(), Decimal(0)), Decimal("0.1"))
    assert value(start(Decimal(0))) == 1


def test_zero_is_wiped_until_a_re_arm_with_capital() -> None:
    wiped = observe(start(Decimal(100)), Decimal(0))
    assert drawdown(wiped) == 1
    assert value(wiped) == 0
    assert reaches(wiped, Decimal(1))
    assert rearm(wiped) == wiped
    funded = flow(wiped, Decimal(50))
    assert drawdown(funded) == 1
    assert drawdown(rearm(funded)) == 0
    assert value(rearm(funded)) == 1


def test_a_re_arm_makes_the_present_the_peak() -> None:
    nav = rearm(observe(start(Decimal(100)), Decimal(70)))
    assert drawdown(nav) == 0
    assert value(nav) == Decimal("0.7")
    assert rearm(Nav()) == Nav()


def test_a_last_dollar_is_not_wiped() -> None:
    nav = observe(start(Decimal(100)), Decimal(1))
    assert not nav.wiped
    assert drawdown(nav) == Decimal("0.99")


def test_a_kept_drawdown_follows_its_value() -> None:
    kept, full = Drawdowns(), start(Decimal(100))
    less = observe(full, Decimal(70))
    assert kept.of("*", full) == 0
    assert kept.of("*", less) == kept.of("*", less) == Decimal("0.3")
    assert kept.of("bot_01", full) == 0
    assert kept.of("*", full) == 0
