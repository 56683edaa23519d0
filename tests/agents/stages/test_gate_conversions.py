"""Conversions at the gate: the whole event, free NO tokens, room for the YES tokens (A.1, C.3)."""

from collections.abc import Sequence

import pytest

from agents.stages.base import Emit
from schemas.control import Verb
from schemas.ids import MarketId
from schemas.pairs import ConvertApproved, ConvertDenied
from schemas.reasons import DenialCode
from schemas.values import Action, IntentKind, Side
from tests.agents.stages.gate_driver import RULES, Gate, denied, of_type
from tests.streams.account_messages import (
    BOT_5,
    BUY,
    NO,
    RACE,
    REDUCE,
    SELL,
    YES,
    an_order,
    contenders,
)
from topics.catalog import DECIDE_INPUTS, DECISIONS

MARKETS = [market.market_id for market in contenders(4)]


def race(*held: int, size: str = "100", price: str = "0.60") -> Gate:
    """A gate with an event of four outcomes, NO of some of them held."""
    gate = Gate()
    for market in contenders(4):
        gate.feed(gate.stream.listed(0, market))
    for place in held:
        gate.hold(an_order(NO, BUY, price, size, market=MARKETS[place], event=RACE))
    return gate


def convert(gate: Gate, gives: Sequence[int], size: str = "100", left_out: int = 0) -> list[Emit]:
    given = [MARKETS[place] for place in gives]
    gets = [market for market in MARKETS if market not in given][left_out:]
    return gate.feed(gate.stream.convert(gate.at, given, gets, size))


def refused(emits: list[Emit]) -> ConvertDenied:
    assert not of_type(emits, ConvertApproved)
    (verdict,) = of_type(emits, ConvertDenied)
    return verdict


def rest(
    gate: Gate, side: Side, action: Action, size: str, kind: IntentKind = REDUCE, place: int = 0
) -> None:
    order = an_order(side, action, "0.30", size, market=MARKETS[place], event=RACE, kind=kind)
    gate.feed(gate.stream.placed(gate.at, order))


def test_tokens_and_gas_are_reserved_until_it_is_done() -> None:
    gate = race(0, 1)
    intent = gate.stream.convert(gate.at, MARKETS[:2], MARKETS[2:], "60")
    emits = gate.feed(intent)
    (verdict,) = of_type(emits, ConvertApproved, DECIDE_INPUTS)
    assert len(of_type(emits, ConvertApproved, DECISIONS)) == 1
    assert (verdict.terms, verdict.intent_id) == (intent.terms, intent.event_id)
    assert gate.feed(intent) == []
    assert refused(convert(gate, [0], "41")).limit == "40"
    assert gate.stage._account.orders.reserved_cash(BOT_5) == RULES.account.redeem_gas
    done = gate.stream.converted(
        gate.at, MARKETS[:2], MARKETS[2:], "60", gas="0.01", intent_id=intent.event_id
    )
    gate.feed(done)
    assert gate.stage._state.conversions == {}
    assert gate.stage._account.orders.reserved_cash(BOT_5) == 0
    assert of_type(convert(gate, [0], "40"), ConvertApproved)


def test_a_sell_cannot_have_tokens_that_are_converted() -> None:
    gate = race(0)
    assert of_type(convert(gate, [0], "60"), ConvertApproved)
    order = an_order(NO, SELL, "0.60", "50", market=MARKETS[0], event=RACE, kind=REDUCE)
    said = denied(gate.place(order, gate.stamp("0.41", "0.44")))
    assert (said.code, said.limit) == ("INSUFFICIENT_BALANCE", "40")


@pytest.mark.parametrize(
    ("gives", "size", "left_out"), [([0], "100", 1), ([], "100", 0), ([0], "0", 0), ([0], "-1", 0)]
)
def test_only_whole_events_and_real_sizes(gives: list[int], size: str, left_out: int) -> None:
    said = refused(convert(race(0), gives, size, left_out))
    assert said.code is DenialCode.WRONG_OUTCOMES
    assert said.rule.startswith("A conversion names every outcome of a neg-risk event once")


