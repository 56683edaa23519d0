"""A directional position from its first order to its last: keep, re-price, cancel, leave.

STRATEGIES.md D.0, order lifecycle. At most one opening order works in a market at a time.
"""

from decimal import Decimal
from typing import NamedTuple

from agents.bots.base import Cancel, Place, Proposal, Replace
from agents.bots.directional import Entry, EntryRules, draft_of
from agents.bots.exits import Exit, cancel_all, crosses_own, selling_price, work
from agents.bots.lifecycle import (
    REPRICE_TICKS,
    RemainderRule,
    has_lost_edge,
    is_expired,
    is_off_target,
    keeps_queue,
    may_cancel,
    may_reprice,
    remainder_rule,
)
from agents.bots.view import OwnOrder, Phase, View
from configs.rules import TradingRules
from schemas.values import Action, IntentKind, Side


class Move(NamedTuple):
    """What to do, and why, in a stable word."""

    proposals: list[Proposal]
    reason: str

    @property
    def decision(self) -> str:
        """The word for the signal record."""
        return type(self.proposals[-1]).__name__.lower() if self.proposals else "none"


def opening_orders(view: View) -> list[OwnOrder]:
    """The bot's live orders that open."""
    return [own for own in view.orders if own.order.kind is not IntentKind.REDUCE]


def held_side(view: View) -> Side | None:
    """The token of which the bot holds more than dust, net of pairs."""
    net = view.holding.net
    if abs(net) < view.market.min_size:
        return None
    return Side.YES if net > 0 else Side.NO


def is_done(view: View) -> bool:
    """Whether nothing is live and nothing but dust is held."""
    return not view.orders and held_side(view) is None


def open_or_keep(entry: Entry, view: View, how: EntryRules, rules: TradingRules) -> Move:
    """Place a new order for an entry, or bring the live one to it.

    Args:
        entry: Made from the book as it is now.
        view: Now.
        how: Least edge, time to live.
        rules: Least rest.
    """
    orders = opening_orders(view)
    if not orders:
        if entry.reason:
            return Move([], entry.reason)
        draft = draft_of(entry, how.ttl_s)
        if crosses_own(draft, view.orders):
            return Move([], "own-order-in-the-way")
        return Move([Place(draft)], "entered")
    *older, order = orders
    if older:
        return Move(cancel_all(older, view.now, "superseded"), "superseded")
    return _keep(order, entry, view, how, rules)


def cancel_opening(view: View, reason: str) -> Move:
    """Cancel what opens and wait."""
    return Move(cancel_all(opening_orders(view), view.now, reason), reason)


def leave(view: View, rules: TradingRules, reason: str, ttl_s: int) -> Move:
    """Cancel what opens, then work a post-only REDUCE of the whole holding at the best ask.

    Args:
        view: Now.
        rules: Least rest, lot.
        reason: Why, for the record.
        ttl_s: For the GTD time.
    """
    opening = opening_orders(view)
    if opening:
        return Move(cancel_all(opening, view.now, reason), reason)
    side = held_side(view)
    selling = [o for o in view.orders if o.order.side is side and o.order.action is Action.SELL]
    strays = [o for o in view.orders if o not in selling]
    if side is None or strays:
        return Move(cancel_all(strays, view.now, "superseded"), reason)
    wanted = Exit(
        side=side,
        action=Action.SELL,
        price=selling_price(view, side),
        size=abs(view.holding.net),
        ttl_s=ttl_s,
        bundle_id=view.holding.bundle_id,
    )
    return Move(work(wanted, selling, view, rules), reason)


def best_bid(view: View, side: Side) -> Decimal | None:
    """What a holder of a token could get now, net of our own orders."""
    if side is Side.YES:
        return view.top.bid
    return None if view.top.ask is None else 1 - view.top.ask


def _keep(order: OwnOrder, entry: Entry, view: View, how: EntryRules, rules: TradingRules) -> Move:
    if order.phase is not Phase.RESTING or order.cancel_asked_at is not None:
        if may_cancel(order, view.now):
            return Move([Cancel(order.order_id, "cancel-again")], "cancel-again")
        return Move([], "on-its-way")
    stance, price = entry.stance, order.order.price
    if order.order.side is not stance.side:
        return Move([Cancel(order.order_id, "other-side")], "other-side")
    if is_expired(order, view.now, how.ttl_s):
        return Move([Cancel(order.order_id, "ttl")], "ttl")
    edge = stance.declared - price
    if has_lost_edge(edge, how.min_edge):
        return Move([Cancel(order.order_id, "edge-lost")], "edge-lost")
    target = entry.price
    if entry.reason or target is None:
        return Move([], "resting")
    if keeps_queue(Action.BUY, price, target, edge, how.min_edge):
        return Move([], "queue-kept")
    if not is_off_target(price, target, view.tick, REPRICE_TICKS):
        return Move([], "resting")
    if not may_reprice(order, view.now, rules):
        return Move([], "resting")
    if remainder_rule(order, view.market.min_size) is RemainderRule.CANCEL:
        return Move([Cancel(order.order_id, "remainder-too-small")], "remainder-too-small")
    size = min(entry.shares, order.remaining)
    if size < view.market.min_size or size * target < view.market.min_size:
        return Move([], "resting")
    return Move([Replace(order.order_id, draft_of(entry, how.ttl_s, size))], "reprice")
