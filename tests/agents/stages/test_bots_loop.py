"""Bots 1 and 5 against a gate that approves everything and an exchange that fills when told."""

from decimal import Decimal

from schemas.envelope import Message
from schemas.market import Market
from schemas.reasons import DenialCode
from schemas.trading import MergeIntent, Order
from schemas.values import Action, BotState, IntentKind, Side
from tests.agents.closed_loop import ClosedLoop, make_stage
from tests.agents.tape import BOT_1, BOT_5, START, Tape, market

WHERE = market()
BIDS, ASKS = {"0.47": 3000.0, "0.46": 500.0}, {"0.50": 3000.0, "0.51": 500.0}


def started(numbers: str, where: Market = WHERE) -> tuple[ClosedLoop, Tape]:
    loop, tape = ClosedLoop(make_stage(numbers)), Tape()
    loop.feed(tape.listed(where), tape.feed(), tape.account(BOT_1), tape.account(BOT_5))
    loop.feed(*tape.book(where, BIDS, ASKS))
    return loop, tape


def run(
    loop: ClosedLoop,
    tape: Tape,
    seconds: float,
    state: BotState = BotState.ACTIVE,
    *,
    tells_prices: bool = True,
) -> list[Message]:
    emitted = []
    may_open = state is BotState.ACTIVE
    until = tape.now + int(seconds * 1000)
    while tape.now < until:
        tape.now = min(tape.now + 1_000, until)
        views = [tape.account(bot, state=state, may_open=may_open) for bot in (BOT_1, BOT_5)]
        prices = [tape.price()] if tells_prices else []
        emitted += loop.feed(tape.feed(), *prices, *views, tape.tick())
    return emitted


def said(order: Order) -> tuple[Side, Action, str, str, IntentKind]:
    return order.side, order.action, f"{order.price:.2f}", f"{order.size:.2f}", order.kind


def legs(loop: ClosedLoop) -> tuple[Order, Order]:
    yes, no = loop.orders(BOT_1)
    assert (yes.side, no.side) == (Side.YES, Side.NO)
    assert yes.bundle_id == no.bundle_id != ""
    return yes, no


def test_bot_1_fills_both_legs_and_merges() -> None:
    loop, tape = started("1")
    yes, no = legs(loop)
    assert yes.price + no.price == Decimal("0.99")
    loop.fill(yes)
    assert loop.merged == []
    tape.now += 3_000
    loop.fill(no)
    (merged,) = loop.merged
    assert merged.pairs == yes.size == no.size
    again = legs(loop)
    assert again[0].bundle_id != yes.bundle_id


def test_bot_1_completes_a_lost_leg_at_up_to_break_even() -> None:
    loop, tape = started("1")
    yes, _ = legs(loop)
    loop.fill(yes)
    run(loop, tape, 29)
    assert len(loop.orders()) == 1
    run(loop, tape, 1)
    (completing,) = loop.orders()
    assert said(completing) == (Side.NO, Action.BUY, "0.52", "505.05", IntentKind.REDUCE)
    assert completing.bundle_id == yes.bundle_id
    loop.fill(completing, "500")
    assert loop.merged == []
    loop.fill(completing)
    assert [merged.pairs for merged in loop.merged] == [yes.size]


def test_bot_1_sells_the_excess_in_the_end() -> None:
    loop, tape = started("1")
    yes, no = legs(loop)
    loop.fill(yes)
    loop.fill(no, "200.05")
    run(loop, tape, 30)
    (completing,) = loop.orders()
    assert said(completing)[:4] == (Side.NO, Action.BUY, "0.52", "305.00")
    run(loop, tape, 90)
    (selling,) = loop.orders()
    assert said(selling) == (Side.YES, Action.SELL, "0.50", "305.00", IntentKind.REDUCE)
    assert selling.bundle_id == yes.bundle_id
    loop.fill(selling)
    assert [merged.pairs for merged in loop.merged] == [Decimal("200.05")]
    assert all(order.kind is IntentKind.ARB for order in loop.orders())


