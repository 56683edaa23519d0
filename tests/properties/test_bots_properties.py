"""Random tapes through both bots: the same again, no look-ahead (G.16), never blind or crossed."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.envelope import Message
from schemas.ids import MarketId
from schemas.market import (
    BookDelta,
    BookSnapshot,
    BookTrustChanged,
    MarketListed,
    MarketTrade,
)
from schemas.trading import BundleIntent, CancelOrder, PlaceIntent, Signal
from schemas.values import Action, BotState, IntentKind, Trust
from streams.orders import is_bid, yes_price
from tests.agents.closed_loop import ClosedLoop, make_stage
from tests.agents.tape import BOT_1, BOT_5, Tape, market

MARKETS = (market("a"), market("b", tick=10), market("w", window_s=900))


OFTEN = ("book", "book", "book", "trade", "tick", "tick", "fill", "fill-part")
WHAT = (*OFTEN, "feed", "lost", "distrust", "pause", "active", "halt", "empty")


class Step(NamedTuple):
    """One thing that happens: after how long, what, and how much of it."""

    wait_ms: int
    what: str
    where: int
    amount: int


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from((0, 30, 400, 1_100, 6_000)),
        st.sampled_from(WHAT),
        st.integers(0, len(MARKETS) - 1),
        st.integers(5, 95),
    ),
    max_size=40,
)


class Session:
    """A closed loop with three calm markets in which steps happen."""

    def __init__(self) -> None:
        self.loop = ClosedLoop(make_stage())
        self.tape = Tape()
        self.state = BotState.ACTIVE
        self.inputs: list[Message] = []
        for where in MARKETS:
            self.feed(self.tape.listed(where))
        self.feed(self.tape.feed())
        for number in range(len(MARKETS)):
            self.book(number, 50)
        for wait_ms in (0, 61_000):  # two samples of the volatility
            self.tape.now += wait_ms
            self.feed(self.tape.feed(), *self.accounts(), self.tape.tick())

    def feed(self, *messages: Message) -> list[Message]:
        self.inputs += messages
        return self.loop.feed(*messages)

    def accounts(self) -> list[Message]:
        may_open = self.state is BotState.ACTIVE
        return [
            self.tape.account(bot, state=self.state, may_open=may_open) for bot in (BOT_1, BOT_5)
        ]

    def book(self, number: int, cents: int) -> list[Message]:
        where, mid = MARKETS[number], Decimal(cents) / 100
        bids = {str(mid - Decimal(n) / 100): 800.0 + 10 * n for n in (1, 2, 3)}
        asks = {str(mid + Decimal(n) / 100): 900.0 - 10 * n for n in (1, 2, 3)}
        return self.feed(*self.tape.book(where, bids, asks))

    def take(self, step: Step) -> list[Message]:
        tape, where = self.tape, MARKETS[step.where]
        tape.now += step.wait_ms
        match step.what:
            case "book":
                return self.book(step.where, step.amount)
            case "empty":
                return self.feed(*tape.book(where, {"0.40": 9.0}, {}))
            case "trade":
                price = str(Decimal(step.amount) / 100)
                return self.feed(tape.trade(where, Action.BUY, price, step.amount))
            case "tick":
                return self.feed(tape.feed(), *self.accounts(), tape.tick())
            case "fill" | "fill-part":
                return self.fill(step)
            case "lost" | "feed":
                return self.feed(tape.feed(connected=step.what == "feed"))
            case "distrust":
                return self.feed(tape.trust(where, Trust.SUSPECT))
            case _:
                states = {"pause": BotState.PAUSED, "halt": BotState.EMERGENCY_HALT}
                self.state = states.get(step.what, BotState.ACTIVE)
                return self.feed(*self.accounts())

    def fill(self, step: Step) -> list[Message]:
        resting = self.loop.orders()
        if not resting:
            return []
        order = resting[step.amount % len(resting)]
        left = order.size - self.loop.filled[order.order_id]
        part = (left / 3).quantize(Decimal("0.01"))
        if step.what == "fill-part" and part:
            return self.loop.fill(order, str(part))
        return self.loop.fill(order)


def placed(messages: Sequence[Message]) -> list[PlaceIntent | BundleIntent]:
    return [each for each in messages if isinstance(each, PlaceIntent | BundleIntent)]


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_own_orders_never_cross_and_nothing_is_placed_blind(steps: list[Step]) -> None:
    """D.5 (c), G.3, G.4; the loop's exchange checks form, crossing and holdings at each order."""
    session = Session()
    for step in steps:
        trusted = step.what != "distrust"
        for intent in placed(session.take(step)):
            orders = (intent.order,) if isinstance(intent, PlaceIntent) else intent.orders
            stamps = (intent.stamp,) if isinstance(intent, PlaceIntent) else intent.stamps
            assert trusted or orders[0].market_id != MARKETS[step.where].market_id
            for order, stamp in zip(orders, stamps, strict=True):
                assert stamp.trust.may_open
                assert stamp.decided_at - stamp.heard_at <= 12_000
                if session.state is not BotState.ACTIVE:
                    assert order.kind is IntentKind.REDUCE
        if step.what == "lost" and session.state is not BotState.EMERGENCY_HALT:
            assert session.loop.orders(BOT_5) == []
        for order in session.loop.orders():
            for other in session.loop.orders():
                if is_bid(order) and not is_bid(other) and order.market_id == other.market_id:
                    assert yes_price(order) < yes_price(other)


