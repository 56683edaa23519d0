"""A bot that raises goes into ERROR alone, with the reason, and the same in a replay."""

from decimal import Decimal

import msgspec
import pytest

from agents.bots.base import Bot, Interest, Note, Proposal, Running
from agents.bots.view import View
from agents.registry import make_bots
from agents.stages.base import Emit
from agents.stages.bots import BotsStage
from configs.bots import BotParameters
from configs.profiles import load_profiles
from configs.rules import load_rules
from schemas.control import BotFailed, BotStateChanged, Verb
from schemas.envelope import Message
from schemas.ids import BotId, MarketId
from schemas.ops import ClockTick
from schemas.trading import BundleIntent, CancelOrder, Signal
from schemas.values import BotState
from tests.agents.stages.gate_driver import Gate, of_type
from tests.agents.tape import ACCOUNT, BOT_1, BOT_5, Tape, market
from tests.streams.account_messages import BUY, NO, YES, an_order
from topics.catalog import CONTROL_STATES, GATE_INPUTS

BAD = BotId("bot_02")
RULES = load_rules()


class Odd(msgspec.Struct, kw_only=True):
    seen: int = 0


class OddBot(Bot[Odd]):
    """Divides by zero at its third tick, half of its state changed by then."""

    state_type = Odd
    interest = Interest(trades=False)

    def on_event(self, state: Odd, event: Message, view: View) -> list[Proposal]:
        if isinstance(event, ClockTick):
            state.seen += 1
            if state.seen == 3:
                raise ZeroDivisionError("the third tick")
        return [Note(decision="none", reason=f"seen-{state.seen}")]

    def forget(self, state: Odd, market_id: MarketId) -> None:
        state.seen = 0


def make_stage() -> BotsStage:
    odd = OddBot(BotParameters(number=2, name="odd", lambda_max=Decimal("0.25")))
    bots = (Running(odd), *make_bots("1,5", RULES))
    return BotsStage(0, ACCOUNT, bots, load_profiles(), RULES)


def tape(seconds: int, restarts_at: int | None = None) -> list[Message]:
    made = Tape()
    where = market()
    messages = [made.listed(where), made.feed()]
    messages += made.book(where, {"0.48": 3000, "0.47": 500}, {"0.50": 3000, "0.51": 500})
    state = BotState.ACTIVE
    for second in range(seconds):
        made.now += 1_000
        if restarts_at is not None and second > 4:
            state = BotState.ERROR if second < restarts_at else BotState.ACTIVE
        views = [made.account(BOT_1), made.account(BOT_5), made.account(BAD, state=state)]
        messages += [made.feed(), *views, made.tick()]
    return messages


def play(stage: BotsStage, messages: list[Message]) -> list[Emit]:
    return [emit for message in messages for emit in stage.apply(message)]


def test_only_the_bot_that_raised_stands_still_and_the_gate_is_told_once_why() -> None:
    emits = play(make_stage(), tape(70))
    failed = [emit for emit in emits if isinstance(emit.message, BotFailed)]
    assert [(emit.topic, emit.key) for emit in failed] == [(GATE_INPUTS, ACCOUNT)]
    (told,) = of_type(emits, BotFailed, GATE_INPUTS)
    assert told.bot_id == BAD
    assert told.reason.startswith("ZeroDivisionError: the third tick at ClockTick ")
    others = {emit.message.bot_id for emit in emits if isinstance(emit.message, BundleIntent)}
    assert others == {BOT_1, BOT_5}
    after = emits[emits.index(failed[0]) :]
    assert {e.message.bot_id for e in after if isinstance(e.message, Signal)} <= {BOT_1, BOT_5}


def test_a_bot_that_an_operator_starts_begins_anew() -> None:
    stage = make_stage()
    emits = play(stage, tape(12, restarts_at=8))
    said = [e.message for e in emits if isinstance(e.message, Signal)]
    reasons = [signal.reason for signal in said if signal.bot_id == BAD]
    assert len(of_type(emits, BotFailed, GATE_INPUTS)) == 2
    assert reasons[:4] == ["seen-0", "seen-1", "seen-2", "seen-0"]


@pytest.mark.parametrize("cut", [5, 14, 20, 23, 31, 45])
def test_a_restored_stage_goes_on_with_the_same_bytes(cut: int) -> None:
    messages = tape(12, restarts_at=8)
    whole = make_stage()
    play(whole, messages[:cut])
    twin = make_stage()
    twin.restore(whole.snapshot())
    rest = play(whole, messages[cut:])
    assert [msgspec.json.encode(e.message) for e in play(twin, messages[cut:])] == [
        msgspec.json.encode(e.message) for e in rest
    ]
    assert twin.snapshot() == whole.snapshot()


def test_the_gate_shows_error_cancels_and_lets_an_operator_start_it() -> None:
    gate = Gate()
    gate.bundle(an_order(YES, BUY, "0.45", "50"), an_order(NO, BUY, "0.53", "50"))
    emits = gate.feed(gate.stream.failed(gate.at, BOT_5, "ZeroDivisionError: x"))
    (state,) = of_type(emits, BotStateChanged, CONTROL_STATES)
    assert (state.state, state.reason) == (BotState.ERROR, "ZeroDivisionError: x")
    assert len({cancel.order_id for cancel in of_type(emits, CancelOrder)}) == 2
    emits = gate.feed(gate.stream.command(gate.at, Verb.START, BOT_5))
    assert [each.state for each in of_type(emits, BotStateChanged, CONTROL_STATES)][
        -1
    ] is BotState.ACTIVE
