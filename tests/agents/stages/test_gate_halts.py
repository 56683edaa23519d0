"""Breakers, operators' commands and the life of a bot: what is cancelled, denied and told."""

from decimal import Decimal

import msgspec
import pytest

from agents.stages import gate_judge
from agents.stages.base import Emit
from agents.stages.gate_case import Case
from agents.stages.gate_halts import unhalted
from agents.stages.gate_judge import CHECKS
from schemas.control import BotStateChanged, Command, CommandApplied, Verb
from schemas.ids import BotId
from schemas.reasons import DenialCode
from schemas.risk import (
    BreakerKind,
    CircuitBreakerReset,
    CircuitBreakerTriggered,
    DrawdownThreshold,
    EmergencyHalt,
    RiskState,
    TradingState,
)
from schemas.trading import CancelOrder, CancelRefused, Order
from schemas.values import BotState
from tests.agents.stages.gate_driver import Gate, approved, cancels, denied, of_type
from tests.streams.account_messages import (
    BOT_1,
    BOT_5,
    BUY,
    DAY,
    NO,
    REDUCE,
    SELL,
    YES,
    Stream,
    an_order,
)
from topics.catalog import BREACHES, CONTROL_STATES, DECIDE_INPUTS, RISK_STATES

BOT_9 = BotId("bot_09")


def quotes() -> tuple[Order, Order]:
    return an_order(YES, BUY, "0.45", "50"), an_order(NO, BUY, "0.53", "50")


def states(emits: list[Emit]) -> list[tuple[BotId, BotState]]:
    return [(m.bot_id, m.state) for m in of_type(emits, BotStateChanged, CONTROL_STATES)]


def trips(emits: list[Emit]) -> list[tuple[BreakerKind, BotId | None]]:
    found = of_type(emits, CircuitBreakerTriggered, BREACHES)
    return [(trip.reason, trip.bot_id) for trip in found]


def command(gate: Gate, verb: Verb, bot: BotId | None = None) -> tuple[CommandApplied, list[Emit]]:
    emits = gate.feed(gate.stream.command(gate.at, verb, bot))
    answers = of_type(emits, CommandApplied)
    assert len(answers) == 1
    return answers[0], emits


def losing(gate: Gate, times: int, start: int = 1000) -> list[Emit]:
    """Closed episodes that lose."""
    emits: list[Emit] = []
    for number in range(times):
        at = start + number * 10
        emits += gate.feed(gate.stream.fill(at, an_order(YES, BUY, "0.45", "10")))
        emits += gate.feed(gate.stream.fill(at + 1, an_order(YES, SELL, "0.44", "10")))
    return emits


def test_three_losing_episodes_pause_the_bot_and_cancel_its_orders_first() -> None:
    gate = Gate()
    bid, ask = quotes()
    approved(gate.bundle(bid, ask))
    other = an_order(YES, BUY, "0.42", "50", bot=BOT_1)
    assert losing(gate, 2)
    gate.feed(gate.stream.fill(2000, an_order(YES, BUY, "0.45", "10")))
    emits = gate.feed(gate.stream.fill(2001, an_order(YES, SELL, "0.44", "10")))
    assert [type(emit.message) for emit in emits[:4]] == [CancelOrder] * 4
    assert cancels(emits) == [bid.order_id, ask.order_id]
    assert trips(emits) == [(BreakerKind.CONSECUTIVE_LOSSES, BOT_5)]
    assert states(emits) == [(BOT_5, BotState.PAUSED)]
    assert denied(gate.bundle(*quotes())).code is DenialCode.CONSECUTIVE_LOSSES
    assert denied(gate.place(other)).code is not DenialCode.CONSECUTIVE_LOSSES
    gate.feed(gate.stream.tick(2001 + DAY - 1))
    assert denied(gate.bundle(*quotes())).code is DenialCode.CONSECUTIVE_LOSSES
    emits = gate.feed(gate.stream.tick(2001 + DAY))
    assert states(emits) == [(BOT_5, BotState.ACTIVE)]
    resets = of_type(emits, CircuitBreakerReset, BREACHES)
    assert [(reset.reason, reset.by) for reset in resets] == [
        (BreakerKind.CONSECUTIVE_LOSSES, "time")
    ]
    approved(gate.bundle(*quotes()))


