"""Bot 5's estimate of liquidity rewards: a line a minute that changes no quote (E.4, D-2)."""

from decimal import Decimal

import msgspec
import pytest

from schemas.market import Market
from schemas.trading import Order, Signal
from tests.agents.closed_loop import ClosedLoop, make_stage
from tests.agents.tape import BOT_5, Tape, market

SECONDS = 190


def paid(**fields: object) -> Market:
    """A market that pays 144 dollars a day: ten cents a minute."""
    rewards: dict[str, object] = {
        "rewards_daily": Decimal(144),
        "rewards_max_spread": Decimal(5),
        "rewards_min_size": Decimal(20),
    }
    return msgspec.structs.replace(market(), **{**rewards, **fields})


def quoted(where: Market) -> tuple[list[Signal], list[Order]]:
    """The lines about rewards and every order of a few minutes."""
    loop, tape = ClosedLoop(make_stage("5")), Tape()
    loop.feed(tape.listed(where), tape.feed(), tape.account(BOT_5))
    orders: dict[str, Order] = {}
    for second in range(SECONDS):
        shift = Decimal(second // 60 % 2) / 100
        bid, ask = Decimal("0.47") + shift, Decimal("0.50") + shift
        loop.feed(*tape.book(where, {str(bid): 900.0, "0.30": 5e5}, {str(ask): 900.0}))
        tape.now += 1_000
        loop.feed(tape.feed(), tape.account(BOT_5), tape.tick())
        orders |= {order.order_id: order for order in loop.orders()}
    return [s for s in loop.signals() if s.reason == "reward-estimate"], list(orders.values())


def test_a_line_a_minute_tells_our_part_of_the_pool() -> None:
    lines, orders = quoted(paid())
    assert orders
    assert 2 <= len(lines) <= 1 + SECONDS // 60
    assert {line.decision for line in lines} == {"sample"}
    for line in lines:
        found = line.features
        assert line.edge is None
        assert found["pool"] == pytest.approx(0.1)
        assert found["score"] > 0
        assert found["book_score"] > 0
        total = found["score"] + found["book_score"]
        assert found["estimate"] == pytest.approx(0.1 * found["score"] / total)


def test_only_levels_within_the_spread_count() -> None:
    lines, _ = quoted(paid())
    # The bid of half a million shares at 0.30 is far from the mid; 900 shares a side count.
    assert all(line.features["book_score"] < 900 for line in lines)


def test_rewards_change_no_order() -> None:
    def shown(where: Market) -> list[tuple[object, ...]]:
        return [(o.side, o.action, o.price, o.size, o.ordered_at) for o in quoted(where)[1]]

    assert shown(paid()) == shown(market())
    assert quoted(market())[0] == []
    assert quoted(paid(rewards_min_size=Decimal(10**6)))[0][0].features["estimate"] == 0
