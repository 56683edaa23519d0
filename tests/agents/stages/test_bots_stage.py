import msgspec
import pytest

from agents.stages.bots_state import HostState
from schemas.envelope import Message
from schemas.market import Market
from schemas.ops import ClockTick
from schemas.reasons import DenialCode
from schemas.trading import (
    BundleIntent,
    CancelOrder,
    Order,
    PlaceIntent,
    Signal,
)
from schemas.values import Action, BotState, IntentKind, MarketStatus, Money, Side, Trust
from tests.agents.closed_loop import ClosedLoop, make_stage
from tests.agents.tape import BOT_1, BOT_5, START, Tape, market
from topics.catalog import DECIDE_INPUTS, GATE_INPUTS, INTENTS, SIGNALS

WHERE = market()


def started(
    loop: ClosedLoop | None = None, where: Market = WHERE, quoting: bool = True
) -> tuple[ClosedLoop, Tape]:
    """A loop with one market; bot 5 has its volatility after a minute."""
    loop, tape = ClosedLoop() if loop is None else loop, Tape()
    loop.feed(tape.listed(where), tape.feed())
    loop.feed(*tape.book(where, {"0.48": 3000, "0.47": 500}, {"0.50": 3000, "0.51": 500}))
    loop.feed(tape.account(BOT_1), tape.account(BOT_5))
    if quoting:
        run(loop, tape, 61)
    return loop, tape


def run(loop: ClosedLoop, tape: Tape, seconds: int) -> list[Message]:
    """Let time pass, a clock tick, a heard feed and account views a second."""
    emitted = []
    for _ in range(seconds):
        tape.now += 1_000
        emitted += loop.feed(tape.feed(), tape.account(BOT_1), tape.account(BOT_5), tape.tick())
    return emitted


def placing(messages: list[Message]) -> list[Message]:
    return [each for each in messages if isinstance(each, PlaceIntent | BundleIntent)]


def test_both_bots_quote_a_calm_market() -> None:
    loop, _ = started()
    assert sorted({order.bot_id for order in loop.orders()}) == [BOT_1, BOT_5]
    assert [order.kind for order in loop.orders(BOT_5)] == [IntentKind.MM] * 2
    assert [order.kind for order in loop.orders(BOT_1)] == [IntentKind.ARB] * 2


def test_messages_go_where_the_catalogue_says() -> None:
    loop, _ = started()
    places = {(emit.topic.name, type(emit.message), emit.key) for emit in loop.emitted}
    assert {(name, kind) for name, kind, _ in places} <= {
        (INTENTS.name, BundleIntent),
        (GATE_INPUTS.name, BundleIntent),
        (INTENTS.name, PlaceIntent),
        (GATE_INPUTS.name, PlaceIntent),
        (INTENTS.name, CancelOrder),
        (DECIDE_INPUTS.name, CancelOrder),
        (SIGNALS.name, Signal),
    }
    assert {key for name, _, key in places if name == GATE_INPUTS.name} == {"main"}
    assert {key for name, _, key in places if name != GATE_INPUTS.name} == {"0"}
    for emit in loop.emitted:
        assert isinstance(emit.message, emit.topic.messages)


def test_ids_are_unique_and_follow_from_their_cause() -> None:
    one, other = started()[0], started()[0]
    ids = [emit.message.event_id for emit in one.emitted if emit.topic is not GATE_INPUTS]
    twice = [emit.message.event_id for emit in one.emitted if emit.topic is DECIDE_INPUTS]
    assert len(set(ids)) == len(ids) - len(twice)
    assert [emit.message for emit in one.emitted] == [emit.message for emit in other.emitted]
    assert all(emit.message.causation_id for emit in one.emitted)


