"""The venue's book hash (PROTOCOL.md section 5.2). Pure.

SHA-1 of compact JSON with the keys in a fixed order and an empty hash. It verifies only as long as
the venue serialises the same keys, so a mismatch means
"read the book anew" and proves no error.
"""

from hashlib import sha1

import msgspec

from connectors.polymarket.wire import BookWire, WireLevel


class _Hashed(msgspec.Struct, frozen=True):
    """The hashed document; field order is the venue's."""

    market: str
    asset_id: str
    timestamp: str
    hash: str
    bids: list[WireLevel]
    asks: list[WireLevel]
    min_order_size: str
    tick_size: str
    neg_risk: bool
    last_trade_price: str


def book_hash(book: BookWire) -> str:
    """The hash that the venue should have sent with this book, 40 hex digits."""
    document = _Hashed(
        market=book.market,
        asset_id=book.asset_id,
        timestamp=book.timestamp,
        hash="",
        bids=book.bids,
        asks=book.asks,
        min_order_size=book.min_order_size,
        tick_size=book.tick_size,
        neg_risk=book.neg_risk,
        last_trade_price=book.last_trade_price,
    )
    return sha1(msgspec.json.encode(document), usedforsecurity=False).hexdigest()
