"""Orders, executions, signals, verdicts and their counts, as the API answers."""

from decimal import Decimal
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Listed(msgspec.Struct, Generic[T], frozen=True):
    """A page of a list, newest first."""

    items: list[T]
    next_cursor: str | None = None


class Order(msgspec.Struct, frozen=True):
    """One order; times in ms UTC, `placed_at` when the venue accepted it."""

    order_id: str
    bot_id: str
    market_id: str
    side: str | None
    action: str | None
    kind: str | None
    status: str
    price: Decimal | None
    size: Decimal | None
    filled_size: Decimal
    zone: str | None
    reason: str
    created_at: int
    updated_at: int
    placed_at: int | None = None
    closed_at: int | None = None
    operator: bool = False


class Orders(msgspec.Struct, frozen=True):
    """A page of orders, newest first."""

    orders: list[Order]
    next_cursor: str | None = None


class Trade(msgspec.Struct, frozen=True):
    """A fill of ours, pairs merged or split, or a rebate."""

    trade_id: str
    order_id: str
    executed_at: int
    bot_id: str
    market_id: str
    side: str | None
    action: str
    zone: str | None
    price: Decimal
    size: Decimal
    fee: Decimal
    gas: Decimal
    liquidity: str | None
    inferred: bool
    slippage: Decimal | None


class Signal(msgspec.Struct, frozen=True):
    """What a bot saw and decided, traded or not."""

    signal_id: str
    at: int
    bot_id: str
    market_id: str
    decision: str
    reason: str
    fair_value: float | None
    mid: float | None
    edge: float | None
    features: dict[str, float]


class SignalCount(msgspec.Struct, frozen=True):
    """How often a bot decided something for one reason."""

    bot_id: str
    decision: str
    reason: str
    count: int
    last_at: int


class Decision(msgspec.Struct, frozen=True):
    """The gate's verdict on one order, or on one merge or split of pairs."""

    decision_id: str
    decided_at: int
    intent_id: str
    bot_id: str
    market_id: str
    verdict: str
    subject: str
    order_id: str | None
    side: str | None
    action: str | None
    price: Decimal | None
    size: Decimal
    zone: str | None
    code: str | None
    rule: str | None
    limit_value: str | None
    value: str | None


class DecisionCount(msgspec.Struct, frozen=True):
    """How often the gate gave one answer to a bot, with what decided the last time."""

    bot_id: str
    verdict: str
    code: str | None
    count: int
    last_at: int
    rule: str | None
    limit_value: str | None
    value: str | None
