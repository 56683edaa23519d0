"""The state of the circuit breakers, their limits, and what they allow (STRATEGIES.md C.4)."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from schemas.ids import BotId
from schemas.values import BotState
from streams import nav as navs
from streams.nav import Nav

DAY_MS = 86_400_000
ZERO = Decimal(0)


class BreakerLimits(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of the four breakers; a limit reached exactly trips.

    Attributes:
        consecutive_losses: Losing closes in a row that pause a bot.
        pause_ms: How long.
        daily_loss: Fraction of the day's baseline.
        bot_drawdown: Fraction of the peak, for bots that `bot_drawdowns` does not name.
        warn_levels: Fractions of a limit that are told early, ascending.
    """

    consecutive_losses: int
    pause_ms: int
    daily_loss: Decimal
    bot_drawdown: Decimal
    portfolio_drawdown: Decimal
    bot_drawdowns: dict[BotId, Decimal] = {}
    warn_levels: tuple[Decimal, ...] = (Decimal("0.5"), Decimal("0.8"))

    def drawdown_of(self, bot_id: BotId) -> Decimal:
        """The drawdown limit of a bot."""
        return self.bot_drawdowns.get(bot_id, self.bot_drawdown)


class BotBreakers(msgspec.Struct, frozen=True):
    """One bot's breakers.

    Attributes:
        streak: Losing closes in a row.
        pause_until: When the pause after a streak ends, ms; None when there is none.
        drawdown_open: The drawdown stop is open; only an operator re-arms it.
        warned: Early-warning levels told since the last peak or re-arm.
    """

    nav: Nav = Nav()
    streak: int = 0
    pause_until: int | None = None
    drawdown_open: bool = False
    warned: tuple[Decimal, ...] = ()


class Breakers(msgspec.Struct, frozen=True):
    """The whole state of the fold.

    Attributes:
        bots: In ascending numeric order.
        unallocated: Cash of the account that belongs to no bot, dollars.
        portfolio: Its equity is E_P: the bots' equities plus unallocated cash.
        baseline: E_P before the first event of the day, plus the day's flows.
        now: Greatest time seen, ms; None before the first event.
        applied: Sequence of the last event applied.
    """

    bots: dict[BotId, BotBreakers] = {}
    unallocated: Decimal = ZERO
    portfolio: Nav = Nav()
    baseline: Decimal = ZERO
    now: int | None = None
    daily_open: bool = False
    portfolio_open: bool = False
    daily_warned: tuple[Decimal, ...] = ()
    portfolio_warned: tuple[Decimal, ...] = ()
    applied: int = -1


def bot_number(bot_id: BotId) -> int:
    """The number in a bot id: `bot_05` is 5; 0 when it has none."""
    return int("".join(character for character in bot_id if character.isdigit()) or "0")


def initial(equities: Mapping[BotId, Decimal], unallocated: Decimal = ZERO) -> Breakers:
    """The state before any event, every value at 1."""
    bots = {bot: BotBreakers(navs.start(equities[bot])) for bot in sorted(equities, key=bot_number)}
    total = sum(equities.values(), unallocated)
    return Breakers(bots, unallocated, navs.start(total))


def effective(state: Breakers, bot_id: BotId) -> BotState:
    """The worst of the open breakers: EMERGENCY_HALT, STOPPED, PAUSED or ACTIVE."""
    if state.portfolio_open:
        return BotState.EMERGENCY_HALT
    bot = state.bots.get(bot_id)
    if bot is not None and bot.drawdown_open:
        return BotState.STOPPED
    if state.daily_open or (bot is not None and bot.pause_until is not None):
        return BotState.PAUSED
    return BotState.ACTIVE


def midnight_after(now: int) -> int:
    """The next 00:00 UTC strictly after `now`, ms."""
    return (now // DAY_MS + 1) * DAY_MS


def next_deadline(state: Breakers) -> int:
    """When time alone next changes something: a pause's end or midnight, ms; 0 before the start."""
    if state.now is None:
        return 0
    pauses = (bot.pause_until for bot in state.bots.values() if bot.pause_until is not None)
    return min(midnight_after(state.now), min(pauses, default=midnight_after(state.now)))


def daily_loss(state: Breakers) -> Decimal:
    """Loss of the day as a fraction of the baseline; negative is a gain, 0 without capital."""
    if state.baseline <= 0:
        return ZERO
    return (state.baseline - state.portfolio.equity) / state.baseline


def with_bot(state: Breakers, bot_id: BotId, bot: BotBreakers) -> Breakers:
    """The state with one bot's breakers replaced or added."""
    bots = {**state.bots, bot_id: bot}
    if bot_id not in state.bots:
        bots = {known: bots[known] for known in sorted(bots, key=bot_number)}
    return msgspec.structs.replace(state, bots=bots)


def rearm_refusal(state: Breakers, bot_id: BotId | None) -> str | None:
    """Why an operator's re-arm would change nothing, in a sentence; None when it is in order.

    Args:
        state: The breakers.
        bot_id: Whose drawdown stop; None for the portfolio's.
    """
    if bot_id is None:
        if not state.portfolio_open:
            return "The portfolio drawdown breaker is not open; there is nothing to re-arm."
        nav = state.portfolio
    else:
        bot = state.bots.get(bot_id)
        if bot is None or not bot.drawdown_open:
            return f"The drawdown breaker of {bot_id} is not open; there is nothing to re-arm."
        nav = bot.nav
    if nav.wiped and nav.equity <= 0:
        return "There is no capital left; allocate capital before the re-arm."
    return None
