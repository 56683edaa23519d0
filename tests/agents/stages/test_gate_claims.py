"""Check 12 for bot 6 and for advised bots: claims are verified, advice of 0 forbids (C.1, D.9)."""

from decimal import Decimal

import msgspec
import pytest

from schemas.claims import Claim, HedgeClaim, OutcomeClaim, PortfolioClaim
from schemas.ids import BotId, MarketId, VenueEventId
from schemas.reasons import DenialCode
from schemas.risk import SizingAdvice
from schemas.trading import AccountView, Order
from schemas.values import Side
from tests.agents.stages.gate_driver import Gate, approved, denied, of_type
from tests.streams.account_messages import (
    ACCOUNT,
    BUY,
    DIRECTIONAL,
    NO,
    SELL,
    T0,
    YES,
    a_market,
    an_order,
)
from topics.catalog import DECIDE_INPUTS

BOT_4, BOT_6 = BotId("bot_04"), BotId("bot_06")
EVENT = VenueEventId("cup")
TEAMS = tuple(MarketId(f"0x{n}") for n in range(4))
LINKED = MarketId("0xff")
VECTOR = (("0.38", "0.42"), ("0.22", "0.25"), ("0.20", "0.18"), ("0.22", "0.15"))


def a_gate() -> Gate:
    gate = Gate(bots=(BOT_4, BOT_6), capital="20000")
    for team in TEAMS:
        gate.feed(
            gate.stream.listed(0, a_market(team, event=EVENT, neg_risk=True, event_markets=4))
        )
    gate.feed(gate.stream.listed(0, a_market(LINKED)))
    return gate


def vector(*rows: tuple[str, str], sigma: str = "0") -> PortfolioClaim:
    return PortfolioClaim(
        outcomes=tuple(
            OutcomeClaim(
                market_id=team,
                price=Decimal(price),
                fair_value=Decimal(p),
                sigma=Decimal(sigma),
            )
            for team, (price, p) in zip(TEAMS, rows, strict=False)
        )
    )


def leg(team: int, size: str, price: str | None = None, side: Side = YES) -> Order:
    listed, p = VECTOR[team]
    return an_order(
        side,
        BUY,
        listed if price is None else price,
        size,
        bot=BOT_6,
        market=TEAMS[team],
        event=EVENT,
        kind=DIRECTIONAL,
        fair=p,
        edge="0",
    )


def ask(gate: Gate, order: Order, claim: Claim | None) -> DenialCode | None:
    stamp = gate.stamp("0.05", "0.48", equity="20000")
    intent = msgspec.structs.replace(gate.intent(order, stamp), claim=claim)
    emits = gate.feed(intent)
    if any(type(each.message).__name__ == "IntentApproved" for each in emits):
        approved(emits)
        return None
    return denied(emits).code


@pytest.mark.parametrize(
    ("team", "most", "more"),
    [(0, "1776.31", "1776.32"), (1, "1931.81", "1931.82"), (2, "750", "750.01")],
)
def test_a_leg_may_cost_its_part_of_the_declared_portfolio(team: int, most: str, more: str) -> None:
    claim = vector(*VECTOR)
    assert ask(a_gate(), leg(team, more), claim) is DenialCode.KELLY_EXCEEDED
    assert ask(a_gate(), leg(team, most), claim) is None


def test_a_leg_without_a_share_or_declared_wrongly_is_denied() -> None:
    claim = vector(*VECTOR)
    twice = PortfolioClaim(outcomes=(*claim.outcomes, claim.outcomes[0]))
    elsewhere = PortfolioClaim(
        outcomes=(*claim.outcomes, msgspec.structs.replace(claim.outcomes[3], market_id=LINKED))
    )
    unsure = vector(*VECTOR, sigma="-0.01")
    too_much = vector(("0.38", "0.42"), ("0.22", "0.70"))
    for order, wrong in (
        (leg(3, "100"), claim),
        (leg(0, "100", "0.37"), claim),
        (leg(0, "100", side=NO), claim),
        (leg(0, "100"), PortfolioClaim(outcomes=claim.outcomes[1:])),
        (leg(0, "100"), twice),
        (leg(0, "100"), elsewhere),
        (leg(0, "100"), unsure),
        (leg(0, "100"), too_much),
    ):
        assert ask(a_gate(), order, wrong) is DenialCode.NO_EDGE


