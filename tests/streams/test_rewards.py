"""Liquidity rewards, with the vectors of STRATEGIES.md D.5."""

from decimal import Decimal

import pytest

from schemas.values import Action, Side
from streams.rewards import market_score, order_score, quotes_score, reward_estimate

D = Decimal


@pytest.mark.parametrize(
    ("distance", "size", "score"),
    [(1, 200, "88.888889"), (2, 200, "22.222222"), (3, 200, "0"), (4, 200, "0"), (1, 50, "0")],
)
def test_an_orders_score(distance: int, size: int, score: str) -> None:
    found = order_score(D(3), D(distance), D(size), D(100))
    assert found == pytest.approx(D(score), abs=D("1e-6"))


@pytest.mark.parametrize(
    ("one", "two", "mid", "score"),
    [
        ("88.888889", "0", "0.50", "29.629630"),
        ("88.888889", "0", "0.05", "0"),
        ("0", "90", "0.10", "30"),
        ("0", "90", "0.90", "30"),
        ("0", "90", "0.91", "0"),
        ("60", "90", "0.50", "60"),
        ("20", "90", "0.95", "20"),
    ],
)
def test_a_markets_score(one: str, two: str, mid: str, score: str) -> None:
    assert market_score(D(one), D(two), D(mid)) == pytest.approx(D(score), abs=D("1e-6"))


def test_a_yes_bid_and_a_no_ask_are_the_same_side() -> None:
    bid = (Side.YES, Action.BUY, D("0.49"), D(200))
    mirror = (Side.NO, Action.SELL, D("0.51"), D(200))
    ask = (Side.YES, Action.SELL, D("0.51"), D(200))
    scored = [
        quotes_score(orders, D("0.50"), D(3), D(100))
        for orders in ([bid], [bid, mirror], [bid, ask])
    ]
    single = order_score(D(3), D(1), D(200), D(100))
    assert scored == [single / 3, single * 2 / 3, single]


def test_the_estimate_is_our_share_of_the_pool() -> None:
    assert reward_estimate(D(10), D(30), D(70)) == 3
    assert reward_estimate(D(10), D(0), D(0)) == 0