def test_an_outcome_may_not_be_named_twice() -> None:
    gate = race(0)
    emits = gate.feed(gate.stream.convert(gate.at, MARKETS[:1], MARKETS, "5"))
    assert refused(emits).value == "5 outcomes"


def test_an_event_that_is_not_exclusive_converts_nothing() -> None:
    gate = Gate()
    emits = gate.feed(gate.stream.convert(gate.at, [MarketId("0xaa")], [], "5"))
    assert refused(emits).limit == "0 outcomes known"


def test_no_outcome_may_be_resolved() -> None:
    gate = race(0)
    gate.feed(gate.stream.resolved(1, "0", MARKETS[3]))
    said = refused(convert(gate, [0]))
    assert (said.code, said.value) == (DenialCode.MARKET_CLOSED, "RESOLVED")


def test_pairs_stay_whole() -> None:
    gate = race(0)
    gate.hold(an_order(YES, BUY, "0.30", "30", market=MARKETS[0], event=RACE))
    assert refused(convert(gate, [0], "71")).limit == "70"
    assert of_type(convert(gate, [0], "70"), ConvertApproved)


@pytest.mark.parametrize(("side", "action"), [(NO, SELL), (YES, BUY)])
def test_what_a_reducing_order_will_take_stays(side: Side, action: Action) -> None:
    gate = race(0)
    rest(gate, side, action, "25")
    assert refused(convert(gate, [0], "76")).limit == "75"
    assert of_type(convert(gate, [0], "75"), ConvertApproved)


def test_the_yes_tokens_are_positions() -> None:
    gate = race(0)
    for place in range(18):
        market = MarketId(f"q{place}")
        gate.hold(an_order(YES, BUY, "0.30", "10", market=market))
    said = refused(convert(gate, [0]))
    assert (said.code, said.limit, said.value) == (DenialCode.EXPOSURE_COUNT, "20", "22")
    assert of_type(convert(gate, [0], "4"), ConvertApproved)  # dust is no position


def test_the_gas_must_be_there() -> None:
    gate = race(0, size="100", price="0.60")
    gate.feed(gate.stream.capital(gate.at, BOT_5, "-9940"))
    said = refused(convert(gate, [0]))
    assert said.code is DenialCode.INSUFFICIENT_BALANCE
    assert said.rule == "A conversion needs free cash for its gas."


def test_dollars_set_free_may_not_leave_a_greater_loss_behind() -> None:
    gate = race(0, 1, price="0.30")
    gate.hold(an_order(YES, BUY, "0.30", "200", market=MARKETS[2], event=RACE))
    said = refused(convert(gate, [0, 1]))
    assert said.rule.startswith("A conversion must not raise the worst loss")
    assert (said.code, said.limit, said.value) == (DenialCode.EXPOSURE_EVENT, "20", "60")


def test_it_is_allowed_in_a_halt_as_a_merge_is() -> None:
    gate = race(0)
    gate.feed(gate.stream.command(gate.at, Verb.HALT))
    assert of_type(convert(gate, [0]), ConvertApproved)


def test_a_resolution_voids_what_waits() -> None:
    gate = race(0, 1)
    convert(gate, [0, 1])
    gate.feed(gate.stream.resolved(1, "0", MARKETS[1]))
    assert gate.stage._state.conversions == {}


def test_a_restored_gate_still_reserves() -> None:
    gate, twin = race(0), race()
    convert(gate, [0])
    twin.stage.restore(gate.stage.snapshot())
    assert refused(convert(twin, [0], "1")).limit == "0"


def test_the_market_with_the_fewest_free_tokens_decides() -> None:
    gate = race(0)
    gate.hold(an_order(NO, BUY, "0.60", "30", market=MARKETS[1], event=RACE))
    assert refused(convert(gate, [0, 1], "31")).limit == "30"
    assert of_type(convert(gate, [0, 1], "30"), ConvertApproved)
