"""Which breakers an event opens and which early warnings it gives (STRATEGIES.md C.5, step 3)."""

from decimal import Decimal

import msgspec

from schemas.ids import BotId, derive_id
from schemas.risk import BreakerKind
from streams import nav as navs
from streams.breaker_events import (
    BreakerEvent,
    BreakerTripped,
    CapitalMoved,
    EpisodeEnded,
    EquityChanged,
    LevelReached,
    Outcome,
    Rearmed,
)
from streams.breaker_state import BreakerLimits, Breakers, daily_loss, with_bot
from streams.nav import Nav


def evaluate(
    state: Breakers, event: BreakerEvent, limits: BreakerLimits, outcomes: list[Outcome]
) -> Breakers:
    """Open what is due: portfolio drawdown, bot drawdowns, daily loss, streak.

    Bots whose value the event did not touch need no look: nothing about them changed.

    Args:
        state: The state with the event applied.
        event: The event.
        limits: The limits in force.
        outcomes: Trips and warnings are appended here, in the normative order.
    """
    touched = _touched(state, event)
    if touched:
        state = _portfolio(state, event, limits, outcomes)
        for bot_id in touched:
            state = _drawdown(state, bot_id, event, limits, outcomes)
        state = _daily(state, event, limits, outcomes)
    if isinstance(event, EpisodeEnded):
        state = _streak(state, event, limits, outcomes)
    return state


def _touched(state: Breakers, event: BreakerEvent) -> tuple[BotId, ...]:
    if isinstance(event, EquityChanged):
        return (event.bot_id,)
    if isinstance(event, CapitalMoved | Rearmed):
        return tuple(state.bots) if event.bot_id is None else (event.bot_id,)
    return ()


def _portfolio(
    state: Breakers, event: BreakerEvent, limits: BreakerLimits, outcomes: list[Outcome]
) -> Breakers:
    limit, nav = limits.portfolio_drawdown, state.portfolio
    if state.portfolio_open:
        return state
    kind = BreakerKind.PORTFOLIO_DRAWDOWN
    warned = _warn(nav, kind, None, limit, state.portfolio_warned, limits, outcomes)
    tripped = navs.reaches(nav, limit)
    if tripped:
        outcomes.append(_trip(state, event, kind, None, limit, navs.drawdown(nav)))
    if not tripped and warned == state.portfolio_warned:
        return state
    return msgspec.structs.replace(state, portfolio_open=tripped, portfolio_warned=warned)


def _drawdown(
    state: Breakers,
    bot_id: BotId,
    event: BreakerEvent,
    limits: BreakerLimits,
    outcomes: list[Outcome],
) -> Breakers:
    bot = state.bots.get(bot_id)
    if bot is None or bot.drawdown_open:
        return state
    limit, kind = limits.drawdown_of(bot_id), BreakerKind.BOT_DRAWDOWN
    warned = _warn(bot.nav, kind, bot_id, limit, bot.warned, limits, outcomes)
    tripped = navs.reaches(bot.nav, limit)
    if tripped:
        outcomes.append(_trip(state, event, kind, bot_id, limit, navs.drawdown(bot.nav)))
    if not tripped and warned == bot.warned:
        return state
    changed = msgspec.structs.replace(bot, drawdown_open=tripped, warned=warned)
    return with_bot(state, bot_id, changed)


def _daily(
    state: Breakers, event: BreakerEvent, limits: BreakerLimits, outcomes: list[Outcome]
) -> Breakers:
    lost = state.baseline - state.portfolio.equity
    if state.daily_open or state.baseline <= 0 or lost <= 0:
        return state
    limit, kind, warned = limits.daily_loss, BreakerKind.DAILY_LOSS, state.daily_warned
    for level in limits.warn_levels:
        if level not in warned and lost >= level * limit * state.baseline:
            outcomes.append(LevelReached(kind, None, level, limit, daily_loss(state)))
            warned = (*warned, level)
    tripped = lost >= limit * state.baseline
    if tripped:
        outcomes.append(_trip(state, event, kind, None, limit, daily_loss(state)))
    if not tripped and warned == state.daily_warned:
        return state
    return msgspec.structs.replace(state, daily_open=tripped, daily_warned=warned)


def _streak(
    state: Breakers, event: EpisodeEnded, limits: BreakerLimits, outcomes: list[Outcome]
) -> Breakers:
    bot = state.bots.get(event.bot_id)
    if bot is None or bot.pause_until is not None or bot.streak < limits.consecutive_losses:
        return state
    kind, limit = BreakerKind.CONSECUTIVE_LOSSES, Decimal(limits.consecutive_losses)
    outcomes.append(_trip(state, event, kind, event.bot_id, limit, Decimal(bot.streak)))
    until = (event.t if state.now is None else state.now) + limits.pause_ms
    return with_bot(state, event.bot_id, msgspec.structs.replace(bot, streak=0, pause_until=until))


def _warn(
    nav: Nav,
    kind: BreakerKind,
    bot_id: BotId | None,
    limit: Decimal,
    warned: tuple[Decimal, ...],
    limits: BreakerLimits,
    outcomes: list[Outcome],
) -> tuple[Decimal, ...]:
    for level in limits.warn_levels:
        if not navs.reaches(nav, level * limit):
            break
        if level not in warned:
            outcomes.append(LevelReached(kind, bot_id, level, limit, navs.drawdown(nav)))
            warned = (*warned, level)
    return warned


def _trip(
    state: Breakers,
    event: BreakerEvent,
    kind: BreakerKind,
    bot_id: BotId | None,
    threshold: Decimal,
    value: Decimal,
) -> BreakerTripped:
    affected = tuple(state.bots) if bot_id is None else (bot_id,)
    trip_id = derive_id(kind, bot_id or "*", event.event_id)
    return BreakerTripped(trip_id, kind, bot_id, threshold, value, affected)
