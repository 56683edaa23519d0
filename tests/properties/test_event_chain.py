"""Splits, merges and conversions through gate, paper exchange and ledger, under any mishap.

The machine of `test_whole_chain` over a neg-risk event of three outcomes: bot 5 quotes by itself,
and rules play bot 6, which trades, splits, merges and converts, asks for too much, and asks twice.
Beside the invariants of the whole chain, after each step tokens and dollars are those that the
reports alone say (G.1, G.18), nothing that is reserved is reserved twice (G.2), and what was asked
for and answered is released. At the end the same inputs
without a restart give the same bytes (G.14).
"""

from decimal import Decimal
from typing import ClassVar

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from agents.stages.gate import GateStage
from agents.stages.gate_state import GateState, reserved_tokens
from agents.stages.ledger import LedgerStage
from configs.settings import Settings
from schemas.envelope import Message
from schemas.ids import BotId, OrderId, VenueEventId
from schemas.market import Market
from schemas.pairs import (
    ConvertApproved,
    ConvertDenied,
    ConvertIntent,
    Outcome,
    PairsSplit,
    PositionsConverted,
    SplitApproved,
    SplitDenied,
    SplitIntent,
)
from schemas.trading import (
    IntentApproved,
    MergeApproved,
    MergeDenied,
    MergeIntent,
    Order,
    PairsMerged,
    PlaceIntent,
    Stamp,
)
from schemas.values import Action, IntentKind, MarketStatus, Side, Trust
from tests.agents.tape import BOT_5, market
from tests.properties.event_purses import ONE, ZERO, Purses
from tests.properties.test_whole_chain import ACCOUNT, WholeChain
from topics.catalog import GATE_INPUTS

BOT_6 = BotId("bot_06")
RACE = VenueEventId("event-race")
SIZES = tuple(Decimal(size) for size in ("0", "5", "40", "120.5", "300", "20000"))
PARTS = tuple(Decimal(part) for part in ("0", "0.25", "0.5", "1", "1", "1.5"))
"""How much of what there is somebody asks for; more than there is, too."""


def outcome(name: str) -> Market:
    listed = market(name, volume_24h="2000000")
    return msgspec.structs.replace(listed, venue_event_id=RACE, neg_risk=True, event_markets=3)


