"""One machine over the whole chain: book, bots, gate, paper exchange, ledger, under any mishap.

Two markets move at random; prints, disconnects, repeated and overtaken messages, operators and
resolutions come in between, and every stage may be restored from its snapshot at any time. After
each step G.1, G.2, G.3, G.4, G.8, G.11, G.13 and G.15 hold on what the gate and the ledger know;
at the end the same inputs give the same bytes again (G.14), and a prefix of them gives a prefix of
the decisions (G.16).
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from agents.replay.loop import ClosedLoop
from agents.stages.base import Stage
from agents.stages.gate import GateStage
from agents.stages.ledger import LedgerStage
from api.first_start import first_messages
from api.stages import Stages
from configs.settings import Settings
from schemas.control import Command, Verb
from schemas.envelope import Message
from schemas.ids import AccountId, BotId, OrderId
from schemas.market import Market, MarketTrade
from schemas.risk import CircuitBreakerTriggered
from schemas.trading import Fill, IntentApproved, IntentDenied, Order, OrderPlaced
from schemas.values import MICRO, Action, IntentKind, Side, Trust
from streams.account import Account
from streams.breaker_state import bot_number
from streams.nav import drawdown
from tests.agents.tape import BOT_1, BOT_5, START, Tape, market
from topics.catalog import BOOK_EVENTS, DECIDE_INPUTS, DECISIONS, GATE_INPUTS, LIFECYCLE, TopicSpec

ZERO = Decimal(0)
SETTINGS = Settings()
ACCOUNT = AccountId(SETTINGS.account)
Fed = tuple[TopicSpec, str, Message]
VERBS = (Verb.RESUME_TRADING, Verb.RESUME_TRADING, Verb.HALT, Verb.EMERGENCY_HALT)


class Record:
    """Everything the loop said, encoded, and what invariants need of it."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.decisions: list[bytes] = []
        self.said: list[Message] = []
        self.new: list[Message] = []

    def __call__(self, topic: TopicSpec, key: str, message: Message) -> None:
        line = msgspec.json.encode((topic.name, key, message))
        self.lines.append(line)
        if topic is DECISIONS:
            self.decisions.append(line)
        self.said.append(message)
        self.new.append(message)


