"""Fills and FAILED in any interleaving are the books that never saw the failed ones (G.1, C.2).

Two accounts get the same messages, but one never hears of the fills that fail. The other hears of
them, of their way to the chain, and of their end at any later moment. When all is told, ledger,
positions, episodes and the counted losses are the same to the last digit.
"""

from decimal import Decimal
from typing import Any, NamedTuple

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.envelope import Message
from schemas.ids import MarketId
from schemas.trading import Fill
from schemas.values import Action, Side, TradeStatus
from streams.account import Account
from streams.account_state import AccountRules, AccountState
from streams.breaker_state import BreakerLimits
from streams.episodes import ClosedEpisode
from tests.streams.account_messages import (
    ACCOUNT,
    ARB,
    BOT_5,
    DIRECTIONAL,
    MARKET,
    OTHER,
    SELL,
    Stream,
    a_market,
    an_order,
)

RULES = AccountRules(
    breakers=BreakerLimits(
        consecutive_losses=1_000,
        pause_ms=1,
        daily_loss=Decimal("0.99"),
        bot_drawdown=Decimal("0.99"),
        portfolio_drawdown=Decimal("0.99"),
    ),
    redeem_gas=Decimal(0),
)
SECOND = 1_000
NEVER = TradeStatus.FAILED
STEPS = (TradeStatus.MINED, TradeStatus.RETRYING)


class Trade(NamedTuple):
    """A fill to come.

    Attributes:
        bundle: Of an ARB leg; empty for a directional order.
        fails: Whether it is taken back.
        after: How many messages later its end is told; below 0 it is told before the fill.
        steps: What is told in between.
    """

    market: MarketId
    side: Side
    action: Action
    cents: int
    lots: int
    bundle: str
    fails: bool
    after: int
    steps: tuple[TradeStatus, ...]


class Other(NamedTuple):
    """A merge, a split, a mark or a resolution to come."""

    kind: str
    market: MarketId
    lots: int


TRADES = st.builds(
    Trade,
    st.sampled_from((MARKET, OTHER)),
    st.sampled_from(tuple(Side)),
    st.sampled_from(tuple(Action)),
    st.integers(1, 99),
    st.integers(100, 10_000),
    st.sampled_from(("", "", "one", "two")),
    st.booleans(),
    st.integers(-1, 12),
    st.lists(st.sampled_from(STEPS), max_size=2).map(tuple),
)
OTHERS = st.builds(
    Other,
    st.sampled_from(("merge", "split", "mark", "mark", "resolve")),
    st.sampled_from((MARKET, OTHER)),
    st.integers(100, 10_000),
)
PLAYS = st.lists(st.one_of(TRADES, TRADES, OTHERS), max_size=18)


