from decimal import Decimal

import pytest

from agents.bots.lifecycle import (
    RemainderRule,
    expiration,
    has_lost_edge,
    is_expired,
    is_off_target,
    keeps_queue,
    may_cancel,
    may_reprice,
    may_retry,
    remainder_rule,
)
from agents.bots.view import OwnOrder, Phase
from configs.rules import load_rules
from schemas.values import Action, IntentKind
from tests.agents.bots.orders import own_order

RULES = load_rules()
NOW = 1_000_000
CENT = Decimal("0.01")


@pytest.mark.parametrize(
    ("ttl_s", "ahead_s"), [(20, 185), (0, 185), (125, 185), (126, 186), (900, 960)]
)
def test_the_gtd_time_follows_d27(ttl_s: int, ahead_s: int) -> None:
    assert expiration(NOW, ttl_s, RULES) == NOW + ahead_s * 1000


def test_the_gtd_time_counts_from_the_next_whole_second() -> None:
    assert expiration(1_000_001, 20, RULES) == 1_001_000 + 185_000
    assert expiration(1_000_999, 20, RULES) == 1_001_000 + 185_000


@pytest.mark.parametrize(("age_ms", "due"), [(400, False), (999, False), (1000, True)])
def test_an_order_rests_a_second_before_it_is_re_priced(age_ms: int, due: bool) -> None:
    order = own_order(rested_at=NOW - age_ms)
    assert may_reprice(order, NOW, RULES) is due


@pytest.mark.parametrize("phase", [Phase.ASKED, Phase.SENT, Phase.DONE])
def test_only_a_resting_order_is_re_priced_or_cancelled(phase: Phase) -> None:
    order = own_order(phase=phase, rested_at=NOW - 9_000)
    assert not may_reprice(order, NOW, RULES)
    assert not may_cancel(order, NOW)
    assert not is_expired(order, NOW, 1)


def test_a_cancel_is_asked_once_and_again_when_nothing_answers() -> None:
    order = own_order(rested_at=NOW - 9_000)
    assert may_cancel(order, NOW)
    order.cancel_asked_at = NOW
    assert not may_cancel(order, NOW + 4_999)
    assert may_cancel(order, NOW + 5_000)
    assert not may_reprice(order, NOW + 5_000, RULES)


@pytest.mark.parametrize(
    ("live", "target", "ticks", "off"),
    [
        ("0.47", "0.48", 1, True),
        ("0.48", "0.48", 1, False),
        ("0.47", "0.48", 2, False),
        ("0.50", "0.48", 2, True),
    ],
)
def test_distance_is_counted_in_ticks_exactly(
    live: str, target: str, ticks: int, off: bool
) -> None:
    assert is_off_target(Decimal(live), Decimal(target), CENT, ticks) is off


def test_queue_position_is_kept_while_the_edge_is_full() -> None:
    full, half = Decimal("0.03"), Decimal("0.029")
    least = Decimal("0.03")
    live, lower, higher = Decimal("0.40"), Decimal("0.39"), Decimal("0.41")
    assert keeps_queue(Action.BUY, live, lower, full, least)
    assert not keeps_queue(Action.BUY, live, lower, half, least)
    assert not keeps_queue(Action.BUY, live, higher, full, least)
    assert keeps_queue(Action.SELL, live, higher, full, least)
    assert not keeps_queue(Action.SELL, live, lower, full, least)


def test_half_the_least_edge_is_the_end() -> None:
    assert not has_lost_edge(Decimal("0.015"), Decimal("0.03"))
    assert has_lost_edge(Decimal("0.0149"), Decimal("0.03"))


@pytest.mark.parametrize(
    ("kind", "filled", "rule"),
    [
        (IntentKind.MM, "0", RemainderRule.REPLACE),
        (IntentKind.MM, "95", RemainderRule.REPLACE),
        (IntentKind.MM, "95.01", RemainderRule.CANCEL),
        (IntentKind.REDUCE, "95.01", RemainderRule.STAY),
    ],
)
def test_a_rest_below_the_minimum_cannot_be_placed_anew(
    kind: IntentKind, filled: str, rule: RemainderRule
) -> None:
    order = own_order(kind=kind, filled=Decimal(filled))
    assert remainder_rule(order, Decimal(5)) is rule


def test_time_to_live_counts_from_resting() -> None:
    order: OwnOrder = own_order(rested_at=NOW)
    assert not is_expired(order, NOW + 29_999, 30)
    assert is_expired(order, NOW + 30_000, 30)


def test_would_cross_is_tried_three_times_in_two_seconds() -> None:
    crossings: list[int] = []
    for _ in range(3):
        crossings.append(NOW)
        assert may_retry(crossings, NOW, RULES)
    crossings.append(NOW)
    assert not may_retry(crossings, NOW, RULES)
    assert may_retry(crossings, NOW + 2_000, RULES)