class EventChain(WholeChain):
    """The whole chain over one event of three outcomes."""

    markets: ClassVar[tuple[Market, ...]] = (outcome("a"), outcome("b"), outcome("c"))
    settings: ClassVar[Settings] = Settings(bots="5")
    funded: ClassVar[tuple[BotId, ...]] = (BOT_5, BOT_6)
    start: ClassVar[int] = 45

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Message] = []
        capital = dict.fromkeys(self.funded, self.settings.capital)
        self.purses = Purses([each.market_id for each in self.markets], capital)
        self.heard = 0

    @initialize()
    def begin(self) -> None:
        """Bot 6 has pairs of one outcome and NO of two."""
        super().begin()
        self.split(0, Decimal(300))
        for which in (0, 1):
            self.buy_no(which, Decimal(100), filled=True)
        self.all_is_answered()

    def ask(self, message: Message) -> None:
        self.asked.append(message)
        self.feed(GATE_INPUTS, ACCOUNT, message)

    # ------------------------------------------------------------------ what bot 6 does

    @rule(which=st.integers(0, 2), pairs=st.sampled_from(SIZES))
    def split(self, which: int, pairs: Decimal) -> None:
        where = self.market(which)
        self.ask(
            SplitIntent(
                **self.tape.head(),
                bot_id=BOT_6,
                account_id=ACCOUNT,
                market_id=where.market_id,
                venue_event_id=RACE,
                yes_token_id=where.yes_token_id,
                no_token_id=where.no_token_id,
                pairs=pairs,
            )
        )

    @rule(which=st.integers(0, 2), part=st.sampled_from(PARTS))
    def merge(self, which: int, part: Decimal) -> None:
        where = self.market(which)
        pairs = min(self.held(where, side) for side in Side) * part
        self.ask(
            MergeIntent(
                **self.tape.head(),
                bot_id=BOT_6,
                account_id=ACCOUNT,
                market_id=where.market_id,
                venue_event_id=RACE,
                pairs=pairs,
            )
        )

    @rule(
        gives=st.sampled_from(((0,), (1,), (0, 1), (1, 2), (0, 2), (0, 1, 2))),
        part=st.sampled_from(PARTS),
        forgets=st.sampled_from((0, 0, 0, 1)),
    )
    def convert(self, gives: tuple[int, ...], part: Decimal, forgets: int) -> None:
        """Part of the NO tokens that are in no pair; now and then an outcome is left out."""
        given = [self.markets[place] for place in gives]
        size = min(self.held(each, Side.NO) - self.held(each, Side.YES) for each in given) * part
        others = [each for place, each in enumerate(self.markets) if place not in gives]
        self.ask(
            ConvertIntent(
                **self.tape.head(),
                bot_id=BOT_6,
                account_id=ACCOUNT,
                market_id=self.markets[gives[0]].market_id,
                venue_event_id=RACE,
                gives=tuple(self.markets[place].market_id for place in gives),
                gets=tuple(Outcome(o.market_id, o.yes_token_id) for o in others[forgets:]),
                size=size,
            )
        )

    @rule(
        which=st.integers(0, 2),
        side=st.sampled_from(Side),
        size=st.sampled_from(SIZES[1:-1]),
        filled=st.booleans(),
    )
    def sell(self, which: int, side: Side, size: Decimal, filled: bool) -> None:
        """Offer what is held of one side; somebody takes it, or it stands in the way."""
        where = self.market(which)
        cents = self.middle[where.market_id] if side is Side.YES else self.other_cents(where)
        order = self.order(where, side, Action.SELL, cents + 2, size, IntentKind.REDUCE)
        self.place(order, filled=filled)

    @rule(which=st.integers(0, 2), size=st.sampled_from(SIZES[1:-1]), filled=st.booleans())
    def buy_no(self, which: int, size: Decimal, filled: bool) -> None:
        where = self.market(which)
        cents = self.other_cents(where) - 1
        order = self.order(where, Side.NO, Action.BUY, cents, size, IntentKind.DIRECTIONAL)
        self.place(order, filled=filled)

    @precondition(lambda self: self.asked)
    @rule(which=st.integers(0, 7))
    def ask_again(self, which: int) -> None:
        """An intent comes a second time, long after its answer maybe."""
        self.feed(GATE_INPUTS, ACCOUNT, self.asked[-1 - which % len(self.asked)])

    @rule()
    def all_is_answered(self) -> None:
        """What was approved is done after a while, and reserves nothing any more."""
        self.pass_time(8_000)
        state = self.gate_state()
        assert not state.merges
        assert not state.conversions
        assert not state.account.orders.holds

    def held(self, where: Market, side: Side) -> Decimal:
        stake = self.account(LedgerStage).state.ledger.bots[BOT_6].stakes.get(where.market_id)
        return ZERO if stake is None else stake.size(side)

    def other_cents(self, where: Market) -> int:
        return 100 - self.middle[where.market_id] - 2

    def order(
        self,
        where: Market,
        side: Side,
        action: Action,
        cents: int,
        size: Decimal,
        kind: IntentKind,
    ) -> Order:
        price = Decimal(cents) / 100
        return Order(
            order_id=OrderId(f"hand-{len(self.asked)}"),
            bot_id=BOT_6,
            account_id=ACCOUNT,
            venue_event_id=RACE,
            market_id=where.market_id,
            token_id=where.token(side),
            side=side,
            action=action,
            price=price,
            size=size,
            kind=kind,
            fair_value=min(price + Decimal("0.15"), Decimal("0.99")),
            edge=Decimal("0.15"),
            expires_at=self.tape.now + 400_000,
        )

    def place(self, order: Order, *, filled: bool) -> None:
        """Send an order; if it shall be filled, somebody trades through its price."""
        where = next(each for each in self.markets if each.market_id == order.market_id)
        self.ask(
            PlaceIntent(
                **self.tape.head(),
                bot_id=BOT_6,
                order=order,
                stamp=self.stamp(where),
                replaces=None,
            )
        )
        if not filled:
            return
        self.pass_time(1_000)
        ask = order.price if order.side is Side.YES else ONE - order.price
        bids = (order.action is Action.BUY) is (order.side is Side.YES)
        through = ask - Decimal("0.02") if bids else ask + Decimal("0.02")
        action = Action.SELL if bids else Action.BUY
        self.books(self.tape.trade(where, action, f"{through}", 4000.0))
        self.pass_time(300)

    def stamp(self, where: Market) -> Stamp:
        middle = Decimal(self.middle[where.market_id]) / 100
        return Stamp(
            book_event_id="b",
            bid=middle - Decimal("0.01"),
            bid_size=Decimal(900),
            ask=middle + Decimal("0.03"),
            ask_size=Decimal(900),
            tick=Decimal("0.01"),
            min_size=Decimal(5),
            status=MarketStatus.ACTIVE,
            trust=Trust.CONSISTENT,
            heard_at=self.tape.now,
            lag_ms=0,
            decided_at=self.tape.now,
            equity=self.settings.capital,
            sizing_lambda=Decimal("0.25"),
        )

    # ------------------------------------------------------------------ what must hold

    def gate_state(self) -> GateState:
        return next(each for each in self.stages if isinstance(each, GateStage))._state

    @invariant()
    def tokens_and_dollars_are_what_the_reports_say(self) -> None:
        """G.1 and G.18, against books that know no cost."""
        for message in self.record.said[self.heard :]:
            self.purses.hear(message)
        self.heard = len(self.record.said)
        for kind in (GateStage, LedgerStage):
            for bot_id, bot in self.account(kind).state.ledger.bots.items():
                purse = self.purses.of[bot_id]
                assert bot.cash + bot.receivable + bot.gas == purse.cash
                tokens = {
                    (market_id, side): stake.size(side)
                    for market_id, stake in bot.stakes.items()
                    for side in Side
                    if stake.size(side)
                }
                assert tokens == purse.tokens
                assert len(self.open) < len(self.markets) or bot.gas == purse.gas
                costs = sum((stake.cost for stake in bot.stakes.values()), ZERO)
                assert bot.cost == costs >= ZERO
                assert bot.equity == bot.flows + bot.realised + bot.unrealised

    @invariant()
    def tokens_are_taken_once(self) -> None:
        """G.2: orders, merges and conversions together take at most what is held."""
        account, state = self.account(GateStage), self.gate_state()
        for bot_id, bot in account.state.ledger.bots.items():
            for market_id, stake in bot.stakes.items():
                for side in Side:
                    taken = account.orders.reserved_tokens(bot_id, market_id, side)
                    taken += reserved_tokens(state, bot_id, market_id, side)
                    assert taken <= stake.size(side)