@settings(max_examples=15, deadline=None)
@given(STEPS, st.integers(0, 40))
def test_the_same_tape_gives_the_same_decisions_also_through_a_snapshot(
    steps: list[Step], cut: int
) -> None:
    """G.14, and `restore(snapshot())` is the identity."""
    one, other = Session(), Session()
    for number, step in enumerate(steps):
        one.take(step)
        if number == cut:
            revived = make_stage()
            revived.restore(other.loop.stage.snapshot())
            assert revived.snapshot() == other.loop.stage.snapshot()
            other.loop.stage = revived
        other.take(step)
    assert one.loop.emitted == other.loop.emitted
    assert one.loop.stage.snapshot() == other.loop.stage.snapshot()


@settings(max_examples=15, deadline=None)
@given(STEPS, st.integers(0, 40))
def test_g16_what_comes_later_changes_nothing_before(steps: list[Step], cut: int) -> None:
    whole, shortened = Session(), Session()
    for step in steps[:cut]:
        shortened.take(step)
    for step in steps:
        whole.take(step)
    before = len(shortened.loop.emitted)
    assert whole.loop.emitted[:before] == shortened.loop.emitted


@settings(max_examples=15, deadline=None)
@given(STEPS)
def test_g14_another_market_changes_nothing_for_bot_5(steps: list[Step]) -> None:
    """Bot 1 shares its limit on unmatched legs between markets; bot 5 shares only its rate."""
    session = Session()
    for step in steps:
        if not step.what.startswith("fill"):
            session.take(step)
    other = MARKETS[1].market_id
    whole, without = ClosedLoop(make_stage("5")), ClosedLoop(make_stage("5"))
    for message in session.inputs:
        whole.feed(message)
        if market_of(message) != other:
            without.feed(message)
    kept = [emit for emit in whole.emitted if market_of(emit.message) != other]
    assert kept == without.emitted


def market_of(message: Message) -> MarketId | None:
    """The market a message is about, if it is about one."""
    match message:
        case MarketListed(market=of):
            return of.market_id
        case BookSnapshot() | BookDelta() | BookTrustChanged() | MarketTrade():
            return message.market_id
        case Signal() | CancelOrder():
            return message.market_id
        case PlaceIntent(order=order):
            return order.market_id
        case BundleIntent(orders=(order, *_)):
            return order.market_id
        case _:
            return None