def test_a_daily_loss_halts_all_bots_lets_reduce_pass_and_ends_at_midnight() -> None:
    gate = Gate()
    bid, ask = quotes()
    approved(gate.bundle(bid, ask))
    gate.hold(an_order(YES, BUY, "0.40", "2500"))
    gate.feed(gate.stream.mark(30, "0.20", "0.79"))
    warned = of_type(gate.said, DrawdownThreshold, BREACHES)
    assert [(w.reason, w.level) for w in warned] == [(BreakerKind.DAILY_LOSS, Decimal("0.5"))]
    emits = gate.feed(gate.stream.mark(40, "0.00", "0.99"))
    assert trips(emits) == [(BreakerKind.DAILY_LOSS, None)]
    assert cancels(emits) == [bid.order_id, ask.order_id]
    triggered = of_type(emits, CircuitBreakerTriggered, BREACHES)[0]
    assert triggered.affected == (BOT_1, BOT_5)
    assert (triggered.threshold_value, triggered.current_value) == (
        Decimal("0.05"),
        Decimal("0.05"),
    )
    assert denied(gate.bundle(*quotes())).code is DenialCode.DAILY_LOSS
    gate.feed(gate.stream.canceled(50, bid), gate.stream.canceled(50, ask))
    approved(gate.place(an_order(YES, SELL, "0.46", "2500", kind=REDUCE)))
    emits = gate.feed(gate.stream.tick(DAY))
    assert states(emits) == [(BOT_1, BotState.ACTIVE), (BOT_5, BotState.ACTIVE)]


def test_a_bot_drawdown_stops_one_bot_until_it_is_re_armed() -> None:
    gate = Gate()
    gate.feed(gate.stream.capital(0, None, "100000"))
    gate.hold(an_order(YES, BUY, "0.40", "10000"))
    emits = gate.feed(gate.stream.mark(10, "0.15", "0.84"))
    assert trips(emits) == [(BreakerKind.BOT_DRAWDOWN, BOT_5)]
    assert states(emits) == [(BOT_5, BotState.STOPPED)]
    assert denied(gate.bundle(*quotes())).code is DenialCode.BOT_DRAWDOWN
    answer, _ = command(gate, Verb.REARM, BOT_1)
    assert not answer.accepted
    answer, emits = command(gate, Verb.REARM, BOT_5)
    assert answer.accepted
    assert states(emits) == [(BOT_5, BotState.ACTIVE)]
    assert denied(gate.bundle(*quotes())).code is DenialCode.EXPOSURE_MARKET


def test_a_portfolio_drawdown_is_an_emergency_halt_that_only_a_re_arm_ends() -> None:
    gate = Gate()
    gate.hold(an_order(YES, BUY, "0.40", "20000"))
    emits = gate.feed(gate.stream.mark(10, "0.00", "0.99"))
    assert [kind for kind, _ in trips(emits)] == [
        BreakerKind.PORTFOLIO_DRAWDOWN,
        BreakerKind.BOT_DRAWDOWN,
        BreakerKind.DAILY_LOSS,
    ]
    halt = of_type(emits, EmergencyHalt, BREACHES)[0]
    assert "Still open: bot_05 20000 YES in 0xaa (worth 0 dollars" in halt.reason
    assert states(emits) == [
        (BOT_1, BotState.EMERGENCY_HALT),
        (BOT_5, BotState.EMERGENCY_HALT),
    ]
    assert of_type(emits, RiskState, RISK_STATES)[-1].trading_state is (TradingState.EMERGENCY_HALT)
    assert denied(gate.bundle(*quotes())).code is DenialCode.EMERGENCY_HALT
    approved(gate.place(an_order(YES, SELL, "0.46", "20000", kind=REDUCE)))
    assert not command(gate, Verb.RESUME_TRADING)[0].accepted
    first, emits = command(gate, Verb.REARM)
    assert not first.accepted
    assert states(emits) == []
    assert first.command_id in first.detail
    wrong = confirm(gate, "another")
    assert not wrong.accepted
    late = confirm(gate, wrong.command_id, wait=300_001)
    assert not late.accepted
    emits = gate.feed(confirmation(gate, late.command_id, wait=300_000))
    assert of_type(emits, CommandApplied)[0].accepted
    assert states(emits) == [(BOT_1, BotState.PAUSED), (BOT_5, BotState.STOPPED)]


def confirmation(gate: Gate, command_id: str, wait: int = 0) -> Command:
    again = gate.stream.command(gate.at + wait, Verb.REARM)
    return msgspec.structs.replace(again, confirms=command_id)


