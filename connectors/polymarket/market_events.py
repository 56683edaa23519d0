"""The market channel's seven events, normalised (PROTOCOL.md section 6.1). Pure.

The tolerant reading, as the venue's own client does it; `pets vectors` holds it against the golden
cases. The connector reads its books the quick and strict way, through `wire`.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import msgspec

from connectors.polymarket.event_fields import Fields, RejectedEventError

SIDES = frozenset({"BUY", "SELL"})
CONDITION_LENGTHS = (64, 66)


class Level(msgspec.Struct, frozen=True):
    """One price level; size is absolute."""

    price: Decimal
    size: Decimal


class BookEvent(msgspec.Struct, frozen=True, kw_only=True, tag="book"):
    """A token's whole book; the best level is the last on both sides."""

    market: str
    asset_id: str
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    hash: str | None
    timestamp: datetime | None
    min_order_size: Decimal | None
    tick_size: Decimal | None
    neg_risk: bool | None
    last_trade_price: Decimal | None


class PriceChange(msgspec.Struct, frozen=True, kw_only=True):
    """One level's new absolute size; no best price means an empty side."""

    asset_id: str
    price: Decimal
    size: Decimal
    side: str
    hash: str | None
    best_bid: Decimal | None
    best_ask: Decimal | None


class PriceChangeEvent(msgspec.Struct, frozen=True, kw_only=True, tag="price_change"):
    """Level changes of one market, usually of both its tokens."""

    market: str
    price_changes: tuple[PriceChange, ...]
    timestamp: datetime | None


class LastTradeEvent(msgspec.Struct, frozen=True, kw_only=True, tag="last_trade_price"):
    """A trade; `side` is the aggressor's."""

    market: str
    asset_id: str
    price: Decimal
    size: Decimal | None
    side: str
    fee_rate_bps: Decimal | None
    transaction_hash: str | None
    timestamp: datetime | None


class TickSizeEvent(msgspec.Struct, frozen=True, kw_only=True, tag="tick_size_change"):
    """The token's price grid changed."""

    market: str
    asset_id: str
    old_tick_size: Decimal | None
    new_tick_size: Decimal
    timestamp: datetime | None


class BestBidAskEvent(msgspec.Struct, frozen=True, kw_only=True, tag="best_bid_ask"):
    """Best prices; none means an empty side."""

    market: str
    asset_id: str
    best_bid: Decimal | None
    best_ask: Decimal | None
    spread: Decimal | None
    timestamp: datetime | None


class EventMessage(msgspec.Struct, frozen=True, kw_only=True):
    """The event that a market belongs to."""

    id: str
    ticker: str | None
    slug: str | None
    title: str | None
    description: str | None


class NewMarketEvent(msgspec.Struct, frozen=True, kw_only=True, tag="new_market"):
    """A market was created."""

    id: str
    condition_id: str | None
    market: str
    question: str | None
    slug: str | None
    description: str | None
    asset_ids: tuple[str, ...] | None
    outcomes: tuple[str, ...] | None
    event_message: EventMessage | None
    timestamp: datetime | None
    tags: tuple[str, ...] | None
    active: bool | None
    clob_token_ids: tuple[str, ...] | None
    sports_market_type: str | None
    line: Decimal | None
    game_start_time: datetime | None
    order_price_min_tick_size: Decimal | None
    group_item_title: str | None
    taker_base_fee: Decimal | None
    fees_enabled: bool | None
    fee_schedule: object


class MarketResolvedEvent(msgspec.Struct, frozen=True, kw_only=True, tag="market_resolved"):
    """A market's outcome is final; no winner means that both tokens pay one half."""

    id: str
    market: str
    asset_ids: tuple[str, ...] | None
    winning_asset_id: str | None
    winning_outcome: str | None
    event_message: EventMessage | None
    timestamp: datetime | None
    tags: tuple[str, ...] | None


MarketEvent = (
    BookEvent
    | PriceChangeEvent
    | LastTradeEvent
    | TickSizeEvent
    | BestBidAskEvent
    | NewMarketEvent
    | MarketResolvedEvent
)


def read_market_event(raw: object) -> MarketEvent:
    """Normalise one event of the market channel.

    Raises:
        RejectedEventError: Its type is unknown, or a field is missing or means nothing.
    """
    fields = Fields(raw)
    kind = fields.raw("event_type") or fields.raw("type")
    reader = _READERS.get(str(kind))
    if reader is None:
        known = ", ".join(_READERS)
        raise RejectedEventError(f"Expected an event_type of {known}, received {kind!r}.")
    return reader(fields)


def _level(fields: Fields) -> Level:
    return Level(fields.text_number("price"), fields.text_number("size"))


def _levels(fields: Fields, name: str) -> tuple[Level, ...]:
    found = fields.each(_level, name)
    if found is None:
        raise RejectedEventError(f"Expected a field {name}, received none.")
    return found


def _book(fields: Fields) -> BookEvent:
    return BookEvent(
        market=fields.text("market"),
        asset_id=fields.text("asset_id", "token_id"),
        bids=_levels(fields, "bids"),
        asks=_levels(fields, "asks"),
        hash=fields.maybe_text("hash"),
        timestamp=fields.millis("timestamp"),
        min_order_size=fields.maybe_number("min_order_size"),
        tick_size=fields.maybe_number("tick_size"),
        neg_risk=fields.maybe_flag("neg_risk"),
        last_trade_price=fields.maybe_number("last_trade_price"),
    )


