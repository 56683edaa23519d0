"""What bots remember beside their state, so as not to work it out again, changes nothing."""

from collections.abc import Callable, Mapping, Sequence

from hypothesis import given, settings

from agents.bots.base import BotIdentity, Proposal, Reply, Running, RunningBot
from agents.bots.bot_01_rebalancing import Rebalancing
from agents.bots.bot_05_market_maker import MarketMaker
from agents.bots.view import Markets, View
from agents.stages.base import Emit
from agents.stages.bots import BotsStage
from configs.bots import MarketMakerParameters, RebalancingParameters, load_bot
from configs.profiles import load_profiles
from configs.rules import load_rules
from schemas.envelope import Message
from schemas.ids import MarketId
from schemas.market import Market
from schemas.ops import ClockTick
from tests.agents.tape import ACCOUNT, BOT_5, Tape
from tests.properties.test_bots_properties import STEPS, Session, Step

RULES = load_rules()
PROFILES = load_profiles()
PAIRS = load_bot(RebalancingParameters, "bot_01_rebalancing.yaml")
MAKER = load_bot(MarketMakerParameters, "bot_05_market_maker.yaml")


class Forgetful:
    """A bot that is made anew for every event and has its state only."""

    def __init__(self, make: Callable[[], RunningBot]) -> None:
        self._make = make
        self._state = make().snapshot()

    @property
    def bot(self) -> BotIdentity:
        return self._make().bot

    def on_event(self, event: Message, view: View) -> list[Proposal]:
        fresh = self._fresh()
        proposals = fresh.on_event(event, view)
        self._state = fresh.snapshot()
        return proposals

    def forget(self, market_id: MarketId) -> None:
        fresh = self._fresh()
        fresh.forget(market_id)
        self._state = fresh.snapshot()

    def watches(self, market: Market) -> bool:
        return self._fresh().watches(market)

    def passed(self) -> Mapping[str, int]:
        return self._fresh().passed()

    def on_outside(self, event: Message, markets: Markets) -> Sequence[Reply]:
        fresh = self._fresh()
        replies = fresh.on_outside(event, markets)
        self._state = fresh.snapshot()
        return replies

    def on_day(self, tick: ClockTick, markets: Markets) -> Sequence[Reply]:
        fresh = self._fresh()
        replies = fresh.on_day(tick, markets)
        self._state = fresh.snapshot()
        return replies

    def reset(self) -> None:
        self._state = self._make().snapshot()

    def snapshot(self) -> bytes:
        return self._state

    def restore(self, snapshot: bytes) -> None:
        self._state = snapshot

    def _fresh(self) -> RunningBot:
        fresh = self._make()
        fresh.restore(self._state)
        return fresh


class Twins(BotsStage):
    """A stage beside a forgetful one that gets the same messages.

    Attributes:
        applied: Messages so far.
    """

    def __init__(self, remembering: BotsStage) -> None:
        bots = (
            Forgetful(lambda: Running(Rebalancing(PAIRS, RULES))),
            Forgetful(lambda: Running(MarketMaker(MAKER, RULES))),
        )
        super().__init__(0, ACCOUNT, bots, PROFILES, RULES)
        self.restore(remembering.snapshot())
        self.remembering = remembering
        self.applied = 0

    def apply(self, message: Message) -> Sequence[Emit]:
        self.applied += 1
        emits = list(super().apply(message))
        assert list(self.remembering.apply(message)) == emits
        return emits


def poorer(tape: Tape, step: Step) -> list[Message]:
    """After some steps bot 5 has hardly more cash than one side of its quotes costs."""
    if step.amount % 3 == 0:
        return []
    cash = str(2 * step.amount)
    return [tape.account(BOT_5, equity=str(10_000 + step.amount % 7), free_cash=cash), tape.tick()]


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_a_bot_that_has_only_its_state_decides_the_same(steps: list[Step]) -> None:
    session = Session()
    twins = session.loop.stage = Twins(session.loop.stage)
    for step in steps:
        session.take(step)
        session.feed(*poorer(session.tape, step))
    assert twins.snapshot() == twins.remembering.snapshot()
    assert twins.applied >= sum(step.what == "tick" for step in steps)