def test_the_stamp_is_the_view_of_the_decision() -> None:
    loop, _ = started()
    for order in loop.orders():
        stamp = loop.stamps[order.order_id]
        assert (str(stamp.bid), str(stamp.ask)) == ("0.48", "0.5")
        assert stamp.bid_size == stamp.ask_size == 3000
        assert stamp.decided_at == order.ordered_at
        assert 0 <= stamp.decided_at - stamp.heard_at <= 1_000
        assert stamp.trust is Trust.CONSISTENT
        assert stamp.equity == 10_000
        assert stamp.depth == 3500 * order.price


def test_a_deep_change_asks_nobody() -> None:
    loop, tape = started()
    before = loop.stage.snapshot()
    assert loop.stage.apply(tape.delta(WHERE, [("bid", "0.40", 5)])) == ()
    assert len(loop.stage.snapshot()) - len(before) < 60, "only the book grew"


def test_a_market_whose_metadata_comes_late_keeps_its_book() -> None:
    loop, tape = ClosedLoop(), Tape()
    loop.feed(*tape.book(WHERE, {"0.48": 3000}, {"0.50": 3000}))
    loop.feed(tape.account(BOT_1), tape.feed())
    assert loop.orders() == []
    loop.feed(tape.listed(WHERE))
    assert len(loop.orders(BOT_1)) == 2


@pytest.mark.parametrize("how", ["silent", "disconnected", "distrusted", "lagging-view"])
def test_nobody_opens_blind_and_quotes_are_pulled(how: str) -> None:
    loop, tape = started()
    match how:
        case "silent":
            tape.now += 12_001
            emitted = loop.feed(tape.account(BOT_1), tape.account(BOT_5), tape.tick())
        case "disconnected":
            emitted = loop.feed(tape.feed(connected=False))
        case "distrusted":
            emitted = loop.feed(tape.trust(WHERE, Trust.SUSPECT))
        case _:
            tape.now += 10_001
            emitted = loop.feed(tape.feed(), tape.tick())
    assert placing(emitted) == []
    assert loop.orders() == []


def test_before_the_first_account_view_nothing_is_opened() -> None:
    loop, tape = ClosedLoop(), Tape()
    loop.feed(tape.listed(WHERE), *tape.book(WHERE, {"0.48": 3000}, {"0.50": 3000}))
    for _ in range(90):
        tape.now += 1_000
        assert placing(loop.feed(tape.feed(), tape.tick())) == []


@pytest.mark.parametrize("state", [BotState.PAUSED, BotState.STOPPING, BotState.STOPPED])
def test_a_bot_that_is_not_active_opens_nothing(state: BotState) -> None:
    loop, tape = started()
    emitted = loop.feed(tape.account(BOT_5, state=state, may_open=False))
    for _ in range(40):
        tape.now += 1_000
        emitted += loop.feed(
            tape.feed(), tape.account(BOT_5, state=state, may_open=False), tape.tick()
        )
    assert placing(emitted) == []
    assert loop.orders(BOT_5) == []


def test_an_unanswered_gate_gets_no_second_order_within_five_seconds() -> None:
    loop = ClosedLoop()
    loop.answers = False
    loop, tape = started(loop, quoting=False)
    first = len(placing([emit.message for emit in loop.emitted]))
    assert placing(run(loop, tape, 5)) == []
    assert first > 0
    assert placing(run(loop, tape, 6)) != []


def test_a_denied_quote_is_asked_rarely() -> None:
    loop = ClosedLoop(make_stage("5"))
    loop.deny = lambda order: DenialCode.EXPOSURE_MARKET
    loop, tape = started(loop)
    asked = placing(run(loop, tape, 120))
    assert 2 <= len(asked) // 2 <= 6


def test_signals_stay_readable() -> None:
    loop, tape = started()
    before = len(loop.signals())
    run(loop, tape, 120)
    assert 0 < len(loop.signals()) - before < 40


def test_with_live_money_a_window_stays_closed() -> None:
    window = market(window_s=900)
    loop = ClosedLoop(make_stage(money=Money.LIVE))
    loop, tape = started(loop, window)
    run(loop, tape, 120)
    assert loop.orders() == []
    assert {s.reason for s in loop.signals()} >= {"profile-is-paper-only"}