class Pair:
    """The account that hears everything, and the one that never hears of what fails."""

    def __init__(self) -> None:
        self.stream, self.at = Stream(), 0
        self.told = Account(ACCOUNT, RULES)
        self.clean = Account(ACCOUNT, RULES)
        self.closed: dict[str, list[ClosedEpisode]] = {"told": [], "clean": []}
        self.pending: list[tuple[int, Message]] = []
        for market in (MARKET, OTHER):
            self.both(self.stream.listed(0, a_market(market)))
        self.both(self.stream.capital(0, BOT_5, "10000000"))

    def both(self, message: Message) -> None:
        self.tell(self.told, message)
        self.tell(self.clean, message)

    def tell(self, account: Account, message: Message) -> None:
        name = "told" if account is self.told else "clean"
        facts = account.apply(message)
        self.closed[name] += [fact for fact in facts if isinstance(fact, ClosedEpisode)]

    def held(self, market: MarketId, side: Side) -> Decimal:
        """What both hold."""
        sizes = []
        for account in (self.told, self.clean):
            stake = account.state.ledger.bots[BOT_5].stakes.get(market)
            sizes.append(Decimal(0) if stake is None else stake.size(side))
        return min(sizes)

    def play(self, step: Trade | Other) -> None:
        self.at += SECOND
        if isinstance(step, Trade):
            self.trade(step)
        else:
            self.other(step)
        self.pending = [(left - 1, message) for left, message in self.pending]
        self.due(0)

    def due(self, most: int) -> None:
        """Tell what is due."""
        for left, message in sorted(self.pending, key=lambda each: each[0]):
            if left <= most:
                self.tell(self.told, message)
        self.pending = [each for each in self.pending if each[0] > most]

    def trade(self, step: Trade) -> None:
        size = Decimal(step.lots) / 100
        if step.action is SELL:
            size = min(size, self.held(step.market, step.side))
        if not size:
            return
        order = an_order(
            step.side,
            step.action,
            f"{Decimal(step.cents) / 100}",
            f"{size}",
            market=step.market,
            kind=ARB if step.bundle else DIRECTIONAL,
            bundle=step.bundle,
        )
        if step.bundle:
            self.both(self.stream.placed(self.at, order))
        final = self.stream.fill(self.at, order, fee="0.01")
        fill = msgspec.structs.replace(final, trade_status=TradeStatus.MATCHED)
        end = NEVER if step.fails else TradeStatus.CONFIRMED
        told = [self.status(fill, each) for each in (*step.steps, end)]
        if step.after < 0:
            self.tell(self.told, told[-1])
        self.tell(self.told, fill)
        self.tell(self.clean, self.canceled(final) if step.fails else final)
        if step.after >= 0:
            self.pending += [(step.after, each) for each in (*told, told[-1])]

    def status(self, fill: Fill, status: TradeStatus) -> Message:
        return self.stream.traded(self.at, fill, status)

    def canceled(self, fill: Fill) -> Message:
        """The order ends without a fill where none happened."""
        order = self.told.orders.find(fill.order_id)
        entry = self.clean.orders.find(fill.order_id)
        if entry is None:
            return self.stream.tick(self.at)
        assert order is None
        return self.stream.canceled(self.at, entry.order)

    def other(self, step: Other) -> None:
        stream, at, size = self.stream, self.at, Decimal(step.lots) / 100
        if step.kind == "mark":
            bid = Decimal(step.lots) / 10_200
            self.both(stream.mark(at, f"{bid:.2f}", f"{1 - bid - Decimal('0.02'):.2f}"))
        elif step.kind == "split":
            self.both(stream.split(at, f"{size}", bot=BOT_5))
        elif step.kind == "resolve" and step.market == OTHER:
            self.both(stream.resolved(at, ("0", "0.5", "1")[step.lots % 3], OTHER))
        elif step.kind == "merge":
            size = min(size, *(self.held(MARKET, side) for side in Side))
            if size:
                self.both(stream.merged(at, f"{size}", bot=BOT_5))

    def end(self) -> None:
        """Tell all that is left; then the same last mark to both."""
        self.due(1_000)
        for market in (MARKET, OTHER):
            self.both(self.stream.mark(self.at, "0.40", "0.55", market=market))


def seen(state: AccountState) -> dict[str, Any]:
    """Everything that has to be the same.

    Cash and receivable count as one: what is reported after a resolution is redeemed at once where
    nothing else of the market is still to be.
    """
    ledger, breakers = state.ledger, state.breakers.bots[BOT_5]
    bot = ledger.bots[BOT_5]
    assert bot.receivable == sum((each.amount for each in ledger.receivables), Decimal(0))
    return {
        "ledger": msgspec.structs.replace(bot, cash=bot.cash + bot.receivable, receivable=0),
        "wallet": ledger.wallet + bot.receivable,
        "payouts": ledger.payouts,
        "episodes": state.episodes.running,
        "streak": breakers.streak,
        "equity": breakers.nav.equity,
    }


@settings(deadline=None, max_examples=300)
@given(PLAYS)
def test_what_failed_never_was(plays: list[Trade | Other]) -> None:
    pair = Pair()
    for step in plays:
        pair.play(step)
        bot = pair.told.state.ledger.bots[BOT_5]
        assert bot.equity == bot.flows + bot.realised + bot.unrealised
    pair.end()
    assert not pair.told.state.unsettled.waiting
    assert not pair.told.state.unsettled.journals
    assert seen(pair.told.state) == seen(pair.clean.state)
    assert pair.closed["told"] == pair.closed["clean"]


@settings(deadline=None, max_examples=300)
@given(PLAYS, st.integers(0, 17))
def test_a_restart_in_between_changes_nothing(plays: list[Trade | Other], when: int) -> None:
    straight, broken = Pair(), Pair()
    for number, step in enumerate(plays):
        straight.play(step)
        if number == when:
            state = msgspec.json.encode(broken.told.state)
            decoded = msgspec.json.decode(state, type=AccountState)
            broken.told = Account(ACCOUNT, RULES, decoded)
        broken.play(step)
    straight.end()
    broken.end()
    one, other = seen(straight.told.state), seen(broken.told.state)
    assert _without_ids(one) == _without_ids(other)


def _without_ids(state: dict[str, Any]) -> dict[str, Any]:
    """Orders are numbered over all tests."""
    return {key: value for key, value in state.items() if key != "episodes"}
