"""The market channel's frames as the venue sends them (PROTOCOL.md section 6.1).

A WebSocket message is one object or an array of them. Unknown fields are tolerated; an unknown
`event_type` or a changed type is a `DecodeError` and ends as a dead letter.
"""

from typing import ClassVar

import msgspec


class WireLevel(msgspec.Struct, frozen=True, gc=False):
    """One price level; size is absolute."""

    price: str
    size: str


class _Event(msgspec.Struct, frozen=True, tag_field="event_type"):
    """Base of all market channel events."""


class BookWire(_Event, frozen=True, tag="book"):
    """A token's whole book, bids ascending and asks descending: the best level is the last."""

    market: str
    asset_id: str
    timestamp: str
    bids: list[WireLevel]
    asks: list[WireLevel]
    hash: str = ""
    min_order_size: str = ""
    tick_size: str = ""
    neg_risk: bool = False
    last_trade_price: str = ""


class PriceChangeWire(msgspec.Struct, frozen=True, gc=False):
    """One level's new absolute size; "0" removes it.

    The venue adds a hash, over fields that may arrive later, and the best prices, which our own
    batch checks see. Neither is decoded: this is the hottest path there is.
    """

    SKIPPED: ClassVar[frozenset[str]] = frozenset({"hash", "best_bid", "best_ask"})

    asset_id: str
    price: str
    size: str
    side: str


class PriceChangesWire(_Event, frozen=True, tag="price_change"):
    """Level changes of one market, usually of both its tokens."""

    market: str
    timestamp: str
    price_changes: list[PriceChangeWire]


class LastTradeWire(_Event, frozen=True, tag="last_trade_price"):
    """A trade; `side` is the aggressor's."""

    market: str
    asset_id: str
    price: str
    size: str
    side: str
    timestamp: str
    fee_rate_bps: str = ""
    transaction_hash: str = ""


class TickSizeWire(_Event, frozen=True, tag="tick_size_change"):
    """The token's price grid changed."""

    market: str
    asset_id: str
    old_tick_size: str
    new_tick_size: str
    timestamp: str


class BestBidAskWire(_Event, frozen=True, tag="best_bid_ask"):
    """Best prices; empty text is an empty side."""

    market: str
    asset_id: str
    best_bid: str
    best_ask: str
    timestamp: str
    spread: str = ""


class NewMarketWire(_Event, frozen=True, tag="new_market"):
    """A market was created; its metadata is read from Gamma."""

    market: str
    timestamp: str = ""


class MarketResolvedWire(_Event, frozen=True, tag="market_resolved"):
    """A market's outcome is final; no winner means that both tokens pay one half."""

    market: str
    winning_asset_id: str = ""
    winning_outcome: str = ""
    timestamp: str = ""


WireEvent = (
    BookWire
    | PriceChangesWire
    | LastTradeWire
    | TickSizeWire
    | BestBidAskWire
    | NewMarketWire
    | MarketResolvedWire
)

_one: msgspec.json.Decoder[WireEvent] = msgspec.json.Decoder(WireEvent)
_many: msgspec.json.Decoder[list[msgspec.Raw]] = msgspec.json.Decoder(list[msgspec.Raw])


def split_frame(frame: str | bytes) -> list[bytes]:
    """Split a WebSocket message into its events' bytes, one event for an object.

    Raises:
        msgspec.DecodeError: The message is not JSON.
    """
    payload = frame.encode() if isinstance(frame, str) else frame
    if payload.startswith(b"{"):
        return [payload]
    if payload.lstrip()[:1] == b"[":
        return [bytes(event) for event in _many.decode(payload)]
    return [payload]


def decode_event(payload: bytes) -> WireEvent:
    """Decode one event.

    Raises:
        msgspec.ValidationError: The event type is unknown, or a field has another type.
        msgspec.DecodeError: The bytes are not JSON.
    """
    return _one.decode(payload)
