"""What queries return. Times are milliseconds UTC, money and shares `Decimal`."""

from decimal import Decimal
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """Some records, and where the next ones begin.

    Attributes:
        next_cursor: To be given to the same query for the next page; None on the last one.
    """

    items: tuple[T, ...]
    next_cursor: str | None


class OrderRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One order as far as it is known; see `sinks.row_types.OrderRow`."""

    order_id: str
    created_at: int
    updated_at: int
    account_id: str
    bot_id: str
    venue_event_id: str | None
    market_id: str
    token_id: str
    side: str | None
    action: str | None
    kind: str | None
    zone: str | None
    status: str
    price: Decimal | None
    size: Decimal | None
    filled_size: Decimal
    time_in_force: str | None
    expires_at: int | None
    operator: bool | None
    bundle_id: str | None
    fair_value: Decimal | None
    sigma: Decimal | None
    edge: Decimal | None
    queue_ahead: Decimal | None
    venue_order_id: str | None
    reason: str | None
    placed_at: int | None
    closed_at: int | None


class TradeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One fill of ours, split or merged pairs, or a rebate; see `sinks.row_types.TradeRow`."""

    trade_id: str
    order_id: str
    executed_at: int
    account_id: str
    bot_id: str
    market_id: str
    side: str | None
    action: str
    kind: str | None
    zone: str | None
    price: Decimal
    size: Decimal
    fee: Decimal
    gas: Decimal
    bundle_id: str | None
    liquidity: str | None
    inferred: bool
    mid: Decimal | None
    slippage: Decimal | None
    trade_status: str | None


class DecisionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The gate's verdict on one order, merge or split; see `sinks.row_types.DecisionRow`."""

    decision_id: str
    leg: int
    decided_at: int
    intent_id: str
    bot_id: str
    market_id: str
    verdict: str
    subject: str
    order_id: str | None
    side: str | None
    action: str | None
    kind: str | None
    zone: str | None
    price: Decimal | None
    size: Decimal
    ordered_at: int | None
    code: str | None
    rule: str | None
    limit_value: str | None
    value: str | None


class OrderStory(msgspec.Struct, frozen=True, kw_only=True):
    """An order with the verdict that let it pass and its fills, oldest first.

    Attributes:
        decision: None while the verdict has not been stored.
    """

    order: OrderRecord
    decision: DecisionRecord | None
    trades: tuple[TradeRecord, ...]


class PositionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One bot's holding of one token."""

    position_id: str
    opened_at: int
    updated_at: int
    closed_at: int | None
    account_id: str
    bot_id: str
    venue_event_id: str
    market_id: str
    token_id: str
    side: str
    zone: str | None
    size: Decimal
    entry_price: Decimal
    mark: Decimal | None
    realised_pnl: Decimal
    unrealised_pnl: Decimal
    fees: Decimal


class EquityRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Equity of one scope at one time, in dollars; drawdown from 0 to 1."""

    at: int
    equity: Decimal
    equity_mid: Decimal
    cash: Decimal
    realised_pnl: Decimal
    unrealised_pnl: Decimal
    fees: Decimal
    gas: Decimal
    nav: Decimal
    drawdown: Decimal
    exposure: Decimal


class BotSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One bot since a time, usually since midnight UTC.

    Attributes:
        pnl: Dollars realised and unrealised since then; None before the first equity point.
        realised_pnl: Its realised part.
        equity: Dollars, as last said; like drawdown and exposure.
        closed: Episodes that ended since then; `wins` of them with a gain.
    """

    bot_id: str
    pnl: Decimal | None
    realised_pnl: Decimal | None
    equity: Decimal | None
    drawdown: Decimal | None
    exposure: Decimal | None
    fills: int
    volume: Decimal
    fees: Decimal
    gas: Decimal
    closed: int
    wins: int


class DenialCount(msgspec.Struct, frozen=True, kw_only=True):
    """How often the gate refused a bot for one reason, with what decided the last time.

    Attributes:
        code: Denial code; None for refused merges and splits.
    """

    bot_id: str
    code: str | None
    count: int
    last_at: int
    rule: str
    limit_value: str
    value: str


class SignalRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What a bot saw and decided."""

    signal_id: str
    at: int
    bot_id: str
    market_id: str
    token_id: str | None
    decision: str
    reason: str
    fair_value: float | None
    sigma: float | None
    mid: float | None
    edge: float | None
    limit_price: Decimal | None
    sizing_lambda: float | None
    shrinkage: float | None
    features: dict[str, float]


class BreachRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A breaker tripped or reset, a warning, a halt; see `sinks.row_types.BreachRow`."""

    breach_id: str
    at: int
    scope: str
    event: str
    breaker: str | None
    threshold_value: Decimal | None
    current_value: Decimal | None
    level: Decimal | None
    affected: tuple[str, ...]
    reason: str
    actor: str


class MarketRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about a market; see `sinks.row_types.MarketRow`."""

    market_id: str
    updated_at: int
    venue_event_id: str | None
    question: str | None
    slug: str | None
    label: str | None
    status: str | None
    yes_token_id: str | None
    no_token_id: str | None
    yes_outcome: str | None
    no_outcome: str | None
    tick: int | None
    min_size: Decimal | None
    category: str | None
    series: str | None
    liquidity: Decimal | None
    volume_24h: Decimal | None
    window_start_at: int | None
    resolves_at: int | None
    resolved_at: int | None
    yes_payout: Decimal | None


class MarketTop(msgspec.Struct, frozen=True, kw_only=True):
    """The last stored best prices of a market, in YES space."""

    market_id: str
    observed_at: int
    best_bid: Decimal | None
    best_ask: Decimal | None
    mid: Decimal | None
    bid_size: Decimal
    ask_size: Decimal
    bid_depth: Decimal
    ask_depth: Decimal
    last_price: Decimal | None
    volume_24h: Decimal
    trust: str
    label: str


class PriceBar(msgspec.Struct, frozen=True, kw_only=True):
    """Five minutes of a market's mid."""

    bucket: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    average_spread: Decimal
    volume_24h: Decimal
    samples: int


class HourlyPerformance(msgspec.Struct, frozen=True, kw_only=True):
    """One hour of a bot's trading in dollars.

    Attributes:
        slippage: Lost against the mid at the fills, negative when gained; None without mids.
    """

    bot_id: str
    bucket: int
    trades: int
    volume: Decimal
    fees: Decimal
    gas: Decimal
    slippage: Decimal | None


class DailyPnl(msgspec.Struct, frozen=True, kw_only=True):
    """One UTC day of a bot's ended episodes, in dollars."""

    bot_id: str
    day: int
    closed: int
    total_pnl: Decimal
    average_pnl: Decimal
    wins: int
    losses: int
    win_rate: Decimal
