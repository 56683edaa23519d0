"""The circuit breakers: a pure left fold over account events (STRATEGIES.md C.4, C.5).

For each event in order: the clock moves and clears what time clears; the event is applied; then
portfolio drawdown, bot drawdowns, daily loss and the streak of the bot just closed are evaluated,
all of them. An open breaker does not trip again.
"""

import msgspec

from schemas.risk import BreakerKind
from schemas.values import BotState
from streams import nav as navs
from streams.breaker_evaluation import evaluate
from streams.breaker_events import (
    BreakerEvent,
    BreakerReset,
    CapitalMoved,
    EpisodeEnded,
    EquityChanged,
    Outcome,
    Rearmed,
)
from streams.breaker_state import (
    DAY_MS,
    BotBreakers,
    BreakerLimits,
    Breakers,
    effective,
    with_bot,
)
from streams.nav import Nav

_NEW_BOT = BotBreakers()


def fold(
    state: Breakers, event: BreakerEvent, limits: BreakerLimits
) -> tuple[Breakers, tuple[Outcome, ...]]:
    """Fold one event in.

    Args:
        state: The state before it; stays as it is.
        event: What happened.
        limits: The limits in force.

    Returns:
        The state after it, and the trips, resets and warnings in their order.
    """
    if event.sequence <= state.applied:
        return state, ()
    outcomes: list[Outcome] = []
    state = _clock(state, event.t, outcomes)
    state = _apply(state, event, outcomes)
    state = evaluate(state, event, limits, outcomes)
    return msgspec.structs.replace(state, applied=event.sequence), tuple(outcomes)


def _clock(state: Breakers, t: int, outcomes: list[Outcome]) -> Breakers:
    if state.now is None:
        return msgspec.structs.replace(state, now=t, baseline=state.portfolio.equity)
    if t <= state.now:
        return state
    if t // DAY_MS != state.now // DAY_MS:
        if state.daily_open:
            outcomes.append(BreakerReset(BreakerKind.DAILY_LOSS, None, "midnight"))
        state = msgspec.structs.replace(
            state, baseline=state.portfolio.equity, daily_open=False, daily_warned=()
        )
    for bot_id, bot in state.bots.items():
        if bot.pause_until is not None and t >= bot.pause_until:
            outcomes.append(BreakerReset(BreakerKind.CONSECUTIVE_LOSSES, bot_id, "time"))
            state = with_bot(state, bot_id, msgspec.structs.replace(bot, pause_until=None))
    return msgspec.structs.replace(state, now=t)


def _apply(state: Breakers, event: BreakerEvent, outcomes: list[Outcome]) -> Breakers:
    if isinstance(event, EquityChanged):
        return _equity(state, event)
    if isinstance(event, EpisodeEnded):
        return _close(state, event)
    if isinstance(event, CapitalMoved):
        return _capital(state, event)
    if isinstance(event, Rearmed) and event.bot_id is None:
        return _rearm_portfolio(state, outcomes)
    if isinstance(event, Rearmed):
        return _rearm_bot(state, event, outcomes)
    return state


def _equity(state: Breakers, event: EquityChanged) -> Breakers:
    bot = state.bots.get(event.bot_id, _NEW_BOT)
    total = state.portfolio.equity + event.equity - bot.nav.equity
    seen = navs.observe(bot.nav, event.equity)
    warned = bot.warned if _same_peak(seen, bot.nav) else ()
    state = with_bot(state, event.bot_id, msgspec.structs.replace(bot, nav=seen, warned=warned))
    portfolio = navs.observe(state.portfolio, total)
    told = state.portfolio_warned if _same_peak(portfolio, state.portfolio) else ()
    return msgspec.structs.replace(state, portfolio=portfolio, portfolio_warned=told)


def _close(state: Breakers, event: EpisodeEnded) -> Breakers:
    if event.pnl == 0 or effective(state, event.bot_id) is not BotState.ACTIVE:
        return state
    bot = state.bots.get(event.bot_id, _NEW_BOT)
    streak = bot.streak + 1 if event.pnl < 0 else 0
    return with_bot(state, event.bot_id, msgspec.structs.replace(bot, streak=streak))


def _capital(state: Breakers, event: CapitalMoved) -> Breakers:
    if event.bot_id is None:
        state = msgspec.structs.replace(state, unallocated=state.unallocated + event.amount)
    else:
        bot = state.bots.get(event.bot_id, _NEW_BOT)
        moved = msgspec.structs.replace(bot, nav=navs.flow(bot.nav, event.amount))
        state = with_bot(state, event.bot_id, moved)
    return msgspec.structs.replace(
        state,
        portfolio=navs.flow(state.portfolio, event.amount),
        baseline=state.baseline + event.amount,
    )


def _rearm_portfolio(state: Breakers, outcomes: list[Outcome]) -> Breakers:
    if not state.portfolio_open:
        return state
    outcomes.append(BreakerReset(BreakerKind.PORTFOLIO_DRAWDOWN, None, "operator"))
    bots = {
        bot_id: msgspec.structs.replace(bot, nav=navs.rearm(bot.nav), warned=())
        for bot_id, bot in state.bots.items()
    }
    return msgspec.structs.replace(
        state,
        bots=bots,
        portfolio=navs.rearm(state.portfolio),
        portfolio_open=False,
        portfolio_warned=(),
    )


def _rearm_bot(state: Breakers, event: Rearmed, outcomes: list[Outcome]) -> Breakers:
    if event.bot_id is None or event.bot_id not in state.bots:
        return state
    bot = state.bots[event.bot_id]
    if not bot.drawdown_open:
        return state
    outcomes.append(BreakerReset(BreakerKind.BOT_DRAWDOWN, event.bot_id, "operator"))
    armed = msgspec.structs.replace(bot, nav=navs.rearm(bot.nav), drawdown_open=False, warned=())
    return with_bot(state, event.bot_id, armed)


def _same_peak(after: Nav, before: Nav) -> bool:
    return after.peak_equity == before.peak_equity and after.peak_units == before.peak_units