def test_bot_1_gives_up_the_other_leg_when_one_is_refused() -> None:
    loop, tape = started("1")
    yes, no = legs(loop)
    loop._cancel(tape.tick(), no.order_id)
    run(loop, tape, 1)
    assert yes.order_id not in loop.live


def test_bot_1_keeps_completing_while_it_is_paused() -> None:
    loop, tape = started("1")
    yes, _ = legs(loop)
    loop.fill(yes)
    run(loop, tape, 31, BotState.PAUSED)
    (completing,) = loop.orders()
    assert completing.kind is IntentKind.REDUCE
    loop.fill(completing)
    run(loop, tape, 10, BotState.PAUSED)
    assert len(loop.merged) == 1
    assert loop.orders() == []


def test_bot_1_holds_an_unmatched_leg_of_a_window_to_resolution() -> None:
    window = market(window_s=900)
    loop, tape = started("1", window)
    run(loop, tape, 31)
    yes, _ = legs(loop)
    run(loop, tape, 700)
    yes, _ = legs(loop)
    loop.fill(yes)
    run(loop, tape, 900 - 731 - 61)
    (selling,) = loop.orders()
    assert said(selling)[:2] == (Side.YES, Action.SELL)
    run(loop, tape, 2)
    assert loop.orders() == []
    assert run(loop, tape, 58) is not None
    loop.feed(tape.resolved(window, "0"))
    measured = loop.stage.snapshot().decode().split('"measured":')[1]
    assert '"touched":1,"completed":0' in measured
    assert f'"broken_size":"{yes.size}"' in measured


def test_bot_5_quotes_fills_skews_and_merges() -> None:
    loop, tape = started("5")
    run(loop, tape, 61)
    bid, ask = loop.orders(BOT_5)
    assert said(bid)[:3] == (Side.YES, Action.BUY, "0.47")
    assert said(ask)[:3] == (Side.NO, Action.BUY, "0.50")
    loop.fill(bid)
    run(loop, tape, 2)
    bids = [order for order in loop.orders() if order.action is Action.BUY]
    assert len(loop.orders()) == 2
    assert len(bids) == 2
    loop.fill(ask)
    assert [merged.pairs for merged in loop.merged] == [min(bid.size, ask.size)]
    run(loop, tape, 40)
    assert len(loop.orders()) == 2


def test_bot_5_sells_what_it_holds_after_a_refresh() -> None:
    loop, tape = started("5")
    run(loop, tape, 61)
    bid, _ = loop.orders(BOT_5)
    loop.fill(bid)
    run(loop, tape, 32)
    sells = [order for order in loop.orders() if order.action is Action.SELL]
    assert [said(order)[0] for order in sells] == [Side.YES]
    assert sells[0].size <= bid.size
    loop.fill(sells[0])


def test_bot_5_leaves_a_market_near_its_end() -> None:
    ending = market(resolves_in=3_700_000)
    loop, tape = started("5", ending)
    run(loop, tape, 61)
    bid, _ = loop.orders(BOT_5)
    loop.fill(bid)
    run(loop, tape, 60)
    (selling,) = loop.orders()
    assert said(selling)[:2] == (Side.YES, Action.SELL)
    assert (selling.size, selling.kind) == (bid.size, IntentKind.REDUCE)
    run(loop, tape, 3_510)
    assert len(loop.orders()) == 1
    run(loop, tape, 20)
    assert loop.orders() == []


def test_bot_5_in_a_window_quotes_reduces_and_holds() -> None:
    window = market(window_s=900)
    loop, tape = started("5", window)
    run(loop, tape, 29)
    assert loop.orders() == []
    run(loop, tape, 2)
    bid, _ = loop.orders()
    assert (bid.kind, bid.expires_at) == (IntentKind.MM, START + 30_000 + 185_000)
    loop.fill(bid)
    run(loop, tape, 900 - 31 - 149)
    (selling,) = loop.orders()
    assert said(selling)[:2] == (Side.YES, Action.SELL)
    run(loop, tape, 90)
    assert loop.orders() == []


