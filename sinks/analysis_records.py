"""What queries over many rows return. Times are milliseconds UTC, money and shares `Decimal`."""

from decimal import Decimal

import msgspec


class SignalCount(msgspec.Struct, frozen=True, kw_only=True):
    """How often a bot decided something for one reason."""

    bot_id: str
    decision: str
    reason: str
    count: int
    last_at: int


class DecisionCount(msgspec.Struct, frozen=True, kw_only=True):
    """How often the gate gave one answer to a bot, with what decided the last time."""

    bot_id: str
    verdict: str
    code: str | None
    count: int
    last_at: int
    rule: str | None
    limit_value: str | None
    value: str | None


class BotCosts(msgspec.Struct, frozen=True, kw_only=True):
    """What a bot's trades of a period cost and earned beside their prices, in dollars."""

    bot_id: str
    fees: Decimal
    gas: Decimal
    rebates: Decimal
    slippage: Decimal | None


class EpisodeStats(msgspec.Struct, frozen=True, kw_only=True):
    """Ended episodes of a bot in a period.

    Attributes:
        losses: Sum of what the losing ones lost, dollars, at most 0.
        hold_ms: Mean time from opening to close.
    """

    bot_id: str
    closed: int
    wins: int
    gains: Decimal
    losses: Decimal
    hold_ms: int


class DailyNav(msgspec.Struct, frozen=True, kw_only=True):
    """The last net asset value of one scope before the end of one UTC day."""

    scope: str
    day: int
    nav: Decimal
    drawdown: Decimal


class EpisodeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A bot's stay in a market that ended flat."""

    episode_id: str
    closed_at: int
    opened_at: int
    bot_id: str
    market_id: str
    category: str
    pnl: Decimal
    reason: str


class FollowedFill(msgspec.Struct, frozen=True, kw_only=True):
    """A fill with the market's mids, in YES space, at 1 s, 10 s, 60 s and 5 min after it."""

    trade_id: str
    bot_id: str
    market_id: str
    side: str
    action: str
    price: Decimal
    size: Decimal
    executed_at: int
    mid: Decimal | None
    mid_1s: Decimal | None
    mid_10s: Decimal | None
    mid_60s: Decimal | None
    mid_300s: Decimal | None