def _change(fields: Fields) -> PriceChange:
    return PriceChange(
        asset_id=fields.text("asset_id", "token_id"),
        price=fields.number("price"),
        size=fields.number("size"),
        side=fields.choice(SIDES, "side"),
        hash=fields.maybe_text("hash"),
        best_bid=fields.maybe_number("best_bid"),
        best_ask=fields.maybe_number("best_ask"),
    )


def _changes(fields: Fields) -> PriceChangeEvent:
    changes = fields.each(_change, "price_changes")
    if changes is None:
        raise RejectedEventError("Expected a field price_changes, received none.")
    return PriceChangeEvent(
        market=fields.text("market"), price_changes=changes, timestamp=fields.millis("timestamp")
    )


def _trade(fields: Fields) -> LastTradeEvent:
    return LastTradeEvent(
        market=fields.text("market"),
        asset_id=fields.text("asset_id", "token_id"),
        price=fields.number("price"),
        size=fields.maybe_number("size"),
        side=fields.choice(SIDES, "side"),
        fee_rate_bps=fields.maybe_number("fee_rate_bps"),
        transaction_hash=fields.maybe_text("transaction_hash"),
        timestamp=fields.millis("timestamp"),
    )


def _tick_size(fields: Fields) -> TickSizeEvent:
    return TickSizeEvent(
        market=fields.text("market"),
        asset_id=fields.text("asset_id", "token_id"),
        old_tick_size=fields.maybe_number("old_tick_size"),
        new_tick_size=fields.number("new_tick_size"),
        timestamp=fields.millis("timestamp"),
    )


def _best(fields: Fields) -> BestBidAskEvent:
    return BestBidAskEvent(
        market=fields.text("market"),
        asset_id=fields.text("asset_id", "token_id"),
        best_bid=fields.maybe_number("best_bid"),
        best_ask=fields.maybe_number("best_ask"),
        spread=fields.maybe_number("spread"),
        timestamp=fields.millis("timestamp"),
    )


def _message(fields: Fields) -> EventMessage | None:
    raw = fields.raw("event_message")
    if raw is None:
        return None
    message = Fields(raw)
    return EventMessage(
        id=message.text("id"),
        ticker=message.maybe_text("ticker"),
        slug=message.maybe_text("slug"),
        title=message.maybe_text("title"),
        description=message.maybe_text("description"),
    )


def _condition(fields: Fields) -> str | None:
    value = fields.maybe_text("condition_id")
    if value is None:
        return None
    digits = value.removeprefix("0x")
    if len(value) not in CONDITION_LENGTHS or not value.startswith("0x") or not _is_hex(digits):
        raise RejectedEventError(f"Expected a condition id of 31 or 32 bytes, received {value!r}.")
    return value


def _is_hex(digits: str) -> bool:
    return bool(digits) and all(digit in "0123456789abcdefABCDEF" for digit in digits)


def _new_market(fields: Fields) -> NewMarketEvent:
    start = fields.raw("game_start_time")
    digits = isinstance(start, str) and start.isdecimal()
    read = fields.millis if digits else fields.time
    return NewMarketEvent(
        id=fields.text("id"),
        condition_id=_condition(fields),
        market=fields.text("market"),
        question=fields.maybe_text("question"),
        slug=fields.maybe_text("slug"),
        description=fields.maybe_text("description"),
        asset_ids=fields.texts("asset_ids", "assets_ids", "token_ids"),
        outcomes=fields.texts("outcomes"),
        event_message=_message(fields),
        timestamp=fields.millis("timestamp"),
        tags=fields.texts("tags"),
        active=fields.maybe_flag("active"),
        clob_token_ids=fields.texts("clob_token_ids"),
        sports_market_type=fields.maybe_text("sports_market_type"),
        line=fields.maybe_number("line"),
        game_start_time=read("game_start_time"),
        order_price_min_tick_size=fields.maybe_number("order_price_min_tick_size"),
        group_item_title=fields.maybe_text("group_item_title"),
        taker_base_fee=fields.maybe_number("taker_base_fee"),
        fees_enabled=fields.maybe_flag("fees_enabled"),
        fee_schedule=fields.raw("fee_schedule"),
    )


def _resolved(fields: Fields) -> MarketResolvedEvent:
    return MarketResolvedEvent(
        id=fields.text("id"),
        market=fields.text("market"),
        asset_ids=fields.texts("asset_ids", "assets_ids", "token_ids"),
        winning_asset_id=fields.maybe_text("winning_asset_id", "winning_token_id"),
        winning_outcome=fields.maybe_text("winning_outcome"),
        event_message=_message(fields),
        timestamp=fields.millis("timestamp"),
        tags=fields.texts("tags"),
    )


_READERS: dict[str, Callable[[Fields], MarketEvent]] = {
    "book": _book,
    "price_change": _changes,
    "last_trade_price": _trade,
    "tick_size_change": _tick_size,
    "best_bid_ask": _best,
    "new_market": _new_market,
    "market_resolved": _resolved,
}
