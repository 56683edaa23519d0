"""Whom the bots' host asks, about what and when: interests, outside messages, other markets."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from agents.bots.base import (
    Advise,
    Bot,
    Cancel,
    Interest,
    Note,
    OrderDraft,
    PlaceBundle,
    Proposal,
    Reply,
    Running,
)
from agents.bots.view import Markets, View
from agents.stages.bots import DAILY_AT_MS, DAY_MS, BotsStage
from configs.bots import BotParameters
from configs.profiles import load_profiles
from configs.rules import load_rules
from schemas.envelope import Message
from schemas.ids import BotId, MarketId
from schemas.market import Market
from schemas.ops import ClockTick
from schemas.outside import AttentionScore
from schemas.risk import SizingAdvice
from schemas.trading import BundleIntent, Signal
from schemas.values import Action, IntentKind, Side
from tests.agents.closed_loop import ClosedLoop
from tests.agents.tape import ACCOUNT, START, Tape, market
from topics.catalog import ADVICE, GATE_INPUTS

ME = BotId("bot_09")
A, B = market("a"), msgspec.structs.replace(market("b"), venue_event_id=market("a").venue_event_id)
OTHER = market("c")
BIDS, ASKS = {"0.30": 500.0}, {"0.33": 500.0}


class Seen(msgspec.Struct, kw_only=True):
    """What the probe was asked about."""

    calls: list[tuple[str, str]] = msgspec.field(default_factory=list)
    days: int = 0


class Probe(Bot[Seen]):
    """Writes down what it is asked about; does what a test tells it."""

    state_type = Seen

    def __init__(self, interest: Interest) -> None:
        self.interest = interest  # type: ignore[misc]
        super().__init__(BotParameters(number=9, name="probe", lambda_max=Decimal("0.5")))
        self.watched: set[str] = {"a", "b", "c"}
        self.answer: list[Proposal] = []
        self.replies: tuple[Reply, ...] = ()
        self.markets: Markets | None = None

    def watches(self, market: Market) -> bool:
        return market.slug in self.watched

    def on_event(self, state: Seen, event: Message, view: View) -> list[Proposal]:
        state.calls.append((type(event).__name__, view.market.slug))
        answer, self.answer = self.answer, []
        return answer

    def on_outside(self, state: Seen, event: Message, markets: Markets) -> Sequence[Reply]:
        self.markets = markets
        return self.replies

    def on_day(self, state: Seen, tick: ClockTick, markets: Markets) -> Sequence[Reply]:
        state.days += 1
        return self.replies

    def forget(self, state: Seen, market_id: MarketId) -> None:
        state.calls.append(("forget", market_id))


class Session:
    """A probe in the closed loop, on markets a and b of one event and c of another."""

    def __init__(self, interest: Interest, *watched: str) -> None:
        self.probe = Probe(interest)
        self.probe.watched = set(watched or ("a", "b", "c"))
        self.running = Running(self.probe)
        stage = BotsStage(0, ACCOUNT, (self.running,), load_profiles(), load_rules())
        self.loop, self.tape = ClosedLoop(stage), Tape()
        for each in (A, B, OTHER):
            self.loop.feed(self.tape.listed(each), *self.tape.book(each, BIDS, ASKS))
        self.loop.feed(self.tape.feed(), self.tape.account(ME))
        self.calls.clear()

    @property
    def calls(self) -> list[tuple[str, str]]:
        return self.running._state.calls

    def attention(self) -> AttentionScore:
        return AttentionScore(**self.tape.head(), market_id=A.market_id, score=50.0, origin="forum")

    def second(self) -> None:
        self.tape.now += 1_000
        self.loop.feed(self.tape.tick())

    def bundle(self) -> None:
        """Legs in a and b, asked for while looking at a."""
        drafts = tuple(
            OrderDraft(
                side=Side.YES,
                action=Action.BUY,
                price=Decimal("0.31"),
                size=Decimal(20),
                kind=IntentKind.ARB,
                ttl_s=30,
                bundle_id="x",
                market_id=where,
            )
            for where in (None, B.market_id)
        )
        self.probe.answer = [PlaceBundle("x", drafts)]
        self.probe.replies = (A.market_id,)
        self.loop.feed(self.attention())


ATTENTIVE = Interest(tops=False, trades=False, timer_s=0, outside=(AttentionScore,))


def test_nobody_is_asked_about_what_he_does_not_want_to_know() -> None:
    session = Session(ATTENTIVE)
    session.loop.feed(*session.tape.book(A, {"0.20": 9.0}, ASKS))
    session.loop.feed(session.tape.trade(A, Action.BUY, "0.33", 5))
    session.second()
    assert session.calls == []
    session.probe.replies = (OTHER.market_id, A.market_id)
    session.loop.feed(session.attention())
    assert session.calls == [("AttentionScore", "c"), ("AttentionScore", "a")]


def test_a_market_that_is_not_there_is_passed_over() -> None:
    session = Session(ATTENTIVE)
    session.probe.replies = (MarketId("0xunknown"),)
    session.loop.feed(session.attention())
    assert session.calls == []


def test_only_watched_markets_are_shown() -> None:
    session = Session(Interest(), "b")
    for each in (A, B, OTHER):
        session.loop.feed(*session.tape.book(each, {"0.20": 9.0}, ASKS)[:1])
        session.loop.feed(session.tape.trade(each, Action.BUY, "0.33", 5))
    session.second()
    assert session.calls == [("BookSnapshot", "b"), ("MarketTrade", "b"), ("ClockTick", "b")]


def test_a_slow_timer_comes_once_in_its_period() -> None:
    session = Session(Interest(tops=False, trades=False, timer_s=60), "a")
    session.second()
    session.calls.clear()
    for _ in range(180):
        session.second()
    assert session.calls == [("ClockTick", "a")] * 3


def test_legs_lie_in_several_markets_and_involve_the_bot_there() -> None:
    session = Session(ATTENTIVE)
    session.bundle()
    (bundle,) = [
        emit.message
        for emit in session.loop.emitted
        if isinstance(emit.message, BundleIntent) and emit.topic is GATE_INPUTS
    ]
    assert [order.market_id for order in bundle.orders] == [A.market_id, B.market_id]
    assert [order.token_id for order in bundle.orders] == ["a-yes", "b-yes"]
    assert len({order.order_id for order in bundle.orders}) == 2
    assert [stamp.book_event_id for stamp in bundle.stamps] == [
        session.probe.markets.view(each.market_id).book_event_id  # type: ignore[union-attr]
        for each in (A, B)
    ]
    assert {slug for kind, slug in session.calls if kind == "OrderPlaced"} == {"a", "b"}
    session.calls.clear()
    session.loop.feed(*session.tape.book(B, {"0.29": 9.0}, ASKS)[:1])
    session.second()
    assert session.calls == [("BookSnapshot", "b"), ("ClockTick", "a"), ("ClockTick", "b")]
    assert session.probe.markets is not None
    assert session.probe.markets.involved() == (A.market_id, B.market_id)


def test_an_order_is_cancelled_from_another_market() -> None:
    session = Session(ATTENTIVE)
    session.bundle()
    (there,) = [order for order in session.loop.orders() if order.market_id == B.market_id]
    session.probe.answer = [Cancel(there.order_id, "test")]
    session.loop.feed(session.attention())
    assert [order.market_id for order in session.loop.orders()] == [A.market_id]


def test_a_leg_in_a_stale_market_is_refused_with_the_whole_bundle() -> None:
    session = Session(ATTENTIVE)
    session.loop.feed(session.tape.feed(connected=False))
    session.bundle()
    assert session.loop.orders() == []
    reasons = [
        emit.message.reason for emit in session.loop.emitted if isinstance(emit.message, Signal)
    ]
    assert reasons == ["host-refused-feed-disconnected"]


def test_a_bot_sees_the_siblings_of_its_event() -> None:
    session = Session(ATTENTIVE)
    session.loop.feed(session.attention())
    markets = session.probe.markets
    assert markets is not None
    assert markets.of_event(A.venue_event_id) == (A.market_id, B.market_id)
    top = markets.top(B.market_id)
    assert top is not None
    assert (top.bid, top.ask) == (Decimal("0.30"), Decimal("0.33"))
    session.loop.feed(session.tape.resolved(B, "0"))
    assert markets.of_event(A.venue_event_id) == (A.market_id,)
    assert markets.view(B.market_id) is None


def test_matches_are_found_and_survive_a_restore() -> None:
    session = Session(ATTENTIVE)
    about = msgspec.structs.replace(A, match_id="m-1")
    session.loop.feed(session.tape.listed(about), session.attention())
    session.loop.stage.restore(session.loop.stage.snapshot())
    session.loop.feed(session.attention())
    markets = session.probe.markets
    assert markets is not None
    assert markets.of_match("m-1") == (A.market_id,)
    assert markets.market(A.market_id) == about
    assert markets.now == session.tape.now
    session.loop.feed(session.tape.listed(A))
    assert markets.of_match("m-1") == ()


def test_the_daily_job_runs_at_ten_past_midnight_and_once() -> None:
    session = Session(Interest(tops=False, trades=False, timer_s=0, daily=True))
    tape = session.tape
    session.second()
    assert session.running._state.days == 1
    midnight = (START // DAY_MS + 1) * DAY_MS
    for at, days in ((0, 1), (DAILY_AT_MS - 1_000, 1), (DAILY_AT_MS, 2), (DAILY_AT_MS + 1_000, 2)):
        tape.now = midnight + at
        session.loop.feed(tape.tick())
        session.loop.stage.restore(session.loop.stage.snapshot())
        assert session.running._state.days == days


def test_advice_goes_to_the_gate_and_to_the_record() -> None:
    session = Session(ATTENTIVE)
    session.probe.replies = (
        Advise(
            bot_id=BotId("bot_02"),
            sizing_lambda=Decimal("0.1"),
            p_post=0.4,
            n=12,
            edge=0.02,
            valid_until=START + 3_600_000,
        ),
    )
    session.loop.stage.apply(session.tape.tick())
    emits = session.loop.stage.apply(session.attention())
    assert [emit.topic for emit in emits] == [ADVICE, GATE_INPUTS]
    advice = emits[0].message
    assert isinstance(advice, SizingAdvice)
    assert (advice.bot_id, advice.sizing_lambda, advice.source) == ("bot_02", Decimal("0.1"), ME)
    assert emits[1].message is advice


def test_a_note_after_an_outside_message_becomes_a_signal() -> None:
    session = Session(ATTENTIVE)
    session.probe.answer = [Note(decision="none", reason="seen")]
    session.probe.replies = (A.market_id,)
    session.loop.feed(session.attention())
    (signal,) = session.loop.signals()
    assert (signal.market_id, signal.reason) == (A.market_id, "seen")
