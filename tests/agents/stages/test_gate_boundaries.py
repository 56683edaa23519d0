"""What the gate leaves out, adds and does not mix up: other bots, other events, other orders."""

from decimal import Decimal

import pytest

from schemas.ids import BotId, MarketId, VenueEventId
from schemas.reasons import DenialCode
from schemas.trading import Order
from tests.agents.stages.gate_driver import Gate, approved, cancels, denied
from tests.streams.account_messages import (
    ARB,
    BOT_1,
    BOT_5,
    BUY,
    MM,
    NO,
    YES,
    a_market,
    an_order,
)

BOT_6, BOT_8 = BotId("bot_06"), BotId("bot_08")
CUP, RACE = VenueEventId("cup"), VenueEventId("race")
TEAMS = tuple(MarketId(f"0x{number}") for number in range(3))
CARS = tuple(MarketId(f"0xc{number}") for number in range(3))


def outcome_gate() -> Gate:
    """Bot 6 and two events of three exclusive outcomes each."""
    gate = Gate(bots=(BOT_6,))
    for event, markets in ((CUP, TEAMS), (RACE, CARS)):
        for each in markets:
            gate.feed(
                gate.stream.listed(0, a_market(each, event=event, neg_risk=True, event_markets=3))
            )
    return gate


def outcome(market: MarketId, event: VenueEventId, price: str, size: str = "50") -> Order:
    return an_order(
        YES, BUY, price, size, bot=BOT_6, market=market, event=event, kind=ARB, bundle="b"
    )


def test_outcomes_of_two_events_lock_nothing_together() -> None:
    stamp = outcome_gate().stamp("0.25", "0.48")
    whole = [outcome(each, CUP, "0.30") for each in TEAMS]
    approved(outcome_gate().bundle(*whole, stamp=stamp))
    mixed = [*whole[:2], outcome(CARS[0], RACE, "0.30")]
    assert denied(outcome_gate().bundle(*mixed, stamp=stamp)).code is DenialCode.ARB_NOT_LOCKED


def test_another_makers_quote_is_not_the_other_side_of_ones_own() -> None:
    gate = Gate(bots=(BOT_5, BOT_8))
    quotes = [
        an_order(YES, BUY, "0.45", "50", bot=BOT_8, kind=MM),
        an_order(NO, BUY, "0.53", "50", bot=BOT_8, kind=MM),
    ]
    approved(gate.bundle(*quotes))
    lone = an_order(YES, BUY, "0.44", "50", bot=BOT_5, kind=MM)
    assert denied(gate.place(lone)).code is DenialCode.MM_NOT_TWO_SIDED


def test_an_opening_order_that_crosses_our_own_takes_nothing_away() -> None:
    gate = Gate()
    quotes = an_order(YES, BUY, "0.45", "50"), an_order(NO, BUY, "0.53", "50")
    approved(gate.bundle(*quotes))
    legs = [
        an_order(side, BUY, price, "50", bot=BOT_1, kind=ARB, bundle="b")
        for side, price in ((NO, "0.55"), (YES, "0.42"))
    ]
    emits = gate.bundle(*legs)
    assert denied(emits).code is DenialCode.SELF_CROSS
    assert cancels(emits) == []


def test_the_order_that_is_replaced_and_no_other_is_left_out_of_an_event() -> None:
    gate = outcome_gate()
    approved(
        gate.bundle(
            *(outcome(each, CUP, "0.30") for each in TEAMS), stamp=gate.stamp("0.25", "0.48")
        )
    )
    book, known = gate.stage._account.exposure, list(gate.stage._account.orders.all())
    assert len(known) == 3
    for entry in known:
        rest = book.position(BOT_6, TEAMS[0], entry).orders
        left = {each.order.order_id for each in known if each is not entry}
        assert {each.order.order_id for each in rest} == left
    assert len(book.position(BOT_6, TEAMS[0]).orders) == 3
    assert book.position(BOT_6, CARS[0]).orders == ()


@pytest.mark.parametrize("neg_risk", [False, True])
def test_independent_markets_of_one_event_add_up(neg_risk: bool) -> None:
    gate = Gate(bots=(BOT_5,))
    event = VenueEventId("evening")
    for each in TEAMS[:2]:
        facts = a_market(each, event=event, neg_risk=neg_risk, event_markets=3)
        gate.feed(gate.stream.listed(0, facts))
    for each in TEAMS[:2]:
        gate.hold(an_order(YES, BUY, "0.40", "100", market=each, event=event))
    assert gate.stage._account.exposure.of_event(BOT_5, event) == Decimal(80)
    one = Gate(bots=(BOT_5,))
    one.feed(
        one.stream.listed(0, a_market(TEAMS[0], event=event, neg_risk=neg_risk, event_markets=3))
    )
    one.hold(an_order(NO, BUY, "0.40", "100", market=TEAMS[0], event=event))
    assert one.stage._account.exposure.of_event(BOT_5, event) == Decimal(40)


def test_the_legs_of_a_batch_are_paid_together() -> None:
    gate = Gate()
    for side, price in ((YES, "0.48"), (NO, "0.49")):
        gate.hold(an_order(side, BUY, price, "10000", bot=BOT_1, kind=ARB))
    legs = [
        an_order(side, BUY, price, "400", bot=BOT_1, kind=ARB, bundle="b")
        for side, price in ((YES, "0.46"), (NO, "0.52"))
    ]
    verdict = denied(gate.bundle(*legs))
    assert (verdict.code, verdict.limit) == (DenialCode.INSUFFICIENT_BALANCE, "116")
    affordable = [
        an_order(side, BUY, price, "300", bot=BOT_1, kind=ARB, bundle="c")
        for side, price in ((YES, "0.46"), (NO, "0.52"))
    ]
    approved(gate.bundle(*affordable))
