"""Operators' commands and the life of a bot (MISSION.md states, DESIGN.md section 8 halt).

`halt` stops new risk and cancels orders, positions stay. `emergency-halt` also lets the bots unwind
passively. Both are part of the gate's state, so a restarted system comes back halted.
"""

from typing import NamedTuple

from agents.stages.gate_state import BotLife, GateState
from schemas.control import Command, Verb
from schemas.ids import BotId
from schemas.risk import TradingState
from schemas.values import BotState
from streams.breaker_state import Breakers, effective

STARTABLE = (
    BotState.IDLE,
    BotState.STOPPING,
    BotState.STOPPED,
    BotState.ERROR,
    BotState.EMERGENCY_HALT,
)
STOPPABLE = (
    BotState.STARTING,
    BotState.ACTIVE,
    BotState.PAUSED,
    BotState.ERROR,
    BotState.EMERGENCY_HALT,
)

AT_REST = (BotState.IDLE, BotState.STOPPING, BotState.STOPPED, BotState.ERROR)
"""What no open breaker makes worse."""


class Applied(NamedTuple):
    """What a command did.

    Attributes:
        detail: In a sentence.
        cancels: Whether the open orders in its scope are to be cancelled.
    """

    accepted: bool
    detail: str
    cancels: bool = False


def life_of(state: GateState, bot_id: BotId) -> BotLife:
    """A bot's life, IDLE if it was never heard of."""
    if bot_id not in state.lives:
        state.lives[bot_id] = BotLife()
    return state.lives[bot_id]


def apply_command(state: GateState, command: Command) -> Applied:
    """Carry out every verb but `rearm`, which the breakers fold.

    Args:
        state: Changed in place.
        command: What an operator asked for.
    """
    verb, bot_id = command.verb, command.bot_id
    if verb in (Verb.HALT, Verb.RESUME_TRADING) and bot_id is not None:
        return Applied(False, f"{verb} is for the whole account; pause or stop {bot_id} instead.")
    if verb is Verb.HALT:
        return _halt(state, command)
    if verb is Verb.RESUME_TRADING:
        return _resume_trading(state)
    if verb is Verb.EMERGENCY_HALT and bot_id is None:
        state.trading, state.reason = TradingState.EMERGENCY_HALT, command.reason
        return Applied(True, "All bots are in emergency halt; positions are unwound.", True)
    if bot_id is None:
        return Applied(False, f"{verb} needs a bot; name one.")
    return _for_bot(life_of(state, bot_id), verb, bot_id)


def promote(state: GateState, bot_id: BotId, *, funded: bool) -> None:
    """A STARTING bot becomes ACTIVE once it has what it needs: capital, if it trades."""
    life = life_of(state, bot_id)
    if life.state is BotState.STARTING and funded:
        life.state = BotState.ACTIVE


def shown_state(state: GateState, breakers: Breakers, bot_id: BotId) -> BotState:
    """The worst of a bot's life, its open breakers and the account's emergency halt."""
    life, tripped = life_of(state, bot_id).state, effective(breakers, bot_id)
    halted = BotState.EMERGENCY_HALT
    if state.trading is TradingState.EMERGENCY_HALT or life is halted or tripped is halted:
        return halted
    if tripped is BotState.ACTIVE or life in AT_REST:
        return life
    return tripped


def trading_state(state: GateState, breakers: Breakers) -> TradingState:
    """The account's permission, the portfolio breaker included."""
    return TradingState.EMERGENCY_HALT if breakers.portfolio_open else state.trading


def _halt(state: GateState, command: Command) -> Applied:
    if state.trading is TradingState.EMERGENCY_HALT:
        return Applied(False, "The account is in emergency halt already, which is stricter.")
    state.trading, state.reason = TradingState.HALTED, command.reason
    return Applied(True, "Trading is halted: orders are cancelled, positions stay.", True)


def _resume_trading(state: GateState) -> Applied:
    if state.trading is TradingState.ACTIVE:
        return Applied(True, "Trading was not halted.")
    state.trading, state.reason = TradingState.ACTIVE, ""
    return Applied(True, "Trading goes on; open breakers stay open.")


def _for_bot(life: BotLife, verb: Verb, bot_id: BotId) -> Applied:
    if verb is Verb.START:
        return _start(life, bot_id)
    if verb is Verb.PAUSE:
        return _pause(life, bot_id)
    if verb is Verb.RESUME:
        return _resume(life, bot_id)
    if verb is Verb.STOP:
        return _stop(life, bot_id)
    life.state = BotState.EMERGENCY_HALT
    return Applied(True, f"{bot_id} is in emergency halt; its positions are unwound.", True)


def _start(life: BotLife, bot_id: BotId) -> Applied:
    if life.state in STARTABLE:
        life.state = BotState.STARTING
        return Applied(True, f"{bot_id} starts.")
    if life.state is BotState.PAUSED:
        return Applied(False, f"{bot_id} is paused; resume it.")
    return Applied(True, f"{bot_id} runs already.")


def _pause(life: BotLife, bot_id: BotId) -> Applied:
    if life.state in (BotState.ACTIVE, BotState.STARTING, BotState.PAUSED):
        life.state = BotState.PAUSED
        return Applied(True, f"{bot_id} is paused; it may only reduce.", True)
    return Applied(False, f"{bot_id} is {life.state} and cannot be paused; start it first.")


def _resume(life: BotLife, bot_id: BotId) -> Applied:
    if life.state is BotState.PAUSED:
        life.state = BotState.STARTING
        return Applied(True, f"{bot_id} goes on; open breakers stay open.")
    return Applied(False, f"{bot_id} is {life.state}; only a paused bot can be resumed.")


def _stop(life: BotLife, bot_id: BotId) -> Applied:
    if life.state in STOPPABLE:
        life.state = BotState.STOPPING
        return Applied(True, f"{bot_id} stops as soon as its orders are gone.", True)
    if life.state is BotState.IDLE:
        return Applied(False, f"{bot_id} never started; there is nothing to stop.")
    return Applied(True, f"{bot_id} is stopped or stopping already.")
