"""Market-channel frames exactly as the venue sends them (PROTOCOL.md 5.2 and 6.1)."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from connectors.sandbox.market import MarketSpec
from connectors.sandbox.mirror import NO, YES, leg_side, mirrored, side_word
from connectors.sandbox.units import price_text, size_text
from schemas.values import PIPS

Frame = dict[str, object]
"""One JSON object of the wire, keys in the venue's order."""

CHANGES_PER_FRAME = 10
"""Level changes in one `price_change`; a bigger batch comes as several frames of the same
timestamp and hash, which is the state after all of them, as recorded in 2026."""


class Dispatch(NamedTuple):
    """A frame on its way to sockets.

    Attributes:
        at_ms: The venue's clock.
        tokens: Subscribers of any of these get it.
        gated: Only for sockets with `custom_feature_enabled`.
        broadcast: For all such sockets, whatever they subscribed to.
    """

    at_ms: int
    frame: Frame
    tokens: tuple[str, ...]
    gated: bool = False
    broadcast: bool = False


def quote_text(pips: int | None) -> str:
    """A best price; empty where the side is."""
    return "" if pips is None else price_text(pips)


class LegView(NamedTuple):
    """What a `price_change` says about one token beside the level itself."""

    asset_id: str
    hash: str
    best_bid: str
    best_ask: str


def price_changes(
    market: str,
    at_ms: int,
    changes: Sequence[tuple[int, int, int]],
    views: tuple[LegView, LegView],
) -> list[Frame]:
    """Level changes of one batch, each shown on both tokens.

    Args:
        market: Condition id.
        at_ms: The venue's clock.
        changes: (side, pips, new micro-shares) in YES space.
        views: State of both books after the whole batch.

    Returns:
        One frame, or several of the same timestamp where the batch is large.
    """
    frames: list[Frame] = []
    for start in range(0, len(changes), CHANGES_PER_FRAME):
        entries: list[dict[str, str]] = []
        for side, pips, size in changes[start : start + CHANGES_PER_FRAME]:
            for leg, view in zip((YES, NO), views, strict=True):
                entries.append(
                    {
                        "asset_id": view.asset_id,
                        "price": price_text(mirrored(leg, pips)),
                        "size": size_text(size),
                        "side": side_word(leg_side(leg, side)),
                        "hash": view.hash,
                        "best_bid": view.best_bid,
                        "best_ask": view.best_ask,
                    }
                )
        frames.append(
            {
                "event_type": "price_change",
                "market": market,
                "price_changes": entries,
                "timestamp": str(at_ms),
            }
        )
    return frames


def best_bid_ask(market: str, at_ms: int, asset_id: str, bid: int | None, ask: int | None) -> Frame:
    """The new best prices of one token; the spread is empty where a side is."""
    return {
        "event_type": "best_bid_ask",
        "market": market,
        "asset_id": asset_id,
        "best_bid": quote_text(bid),
        "best_ask": quote_text(ask),
        "spread": quote_text(None if bid is None or ask is None else abs(ask - bid)),
        "timestamp": str(at_ms),
    }


class Print(NamedTuple):
    """What one taker order traded at one price, in its own token."""

    asset_id: str
    pips: int
    size: int
    action: str
    transaction: str


def last_trade_price(market: str, at_ms: int, trade: Print) -> Frame:
    """One trade, from the taker's point of view."""
    return {
        "event_type": "last_trade_price",
        "market": market,
        "asset_id": trade.asset_id,
        "price": price_text(trade.pips),
        "size": size_text(trade.size),
        "side": trade.action,
        "fee_rate_bps": "0",
        "transaction_hash": trade.transaction,
        "timestamp": str(at_ms),
    }


def tick_size_change(market: str, at_ms: int, asset_id: str, old: int, new: int) -> Frame:
    """The price grid of a token changed; ticks in pips."""
    return {
        "event_type": "tick_size_change",
        "market": market,
        "asset_id": asset_id,
        "old_tick_size": price_text(old),
        "new_tick_size": price_text(new),
        "timestamp": str(at_ms),
    }


def new_market(spec: MarketSpec, at_ms: int) -> Frame:
    """A market was listed."""
    fee = {
        "rate": str(spec.fee.rate_decimal),
        "exponent": 1,
        "taker_only": True,
        "rebate_rate": str(spec.fee.rebate_decimal),
    }
    return {
        "event_type": "new_market",
        "id": spec.market_id,
        "question": spec.question,
        "market": spec.condition_id,
        "condition_id": spec.condition_id,
        "slug": spec.slug,
        "description": spec.description,
        "assets_ids": list(spec.token_ids),
        "outcomes": list(spec.outcomes),
        "event_message": _event_message(spec),
        "timestamp": str(at_ms),
        "tags": list(spec.tags),
        "active": True,
        "clob_token_ids": list(spec.token_ids),
        "order_price_min_tick_size": price_text(spec.tick),
        "taker_base_fee": "1000" if spec.fee.rate else "0",
        "fees_enabled": spec.fee.rate > 0,
        "fee_schedule": fee,
    }


def market_resolved(spec: MarketSpec, at_ms: int, yes_payout: int) -> Frame:
    """The outcome is final. A 50-50 resolution has no winner: both fields are empty."""
    winner = None if 0 < yes_payout < PIPS else (YES if yes_payout else NO)
    return {
        "event_type": "market_resolved",
        "id": spec.market_id,
        "market": spec.condition_id,
        "assets_ids": list(spec.token_ids),
        "winning_asset_id": "" if winner is None else spec.token_ids[winner],
        "winning_outcome": "" if winner is None else spec.outcomes[winner],
        "event_message": _event_message(spec),
        "timestamp": str(at_ms),
        "tags": list(spec.tags),
    }


def encode(frame: Frame) -> str:
    """The frame as the text of a WebSocket message."""
    return msgspec.json.encode(frame).decode()


def _event_message(spec: MarketSpec) -> dict[str, str]:
    return {
        "id": spec.event.event_id,
        "ticker": spec.event.slug,
        "slug": spec.event.slug,
        "title": spec.event.title,
        "description": spec.description,
    }


def best_of(bids: Sequence[int], asks: Sequence[int], leg: int) -> tuple[int | None, int | None]:
    """Best bid and ask of a token from YES-space prices, both ascending."""
    bid = bids[-1] if bids else None
    ask = asks[0] if asks else None
    if leg == YES:
        return bid, ask
    return (None if ask is None else PIPS - ask), (None if bid is None else PIPS - bid)
