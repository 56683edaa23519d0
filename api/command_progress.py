"""How far a command has come, read back from what bots, gate and venue say. Pure."""

from collections.abc import Callable

from api.command_models import CommandProgressView, StepView
from api.live import LiveState
from api.live_commands import CommandRecord
from schemas.control import Command, Verb
from schemas.risk import BreakerKind, TradingState
from schemas.values import BotState

ACCEPTED, APPLIED, DENIED, CONFIRMED = "accepted", "applied", "denied", "confirmed"
HALTED = (TradingState.HALTED, TradingState.EMERGENCY_HALT)
RUNNING = (BotState.STARTING, BotState.ACTIVE)
PORTFOLIO = "portfolio"

_ADVICE = {
    ACCEPTED: "The risk gate has not answered: see with `pets status` that the gate runs.",
    APPLIED: "Not everything has been read back. Orders that stay open after 10 s: "
    "cancel them at the venue by hand; GET /api/v1/orders/open names them.",
    DENIED: "The gate's sentence says why.",
    CONFIRMED: "",
}


def progress_of(state: LiveState, command_id: str, record: CommandRecord) -> CommandProgressView:
    """A command's stage and the steps of its effect.

    Args:
        state: The present.
        command_id: The command's id.
        record: What is known of it.
    """
    command, answer = record.command, record.answer
    steps = _steps(state, record) if answer is not None and answer.accepted else []
    stage = ACCEPTED
    if answer is not None:
        done = all(step.done == step.of for step in steps)
        stage = (CONFIRMED if done else APPLIED) if answer.accepted else DENIED
    return CommandProgressView(
        command_id=command_id,
        stage=stage,
        verb=command.verb if command else None,
        bot_id=command.bot_id if command else None,
        reason=command.reason if command else "",
        by=command.by if command else "",
        sent_at=command.event_time if command else None,
        answered_at=answer.event_time if answer else None,
        detail=answer.detail if answer else "",
        steps=steps,
        advice=_ADVICE[stage],
    )


def _steps(state: LiveState, record: CommandRecord) -> list[StepView]:
    if record.command is None:
        return []
    effect = StepView(
        name=_NAMES[record.command.verb],
        done=int(_EFFECTS[record.command.verb](state, record.command)),
        of=1,
    )
    gone, of = state.commands.cancelled(record)
    return [effect, StepView(name="orders cancelled", done=gone, of=of)] if of else [effect]


def _bot_is(*wanted: BotState) -> Callable[[LiveState, Command], bool]:
    def check(state: LiveState, command: Command) -> bool:
        return command.bot_id is not None and state.bots.get(command.bot_id) in wanted

    return check


def _trading_is(*wanted: TradingState) -> Callable[[LiveState, Command], bool]:
    def check(state: LiveState, command: Command) -> bool:
        return state.risk is not None and state.risk.trading_state in wanted

    return check


def _emergency(state: LiveState, command: Command) -> bool:
    if command.bot_id is None:
        return _trading_is(TradingState.EMERGENCY_HALT)(state, command)
    return _bot_is(BotState.EMERGENCY_HALT)(state, command)


def _rearmed(state: LiveState, command: Command) -> bool:
    kind = BreakerKind.PORTFOLIO_DRAWDOWN if command.bot_id is None else BreakerKind.BOT_DRAWDOWN
    breaker = state.breakers.get((command.bot_id or PORTFOLIO, kind))
    return breaker is None or not breaker.open


_EFFECTS: dict[Verb, Callable[[LiveState, Command], bool]] = {
    Verb.START: _bot_is(*RUNNING),
    Verb.RESUME: _bot_is(*RUNNING),
    Verb.PAUSE: _bot_is(BotState.PAUSED),
    Verb.STOP: _bot_is(BotState.STOPPED),
    Verb.HALT: _trading_is(*HALTED),
    Verb.EMERGENCY_HALT: _emergency,
    Verb.RESUME_TRADING: _trading_is(TradingState.ACTIVE),
    Verb.REARM: _rearmed,
}
_NAMES: dict[Verb, str] = {
    Verb.START: "bot runs",
    Verb.RESUME: "bot runs",
    Verb.PAUSE: "bot is paused",
    Verb.STOP: "bot has stopped",
    Verb.HALT: "trading is halted",
    Verb.EMERGENCY_HALT: "emergency halt is in force",
    Verb.RESUME_TRADING: "trading is active",
    Verb.REARM: "breaker is closed",
}
