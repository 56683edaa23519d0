"""Bundles: all or none; an arbitrage is proved before it may call itself one (B.3, D.1, D.6)."""

from decimal import Decimal

import pytest

from schemas.errors import InvalidOrderError
from schemas.ids import BotId, MarketId, VenueEventId
from schemas.reasons import DenialCode
from schemas.trading import Order
from schemas.values import Side
from tests.agents.stages.gate_driver import Gate, approved, denied
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

BOT_6 = BotId("bot_06")
EVENT = VenueEventId("election")


def leg(
    side: Side, price: str, size: str, *, market: MarketId = MARKET, bot: BotId = BOT_1
) -> Order:
    event = EVENT if bot == BOT_6 else None
    return an_order(
        side, BUY, price, size, bot=bot, market=market, event=event, kind=ARB, bundle="b"
    )


def test_the_pair_of_the_specification_is_accepted_with_its_worst_subset() -> None:
    gate = Gate()
    stamp = gate.stamp("0.47", "0.50")
    legs = leg(YES, "0.48", "507.61"), leg(NO, "0.505", "507.61")
    stamp = gate.stamp("0.47", "0.50", tick="0.005")
    verdict = approved(gate.bundle(*legs, stamp=stamp))
    assert verdict.kinds == (ARB, ARB)
    assert gate.stage._account.exposure.of_bot(BOT_1) == Decimal("256.343050")
    assert gate.stage._account.orders.reserved_cash(BOT_1) == Decimal("499.99585")


def test_a_bundle_costs_at_most_five_per_cent() -> None:
    gate = Gate()
    stamp = gate.stamp("0.47", "0.50", tick="0.005")
    legs = leg(YES, "0.48", "507.62"), leg(NO, "0.505", "507.62")
    assert denied(gate.bundle(*legs, stamp=stamp)).code is DenialCode.TRADE_RISK


@pytest.mark.parametrize(
    ("yes", "no", "locked"), [("0.49", "0.505", True), ("0.49", "0.506", False)]
)
def test_half_a_cent_must_be_locked(yes: str, no: str, locked: bool) -> None:
    gate = Gate()
    stamp = gate.stamp("0.48", "0.50", tick="0.001")
    emits = gate.bundle(leg(YES, yes, "50"), leg(NO, no, "50"), stamp=stamp)
    if locked:
        approved(emits)
    else:
        assert denied(emits).code is DenialCode.ARB_NOT_LOCKED


def test_legs_of_different_sizes_or_kinds_lock_nothing() -> None:
    gate = Gate()
    uneven = leg(YES, "0.45", "50"), leg(NO, "0.53", "51")
    assert denied(gate.bundle(*uneven)).code is DenialCode.ARB_NOT_LOCKED
    twice = leg(YES, "0.45", "50"), leg(YES, "0.44", "50")
    assert denied(gate.bundle(*twice)).code is DenialCode.ARB_NOT_LOCKED


def test_a_leg_must_be_worth_the_minimum_though_it_would_reduce() -> None:
    gate = Gate()
    gate.hold(leg(NO, "0.50", "20"))
    legs = leg(YES, "0.45", "10"), leg(NO, "0.53", "10")
    verdict = denied(gate.bundle(*legs))
    assert (verdict.code, verdict.value) == (DenialCode.BAD_SIZE, "4.5")


def test_two_markets_are_no_arbitrage_unless_exactly_one_wins() -> None:
    gate = Gate()
    gate.feed(gate.stream.listed(1, a_market(OTHER)))
    legs = leg(YES, "0.45", "50"), leg(NO, "0.53", "50", market=OTHER)
    assert denied(gate.bundle(*legs)).code is DenialCode.ARB_NOT_LOCKED


def test_the_whole_batch_falls_with_the_first_failing_leg() -> None:
    gate = Gate()
    good, bad = leg(YES, "0.40", "50"), leg(NO, "0.56", "50")
    verdict = denied(gate.bundle(good, bad))
    assert verdict.code is DenialCode.WOULD_CROSS
    assert verdict.order == bad
    assert list(gate.stage._account.orders.all()) == []
    assert gate.stage._account.orders.reserved_cash(BOT_1) == 0


def test_held_pairs_may_be_sold_for_more_than_a_dollar() -> None:
    gate = Gate()
    gate.hold(leg(YES, "0.45", "50"))
    gate.hold(leg(NO, "0.50", "50"))
    sales = [
        an_order(side, SELL, price, "50", bot=BOT_1, kind=ARB, bundle="s")
        for side, price in ((YES, "0.49"), (NO, "0.57"))
    ]
    verdict = approved(gate.bundle(*sales, stamp=gate.stamp("0.44", "0.48")))
    assert verdict.kinds == (ARB, ARB)


def neg_risk(count: int = 3, *, known: int = 3) -> tuple[Gate, list[MarketId]]:
    gate = Gate(bots=(BOT_1, BOT_6))
    ids = [MarketId(f"0x{number}") for number in range(count)]
    for market in ids:
        listed = a_market(market, event=EVENT, neg_risk=True, event_markets=known)
        gate.feed(gate.stream.listed(1, listed))
    return gate, ids


def test_a_complete_set_of_outcomes_is_an_arbitrage() -> None:
    gate, ids = neg_risk()
    legs = [
        leg(YES, price, "50", market=market, bot=BOT_6)
        for market, price in zip(ids, ("0.42", "0.31", "0.245"), strict=True)
    ]
    stamp = gate.stamp("0.20", "0.60", tick="0.005")
    approved(gate.bundle(*legs, stamp=stamp))


def test_a_set_of_no_tokens_is_an_arbitrage() -> None:
    gate, ids = neg_risk()
    legs = [
        leg(NO, price, "50", market=market, bot=BOT_6)
        for market, price in zip(ids, ("0.55", "0.70", "0.735"), strict=True)
    ]
    approved(gate.bundle(*legs, stamp=gate.stamp("0.10", "0.60", tick="0.005")))


def test_an_incomplete_list_of_outcomes_is_none() -> None:
    gate, ids = neg_risk(known=4)
    legs = [
        leg(YES, price, "50", market=market, bot=BOT_6)
        for market, price in zip(ids, ("0.42", "0.31", "0.245"), strict=True)
    ]
    stamp = gate.stamp("0.20", "0.60", tick="0.005")
    assert denied(gate.bundle(*legs, stamp=stamp)).code is DenialCode.ARB_NOT_LOCKED


def test_what_no_bot_sends_is_an_error_and_not_a_verdict() -> None:
    gate = Gate()
    intent = gate.bundle_intent(leg(YES, "0.45", "50"), leg(NO, "0.53", "50", bot=BOT_6))
    with pytest.raises(InvalidOrderError, match="different orders of bot_01"):
        gate.feed(intent)
