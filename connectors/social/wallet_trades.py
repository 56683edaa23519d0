"""Trades of public wallets: RTDS `activity` frames and `/v2/trades` rows to `WalletTrade`. Pure.

PROTOCOL.md sections 6.4 and 7. RTDS is the fastest source; the Data API repairs its gaps.
"""

from decimal import Decimal

import msgspec

from connectors.feeds.feed import decode, head
from connectors.polymarket.position_ids import condition_key
from schemas.ids import MarketId
from schemas.outside import WalletTrade
from schemas.values import Action, Side

NAME = "wallets"
SECONDS = 10_000_000_000
"""A time stamp below this is in seconds, above it in milliseconds."""


class TradeWire(msgspec.Struct, rename="camel"):
    """A trade as RTDS says it; `/v2/trades` has the same fields in snake case."""

    proxy_wallet: str
    condition_id: str
    side: Action
    size: Decimal
    price: Decimal
    timestamp: int
    outcome_index: int
    transaction_hash: str = ""


class TradeRow(msgspec.Struct):
    """The same as a row of the Data API."""

    proxy_wallet: str
    condition_id: str
    side: Action
    size: Decimal
    price: Decimal
    timestamp: int
    outcome_index: int
    transaction_hash: str = ""


class _Push(msgspec.Struct):
    topic: str = ""
    type: str = ""
    payload: msgspec.Raw = msgspec.Raw(b"null")


class _Page(msgspec.Struct):
    data: list[TradeRow]


def read_push(frame: bytes, now: int) -> WalletTrade | None:
    """A frame of RTDS; None for what is no trade (a pong, another topic).

    Args:
        frame: One text message of the socket.
        now: Session time of receipt, ms.

    Raises:
        FeedFormatError: It says to be a trade and has another form.
    """
    if not frame.startswith(b"{"):
        return None
    push = decode(frame, _Push, NAME)
    if (push.topic, push.type) != ("activity", "trades"):
        return None
    return _trade(decode(bytes(push.payload), TradeWire, NAME), now)


def read_page(body: bytes, now: int) -> list[WalletTrade]:
    """A page of `/v2/trades`, oldest first.

    Raises:
        FeedFormatError: It has another form.
    """
    trades = [_trade(row, now) for row in decode(body, _Page, NAME).data]
    return sorted(trades, key=lambda trade: trade.event_time)


def _trade(wire: TradeWire | TradeRow, now: int) -> WalletTrade:
    at = wire.timestamp if wire.timestamp > SECONDS else wire.timestamp * 1000
    wallet = wire.proxy_wallet.lower()
    parts = (wire.transaction_hash, wallet, wire.condition_id, wire.outcome_index, wire.side)
    return WalletTrade(
        **head(NAME, now, at, *parts, str(wire.price), str(wire.size)),
        wallet=wallet,
        market_id=MarketId(condition_key(wire.condition_id)),
        side=(Side.YES, Side.NO)[wire.outcome_index],
        action=wire.side,
        price=wire.price,
        size=wire.size,
        transaction=wire.transaction_hash,
    )
