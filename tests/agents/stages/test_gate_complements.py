"""Two markets are an arbitrage only by the operator's list, and completed only within it (D.1)."""

from decimal import Decimal

import msgspec

from configs.complements import Complement
from schemas.ids import MarketId
from schemas.reasons import DenialCode
from schemas.trading import Order
from schemas.values import Action, IntentKind, Side
from tests.agents.stages.gate_driver import RULES, Gate, approved, denied
from tests.streams.account_messages import (
    ARB,
    BOT_1,
    BUY,
    MARKET,
    NO,
    OTHER,
    SELL,
    YES,
    a_market,
    an_order,
)

THIRD = MarketId("0xcc")
LISTED = msgspec.structs.replace(
    RULES, complements={MARKET: Complement(YES, OTHER, NO), OTHER: Complement(NO, MARKET, YES)}
)


def paired(*, is_listed: bool = True) -> Gate:
    gate = Gate(rules=LISTED if is_listed else RULES)
    for market in (OTHER, THIRD):
        gate.feed(gate.stream.listed(1, a_market(market)))
    return gate


def order(
    market: MarketId,
    side: Side,
    price: str,
    size: str,
    *,
    action: Action = BUY,
    kind: IntentKind = IntentKind.REDUCE,
) -> Order:
    return an_order(side, action, price, size, bot=BOT_1, market=market, kind=kind, bundle="b")


def legs(no: str = "0.53", *, other: MarketId = OTHER, side: Side = NO) -> tuple[Order, Order]:
    return (
        order(MARKET, YES, "0.45", "50", kind=ARB),
        order(other, side, no, "50", kind=ARB),
    )


def test_a_listed_pair_is_an_arbitrage_whose_exposures_add_up() -> None:
    gate = paired()
    assert approved(gate.bundle(*legs())).kinds == (ARB, ARB)
    assert gate.stage._account.exposure.of_bot(BOT_1) == Decimal("49.00")


def test_whatever_is_not_on_the_list_is_refused() -> None:
    refused = [
        denied(paired(is_listed=False).bundle(*legs())),
        denied(paired().bundle(*legs(other=THIRD))),
        denied(paired().bundle(*legs("0.47", side=YES))),
        denied(paired().bundle(*legs(), order(THIRD, NO, "0.53", "50", kind=ARB))),
    ]
    assert {each.code for each in refused} == {DenialCode.ARB_NOT_LOCKED}


def test_a_listed_pair_must_lock_its_threshold_as_well() -> None:
    gate = paired()
    stamp = gate.stamp("0.40", "0.48", tick="0.001")
    approved(gate.bundle(*legs("0.545"), stamp=stamp))
    gate = paired()
    assert denied(gate.bundle(*legs("0.546"), stamp=stamp)).code is DenialCode.ARB_NOT_LOCKED


def test_what_the_other_leg_has_more_may_be_bought_and_no_share_beyond() -> None:
    gate = paired()
    gate.hold(order(MARKET, YES, "0.45", "50", kind=ARB))
    assert approved(gate.place(order(OTHER, NO, "0.53", "30"))).kinds == (IntentKind.REDUCE,)
    assert denied(gate.place(order(OTHER, NO, "0.53", "21"))).code is DenialCode.NOT_WHITELISTED
    approved(gate.place(order(OTHER, NO, "0.53", "20")))


def test_a_sale_under_way_is_not_completed_as_well() -> None:
    gate = paired()
    gate.hold(order(MARKET, YES, "0.45", "50", kind=ARB))
    approved(gate.place(order(MARKET, YES, "0.48", "50", action=SELL)))
    denied(gate.place(order(OTHER, NO, "0.53", "50")))


def test_a_market_without_the_list_is_not_completed() -> None:
    gate = paired(is_listed=False)
    gate.hold(order(MARKET, YES, "0.45", "50", kind=ARB))
    denied(gate.place(order(OTHER, NO, "0.53", "50")))


def test_matched_legs_are_not_unhedged_and_single_ones_are() -> None:
    gate = paired()
    gate.hold(order(MARKET, YES, "0.45", "300", kind=ARB))
    assert denied(gate.bundle(*legs())).code is DenialCode.EXPOSURE_LEG
    gate.hold(order(OTHER, NO, "0.53", "300", kind=ARB))
    approved(gate.bundle(*legs()))
