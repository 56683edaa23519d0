"""Splits at the gate: dollars are reserved once, released when it is done or void."""

from decimal import Decimal

import pytest

from agents.stages.base import Emit
from schemas.control import Verb
from schemas.pairs import SplitApproved, SplitDenied
from schemas.reasons import DenialCode
from schemas.trading import AccountView
from tests.agents.stages.gate_driver import Gate, of_type
from tests.streams.account_messages import BOT_5
from topics.catalog import DECIDE_INPUTS, DECISIONS


def split(gate: Gate, pairs: str) -> list[Emit]:
    return gate.feed(gate.stream.split_intent(gate.at, pairs, BOT_5))


def free_cash(gate: Gate) -> Decimal:
    gate.feed(gate.stream.tick(gate.at + 5_000))
    views = [e.message for e in gate.said if isinstance(e.message, AccountView)]
    return [view.free_cash for view in views if view.bot_id == BOT_5][-1]


def test_dollars_and_gas_are_reserved_until_the_split_is_done() -> None:
    gate = Gate()
    intent = gate.stream.split_intent(0, "100", BOT_5)
    emits = gate.feed(intent)
    (verdict,) = of_type(emits, SplitApproved, DECIDE_INPUTS)
    assert len(of_type(emits, SplitApproved, DECISIONS)) == 1
    assert verdict.intent_id == intent.event_id
    assert gate.feed(intent) == []
    assert free_cash(gate) == Decimal("9899.99")
    gate.feed(gate.stream.split(gate.at, "100", intent.event_id, BOT_5))
    assert free_cash(gate) == Decimal("9899.99")
    assert gate.stage._account.orders.state.holds == {}


def test_no_more_than_is_free() -> None:
    gate = Gate()
    assert of_type(split(gate, "9000"), SplitApproved)
    (refused,) = of_type(split(gate, "1000"), SplitDenied)
    assert refused.code is DenialCode.INSUFFICIENT_BALANCE
    assert (refused.limit, refused.value) == ("999.99", "1000.01")
    assert of_type(split(gate, "999.98"), SplitApproved)


@pytest.mark.parametrize(
    ("verb", "code"),
    [(Verb.HALT, DenialCode.HALTED), (Verb.EMERGENCY_HALT, DenialCode.EMERGENCY_HALT)],
)
def test_nothing_is_split_in_a_halt(verb: Verb, code: DenialCode) -> None:
    gate = Gate()
    gate.feed(gate.stream.command(0, verb))
    (refused,) = of_type(split(gate, "10"), SplitDenied)
    assert refused.code is code
    assert refused.rule == "Trading must not be halted."


def test_a_paused_bot_splits_nothing() -> None:
    gate = Gate()
    gate.feed(gate.stream.command(0, Verb.PAUSE, BOT_5))
    (refused,) = of_type(split(gate, "10"), SplitDenied)
    assert refused.code is DenialCode.BOT_NOT_ACTIVE
    assert (refused.limit, refused.value) == ("ACTIVE", "PAUSED")


def test_a_resolution_voids_what_waits_and_refuses_what_comes() -> None:
    gate = Gate()
    split(gate, "100")
    gate.feed(gate.stream.resolved(1, "1"))
    assert free_cash(gate) == Decimal(10_000)
    (refused,) = of_type(split(gate, "10"), SplitDenied)
    assert (refused.code, refused.value) == (DenialCode.MARKET_CLOSED, "RESOLVED")


def test_a_restored_gate_still_reserves() -> None:
    gate, twin = Gate(), Gate()
    split(gate, "9000")
    twin.stage.restore(gate.stage.snapshot())
    assert of_type(twin.feed(gate.stream.split_intent(1, "1000", BOT_5)), SplitDenied)