def confirm(gate: Gate, command_id: str, wait: int = 0) -> CommandApplied:
    return of_type(gate.feed(confirmation(gate, command_id, wait)), CommandApplied)[0]


def test_halt_cancels_everything_and_lets_nothing_but_reduce_pass() -> None:
    gate = Gate()
    gate.hold(an_order(YES, BUY, "0.40", "100"))
    bid, ask = quotes()
    approved(gate.bundle(bid, ask))
    answer, emits = command(gate, Verb.HALT)
    assert answer.accepted
    assert cancels(emits) == [bid.order_id, ask.order_id]
    assert of_type(emits, RiskState, RISK_STATES)[-1].trading_state is TradingState.HALTED
    assert denied(gate.bundle(*quotes())).code is DenialCode.HALTED
    gate.feed(gate.stream.canceled(1, bid), gate.stream.canceled(1, ask))
    approved(gate.place(an_order(YES, SELL, "0.50", "100", kind=REDUCE)))
    answer, emits = command(gate, Verb.RESUME_TRADING)
    assert answer.accepted
    assert of_type(emits, RiskState, RISK_STATES)[-1].trading_state is TradingState.ACTIVE
    approved(gate.bundle(*quotes()))


def test_a_restarted_gate_comes_back_halted() -> None:
    gate = Gate()
    command(gate, Verb.HALT)
    again = Gate()
    again.stage.restore(gate.stage.snapshot())
    assert denied(again.bundle(*quotes())).code is DenialCode.HALTED


def test_an_emergency_halt_by_an_operator_shows_on_every_bot() -> None:
    gate = Gate()
    answer, emits = command(gate, Verb.EMERGENCY_HALT)
    assert answer.accepted
    assert [state for _, state in states(emits)] == [BotState.EMERGENCY_HALT] * 2
    assert of_type(emits, EmergencyHalt, BREACHES)[0].by == "cli"
    assert denied(gate.bundle(*quotes())).code is DenialCode.EMERGENCY_HALT
    assert not command(gate, Verb.HALT)[0].accepted
    assert states(command(gate, Verb.RESUME_TRADING)[1]) == [
        (BOT_1, BotState.ACTIVE),
        (BOT_5, BotState.ACTIVE),
    ]


def test_one_bot_can_be_halted_alone() -> None:
    gate = Gate()
    assert states(command(gate, Verb.EMERGENCY_HALT, BOT_5)[1]) == [
        (BOT_5, BotState.EMERGENCY_HALT)
    ]
    assert denied(gate.bundle(*quotes())).code is DenialCode.BOT_NOT_ACTIVE
    assert states(command(gate, Verb.START, BOT_5)[1]) == [
        (BOT_5, BotState.STARTING),
        (BOT_5, BotState.ACTIVE),
    ]


def test_pause_and_resume() -> None:
    gate = Gate()
    bid, ask = quotes()
    approved(gate.bundle(bid, ask))
    _, emits = command(gate, Verb.PAUSE, BOT_5)
    assert cancels(emits) == [bid.order_id, ask.order_id]
    assert states(emits) == [(BOT_5, BotState.PAUSED)]
    assert denied(gate.bundle(*quotes())).code is DenialCode.BOT_NOT_ACTIVE
    assert not command(gate, Verb.START, BOT_5)[0].accepted
    assert states(command(gate, Verb.RESUME, BOT_5)[1]) == [(BOT_5, BotState.ACTIVE)]
    assert not command(gate, Verb.RESUME, BOT_5)[0].accepted


def test_a_stopping_bot_stops_when_its_last_order_is_gone() -> None:
    gate = Gate()
    gate.hold(an_order(YES, BUY, "0.40", "100"))
    bid, ask = quotes()
    approved(gate.bundle(bid, ask))
    assert states(command(gate, Verb.STOP, BOT_5)[1]) == [(BOT_5, BotState.STOPPING)]
    assert states(gate.feed(gate.stream.canceled(1, bid))) == []
    assert states(gate.feed(gate.stream.canceled(2, ask))) == [(BOT_5, BotState.STOPPED)]
    approved(gate.place(an_order(YES, SELL, "0.50", "100", kind=REDUCE)))
    assert denied(gate.bundle(*quotes())).code is DenialCode.BOT_NOT_ACTIVE


