"""What the rows of orders, fills and verdicts say, from the messages about orders. Pure."""

from decimal import Decimal

from schemas.trading import (
    Fill,
    IntentApproved,
    IntentDenied,
    Order,
    OrderCanceled,
    OrderExpired,
    OrderPlaced,
    OrderRejected,
    TradeStatusChanged,
)
from schemas.values import IntentKind, OrderStatus, Side, Zone
from sinks.row_types import DecisionRow, OrderRow, TradeRow
from streams.markouts import spread_capture


def told_order(message: OrderPlaced | OrderRejected) -> OrderRow:
    """The row of an order that the venue accepted or refused: all that was decided about it."""
    order = message.order
    placed = message if isinstance(message, OrderPlaced) else None
    at = message.event_time
    return OrderRow(
        order_id=order.order_id,
        created_at=message.ordered_at or order.ordered_at or at,
        updated_at=at,
        account_id=order.account_id,
        bot_id=order.bot_id,
        market_id=order.market_id,
        token_id=order.token_id,
        status=OrderStatus.PENDING if placed else OrderStatus.REJECTED,
        filled_size=Decimal(0),
        venue_event_id=order.venue_event_id,
        side=order.side,
        action=order.action,
        kind=placed.kind if placed else order.kind,
        zone=placed.zone if placed else None,
        price=order.price,
        size=order.size,
        time_in_force=order.time_in_force,
        expires_at=order.expires_at,
        post_only=order.post_only,
        operator=order.operator,
        bundle_id=order.bundle_id,
        fair_value=order.fair_value,
        sigma=order.sigma,
        edge=order.edge,
        queue_ahead=placed.queue_ahead if placed else None,
        venue_order_id=placed.venue_order_id if placed else None,
        reason=None if isinstance(message, OrderPlaced) else message.reason,
        placed_at=at if placed else None,
        closed_at=None if placed else at,
    )


def closed_order(message: OrderCanceled | OrderExpired) -> OrderRow:
    """The row of an order that rests no more."""
    at = message.event_time
    canceled = isinstance(message, OrderCanceled)
    return OrderRow(
        order_id=message.order_id,
        created_at=message.ordered_at or at,
        updated_at=at,
        account_id=message.account_id,
        bot_id=message.bot_id,
        market_id=message.market_id,
        token_id=message.token_id,
        status=OrderStatus.CANCELED if canceled else OrderStatus.EXPIRED,
        filled_size=message.filled,
        reason=message.reason if isinstance(message, OrderCanceled) else None,
        closed_at=at,
    )


def filled_order(fill: Fill) -> OrderRow:
    """The row of an order as far as a fill of it tells."""
    at = fill.event_time
    return OrderRow(
        order_id=fill.order_id,
        created_at=fill.ordered_at or at,
        updated_at=at,
        account_id=fill.account_id,
        bot_id=fill.bot_id,
        market_id=fill.market_id,
        token_id=fill.token_id,
        status=fill.status,
        filled_size=fill.cumulative,
        venue_event_id=fill.venue_event_id,
        side=fill.side,
        action=fill.action,
        kind=fill.kind,
        zone=fill.zone,
        bundle_id=fill.bundle_id,
        closed_at=at if fill.status.is_terminal else None,
    )


def trade(fill: Fill) -> TradeRow:
    """The row of a fill."""
    return TradeRow(
        trade_id=fill.trade_id,
        order_id=fill.order_id,
        executed_at=fill.event_time,
        account_id=fill.account_id,
        bot_id=fill.bot_id,
        venue_event_id=fill.venue_event_id,
        market_id=fill.market_id,
        action=fill.action,
        price=fill.price,
        size=fill.size,
        fee=fill.fee,
        gas=Decimal(0),
        token_id=fill.token_id,
        side=fill.side,
        kind=fill.kind,
        zone=fill.zone,
        bundle_id=fill.bundle_id,
        liquidity=fill.liquidity,
        inferred=fill.inferred,
        mid=fill.mid,
        slippage=_slippage(fill),
        trade_status=fill.trade_status,
        status_at=fill.event_time,
    )


def fill_rows(message: Fill | TradeStatusChanged) -> tuple[OrderRow | TradeRow, ...]:
    """What a fill says of its order and of itself, or how far it is now."""
    if isinstance(message, Fill):
        return filled_order(message), trade(message)
    row, at = trade(message.fill), message.event_time
    return (row._replace(trade_status=message.status, status_at=at),)


def order_decision(
    verdict: IntentApproved | IntentDenied,
    order: Order,
    leg: int,
    kind: IntentKind,
    zone: Zone | None,
) -> DecisionRow:
    """The row of the gate's verdict on one order.

    Args:
        verdict: What the gate said.
        order: Which order of the intent.
        leg: Its number in the intent, from 0.
        kind: Its verified kind; the declared one when denied.
        zone: Its zone when approved.
    """
    denied = verdict if isinstance(verdict, IntentDenied) else None
    return DecisionRow(
        decision_id=verdict.event_id,
        leg=leg,
        decided_at=verdict.event_time,
        intent_id=verdict.intent_id,
        account_id=verdict.account_id,
        bot_id=verdict.bot_id,
        venue_event_id=order.venue_event_id,
        market_id=order.market_id,
        verdict="DENIED" if denied else "APPROVED",
        subject="ORDER",
        size=order.size,
        order_id=order.order_id,
        side=order.side,
        action=order.action,
        kind=kind,
        zone=zone,
        price=order.price,
        ordered_at=order.ordered_at or None,
        code=denied.code if denied else None,
        rule=denied.rule if denied else None,
        limit_value=denied.limit if denied else None,
        value=denied.value if denied else None,
    )


def _slippage(fill: Fill) -> Decimal | None:
    if fill.mid is None:
        return None
    mid = fill.mid if fill.side is Side.YES else 1 - fill.mid
    return -spread_capture(fill.action, fill.price, mid) * fill.size
