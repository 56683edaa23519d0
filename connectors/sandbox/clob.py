"""Markets, books and orders as the CLOB's REST side describes them (PROTOCOL.md 3.4 and 5.2)."""

from decimal import Decimal

from connectors.sandbox.frames import Frame
from connectors.sandbox.gamma import iso
from connectors.sandbox.orders import Order
from connectors.sandbox.source import Listing
from connectors.sandbox.units import json_number, price_text, size_text
from schemas.values import MICRO, PIPS


def clob_market(listing: Listing) -> Frame:
    """A market in the short keys of `/clob-markets`."""
    spec = listing.spec
    return {
        "c": spec.condition_id,
        "t": [
            {"t": token, "o": outcome}
            for token, outcome in zip(spec.token_ids, spec.outcomes, strict=True)
        ],
        "mts": json_number(Decimal(listing.tick) / PIPS),
        "mos": json_number(Decimal(spec.min_size) / MICRO),
        "mbf": 1000 if spec.fee.rate else 0,
        "tbf": 1000 if spec.fee.rate else 0,
        "fd": {"r": json_number(spec.fee.rate_decimal), "e": 1, "to": True},
        "r": {"mi": 0, "ma": 0},
        "nr": False,
        "itode": False,
        "ao": listing.state.is_open,
        "aot": iso(spec.listed_ms),
        "cbos": False,
        "v": "v1",
    }


def rest_book(listing: Listing, leg: int) -> Frame:
    """A book as `/book` answers it: the frame without its type."""
    frame = listing.book(leg)
    return {key: value for key, value in frame.items() if key != "event_type"}


def open_order(listing: Listing, order: Order, left: int, api_key: str) -> Frame:
    """A resting order as `/data/orders` lists it.

    Args:
        listing: Its market.
        order: The order.
        left: What is left of it, micro-shares.
        api_key: The credential that placed it.
    """
    return {
        "id": order.order_id,
        "status": "LIVE",
        "owner": api_key,
        "maker_address": order.owner,
        "market": listing.spec.condition_id,
        "asset_id": listing.spec.token_ids[order.leg],
        "side": order.action.value,
        "original_size": size_text(order.size),
        "size_matched": size_text(order.size - left),
        "price": price_text(order.pips),
        "outcome": listing.spec.outcomes[order.leg],
        "expiration": str(order.expires_ms // 1000),
        "order_type": order.time_in_force.value,
        "associate_trades": [],
        "created_at": order.placed_ms // 1000,
    }
