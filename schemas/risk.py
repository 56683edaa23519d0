"""What the breakers say."""

from decimal import Decimal
from enum import StrEnum

from schemas.envelope import Message
from schemas.ids import AccountId, BotId
from schemas.values import BotState
from schemas.venue_status import VenueMode


class BreakerKind(StrEnum):
    """The four breakers of STRATEGIES.md C.4."""

    CONSECUTIVE_LOSSES = "CONSECUTIVE_LOSSES"
    DAILY_LOSS = "DAILY_LOSS"
    BOT_DRAWDOWN = "BOT_DRAWDOWN"
    PORTFOLIO_DRAWDOWN = "PORTFOLIO_DRAWDOWN"


class CircuitBreakerTriggered(Message, frozen=True, kw_only=True, tag="circuit-breaker-triggered"):
    """A breaker opened; emitted once.

    Attributes:
        bot_id: The bot in scope; None for all bots.
        threshold_value: The limit.
        current_value: What reached it.
        affected: Bots that stop opening positions.
    """

    bot_id: BotId | None
    reason: BreakerKind
    threshold_value: Decimal
    current_value: Decimal
    affected: tuple[BotId, ...]


class CircuitBreakerReset(Message, frozen=True, kw_only=True, tag="circuit-breaker-reset"):
    """A breaker closed again: time passed, a new day, or an operator's re-arm."""

    bot_id: BotId | None
    reason: BreakerKind
    by: str


class DrawdownThreshold(Message, frozen=True, kw_only=True, tag="drawdown-threshold"):
    """Early warning at 50 % and 80 % of a limit; once per level."""

    bot_id: BotId | None
    reason: BreakerKind
    level: Decimal
    threshold_value: Decimal
    current_value: Decimal


class EmergencyHalt(Message, frozen=True, kw_only=True, tag="emergency-halt"):
    """All bots stop; positions are unwound passively and what is left is said."""

    account_id: AccountId
    reason: str
    by: str


class BreakerState(Message, frozen=True, kw_only=True, tag="breaker-state"):
    """How close one breaker is; compacted per scope, so that screens need no history.

    Attributes:
        scope: A bot id, or "portfolio".
        open: Whether it is tripped now.
        until: When it re-arms by itself, ms; None when only an operator can.
    """

    account_id: AccountId
    scope: str
    kind: BreakerKind
    value: Decimal
    limit: Decimal
    open: bool
    until: int | None = None


class SizingAdvice(Message, frozen=True, kw_only=True, tag="sizing-advice"):
    """How boldly a bot may bet by its own record (STRATEGIES.md D.9); published by bot 9.

    Attributes:
        bot_id: The advised bot.
        sizing_lambda: Kelly multiplier; 0 forbids new directional orders.
        p_post: Posterior probability of winning; None for the version that looks at P&L.
        n: Closed positions it rests on.
        edge: Posterior edge, dollars per dollar at risk or per share.
        valid_until: ms; older advice counts as none.
    """

    account_id: AccountId
    bot_id: BotId
    sizing_lambda: Decimal
    p_post: float | None
    n: int
    edge: float
    valid_until: int


class TradingState(StrEnum):
    """The whole system's permission."""

    ACTIVE = "ACTIVE"
    HALTED = "HALTED"
    EMERGENCY_HALT = "EMERGENCY_HALT"


class RiskState(Message, frozen=True, kw_only=True, tag="risk-state"):
    """The account's trading state and every bot's state; compacted, survives restarts.

    Attributes:
        venue: What the venue's engine takes.
        obstacle: Why the venue lets nobody open, a sentence; empty when it does.
        orders_used: Part of the order rate that is used, 0 to 1; above 1 when overdrawn.
    """

    account_id: AccountId
    trading_state: TradingState
    reason: str
    bots: dict[BotId, BotState]
    open_orders: int
    open_positions: int
    venue: VenueMode = VenueMode.OPEN
    obstacle: str = ""
    orders_used: Decimal = Decimal(0)
