"""Bringing live quotes to their targets, never crossing ourselves (STRATEGIES.md D.0, D.5)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

import msgspec

from agents.bots.backoff import Backoff
from agents.bots.base import OrderDraft, Place, PlaceBundle, Proposal, Replace
from agents.bots.bot_05_inventory import Targets, alone
from agents.bots.exits import cancel_all, crosses_own
from agents.bots.lifecycle import is_expired, is_off_target, may_reprice
from agents.bots.view import OwnOrder, Phase, View
from configs.rules import TradingRules
from schemas.ids import derive_id
from schemas.values import Action, Side

MILLI = 1_000


class QuotePace(Protocol):
    """How often quotes may move."""

    @property
    def reprice_ticks(self) -> int:
        """A quote is replaced when the target is so far away."""

    @property
    def orders_per_s(self) -> int:
        """Orders that all quotes together may use a second."""

    @property
    def orders_burst(self) -> int:
        """And at once."""


class OrderBudget(msgspec.Struct, kw_only=True):
    """A token bucket in thousandths of an order: bot 5's part of the account's order rate (C.1).

    Attributes:
        left: Thousandths of an order that may be sent; None before the first use.
        at: When it was brought up to date, ms.
    """

    left: int | None = None
    at: int = 0

    def take(self, orders: int, now: int, per_s: int, burst: int) -> bool:
        """Take tokens for some orders, all or none.

        Args:
            orders: How many are to be sent.
            now: The fold's `now`, ms.
            per_s: Orders that come back a second.
            burst: A full bucket.
        """
        full = burst * MILLI
        left = full if self.left is None else min(full, self.left + (now - self.at) * per_s)
        self.at = now
        enough = left >= orders * MILLI
        self.left = left - orders * MILLI if enough else left
        return enough


class Reconciler:
    """What it takes to move one market's quotes; made for one decision."""

    def __init__(
        self,
        view: View,
        parameters: QuotePace,
        rules: TradingRules,
        ttl_s: int,
        budget: OrderBudget,
    ) -> None:
        self._view = view
        self._parameters = parameters
        self._rules = rules
        self._ttl_s = ttl_s
        self._budget = budget
        self._bids: list[OwnOrder] = []
        self._asks: list[OwnOrder] = []
        for order in view.orders:
            (self._bids if order.is_bid else self._asks).append(order)

    def reconcile(
        self, wanted: Targets, cause: str, bid_backoff: Backoff, ask_backoff: Backoff
    ) -> list[Proposal]:
        """Cancel, replace and place.

        A first quote goes out as one batch with the other side, so that the gate sees both; a
        missing side alone joins a live one, or stands alone if it reduces. Whatever would cross a
        live order of our own other side waits until that one is gone.

        Args:
            wanted: What should rest.
            cause: `event_id` of what led to it; the batch's id follows from it.
            bid_backoff: Refusals of the bid.
            ask_backoff: Refusals of the ask.
        """
        now = self._view.now
        proposals: list[Proposal] = []
        missing: list[OrderDraft] = []
        for draft, live, backoff in (
            (wanted.bid, self._bids, bid_backoff),
            (wanted.ask, self._asks, ask_backoff),
        ):
            if draft is None:
                proposals += cancel_all(live, now, "side-not-quoted")
            elif not live:
                if not backoff.is_waiting(now) and not crosses_own(draft, self._view.orders):
                    missing.append(draft)
            else:
                proposals += self._move(draft, live, backoff)
        return proposals + self._place(missing, cause)

    def settled_until(self, wanted: Targets) -> int:
        """Until when nothing is to be done if nothing changes but the time, ms; 0 if unknown."""
        now, ttl_ms = self._view.now, self._ttl_s * MILLI
        ends: list[int] = []
        for draft, live in ((wanted.bid, self._bids), (wanted.ask, self._asks)):
            if draft is None or len(live) != 1:
                return 0
            order = live[0]
            if self._is_off(order, draft) or self._oversells(order):
                return 0
            if order.phase is Phase.RESTING:
                ends.append(now - order.age_ms(now) + ttl_ms)
        return min(ends, default=0)

    def _move(
        self, draft: OrderDraft, live: Sequence[OwnOrder], backoff: Backoff
    ) -> list[Proposal]:
        *older, order = live
        now = self._view.now
        if older:
            return cancel_all(older, now, "superseded")
        is_old, is_off = is_expired(order, now, self._ttl_s), self._is_off(order, draft)
        if self._oversells(order):
            return cancel_all(live, now, "larger-than-position")
        if not (is_old or is_off) or not may_reprice(order, now, self._rules):
            return []
        if (
            not backoff.is_waiting(now)
            and not crosses_own(draft, self._view.orders)
            and self._take(1)
        ):
            return [Replace(order.order_id, draft)]
        # What cannot be replaced now must at least not stand where the model would not stand.
        price, target = order.yes_price, yes_price(draft)
        is_bolder = price > target if _is_bid(draft) else price < target
        return cancel_all(live, now, "not-replaceable") if is_old or is_bolder else []

    def _is_off(self, order: OwnOrder, draft: OrderDraft) -> bool:
        ticks = self._parameters.reprice_ticks
        return is_off_target(order.yes_price, yes_price(draft), self._view.tick, ticks)

    def _oversells(self, order: OwnOrder) -> bool:
        """Whether a SELL holds tokens that a pair needs to be merged: inventory has shrunk."""
        net = self._view.holding.net
        held = net if order.order.side is Side.YES else -net
        return order.order.action is Action.SELL and order.remaining > max(held, Decimal(0))

    def _place(self, missing: list[OrderDraft], cause: str) -> list[Proposal]:
        if len(missing) == 2:
            bundle_id = derive_id("quotes", cause, self._view.market.market_id)
            return [PlaceBundle(bundle_id, tuple(missing))] if self._take(2) else []
        if not missing:
            return []
        draft: OrderDraft | None = missing[0]
        if not (self._asks if _is_bid(missing[0]) else self._bids):
            draft = alone(missing[0], self._view)
        return [Place(draft)] if draft is not None and self._take(1) else []

    def _take(self, orders: int) -> bool:
        own = self._parameters
        return self._budget.take(orders, self._view.now, own.orders_per_s, own.orders_burst)


def _is_bid(draft: OrderDraft) -> bool:
    return (draft.side is Side.YES) == (draft.action is Action.BUY)


def yes_price(draft: OrderDraft) -> Decimal:
    """A draft's price in YES space, dollars."""
    return draft.price if draft.side is Side.YES else 1 - draft.price
