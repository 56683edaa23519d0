"""Checks 1 to 5: is the bot allowed to trade at all? (STRATEGIES.md C.1)."""

from agents.stages.gate_case import Case, Denial
from schemas.reasons import DenialCode
from schemas.risk import TradingState
from schemas.values import BotState

REDUCE_STATES = (
    BotState.ACTIVE,
    BotState.PAUSED,
    BotState.STOPPING,
    BotState.STOPPED,
    BotState.EMERGENCY_HALT,
)
"""Lifecycle states in which a bot may still reduce."""


def unhalted(case: Case) -> bool:
    """Whether nothing is halted, so that checks 1 to 5 would all pass; nearly always."""
    state, breakers = case.state, case.account.state.breakers
    bot, life = breakers.bots.get(case.bot_id), state.lives.get(case.bot_id)
    return (
        not breakers.portfolio_open
        and not breakers.daily_open
        and state.trading is TradingState.ACTIVE
        and (bot is None or (not bot.drawdown_open and bot.pause_until is None))
        and life is not None
        and life.state is BotState.ACTIVE
    )


def halted(case: Case) -> Denial | None:
    """Check 1: the account's halt, by an operator or by the portfolio breaker; REDUCE passes."""
    state, breakers = case.state, case.account.state.breakers
    if breakers.portfolio_open or state.trading is TradingState.EMERGENCY_HALT:
        code, rule = DenialCode.EMERGENCY_HALT, "The account is in emergency halt."
    elif state.trading is TradingState.HALTED:
        code, rule = DenialCode.HALTED, "An operator has halted trading."
    else:
        return None
    return None if case.reduces else Denial(code, rule, "REDUCE only", case.order.kind)


def daily_loss(case: Case) -> Denial | None:
    """Check 2: the day's loss reached its limit; REDUCE passes."""
    if not case.account.state.breakers.daily_open or case.reduces:
        return None
    rule = "The account lost its daily limit; trading goes on at 00:00 UTC."
    return Denial(DenialCode.DAILY_LOSS, rule, "REDUCE only", case.order.kind)


def bot_drawdown(case: Case) -> Denial | None:
    """Check 3: the bot's drawdown stop is open; REDUCE passes."""
    bot = case.account.state.breakers.bots.get(case.bot_id)
    if bot is None or not bot.drawdown_open or case.reduces:
        return None
    rule = "The bot's drawdown stop is open until an operator re-arms it."
    return Denial(DenialCode.BOT_DRAWDOWN, rule, "REDUCE only", case.order.kind)


def consecutive_losses(case: Case) -> Denial | None:
    """Check 4: the bot is paused after losses in a row; REDUCE passes."""
    bot = case.account.state.breakers.bots.get(case.bot_id)
    if bot is None or bot.pause_until is None or case.reduces:
        return None
    rule = "The bot is paused after consecutive losing episodes."
    return Denial(
        DenialCode.CONSECUTIVE_LOSSES, rule, f"until {bot.pause_until} ms", f"{case.now} ms"
    )


def bot_active(case: Case) -> Denial | None:
    """Check 5: the bot's lifecycle state is ACTIVE; REDUCE passes in the halted ones."""
    life = case.state.lives.get(case.bot_id)
    state = BotState.IDLE if life is None else life.state
    if state is BotState.ACTIVE:
        return None
    if (case.order.operator or state in REDUCE_STATES) and case.reduces:
        return None
    rule = "The bot must be ACTIVE to open; halted ones may reduce."
    return Denial(DenialCode.BOT_NOT_ACTIVE, rule, BotState.ACTIVE, state)