def test_bot_5_leaves_a_window_whose_reference_price_is_silent() -> None:
    loop, tape = started("5", market(window_s=900))
    run(loop, tape, 31)
    assert len(loop.orders()) == 2
    run(loop, tape, 3, tells_prices=False)
    assert len(loop.orders()) == 2
    run(loop, tape, 1, tells_prices=False)
    assert loop.orders() == []
    assert loop.signals()[-1].reason == "reference-stale"
    run(loop, tape, 1)
    assert len(loop.orders()) == 2


def test_an_emergency_unwinds_passively_for_every_bot() -> None:
    loop, tape = started("1,5")
    run(loop, tape, 61)
    yes, no = legs(loop)
    loop.fill(yes, "90")
    loop.fill(no, "50.5")
    bid, _ = loop.orders(BOT_5)
    loop.fill(bid)
    run(loop, tape, 1, BotState.EMERGENCY_HALT)
    run(loop, tape, 1, BotState.EMERGENCY_HALT)
    assert [(m.bot_id, m.pairs) for m in loop.merged] == [(BOT_1, Decimal("50.5"))]
    exits = {order.bot_id: said(order) for order in loop.orders()}
    reduce = IntentKind.REDUCE
    assert exits == {
        BOT_1: (Side.YES, Action.SELL, "0.50", "39.50", reduce),
        BOT_5: (Side.YES, Action.SELL, "0.50", f"{bid.size:.2f}", reduce),
    }
    assert {order.bundle_id for order in loop.orders(BOT_1)} == {yes.bundle_id}
    loop.feed(*tape.book(WHERE, {"0.45": 9.0}, {"0.48": 9.0}))
    run(loop, tape, 8, BotState.EMERGENCY_HALT)
    assert {f"{order.price:.2f}" for order in loop.orders()} == {"0.50"}
    run(loop, tape, 3, BotState.EMERGENCY_HALT)
    assert {f"{order.price:.2f}" for order in loop.orders()} == {"0.48"}
    for order in loop.orders():
        loop.fill(order)
    assert run(loop, tape, 20, BotState.EMERGENCY_HALT) == []
    loop.feed(*tape.book(WHERE, BIDS, ASKS))
    run(loop, tape, 70)  # the mid jumped: bot 5 waits a minute
    assert {order.bot_id for order in loop.orders()} == {BOT_1, BOT_5}


def test_when_the_adding_side_is_denied_the_reducing_side_stands_alone() -> None:
    loop, tape = started("5")
    run(loop, tape, 61)
    bid, _ = loop.orders(BOT_5)
    loop.fill(bid)
    loop.deny = lambda order: (
        DenialCode.EXPOSURE_MARKET
        if order.action is Action.BUY and order.side is Side.YES
        else None
    )
    loop.feed(tape.feed(connected=False))
    assert loop.orders() == []
    loop.feed(tape.feed())
    run(loop, tape, 3)
    (alone,) = loop.orders()
    assert said(alone)[:2] == (Side.YES, Action.SELL)
    assert alone.kind is IntentKind.REDUCE


def test_a_denied_merge_is_asked_again_after_five_seconds() -> None:
    loop, tape = started("1")
    loop.merges = False
    yes, no = legs(loop)
    loop.fill(yes)
    loop.fill(no)
    first = sum(isinstance(emit.message, MergeIntent) for emit in loop.emitted)
    assert not any(isinstance(each, MergeIntent) for each in run(loop, tape, 5))
    assert any(isinstance(each, MergeIntent) for each in run(loop, tape, 2))
    loop.merges = True
    run(loop, tape, 7)
    assert first > 0
    assert [merged.pairs for merged in loop.merged] == [yes.size]