class WholeChain(RuleBasedStateMachine):
    """The chain on one shard and one account, bots 1 and 5 with money.

    Attributes:
        markets: What trades.
        settings: Of all stages.
        funded: Bots that have money and are started.
        start: The middle of every book at first, cents.
    """

    markets: ClassVar[tuple[Market, ...]] = (market("a"), market("b", volume_24h="2000000"))
    settings: ClassVar[Settings] = SETTINGS
    funded: ClassVar[tuple[BotId, ...]] = (BOT_1, BOT_5)
    start: ClassVar[int] = 48

    def __init__(self) -> None:
        super().__init__()
        self.stages, self.loop, self.record = self.fresh()
        self.tape = Tape()
        self.fed: list[Fed] = []
        self.middle = dict.fromkeys((m.market_id for m in self.markets), self.start)
        self.open = list(self.markets)
        self.placed: dict[OrderId, Order] = {}
        self.shares: dict[OrderId, Decimal] = {}
        self.trips: set[str] = set()
        self.held_back: Fed | None = None
        self.prints: dict[str, Decimal] = {}

    def fresh(self) -> tuple[Sequence[Stage], ClosedLoop, Record]:
        stages, record = Stages(self.settings).closed_loop(), Record()
        return stages, ClosedLoop(stages, [record]), record

    def feed(self, topic: TopicSpec, key: str, message: Message) -> None:
        self.fed.append((topic, key, message))
        if isinstance(message, MarketTrade):
            self.prints[message.event_id] = Decimal(message.size) / MICRO
        self.loop.feed(topic, key, message)

    def books(self, message: Message) -> None:
        self.feed(BOOK_EVENTS, "0", message)

    def clock(self) -> None:
        tick = self.tape.tick()
        self.feed(DECIDE_INPUTS, "0", tick)
        self.feed(GATE_INPUTS, ACCOUNT, tick)

    @initialize()
    def begin(self) -> None:
        for message in first_messages(self.settings, self.funded, START):
            self.feed(GATE_INPUTS, ACCOUNT, message)
        for each in self.markets:
            self.feed(LIFECYCLE, "0", self.tape.listed(each))
        self.books(self.tape.feed())
        for each in self.markets:
            self.snapshot(each, 3, Trust.CONSISTENT)
        self.pass_time(2_000)

    def market(self, which: int) -> Market:
        return self.markets[which % len(self.markets)]

    def snapshot(self, where: Market, width: int, trust: Trust) -> None:
        middle = self.middle[where.market_id]
        bids = {f"0.{middle - n:02d}": 800.0 + 100 * n for n in range(1, 6)}
        asks = {f"0.{middle + width - 1 + n:02d}": 800.0 + 100 * n for n in range(1, 6)}
        for message in self.tape.book(where, bids, asks, trust):
            self.books(message)

    @rule(
        which=st.integers(0, 5),
        step=st.integers(-3, 3),
        width=st.integers(1, 4),
        trust=st.sampled_from((Trust.CONSISTENT, Trust.CONSISTENT, Trust.VERIFIED, Trust.SUSPECT)),
    )
    def move(self, which: int, step: int, width: int, trust: Trust) -> None:
        where = self.market(which)
        moved = self.middle[where.market_id] + step
        self.middle[where.market_id] = min(max(moved, 20), 75)
        self.tape.now += 150
        self.snapshot(where, width, trust)
        self.pass_time(1_000)

    @rule(
        which=st.integers(0, 5),
        action=st.sampled_from(Action),
        offset=st.integers(-3, 3),
        size=st.sampled_from((5.0, 60.0, 900.0, 4000.0)),
    )
    def print_trade(self, which: int, action: Action, offset: int, size: float) -> None:
        where = self.market(which)
        self.tape.now += 20
        price = f"0.{self.middle[where.market_id] + offset:02d}"
        self.books(self.tape.trade(where, action, price, size))
        self.pass_time(300)

    @rule(ms=st.sampled_from((300, 1000, 1000, 6000, 40_000)))
    def wait(self, ms: int) -> None:
        self.pass_time(ms)

    def pass_time(self, ms: int) -> None:
        steps = min(max(ms // 1000, 1), 8)
        for _ in range(steps):
            self.tape.now += ms // steps
            self.books(self.tape.feed())
            self.clock()

    @rule()
    def disconnect(self) -> None:
        self.books(self.tape.feed(connected=False))
        self.clock()

    @rule()
    def again(self) -> None:
        """The last message from outside comes twice."""
        if self.fed:
            self.feed(*self.fed[-1])

    @rule(which=st.integers(0, 5), offset=st.integers(-2, 2))
    def overtaken(self, which: int, offset: int) -> None:
        """A print that was held back comes after younger messages."""
        late, self.held_back = self.held_back, None
        price = f"0.{self.middle[self.market(which).market_id] + offset:02d}"
        trade = self.tape.trade(self.market(which), Action.SELL, price, 300.0)
        self.held_back = (BOOK_EVENTS, "0", trade)
        if late is not None:
            self.feed(*late)

    @precondition(lambda self: len(self.fed) > 80)
    @rule(verb=st.sampled_from(VERBS))
    def command(self, verb: Verb) -> None:
        command = Command(
            **self.tape.head(), account_id=ACCOUNT, verb=verb, bot_id=None, reason="test", by="cli"
        )
        self.feed(GATE_INPUTS, ACCOUNT, command)

    @precondition(lambda self: len(self.fed) > 60 and len(self.open) > 1)
    @rule(payout=st.sampled_from(("0", "0.5", "1")))
    def resolve(self, payout: str) -> None:
        where = self.open.pop()
        self.feed(LIFECYCLE, "0", self.tape.resolved(where, payout))
        self.clock()

    @rule()
    def restart(self) -> None:
        """Every stage dies and comes back from its snapshot (G.12, G.14)."""
        snapshots = [stage.snapshot() for stage in self.stages]
        self.stages = Stages(self.settings).closed_loop()
        for stage, snapshot in zip(self.stages, snapshots, strict=True):
            stage.restore(snapshot)
        self.loop = ClosedLoop(self.stages, [self.record])

    # ------------------------------------------------------------------ what must hold

    def account(self, kind: type[GateStage] | type[LedgerStage]) -> Account:
        stage = next(each for each in self.stages if isinstance(each, kind))
        return stage._account

    @invariant()
    def cash_and_inventory_are_conserved(self) -> None:
        """G.1, and gate and ledger agree."""
        for kind in (GateStage, LedgerStage):
            ledger = self.account(kind).state.ledger
            for bot in ledger.bots.values():
                cash = bot.flows - bot.bought + bot.sold + bot.settled - bot.receivable
                cash += bot.merged - bot.split + bot.converted + bot.rebates
                assert bot.cash == cash - bot.fees - bot.gas
                for stake in bot.stakes.values():
                    assert min(stake.size(Side.YES), stake.size(Side.NO)) >= ZERO
            total = sum((bot.cash for bot in ledger.bots.values()), ledger.unallocated)
            assert total == ledger.wallet
        gate, books = self.account(GateStage).state.ledger, self.account(LedgerStage).state.ledger
        assert {b: x.cash for b, x in gate.bots.items()} == {
            b: x.cash for b, x in books.bots.items()
        }

    @invariant()
    def nothing_is_reserved_twice(self) -> None:
        """G.2."""
        account = self.account(GateStage)
        for bot_id, bot in account.state.ledger.bots.items():
            entries = list(account.orders.of_bot(bot_id))
            holds = [h.amount for h in account.orders.state.holds.values() if h.bot_id == bot_id]
            reserved = sum((entry.cash for entry in entries), sum(holds, ZERO))
            assert account.orders.reserved_cash(bot_id) == reserved <= bot.cash
            for entry in entries:
                where, side = entry.order.market_id, entry.order.side
                if where in account.state.ledger.payouts:
                    continue  # paid out; that its orders are gone is still to be reported
                stake = bot.stakes.get(where)
                held = ZERO if stake is None else stake.size(side)
                assert account.orders.reserved_tokens(bot_id, where, side) <= held

    @invariant()
    def own_orders_never_match_each_other(self) -> None:
        """G.3."""
        account = self.account(GateStage)
        for each in self.markets:
            entries = list(account.orders.in_market(each.market_id))
            bids = [entry.yes_price for entry in entries if entry.is_bid]
            asks = [entry.yes_price for entry in entries if not entry.is_bid]
            assert not bids or not asks or max(bids) < min(asks)

    @invariant()
    def what_was_said_is_allowed(self) -> None:
        """G.4, G.11, G.15 on the new messages."""
        filled: dict[str, Decimal] = {}
        told: set[str] = set()
        for message in self.record.new:
            if message.event_id in told:
                continue  # the same record on another topic
            told.add(message.event_id)
            match message:
                case IntentApproved():
                    self._approved(message)
                case OrderPlaced():
                    self.placed[message.order_id] = message.order
                case Fill():
                    order = self.placed[message.order_id]
                    assert message.price == order.price
                    assert message.fee == ZERO
                    done = self.shares.get(message.order_id, ZERO) + message.size
                    self.shares[message.order_id] = done
                    assert message.cumulative == done <= order.size
                    if message.causation_id in self.prints:
                        total = filled.get(message.causation_id, ZERO) + message.size
                        filled[message.causation_id] = total
                        assert total <= self.prints[message.causation_id]
                case CircuitBreakerTriggered():
                    assert message.event_id not in self.trips
                    self.trips.add(message.event_id)
                case IntentDenied():
                    assert message.rule
                    assert message.value
                case _:
                    pass
        self.record.new.clear()

    def _approved(self, approved: IntentApproved) -> None:
        for order, kind, zone in zip(approved.orders, approved.kinds, approved.zones, strict=True):
            assert order.post_only
            assert Decimal("0.01") <= order.price <= Decimal("0.99")
            assert order.price % Decimal("0.01") == 0
            assert order.size >= 5
            assert kind is IntentKind.REDUCE or (zone is not None and order.size * order.price >= 5)

    @invariant()
    def exposure_stays_within_the_limits_of_the_portfolio(self) -> None:
        """G.8 for what no mark-down can raise: the sums equal those computed from nothing."""
        gate = next(each for each in self.stages if isinstance(each, GateStage))
        again = GateStage(ACCOUNT, gate._rules, ())
        again.restore(gate.snapshot())
        for bot_id in gate._account.state.ledger.bots:
            one, other = gate._account.exposure, again._account.exposure
            assert one.of_bot(bot_id) == other.of_bot(bot_id)
            assert one.open_markets(bot_id) == other.open_markets(bot_id)
        assert gate._account.exposure.total() == again._account.exposure.total()

    @invariant()
    def drawdowns_are_fractions(self) -> None:
        """G.13."""
        known = self.account(GateStage).state.breakers
        for nav in (known.portfolio, *(bot.nav for bot in known.bots.values())):
            assert ZERO <= drawdown(nav) <= 1
        assert list(known.bots) == sorted(known.bots, key=bot_number)

    def teardown(self) -> None:
        """G.14: again, without restarts, byte for byte; G.16: half of it says the first half."""
        _, loop, record = self.fresh()
        half = len(self.fed) // 2
        decided = 0
        for index, (topic, key, message) in enumerate(self.fed):
            loop.feed(topic, key, message)
            if index == half:
                decided = len(record.decisions)
        assert record.lines == self.record.lines
        _, loop, prefix = self.fresh()
        for topic, key, message in self.fed[: half + 1]:
            loop.feed(topic, key, message)
        assert prefix.decisions == record.decisions[:decided]


WholeChain.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestWholeChain = WholeChain.TestCase
