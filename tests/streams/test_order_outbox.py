"""The order outbox, step by step."""

from msgspec.structs import replace

from schemas.ids import OrderId
from schemas.trading import Order
from schemas.values import IntentKind, OrderStatus
from schemas.venue import Verdict
from streams.order_outbox import OrderOutbox
from streams.outbox_state import (
    Answer,
    CancelCall,
    CancelVoid,
    LookUpCall,
    OrderAccepted,
    OrderEnded,
    PlaceCall,
    Seen,
)
from tests.streams.paper_tape import START, approve, bid, cancel
from tests.streams.unsteady_venue import identify

A, B = OrderId("a"), OrderId("b")


def intended(*names: str) -> OrderOutbox:
    outbox = OrderOutbox(identify)
    outbox.intend(approve(0, *(bid(name, "0.48", 20) for name in names)))
    return outbox


def answered(outbox: OrderOutbox, verdict: Verdict, attempt: int = 1, at: int = 1) -> None:
    answer = Answer(order_id=A, attempt=attempt, verdict=verdict, reason="WOULD_CROSS")
    outbox.on_answer(answer, START + at)


def ends(outbox: OrderOutbox) -> list[tuple[str, str]]:
    return [(f.status, f.reason) for f in outbox.facts() if isinstance(f, OrderEnded)]


def test_orders_leave_in_batches_of_fifteen() -> None:
    calls = intended(*(f"o{index}" for index in range(20))).calls(START)
    assert [len(call.order_ids) for call in calls if isinstance(call, PlaceCall)] == [15, 5]


def test_an_approval_that_comes_twice_is_one_order() -> None:
    outbox = intended("a")
    outbox.calls(START)
    outbox.intend(approve(0, bid("a", "0.48", 20)))
    assert outbox.calls(START) == ()


def test_a_timeout_is_looked_up_and_then_sent_again_as_the_same_order() -> None:
    outbox = intended("a")
    outbox.calls(START)
    answered(outbox, Verdict.UNKNOWN)
    assert outbox.calls(START + 2000) == (LookUpCall(A, START + 2000),)
    outbox.on_absent(A, START + 2000, START + 2001)
    assert outbox.calls(START + 2002) == (PlaceCall((A,), (2,)),)


def test_a_refusal_after_a_doubtful_sending_is_no_proof() -> None:
    outbox = intended("a")
    outbox.calls(START)
    answered(outbox, Verdict.UNKNOWN)
    outbox.calls(START + 2000)
    outbox.on_absent(A, START + 2000, START + 2001)
    outbox.calls(START + 2002)
    answered(outbox, Verdict.REFUSED, attempt=2, at=2100)
    assert outbox.facts() == ()
    outbox.on_seen(Seen(order_id=A), START + 4000)
    assert [type(fact) for fact in outbox.facts()] == [OrderAccepted]


def test_a_plain_refusal_ends_the_order() -> None:
    outbox = intended("a")
    outbox.calls(START)
    answered(outbox, Verdict.REFUSED)
    assert ends(outbox) == [(OrderStatus.REJECTED, "WOULD_CROSS")]


def test_425_is_sent_again_after_a_while() -> None:
    outbox = intended("a")
    outbox.calls(START)
    answered(outbox, Verdict.WAIT)
    assert outbox.calls(START + 500) == ()
    assert outbox.calls(START + 2000) == (PlaceCall((A,), (2,)),)


def test_a_cancel_waits_until_the_venue_has_the_order() -> None:
    outbox = intended("a")
    outbox.calls(START)
    outbox.ask_cancel(cancel(1, "a"))
    assert outbox.calls(START + 1) == ()
    answered(outbox, Verdict.ACCEPTED)
    assert outbox.calls(START + 2) == (CancelCall((A,)),)
    outbox.on_cancel_answer(A, Verdict.ACCEPTED, "", START + 3)
    assert ends(outbox) == [(OrderStatus.CANCELED, "ttl")]


def test_a_cancel_that_met_a_fill_is_void() -> None:
    outbox = intended("a")
    outbox.calls(START)
    answered(outbox, Verdict.ACCEPTED)
    outbox.ask_cancel(cancel(1, "a"))
    outbox.calls(START + 2)
    outbox.on_seen(Seen(order_id=A, matched=bid("a", "0.48", 20).size), START + 3)
    voids = [fact.reason for fact in outbox.facts() if isinstance(fact, CancelVoid)]
    assert voids == ["filled"]


def test_a_replacement_leaves_behind_the_cancel() -> None:
    outbox = intended("a")
    outbox.calls(START)
    answered(outbox, Verdict.ACCEPTED)
    outbox.intend(approve(5, bid("b", "0.47", 20), cancel_first="a"))
    assert outbox.calls(START + 5) == (CancelCall((A,)), PlaceCall((B,), (1,)))


def test_a_replacement_of_an_order_in_doubt_waits_and_falls_when_that_was_filled() -> None:
    outbox = intended("a")
    outbox.calls(START)
    outbox.intend(approve(5, bid("b", "0.47", 20), cancel_first="a"))
    assert outbox.calls(START + 5) == ()
    outbox.on_seen(Seen(order_id=A, ended=OrderStatus.FILLED), START + 6)
    assert outbox.calls(START + 7) == ()
    assert (OrderStatus.REJECTED, "REPLACED_FILLED") in ends(outbox)


def test_a_halt_drops_unsent_opening_orders_and_lets_reductions_go() -> None:
    reduces: Order = bid("b", "0.48", 20)
    approval = approve(0, bid("a", "0.48", 20), reduces)
    outbox = OrderOutbox(identify)
    kinds = (IntentKind.MM, IntentKind.REDUCE)
    outbox.intend(replace(approval, kinds=kinds))
    outbox.halt(None, START)
    assert ends(outbox) == [(OrderStatus.REJECTED, "HALTED")]
    assert outbox.calls(START) == (PlaceCall((B,), (1,)),)


def test_an_order_whose_time_came_is_not_sent() -> None:
    outbox = OrderOutbox(identify)
    outbox.intend(approve(0, bid("a", "0.48", 20, expires_at=185_000)))
    assert outbox.calls(START + 125_000) == ()
    assert ends(outbox) == [(OrderStatus.REJECTED, "EXPIRED_UNSENT")]
