"""Markets, their books and their past prices, as the API answers."""

from decimal import Decimal

import msgspec


class Top(msgspec.Struct, frozen=True):
    """Best prices of a market now, in YES space."""

    at: int
    bid: Decimal | None
    ask: Decimal | None
    mid: Decimal | None
    trust: str


class Market(msgspec.Struct, frozen=True):
    """One question."""

    market_id: str
    question: str
    label: str
    status: str
    category: str
    tick: Decimal
    resolves_at: int | None
    top: Top | None


class Level(msgspec.Struct, frozen=True):
    """One price of a book; `own_size` are shares of ours that rest there."""

    price: Decimal
    size: Decimal
    own_size: Decimal


class Book(msgspec.Struct, frozen=True):
    """A market's book in YES space, best first; `depth` is full or best."""

    market_id: str
    tick: Decimal
    top: Top | None
    bids: list[Level]
    asks: list[Level]
    depth: str


class PriceBar(msgspec.Struct, frozen=True):
    """Five minutes of a market's mid."""

    bucket: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal


class ClosedPosition(msgspec.Struct, frozen=True):
    """A holding that was closed."""

    position_id: str
    bot_id: str
    market_id: str
    side: str
    zone: str | None
    opened_at: int
    closed_at: int
    realised_pnl: Decimal
    fees: Decimal
