"""What execution says about orders that a venue has, as messages.

Ids follow from the cause and the order, so that the same log gives the same ids.
"""

from decimal import Decimal
from typing import TypedDict

from schemas.envelope import Header
from schemas.ids import AccountId, BotId, MarketId, OrderId, TokenId, derive_id
from schemas.trading import (
    CancelRefused,
    Fill,
    IntentApproved,
    Order,
    OrderCanceled,
    OrderExpired,
    OrderPlaced,
    OrderRejected,
    TradeStatusChanged,
)
from schemas.values import OrderStatus, TradeStatus
from schemas.venue import OwnTrade
from streams.outbox_state import CancelVoid, Tracked

SOURCE = "execution"
"""The `source` of every report."""


class _Identity(TypedDict):
    order_id: OrderId
    bot_id: BotId
    account_id: AccountId
    market_id: MarketId
    token_id: TokenId
    ordered_at: int


def _identity(order: Order) -> _Identity:
    return _Identity(
        order_id=order.order_id,
        bot_id=order.bot_id,
        account_id=order.account_id,
        market_id=order.market_id,
        token_id=order.token_id,
        ordered_at=order.ordered_at,
    )


def _header(kind: str, cause: str, key: str, now: int, at: int | None = None) -> Header:
    return Header(
        event_id=derive_id(SOURCE, cause, kind, key),
        event_time=now if at is None else at,
        ingest_time=now,
        source=SOURCE,
        causation_id=cause,
    )


def placed(own: Tracked, now: int) -> OrderPlaced:
    """The venue has the order. How much rests ahead of it, no venue tells."""
    return OrderPlaced(
        **_header("placed", own.cause, own.order_id, now),
        **_identity(own.order),
        order=own.order,
        zone=own.zone,
        kind=own.kind,
        venue_order_id=own.venue_id,
    )


def refused(approved: IntentApproved, order: Order, reason: str) -> OrderRejected:
    """The order cannot be sent as it is."""
    return OrderRejected(
        **_header("rejected", approved.event_id, order.order_id, approved.ingest_time),
        **_identity(order),
        order=order,
        reason=reason,
    )


def rejected(own: Tracked, reason: str, now: int) -> OrderRejected:
    """The venue refused the order, or it was never sent."""
    return OrderRejected(
        **_header("rejected", own.cause, own.order_id, now),
        **_identity(own.order),
        order=own.order,
        reason=reason,
    )


def canceled(own: Tracked, filled: Decimal, reason: str, now: int) -> OrderCanceled:
    """The order left the book before it was filled."""
    return OrderCanceled(
        **_header("canceled", own.cancel_cause or own.cause, own.order_id, now),
        **_identity(own.order),
        filled=filled,
        reason=own.cancel_reason or reason,
    )


def expired(own: Tracked, filled: Decimal, now: int) -> OrderExpired:
    """The order's time came."""
    return OrderExpired(
        **_header("expired", own.cause, own.order_id, now),
        **_identity(own.order),
        filled=filled,
    )


def cancel_refused(
    void: CancelVoid, market_id: MarketId, account_id: AccountId, now: int
) -> CancelRefused:
    """There was nothing to cancel; the reason is how the order ended, or "unknown"."""
    order = None if void.entry is None else void.entry.order
    return CancelRefused(
        **_header("cancel-refused", void.cause, void.order_id, now),
        order_id=void.order_id,
        bot_id=void.bot_id,
        account_id=account_id,
        market_id=market_id if order is None else order.market_id,
        token_id=TokenId("") if order is None else order.token_id,
        ordered_at=0 if order is None else order.ordered_at,
        reason=void.reason,
    )


def fill(
    own: Tracked, trade: OwnTrade, cumulative: Decimal, fee: Decimal, cause: str, now: int
) -> Fill:
    """An order was matched.

    Args:
        own: The order.
        trade: The match.
        cumulative: Shares matched so far, this match included.
        fee: Dollars; a maker pays none.
        cause: `event_id` of what told of the match.
        now: Time of the fold, ms.
    """
    order = own.order
    whole = cumulative >= order.size
    return Fill(
        **_header("fill", cause, trade.key, now, trade.matched_at),
        **_identity(order),
        trade_id=trade.trade_id,
        venue_event_id=order.venue_event_id,
        side=order.side,
        action=order.action,
        kind=own.kind,
        price=trade.price,
        size=trade.size,
        cumulative=cumulative,
        fee=fee,
        status=OrderStatus.FILLED if whole else OrderStatus.PARTIALLY_FILLED,
        zone=own.zone,
        bundle_id=order.bundle_id,
        liquidity="taker" if trade.takes else "maker",
        trade_status=trade.status,
    )


def status_changed(
    told: Fill, trade: OwnTrade, previous: TradeStatus, cause: str, now: int
) -> TradeStatusChanged:
    """A fill got further, is retried, or was taken back.

    Args:
        told: The fill.
        trade: The match as the venue tells it now.
        previous: Its status before.
        cause: `event_id` of what told of it.
        now: Time of the fold, ms.
    """
    return TradeStatusChanged(
        **_header("trade-status", cause, f"{trade.key}/{trade.status}", now),
        fill=told,
        status=trade.status,
        previous=previous,
        transaction=trade.transaction,
    )