def test_a_paused_market_is_left() -> None:
    loop, tape = started()
    paused = market(status=MarketStatus.PAUSED)
    emitted = loop.feed(tape.listed(paused))
    assert placing(emitted) == []
    assert loop.orders() == []


def test_a_resolved_market_is_forgotten_with_everything_in_it() -> None:
    loop, tape = started()
    loop.feed(tape.resolved(WHERE, "1"))
    assert loop.feed(*tape.book(WHERE, {"0.48": 3000}, {"0.50": 3000}), tape.tick()) == []
    state = msgspec.json.decode(loop.stage.snapshot(), type=HostState)
    assert (state.markets, state.retired) == ({}, {WHERE.market_id: tape.now})
    assert all(not stakes for stakes in state.stakes.values())
    assert all(b'"markets":{}' in bytes(encoded) for encoded in state.bots.values())


def test_an_operators_order_is_not_touched() -> None:
    loop, tape = started()
    bid, _ = loop.orders(BOT_5)
    manual = Order(
        order_id=type(bid.order_id)("manual"),
        bot_id=BOT_5,
        account_id=bid.account_id,
        venue_event_id=bid.venue_event_id,
        market_id=bid.market_id,
        token_id=bid.token_id,
        side=Side.YES,
        action=Action.BUY,
        price=bid.price,
        size=bid.size,
        kind=IntentKind.REDUCE,
        operator=True,
        expires_at=START + 900_000,
    )
    loop.stamps[manual.order_id] = loop.stamps[bid.order_id]
    loop._rest(tape.tick(), manual)
    emitted = run(loop, tape, 60)
    cancels = [each.order_id for each in emitted if isinstance(each, CancelOrder)]
    assert manual.order_id in loop.live
    assert manual.order_id not in cancels


def test_a_snapshot_changes_nothing() -> None:
    loop, tape = started()
    copy = make_stage()
    copy.restore(loop.stage.snapshot())
    assert copy.snapshot() == loop.stage.snapshot()
    for _ in range(60):
        tape.now += 1_000
        messages: list[Message] = [tape.feed(), tape.account(BOT_5), tape.tick()]
        messages.append(tape.delta(WHERE, [("bid", "0.48", 100 + tape.now % 7)]))
        for message in messages:
            assert list(copy.apply(message)) == list(loop.stage.apply(message))
    assert copy.snapshot() == loop.stage.snapshot()


def test_a_bot_that_joins_later_starts_fresh() -> None:
    loop, tape = started(ClosedLoop(make_stage("1")))
    both = make_stage("1,5")
    both.restore(loop.stage.snapshot())
    assert both.apply(ClockTick(**tape.head())) is not None


def test_where_the_feed_shows_our_orders_the_stamp_is_net_of_them() -> None:
    loop = ClosedLoop(make_stage("1", shows_own=True))
    loop, tape = started(loop, quoting=False)
    yes, no = loop.orders()
    ours = float(yes.size)
    shown = [("bid", str(yes.price), 3000 + ours), ("ask", str(1 - no.price), 3000 + ours)]
    loop.feed(tape.delta(WHERE, shown))
    run(loop, tape, 31)
    again = loop.orders()[0]
    assert again.order_id != yes.order_id
    stamp = loop.stamps[again.order_id]
    assert stamp.bid_size == 3000 + yes.size, "our old order is gone, the feed still shows its size"
    loop.feed(tape.delta(WHERE, [("bid", str(again.price), 3000 + float(again.size))]))
    restored = make_stage("1", shows_own=True)
    restored.restore(loop.stage.snapshot())
    assert restored.snapshot() == loop.stage.snapshot()
    tape.now += 500
    tops = [tape.delta(WHERE, [("ask", "0.51", 501)]), tape.tick()]
    for message in tops:
        assert list(restored.apply(message)) == list(loop.stage.apply(message))
