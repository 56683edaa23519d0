"""Working a passive order whose size follows the holding: completing a pair, leaving a position.

Only three exits exist: a post-only REDUCE, merging and resolution (STRATEGIES.md D.0). A REDUCE
must never exceed what it reduces, and its old order may fill while it is being cancelled; so it is
replaced by cancelling first and placing after the acknowledgement, from the holding as it is then.
"""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from agents.bots.base import Cancel, OrderDraft, Place, Proposal
from agents.bots.lifecycle import (
    REPRICE_TICKS_EXIT,
    RemainderRule,
    is_off_target,
    may_cancel,
    may_reprice,
    remainder_rule,
)
from agents.bots.view import OwnOrder, View
from configs.rules import TradingRules
from schemas.values import Action, IntentKind, Side
from streams.prices import PriceMode, floor_lot, floor_tick, post_only_price


class Exit(msgspec.Struct, frozen=True):
    """A passive order that is wanted.

    Attributes:
        price: Dollars per token of `side`; None where no passive price exists.
        size: Shares that it may still reduce.
        ttl_s: For the GTD time.
        reprice_ticks: Distance from which it is placed anew.
        rest_ms: Least age before that.
    """

    side: Side
    action: Action
    price: Decimal | None
    size: Decimal
    ttl_s: int
    bundle_id: str = ""
    reprice_ticks: int = REPRICE_TICKS_EXIT
    rest_ms: int = 0


def selling_price(view: View, side: Side, limit: Decimal | None = None) -> Decimal | None:
    """Best ask of a token, joined; never at or below a bid, our own other bots' included.

    Args:
        view: Now.
        side: The token.
        limit: Least price in dollars; None for any.
    """
    least = view.tick if limit is None else limit
    if side is Side.YES:
        bid, ask = view.ask_floor, view.top.ask
    else:
        bid, ask = _mirror(view.bid_cap), _mirror(view.top.bid)
    return post_only_price(Action.SELL, least, bid, ask, view.tick, PriceMode.JOIN)


def buying_price(view: View, side: Side, limit: Decimal) -> Decimal:
    """The highest passive price of a token up to a limit: `min(limit, best ask − tick)`."""
    ask = view.bid_cap if side is Side.YES else _mirror(view.ask_floor)
    cap = floor_tick(limit, view.tick)
    return cap if ask is None else min(cap, ask - view.tick)


def cancel_all(orders: Sequence[OwnOrder], now: int, reason: str) -> list[Proposal]:
    """Cancel what rests and is not being cancelled."""
    return [Cancel(order.order_id, reason) for order in orders if may_cancel(order, now)]


def work(
    wanted: Exit, orders: Sequence[OwnOrder], view: View, rules: TradingRules
) -> list[Proposal]:
    """Bring the live orders to what is wanted: place one, cancel one, or leave it.

    Args:
        wanted: The order as it should be.
        orders: Live orders that serve it already; at most one is kept.
        view: Now.
        rules: Least rest, lot.
    """
    if not orders:
        return _place(wanted, view)
    *older, order = orders
    if older:
        return cancel_all(older, view.now, "superseded")
    if order.remaining > wanted.size:
        return cancel_all([order], view.now, "larger-than-position")
    if wanted.price is None or not may_reprice(order, view.now, rules):
        return []
    if order.age_ms(view.now) < wanted.rest_ms:
        return []
    ticks = wanted.reprice_ticks if order.order.kind is IntentKind.REDUCE else 1
    if not is_off_target(order.order.price, wanted.price, view.tick, ticks):
        return []
    if remainder_rule(order, view.market.min_size) is RemainderRule.STAY:
        return []
    return cancel_all([order], view.now, "reprice")


def _place(wanted: Exit, view: View) -> list[Proposal]:
    size = floor_lot(wanted.size)
    if wanted.price is None or size < view.market.min_size or view.reducing_obstacle():
        return []
    draft = OrderDraft(
        side=wanted.side,
        action=wanted.action,
        price=wanted.price,
        size=size,
        kind=IntentKind.REDUCE,
        ttl_s=wanted.ttl_s,
        bundle_id=wanted.bundle_id,
    )
    # What still rests on our other side was asked to go; its acknowledgement brings us back here.
    return [] if crosses_own(draft, view.orders) else [Place(draft)]


def crosses_own(draft: OrderDraft, orders: Sequence[OwnOrder]) -> bool:
    """Whether a draft would match one of our own live orders, on the same token or the other."""
    price = draft.price if draft.side is Side.YES else 1 - draft.price
    if (draft.side is Side.YES) == (draft.action is Action.BUY):
        return any(not own.is_bid and own.yes_price <= price for own in orders)
    return any(own.is_bid and own.yes_price >= price for own in orders)


def _mirror(price: Decimal | None) -> Decimal | None:
    return None if price is None else 1 - price