def test_a_bot_starts_when_it_has_capital() -> None:
    gate = Gate(bots=(BOT_1,))
    _, emits = command(gate, Verb.START, BOT_5)
    assert states(emits) == [(BOT_5, BotState.STARTING)]
    assert denied(gate.bundle(*quotes())).code is DenialCode.BOT_NOT_ACTIVE
    emits = gate.feed(gate.stream.capital(1, BOT_5, "1000"))
    assert states(emits) == [(BOT_5, BotState.ACTIVE)]


def test_a_bot_that_places_no_orders_needs_no_capital() -> None:
    gate = Gate(bots=(BOT_1,))
    assert states(command(gate, Verb.START, BOT_9)[1])[-1] == (BOT_9, BotState.ACTIVE)


@pytest.mark.parametrize("verb", [Verb.START, Verb.PAUSE, Verb.RESUME, Verb.STOP], ids=str)
def test_commands_for_a_bot_must_name_one(verb: Verb) -> None:
    assert not command(Gate(), verb)[0].accepted


@pytest.mark.parametrize("verb", [Verb.HALT, Verb.RESUME_TRADING], ids=str)
def test_commands_for_the_account_must_not_name_a_bot(verb: Verb) -> None:
    assert not command(Gate(), verb, BOT_5)[0].accepted


def test_what_never_started_cannot_stop_or_pause() -> None:
    gate = Gate(bots=(BOT_1,))
    assert not command(gate, Verb.STOP, BOT_5)[0].accepted
    assert not command(gate, Verb.PAUSE, BOT_5)[0].accepted


def test_commands_of_other_accounts_are_passed_over() -> None:
    gate = Gate()
    foreign = gate.stream.command(gate.at, Verb.HALT)
    message = type(foreign)(
        **Stream().head(1),
        account_id=type(foreign.account_id)("another"),
        verb=Verb.HALT,
        bot_id=None,
        reason="",
        by="cli",
    )
    assert of_type(gate.feed(message), CommandApplied) == []
    approved(gate.bundle(*quotes()))


def test_an_order_on_its_way_is_cancelled_again_once_it_is_placed() -> None:
    gate = Gate()
    bid, ask = quotes()
    approved(gate.bundle(bid, ask))
    command(gate, Verb.HALT)
    refused = CancelRefused(
        **gate.stream.head(gate.at),
        order_id=bid.order_id,
        bot_id=bid.bot_id,
        account_id=bid.account_id,
        market_id=bid.market_id,
        token_id=bid.token_id,
        reason="unknown",
    )
    assert cancels(gate.feed(refused)) == []
    emits = gate.feed(gate.stream.placed(gate.at, bid))
    assert cancels(emits) == [bid.order_id]
    assert len(of_type(emits, CancelOrder, DECIDE_INPUTS)) == 1
    assert cancels(gate.feed(gate.stream.placed(gate.at, ask))) == []


def test_a_withdrawal_cancels_bids_that_it_leaves_without_cash() -> None:
    gate = Gate()
    bid, ask = quotes()
    approved(gate.bundle(bid, ask))
    assert cancels(gate.feed(gate.stream.capital(1, BOT_5, "-9000"))) == []
    emits = gate.feed(gate.stream.capital(2, BOT_5, "-990"))
    assert cancels(emits) == [bid.order_id, ask.order_id]


def test_the_short_way_past_the_halts_says_what_they_would(monkeypatch: pytest.MonkeyPatch) -> None:
    """`unhalted` skips checks 1 to 5; here they are asked as well, in every state of a gate."""
    skipped: list[bool] = []

    def both(case: Case) -> bool:
        passes = all(check(case) is None for check in CHECKS[:5])
        skipped.append(unhalted(case))
        assert passes or not skipped[-1]
        assert skipped[-1] or not passes or case.reduces
        return skipped[-1]

    monkeypatch.setattr(gate_judge, "unhalted", both)
    for verb in (None, Verb.HALT, Verb.EMERGENCY_HALT, Verb.PAUSE, Verb.STOP):
        gate = Gate()
        if verb is not None:
            scope = BOT_5 if verb in (Verb.PAUSE, Verb.STOP) else None
            gate.feed(gate.stream.command(0, verb, scope))
        gate.place(an_order(YES, BUY, "0.45", "20", bot=BOT_5))
        gate.hold(an_order(YES, BUY, "0.45", "20", bot=BOT_5))
        gate.place(an_order(YES, SELL, "0.47", "20", bot=BOT_5, kind=REDUCE))
    assert set(skipped) == {True, False}
