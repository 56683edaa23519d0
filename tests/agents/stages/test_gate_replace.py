"""Replacing is cancelling and placing: judged with the old order still counted (D.0)."""

from decimal import Decimal

from schemas.control import Verb
from schemas.reasons import DenialCode
from schemas.trading import CancelRefused, IntentApproved, IntentDenied, Order
from tests.agents.stages.gate_driver import Gate, approved, cancels, denied, of_type
from tests.streams.account_messages import (
    BOT_1,
    BOT_5,
    BUY,
    NO,
    OTHER,
    REDUCE,
    SELL,
    YES,
    a_market,
    an_order,
)


def quoting(size: str = "50") -> tuple[Gate, Order, Order]:
    gate = Gate()
    bid, ask = an_order(YES, BUY, "0.45", size), an_order(NO, BUY, "0.53", size)
    approved(gate.bundle(bid, ask))
    return gate, bid, ask


def refused(gate: Gate, order: Order) -> CancelRefused:
    return CancelRefused(
        **gate.stream.head(gate.at),
        order_id=order.order_id,
        bot_id=order.bot_id,
        account_id=order.account_id,
        market_id=order.market_id,
        token_id=order.token_id,
        reason="unknown",
    )


def test_where_both_fit_cancel_and_place_go_at_once() -> None:
    gate, bid, _ = quoting()
    verdict = approved(gate.place(an_order(YES, BUY, "0.46", "50"), replaces=bid.order_id))
    assert verdict.cancel_first == bid.order_id
    orders = gate.stage._account.orders
    assert orders.reserved_cash(BOT_5) == 72
    gate.feed(gate.stream.canceled(gate.at, bid))
    assert orders.reserved_cash(BOT_5) == Decimal("49.5")


def test_where_only_the_old_one_is_in_the_way_the_place_waits_for_its_cancel() -> None:
    gate, bid, _ = quoting("300")
    order = an_order(YES, BUY, "0.46", "300")
    emits = gate.place(order, replaces=bid.order_id)
    assert cancels(emits) == [bid.order_id]
    assert of_type(emits, IntentApproved) == []
    assert gate.place(order, replaces=bid.order_id) == []
    verdict = approved(gate.feed(gate.stream.canceled(gate.at + 250, bid)))
    assert verdict.orders == (order,)
    assert verdict.cancel_first is None


def test_a_waiting_place_is_dropped_when_the_old_order_filled() -> None:
    gate, bid, _ = quoting("300")
    gate.place(an_order(YES, BUY, "0.46", "300"), replaces=bid.order_id)
    gate.feed(gate.stream.placed(gate.at, bid))
    gate.feed(gate.stream.fill(gate.at, bid, "10", cumulative="10"))
    verdict = denied(gate.feed(gate.stream.canceled(gate.at, bid, "10")))
    assert verdict.code is DenialCode.REPLACE_FAILED
    gate, bid, _ = quoting("300")
    gate.place(an_order(YES, BUY, "0.46", "300"), replaces=bid.order_id)
    assert denied(gate.feed(gate.stream.fill(gate.at, bid))).code is DenialCode.REPLACE_FAILED


def test_a_waiting_place_is_denied_when_the_cancel_fails() -> None:
    gate, bid, _ = quoting("300")
    gate.place(an_order(YES, BUY, "0.46", "300"), replaces=bid.order_id)
    verdict = denied(gate.feed(refused(gate, bid)))
    assert verdict.code is DenialCode.REPLACE_FAILED


def test_a_waiting_place_is_judged_as_things_are_when_its_turn_comes() -> None:
    gate, bid, _ = quoting("300")
    gate.place(an_order(YES, BUY, "0.46", "300"), replaces=bid.order_id)
    gate.feed(gate.stream.command(gate.at, Verb.HALT))
    assert denied(gate.feed(gate.stream.canceled(gate.at, bid))).code is DenialCode.HALTED
    gate, bid, _ = quoting("300")
    gate.place(an_order(YES, BUY, "0.46", "300"), replaces=bid.order_id)
    late = gate.feed(gate.stream.canceled(gate.at + 5001, bid))
    assert denied(late).code is DenialCode.STALE_DATA


def test_the_newest_of_two_waiting_places_wins() -> None:
    gate, bid, _ = quoting("300")
    first, second = an_order(YES, BUY, "0.46", "300"), an_order(YES, BUY, "0.44", "300")
    gate.place(first, replaces=bid.order_id)
    emits = gate.place(second, replaces=bid.order_id)
    assert denied(emits).order == first
    assert approved(gate.feed(gate.stream.canceled(gate.at, bid))).orders == (second,)


def test_a_replace_that_fails_anyway_keeps_the_old_order() -> None:
    gate, bid, _ = quoting()
    emits = gate.place(an_order(YES, BUY, "0.48", "50"), replaces=bid.order_id)
    assert denied(emits).code is DenialCode.WOULD_CROSS
    assert cancels(emits) == []
    assert not next(gate.stage._account.orders.all()).cancel_asked


def test_a_filled_or_foreign_order_cannot_be_replaced() -> None:
    gate, bid, ask = quoting()
    gate.feed(gate.stream.fill(gate.at, bid))
    emits = gate.place(an_order(YES, BUY, "0.44", "50"), replaces=bid.order_id)
    assert denied(emits).code is DenialCode.REPLACE_FAILED
    gate.feed(gate.stream.listed(gate.at, a_market(OTHER)))
    elsewhere = an_order(NO, BUY, "0.53", "50", market=OTHER)
    emits = gate.place(elsewhere, replaces=ask.order_id)
    assert denied(emits).code is DenialCode.REPLACE_FAILED


def test_a_cancelled_order_is_replaced_by_a_plain_place() -> None:
    gate, bid, _ = quoting()
    gate.feed(gate.stream.canceled(gate.at, bid))
    verdict = approved(gate.place(an_order(YES, BUY, "0.44", "50"), replaces=bid.order_id))
    assert verdict.cancel_first is None


def test_an_exit_that_uses_the_whole_inventory_waits_for_the_old_one() -> None:
    gate = Gate()
    gate.hold(an_order(YES, BUY, "0.40", "100"))
    old = an_order(YES, SELL, "0.50", "100", kind=REDUCE)
    approved(gate.place(old))
    new = an_order(YES, SELL, "0.48", "100", kind=REDUCE)
    emits = gate.place(new, gate.stamp("0.44", "0.50"), replaces=old.order_id)
    assert cancels(emits) == [old.order_id]
    verdict = approved(gate.feed(gate.stream.canceled(gate.at, old)))
    assert verdict.kinds == (REDUCE,)


def test_bots_do_not_share_replaces() -> None:
    gate, bid, _ = quoting()
    gate.hold(an_order(YES, BUY, "0.40", "100", bot=BOT_1))
    order = an_order(YES, SELL, "0.50", "100", bot=BOT_1, kind=REDUCE)
    emits = gate.place(order, replaces=bid.order_id)
    assert [verdict.code for verdict in of_type(emits, IntentDenied)] == [DenialCode.REPLACE_FAILED]
