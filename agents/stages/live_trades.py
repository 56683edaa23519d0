"""Trades of our orders: told as fills once; what they move is remembered until it is settled."""

from decimal import Decimal

from agents.stages.live_state import ZERO, Booked, LiveRules, LiveState
from schemas.trading import Fill, Order, TradeStatusChanged
from schemas.values import Action, TradeStatus
from schemas.venue import OwnTrade
from streams.fees import MAKER_FEE, MISSION, taker_fee
from streams.outbox_state import Tracked
from streams.venue_reports import fill, status_changed


def book(state: LiveState, own: Tracked, trade: OwnTrade, cause: str) -> Fill:
    """Book a trade that was not known.

    Args:
        state: Changed in place.
        own: The order that traded.
        trade: What the venue told.
        cause: `event_id` of what told of it.
    """
    order = own.order
    cumulative = state.filled.get(order.order_id, ZERO) + trade.size
    state.filled[order.order_id] = cumulative
    fee = _fee(state, order, trade)
    sign = 1 if order.action is Action.BUY else -1
    shares, cash = sign * trade.size, -sign * trade.size * trade.price - fee
    told = fill(own, trade, cumulative, fee, cause, state.now)
    state.trades[trade.key] = Booked(trade, told, shares, cash)
    state.move(order.token_id, shares, cash)
    return told


def advance(
    state: LiveState, booked: Booked, trade: OwnTrade, cause: str
) -> TradeStatusChanged | None:
    """Take a booked trade's new status; one that failed moves back what it moved.

    Args:
        state: Changed in place.
        booked: What was told as a fill.
        trade: What the venue tells now.
        cause: `event_id` of what told of it.

    Returns:
        What to tell; None where it is no news.
    """
    before = booked.trade.status
    if before is trade.status or before.is_final or not _rises(before, trade.status):
        return None
    booked.trade = trade
    if trade.status is TradeStatus.FAILED:
        state.move(booked.fill.token_id, -booked.shares, -booked.cash)
    return status_changed(booked.fill, trade, before, cause, state.now)


def forget(state: LiveState, rules: LiveRules) -> None:
    """Drop trades that are final and older than what is compared."""
    before = state.now - rules.trades_ms
    old = [
        key
        for key, booked in state.trades.items()
        if booked.trade.matched_at < before and booked.trade.status.is_final
    ]
    for key in old:
        del state.trades[key]


def _rises(before: TradeStatus, status: TradeStatus) -> bool:
    """A trade that is tried again goes back to before it was mined; nothing else goes back."""
    return status is not TradeStatus.MATCHED or before is TradeStatus.RETRYING


def _fee(state: LiveState, order: Order, trade: OwnTrade) -> Decimal:
    """What the venue charges at the match: takers alone pay."""
    if not trade.takes:
        return MAKER_FEE
    market = state.markets.get(order.market_id)
    schedule = None if market is None else market.fee
    return taker_fee(trade.size, trade.price, MISSION if schedule is None else schedule)