def test_a_leg_with_negative_edge_needs_the_claim_and_another_bot_cannot_use_one() -> None:
    assert ask(a_gate(), leg(2, "100"), None) is DenialCode.NO_EDGE
    foreign = msgspec.structs.replace(leg(2, "100"), bot_id=BOT_4)
    assert ask(a_gate(), foreign, vector(*VECTOR)) is DenialCode.NO_EDGE


def hedge_claim(rho: str = "0.62", side: Side = YES) -> HedgeClaim:
    return HedgeClaim(
        primary_market_id=TEAMS[0],
        primary_side=side,
        correlation=Decimal(rho),
        primary_sd=Decimal("0.05"),
        hedge_sd=Decimal("0.04"),
    )


def hedge_order(
    size: str, side: Side = NO, price: str = "0.30", market: MarketId = LINKED
) -> Order:
    return an_order(side, BUY, price, size, bot=BOT_6, market=market, kind=DIRECTIONAL)


def holding_gate() -> Gate:
    gate = a_gate()
    gate.hold(leg(0, "400"))
    gate.at += 1
    return gate


def test_a_hedge_may_be_its_ratio_of_what_is_held() -> None:
    assert ask(holding_gate(), hedge_order("93.01"), hedge_claim()) is DenialCode.KELLY_EXCEEDED
    gate = holding_gate()
    assert ask(gate, hedge_order("50"), hedge_claim()) is None
    assert ask(gate, hedge_order("43.01", price="0.29"), hedge_claim()) is DenialCode.KELLY_EXCEEDED
    assert ask(gate, hedge_order("43", price="0.29"), hedge_claim()) is None


def test_a_hedge_of_the_wrong_side_or_of_nothing_is_denied() -> None:
    assert ask(holding_gate(), hedge_order("50", YES), hedge_claim()) is DenialCode.NO_EDGE
    assert ask(holding_gate(), hedge_order("50", YES), hedge_claim("-0.62")) is None
    assert ask(holding_gate(), hedge_order("50"), hedge_claim("0.49")) is DenialCode.NO_EDGE
    assert ask(holding_gate(), hedge_order("50"), hedge_claim("1.1")) is DenialCode.NO_EDGE
    assert ask(holding_gate(), hedge_order("50"), hedge_claim("1")) is None
    assert ask(holding_gate(), hedge_order("50", YES), hedge_claim("-1")) is None
    assert ask(holding_gate(), hedge_order("50", YES), hedge_claim("-1.000001")) is (
        DenialCode.NO_EDGE
    )
    assert ask(a_gate(), hedge_order("50"), hedge_claim()) is DenialCode.KELLY_EXCEEDED
    assert ask(holding_gate(), hedge_order("50"), None) is DenialCode.NO_EDGE
    dear = hedge_order("50", price="0.41")
    assert ask(holding_gate(), dear, hedge_claim()) is DenialCode.Z3_EDGE


def test_a_claim_carries_no_sale() -> None:
    gate = holding_gate()
    sale = an_order(
        NO, SELL, "0.75", "400", bot=BOT_6, market=LINKED, kind=DIRECTIONAL, fair="0.9", edge="0.1"
    )
    assert ask(gate, sale, hedge_claim()) is DenialCode.NO_EDGE


def advice(gate: Gate, multiplier: str, bot: BotId = BOT_4) -> SizingAdvice:
    return SizingAdvice(
        **gate.stream.head(gate.at),
        account_id=ACCOUNT,
        bot_id=bot,
        sizing_lambda=Decimal(multiplier),
        p_post=0.5,
        n=20,
        edge=0.01,
        valid_until=T0 + gate.at + 3_600_000,
    )


def test_advice_of_zero_forbids_new_directional_orders_until_it_is_old() -> None:
    gate = a_gate()
    order = an_order(
        YES, BUY, "0.30", "100", bot=BOT_4, market=LINKED, kind=DIRECTIONAL, fair="0.4", edge="0.1"
    )
    gate.feed(advice(gate, "0"))
    assert ask(gate, order, None) is DenialCode.KELLY_EXCEEDED
    views = of_type(gate.feed(gate.stream.tick(1000)), AccountView, DECIDE_INPUTS)
    assert [view.sizing_lambda for view in views if view.bot_id == BOT_4] == [Decimal(0)]
    gate.feed(gate.stream.tick(3_600_001))
    again = msgspec.structs.replace(order, order_id="later")
    assert ask(gate, again, None) is None


def test_advice_for_nobody_is_passed_over() -> None:
    gate = a_gate()
    gate.feed(advice(gate, "0.1", BotId("bot_100")))
    assert gate.stage._state.advice == {}
