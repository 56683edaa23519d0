"""The gate under everything at once: G.1, G.2, G.3, G.4, G.5, G.8, G.11 and determinism."""

from collections.abc import Iterator
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from agents.stages.base import Emit
from agents.stages.gate import GateStage
from schemas.risk import TradingState
from schemas.trading import CancelOrder, Fill, IntentApproved
from schemas.values import Action, BotState, IntentKind, Side, Zone
from streams.breaker_state import effective
from streams.orders import is_bid, yes_price
from streams.zones import Z3_MIN_EDGE
from tests.properties.gate_world import BOTS, MARKETS, STEPS, Step, World
from tests.properties.gate_world import WORLD_RULES as RULES
from tests.streams.account_messages import ACCOUNT, event_of
from topics.catalog import DECISIONS

ZERO = Decimal(0)


def approvals(emits: list[Emit]) -> Iterator[IntentApproved]:
    for emit in emits:
        if isinstance(emit.message, IntentApproved) and emit.topic is DECISIONS:
            yield emit.message


def check_ledger(stage: GateStage) -> None:
    """G.1: cash is conserved and exact, no token balance is negative."""
    ledger = stage._account.state.ledger
    for bot in ledger.bots.values():
        cash = bot.flows - bot.bought + bot.sold + bot.settled - bot.receivable + bot.merged
        assert bot.cash == cash - bot.split + bot.rebates - bot.fees - bot.gas
        assert bot.equity == bot.flows + bot.realised + bot.unrealised
        assert bot.value == sum((stake.value for stake in bot.stakes.values()), ZERO)
        assert bot.cost == sum((stake.cost for stake in bot.stakes.values()), ZERO)
        for stake in bot.stakes.values():
            assert min(stake.size(Side.YES), stake.size(Side.NO)) >= 0
    total = sum((bot.cash for bot in ledger.bots.values()), ledger.unallocated)
    assert ledger.wallet == total


def check_reservations(stage: GateStage) -> None:
    """G.2: what is reserved is what rests, nothing is spent or sold twice."""
    account = stage._account
    for bot_id, bot in account.state.ledger.bots.items():
        orders = list(account.orders.of_bot(bot_id))
        bids = [entry for entry in orders if entry.order.action is Action.BUY]
        reserved = sum((entry.remaining * entry.order.price for entry in bids), ZERO)
        assert account.orders.reserved_cash(bot_id) == reserved >= 0
        assert bot.cash - reserved >= 0
        for market in MARKETS:
            for side in Side:
                stake = bot.stakes.get(market)
                held = ZERO if stake is None else stake.size(side)
                assert account.orders.reserved_tokens(bot_id, market, side) <= held


def check_own_quotes(stage: GateStage) -> None:
    """G.3: none of our orders could match another, across bots and complements."""
    for market in MARKETS:
        entries = list(stage._account.orders.in_market(market))
        bids = [entry.yes_price for entry in entries if entry.is_bid]
        asks = [entry.yes_price for entry in entries if not entry.is_bid]
        assert not bids or not asks or max(bids) < min(asks)


def check_exposures(stage: GateStage) -> None:
    """Derived figures equal those computed from nothing."""
    fresh = GateStage(ACCOUNT, RULES, BOTS)
    fresh.restore(stage.snapshot())
    for bot in BOTS:
        assert fresh._account.exposure.of_bot(bot) == stage._account.exposure.of_bot(bot)
        assert fresh._account.exposure.open_markets(bot) == stage._account.exposure.open_markets(
            bot
        )
        for market, facts in stage._account.state.markets.items():
            end = facts.resolves_at
            one, other = fresh._account.exposure, stage._account.exposure
            assert one.ending_at(bot, end, market) == other.ending_at(bot, end, market)
            assert one.ending_at(bot, end, market) == sum(
                one.market_losses(bot, each).worst for each in MARKETS if each != market
            )
    assert fresh._account.exposure.total() == stage._account.exposure.total()


def check_approval(world: World, approved: IntentApproved) -> None:
    """G.3, G.4, G.5: what was let through."""
    for order, kind, zone in zip(approved.orders, approved.kinds, approved.zones, strict=True):
        stamp = world.stamp(order.market_id)
        assert stamp.bid is not None
        assert stamp.ask is not None
        price = yes_price(order)
        assert price < stamp.ask if is_bid(order) else price > stamp.bid
        assert order.post_only
        assert order.price % stamp.tick == 0
        assert order.size >= 5
        assert order.expires_at is not None
        assert order.expires_at - world.stage._account.now >= 180_000
        if kind is IntentKind.REDUCE:
            continue
        assert zone is not None
        assert order.size * order.price >= 5
        if kind is IntentKind.DIRECTIONAL:
            assert zone not in (Zone.ZONE_4, Zone.ZONE_5)
            if zone is Zone.ZONE_3:
                assert order.edge is not None
                assert order.edge >= Z3_MIN_EDGE


