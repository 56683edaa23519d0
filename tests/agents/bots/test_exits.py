from decimal import Decimal

import pytest

from agents.bots.base import Cancel, Merge, Place, Proposal
from agents.bots.exits import Exit, buying_price, selling_price, work
from agents.bots.unwind import unwind
from agents.bots.view import OwnOrder
from configs.rules import load_rules
from schemas.values import Action, BotState, IntentKind, Side
from tests.agents.bots.orders import own_order
from tests.agents.bots.views import account, holding, view
from tests.agents.tape import START

RULES = load_rules()
BOOK = ({"0.45": 100.0}, {"0.50": 100.0})
HALTED = account(state=BotState.EMERGENCY_HALT)


def test_exits_join_the_best_price_of_their_token() -> None:
    seen = view(*BOOK)
    assert selling_price(seen, Side.YES) == Decimal("0.50")
    assert selling_price(seen, Side.NO) == Decimal("0.55")


def test_exits_never_cross_our_other_bots() -> None:
    seen = view(*BOOK, rival_bid="0.50", rival_ask="0.46")
    assert selling_price(seen, Side.YES) == Decimal("0.51")
    assert selling_price(seen, Side.NO) == Decimal("0.55")
    assert buying_price(seen, Side.YES, Decimal("0.60")) == Decimal("0.45")
    assert buying_price(seen, Side.NO, Decimal("0.60")) == Decimal("0.49")


def test_a_completing_price_is_the_limit_or_a_tick_below_the_ask() -> None:
    seen = view(*BOOK)
    assert buying_price(seen, Side.NO, Decimal("0.523")) == Decimal("0.52")
    assert buying_price(seen, Side.NO, Decimal("0.60")) == Decimal("0.54")


def wanted(size: str = "40", price: str | None = "0.50") -> Exit:
    return Exit(Side.YES, Action.SELL, None if price is None else Decimal(price), Decimal(size), 30)


def exit_order(price: str = "0.50", size: str = "40", filled: str = "0") -> OwnOrder:
    return own_order(
        Side.YES,
        Action.SELL,
        price,
        size,
        IntentKind.REDUCE,
        name="exit",
        rested_at=START - 5_000,
        filled=Decimal(filled),
    )


def working(exit_: Exit, *orders: OwnOrder, stale: str = "") -> list[Proposal]:
    return work(exit_, orders, view(*BOOK, orders=orders, stale=stale), RULES)


def test_what_is_wanted_is_placed_once() -> None:
    (place,) = working(wanted())
    assert isinstance(place, Place)
    assert place.draft.kind is IntentKind.REDUCE
    assert working(wanted(), exit_order()) == []


@pytest.mark.parametrize("exit_", [wanted(size="4.999"), wanted(price=None)])
def test_what_cannot_be_placed_is_not(exit_: Exit) -> None:
    assert working(exit_) == []


def test_nothing_is_placed_blind() -> None:
    assert working(wanted(), stale="feed-silent") == []


def test_an_exit_follows_by_two_ticks_and_shrinks_with_the_position() -> None:
    assert working(wanted(price="0.49"), exit_order()) == []
    assert working(wanted(price="0.48"), exit_order()) == [Cancel(exit_order().order_id, "reprice")]
    assert working(wanted(size="39.99"), exit_order()) == [
        Cancel(exit_order().order_id, "larger-than-position")
    ]


def test_a_reduce_remainder_below_the_minimum_stays_where_it_is() -> None:
    rest = exit_order(filled="36")
    assert working(wanted(size="4", price="0.40"), rest) == []


def test_an_exit_waits_for_an_own_order_it_would_match() -> None:
    bid = own_order(Side.YES, Action.BUY, "0.50", name="bid", rested_at=START - 5_000)
    seen = view(*BOOK, orders=(bid,))
    assert work(wanted(), (), seen, RULES) == []


def test_the_unwind_first_cancels_what_opens() -> None:
    bid = own_order(name="bid", rested_at=START - 5_000)
    seen = view(*BOOK, orders=(bid,), held=holding("40", "10"), me=HALTED)
    assert unwind(seen, RULES) == [Cancel(bid.order_id, "emergency-halt")]


def test_then_merges_then_sells_what_is_left() -> None:
    assert unwind(view(*BOOK, held=holding("40", "10"), me=HALTED), RULES) == [Merge(Decimal(10))]
    merging = view(*BOOK, held=holding("40", "10"), merging="10", me=HALTED)
    (place,) = unwind(merging, RULES)
    assert isinstance(place, Place)
    assert (place.draft.side, place.draft.size) == (Side.YES, Decimal(30))
    assert unwind(view(*BOOK, held=holding(), me=HALTED), RULES) == []


def test_the_exit_is_re_priced_every_ten_seconds() -> None:
    for age_ms, moves in ((9_999, False), (10_000, True)):
        order = own_order(
            Side.YES, Action.SELL, "0.51", "40", IntentKind.REDUCE, "exit", rested_at=START - age_ms
        )
        seen = view(*BOOK, orders=(order,), held=holding("40"), me=HALTED)
        assert bool(unwind(seen, RULES)) is moves
