"""A whole book as a frame, and its hash (PROTOCOL.md 5.2)."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from connectors.sandbox.frames import Frame


class BookFields(NamedTuple):
    """The fields of a book beside its levels, as texts."""

    market: str
    asset_id: str
    timestamp: str
    min_order_size: str
    tick_size: str
    neg_risk: bool
    last_trade_price: str


def levels_json(levels: Sequence[dict[str, str]]) -> str:
    """Levels as the hash sees them: compact, without the brackets."""
    return ",".join(level_json(level["price"], level["size"]) for level in levels)


def level_json(price: str, size: str) -> str:
    """One level as the hash sees it."""
    return f'{{"price":"{price}","size":"{size}"}}'


def book_hash(fields: BookFields, bids: str, asks: str) -> str:
    """SHA-1 of the compact JSON of a book with an empty hash (PROTOCOL.md 5.2).

    Args:
        fields: Everything but the levels.
        bids: `levels_json` of the bids in wire order, ascending.
        asks: `levels_json` of the asks in wire order, descending.
    """
    text = (
        f'{{"market":"{fields.market}","asset_id":"{fields.asset_id}",'
        f'"timestamp":"{fields.timestamp}","hash":"","bids":[{bids}],"asks":[{asks}],'
        f'"min_order_size":"{fields.min_order_size}","tick_size":"{fields.tick_size}",'
        f'"neg_risk":{"true" if fields.neg_risk else "false"},'
        f'"last_trade_price":"{fields.last_trade_price}"}}'
    )
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def book(
    fields: BookFields, bids: list[dict[str, str]], asks: list[dict[str, str]], hash_: str
) -> Frame:
    """A whole book; bids ascending, asks descending, best last on both sides."""
    return {
        "event_type": "book",
        "market": fields.market,
        "asset_id": fields.asset_id,
        "timestamp": fields.timestamp,
        "hash": hash_,
        "bids": bids,
        "asks": asks,
        "min_order_size": fields.min_order_size,
        "tick_size": fields.tick_size,
        "neg_risk": fields.neg_risk,
        "last_trade_price": fields.last_trade_price,
    }