def check_limits(stage: GateStage, approved: IntentApproved) -> None:
    """G.8: at every accept of an opening order every exposure is within its limit."""
    if all(kind is IntentKind.REDUCE for kind in approved.kinds):
        return
    account, bot = stage._account, approved.bot_id
    equity = account.state.ledger.bots[bot].equity * (1 + RULES.e_ref_slack)
    portfolio = account.state.breakers.portfolio.equity
    for order in approved.orders:
        losses = account.exposure.market_losses(bot, order.market_id)
        assert losses.worst <= RULES.rights[bot].market * equity
        assert account.exposure.of_all_bots(order.venue_event_id) <= (
            RULES.event_portfolio * portfolio
        )
    assert account.exposure.of_bot(bot) <= RULES.bot_gross * equity
    assert account.exposure.total() <= RULES.portfolio_gross * portfolio


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_no_sequence_of_intents_fills_and_halts_breaks_an_invariant(steps: list[Step]) -> None:
    world, told = World(), set[str]()
    stage = world.stage
    for step in steps:
        account, state = stage._account, stage._state
        may_open = {
            bot: effective(account.state.breakers, bot) is BotState.ACTIVE
            and state.lives[bot].state is BotState.ACTIVE
            and state.trading is TradingState.ACTIVE
            for bot in BOTS
        }
        before = {
            (bot, market): account.exposure.of_event(bot, event_of(market))
            for bot in BOTS
            for market in MARKETS
        }
        emits = world.step(step)
        check_ledger(stage)
        check_reservations(stage)
        check_own_quotes(stage)
        for approved in approvals(emits):
            if approved.orders[0].order_id in told:
                continue  # an earlier verdict, told again word for word
            told.add(approved.orders[0].order_id)
            opens = [kind for kind in approved.kinds if kind is not IntentKind.REDUCE]
            if isinstance(world.sent[-1], Fill) or step[0] in ("place", "quotes", "pair"):
                assert may_open[approved.bot_id] or not opens
            check_approval(world, approved)
            check_limits(stage, approved)
            if not opens:
                where = (approved.bot_id, approved.orders[0].market_id)
                after = account.exposure.of_event(where[0], event_of(where[1]))
                assert after <= before[where]
        if isinstance(world.sent[-1], Fill) and step[0] == "fill":
            fill = world.sent[-1]
            after = account.exposure.of_event(fill.bot_id, fill.venue_event_id)
            assert after <= before[fill.bot_id, fill.market_id] + Decimal("1e-9")
    check_exposures(stage)


@settings(max_examples=80, deadline=None)
@given(STEPS, st.integers(0, 60))
def test_a_restored_gate_says_the_same_word_for_word(steps: list[Step], cut: int) -> None:
    world = World()
    for step in steps:
        world.step(step)
    messages = world.sent
    straight = GateStage(ACCOUNT, RULES, BOTS)
    said = [list(straight.apply(message)) for message in messages]
    first = GateStage(ACCOUNT, RULES, BOTS)
    again = [list(first.apply(message)) for message in messages[:cut]]
    second = GateStage(ACCOUNT, RULES, BOTS)
    second.restore(first.snapshot())
    assert second.snapshot() == first.snapshot()
    again += [list(second.apply(message)) for message in messages[cut:]]
    assert again == said
    assert second.snapshot() == straight.snapshot()


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_every_id_names_one_message(steps: list[Step]) -> None:
    world = World()
    told: dict[str, object] = {}
    for step in steps:
        for emit in world.step(step):
            known = told.setdefault(emit.message.event_id, emit.message)
            assert known == emit.message


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_after_a_halt_every_open_order_is_asked_to_go(steps: list[Step]) -> None:
    world = World()
    for step in steps:
        resting = set(world.stage._account.orders.state.open)
        asked = {o for o in resting if world.stage._account.orders.state.open[o].cancel_asked}
        emits = world.step(step)
        halted = step[0] == "command" and step[4] in (0, 1)
        if halted and world.stage._state.trading is not TradingState.ACTIVE:
            cancelled = {
                emit.message.order_id
                for emit in emits
                if isinstance(emit.message, CancelOrder) and emit.topic is DECISIONS
            }
            assert cancelled >= resting - asked or resting == asked
