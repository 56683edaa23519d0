"""Quoting shrinks while venue, Data API and chain disagree about what we have."""

from decimal import Decimal

from agents.bots.view import Account
from agents.stages.base import Emit
from schemas.ids import BotId, MarketId
from schemas.reasons import DenialCode
from schemas.trading import AccountView, Order
from schemas.values import BotState
from schemas.wallet_truths import EVERY_MARKET, TruthDoubted
from tests.agents.stages.gate_driver import RULES, Gate, approved, cancels, denied, of_type
from tests.streams.account_messages import (
    ACCOUNT,
    BUY,
    DIRECTIONAL,
    MARKET,
    OTHER,
    REDUCE,
    SELL,
    YES,
    an_order,
)
from topics.catalog import DECIDE_INPUTS

BOT_4 = BotId("bot_04")
PRICE = Decimal("0.30")


def gate_4() -> Gate:
    return Gate(bots=(BOT_4,))


def doubt(gate: Gate, scales: dict[MarketId, str], wallet: str = "0xw") -> list[Emit]:
    return gate.feed(
        TruthDoubted(
            **gate.stream.head(gate.at),
            account_id=ACCOUNT,
            wallet=wallet,
            scales={market: Decimal(scale) for market, scale in scales.items()},
            reason="the chain says 0" if scales else "",
        )
    )


def opening(size: Decimal) -> Order:
    return an_order(
        YES, BUY, str(PRICE), str(size), bot=BOT_4, kind=DIRECTIONAL, fair="0.60", edge="0.30"
    )


def most(share: str) -> Order:
    """An order that risks this share of the greatest that the bot may."""
    risk = RULES.rights[BOT_4].directional * 10_000 * Decimal(share)
    return opening((risk / PRICE).quantize(Decimal(1), rounding="ROUND_DOWN"))


def test_nothing_is_opened_where_nothing_may_be_and_what_rests_there_goes() -> None:
    gate = gate_4()
    resting = opening(Decimal(20))
    approved(gate.place(resting))
    gate.feed(gate.stream.placed(gate.at, resting))
    assert cancels(doubt(gate, {MARKET: "0"})) == [resting.order_id]
    verdict = denied(gate.place(opening(Decimal(21))))
    assert (verdict.code, verdict.value) == (DenialCode.TRUTH_IN_DOUBT, "the chain says 0")


def test_another_markets_doubt_concerns_nobody_and_the_dollars_doubt_everybody() -> None:
    gate = gate_4()
    doubt(gate, {OTHER: "0"})
    approved(gate.place(opening(Decimal(20))))
    doubt(gate, {EVERY_MARKET: "0"})
    assert denied(gate.place(opening(Decimal(21)))).code is DenialCode.TRUTH_IN_DOUBT


def test_half_the_size_may_be_opened_while_a_difference_is_young() -> None:
    gate = gate_4()
    doubt(gate, {MARKET: "0.5"})
    assert denied(gate.place(most("0.6"))).code is DenialCode.TRADE_RISK
    approved(gate.place(most("0.4")))


def test_the_end_of_a_doubt_is_the_end_of_it() -> None:
    gate = gate_4()
    doubt(gate, {MARKET: "0"})
    doubt(gate, {MARKET: "0"}, wallet="0xanother")
    doubt(gate, {})
    assert denied(gate.place(opening(Decimal(20)))).code is DenialCode.TRUTH_IN_DOUBT
    doubt(gate, {}, wallet="0xanother")
    approved(gate.place(opening(Decimal(21))))


def test_what_reduces_passes_whatever_is_in_doubt() -> None:
    gate = gate_4()
    gate.hold(opening(Decimal(100)))
    doubt(gate, {MARKET: "0", EVERY_MARKET: "0"})
    approved(gate.place(an_order(YES, SELL, "0.60", "50", bot=BOT_4, kind=REDUCE)))


def test_a_restored_gate_doubts_the_same() -> None:
    gate, other = gate_4(), gate_4()
    doubt(gate, {MARKET: "0"})
    other.stage.restore(gate.stage.snapshot())
    assert denied(other.place(opening(Decimal(20)))).code is DenialCode.TRUTH_IN_DOUBT


def test_bots_are_told_at_once_and_see_less_of_their_equity() -> None:
    gate = gate_4()
    (view,) = of_type(doubt(gate, {MARKET: "0.5"}), AccountView, DECIDE_INPUTS)
    assert (view.scales, view.may_open) == ({MARKET: Decimal("0.5")}, True)
    (view,) = of_type(doubt(gate, {EVERY_MARKET: "0"}), AccountView, DECIDE_INPUTS)
    assert not view.may_open
    account = Account(
        at=0,
        equity=Decimal(100),
        free_cash=Decimal(50),
        state=BotState.ACTIVE,
        may_open=True,
        sizing_lambda=Decimal("0.25"),
        scales={MARKET: Decimal("0.5"), OTHER: Decimal(0)},
    )
    assert account.within(MARKET).equity == 50
    assert not account.within(OTHER).may_open
    assert account.within(MarketId("a third")) == account