def of(chain: EventChain, *kinds: type[Message]) -> list[type[Message]]:
    """Which of these kinds was said, in the order of the first time."""
    said = [type(message) for message in chain.record.said]
    return [kind for kind in dict.fromkeys(said) if kind in kinds]


def test_the_rules_reach_every_answer() -> None:
    """So that the machine below cannot pass because nothing happens."""
    chain, half = EventChain(), Decimal("0.5")
    chain.begin()
    chain.split(2, SIZES[-1])
    chain.merge(0, half)
    chain.merge(1, Decimal(1))
    chain.all_is_answered()
    chain.convert((0, 1), half, 0)
    chain.convert((0, 1), half, 1)
    chain.all_is_answered()
    chain.tokens_and_dollars_are_what_the_reports_say()
    answers = (SplitApproved, SplitDenied, PairsSplit, ConvertApproved, ConvertDenied)
    more = (PositionsConverted, MergeApproved, MergeDenied, PairsMerged, IntentApproved)
    assert set(of(chain, *answers, *more)) == {*answers, *more}
    names = [each.market_id for each in chain.markets]
    purse = chain.purses.of[BOT_6]
    assert purse.tokens == {
        (names[0], Side.YES): Decimal(150),
        (names[0], Side.NO): Decimal(200),
        (names[1], Side.NO): Decimal(50),
        (names[2], Side.YES): Decimal(50),
    }
    assert purse.cash == chain.settings.capital - 300 - 104 + 150 + 50
    chain.teardown()


@pytest.mark.parametrize("kind", ["split", "merge", "convert"])
def test_what_is_asked_again_when_it_is_done_reserves_nothing(kind: str) -> None:
    """The venue does it once, so nothing would ever release what a second approval reserves."""
    chain, half = EventChain(), Decimal("0.5")
    chain.begin()
    if kind == "split":
        chain.split(0, SIZES[1])
    elif kind == "merge":
        chain.merge(0, half)
    else:
        chain.convert((0, 1), half, 0)
    chain.all_is_answered()
    chain.ask_again(0)
    chain.all_is_answered()
    assert chain.gate_state().reserved[chain.asked[-1].event_id] <= chain.tape.now
    chain.teardown()


EventChain.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestEventChain = EventChain.TestCase
