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


class DenialBucket(msgspec.Struct, frozen=True, kw_only=True):
    """How often the gate refused for one reason in one step of time that begins at `at`."""

    at: int
    code: str
    count: int


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


class PnlPoint(msgspec.Struct, frozen=True, kw_only=True):
    """Realised and unrealised P&L of one scope at one time, dollars."""

    scope: str
    at: int
    pnl: Decimal


class DailyNav(msgspec.Struct, frozen=True, kw_only=True):
    """The last net asset value of one scope before the end of one UTC day."""

    scope: str
    day: int
    nav: Decimal
    drawdown: Decimal


class OpeningNav(msgspec.Struct, frozen=True, kw_only=True):
    """The net asset value with which one scope went into a time range."""

    scope: str
    nav: Decimal


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


class ZoneResult(msgspec.Struct, frozen=True, kw_only=True):
    """Closed positions of one zone, that of their first fill; "" for none."""

    zone: str
    closed: int
    wins: int
    pnl: Decimal


class FillAfter(msgspec.Struct, frozen=True, kw_only=True):
    """A fill with the market's mid, in YES space, a minute after it."""

    trade_id: str
    bot_id: str
    market_id: str
    side: str
    action: str
    price: Decimal
    size: Decimal
    executed_at: int
    mid: Decimal | None
    mid_60s: Decimal | None


class FollowedFill(FillAfter, frozen=True, kw_only=True):
    """A fill with the market's mids at 1 s, 10 s and 5 min after it as well."""

    mid_1s: Decimal | None
    mid_10s: Decimal | None
    mid_300s: Decimal | None


class AlertRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that was raised, or what was done about it; see `sinks.row_types.AlertRow`."""

    entry_id: str
    at: int
    rule: str
    scope: str
    deed: str
    detail: str
    by: str
    severity: str | None
    until: int | None


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """What an id leads to: an order, an intent, or the cause of both."""

    order_id: str | None
    intent_id: str | None
    cause_id: str | None


class IntentRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What a bot or an operator wanted; see `sinks.row_types.IntentRow`.

    Attributes:
        seen: The view it was decided on; see `schemas.trading.Stamp`.
    """

    intent_id: str
    leg: int
    at: int
    source: str
    bot_id: str
    market_id: str
    subject: str
    cause_id: str
    order_id: str | None
    book_event_id: str | None
    seen: dict[str, object] | None
