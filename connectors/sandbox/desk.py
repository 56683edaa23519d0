"""The order desk: what the REST side does with orders, over the markets and the accounts."""

import heapq
from typing import NamedTuple

from connectors.sandbox.events import Event, Filled, Rejected
from connectors.sandbox.follow_up import FollowUp
from connectors.sandbox.frames import Frame
from connectors.sandbox.heartbeats import Heartbeats
from connectors.sandbox.intake import PostOrder, read_post, to_order
from connectors.sandbox.mirror import mirrored
from connectors.sandbox.orders import FAK_KILLED, FOK_KILLED, NO_BALANCE, Order
from connectors.sandbox.register import (
    DELAYED,
    INVALID,
    LIVE,
    UNMATCHED,
    Caller,
    Placed,
    Register,
)
from connectors.sandbox.signed import OrderIdentity, Refused
from connectors.sandbox.source import Listing
from connectors.sandbox.trades import Settlement, grouped, trade_id
from connectors.sandbox.units import dollars, size_text
from connectors.sandbox.venue import Venue
from schemas.values import Action, TimeInForce

OPENING_DOLLARS = 100_000
"""Collateral that an owner finds in the account at the first look."""
GONE = "order can't be found - already canceled or matched"
STILL_DELAYED = "the order is delayed and can't be canceled"
UNAUTHORIZED = "the order owner has to be the owner of the API KEY"
NO_ORDERBOOK = "No orderbook exists for the requested token id"


class Restrictions(NamedTuple):
    """What the venue forbids an owner, by address in lower case."""

    banned: set[str]
    closed_only: set[str]

    def refusal(self, address: str, action: Action) -> str | None:
        """Why an owner may not place such an order."""
        if address.lower() in self.banned:
            return f"'{address}' address banned"
        if address.lower() in self.closed_only and action is Action.BUY:
            return f"address {address} in closed only mode"
        return None


class Desk:
    """Places and cancels orders for callers.

    Args:
        venue: The markets.
        identity: Gives orders their ids.
        seed: Of the settlement's delays.
        opening_dollars: Collateral of a new owner.

    Attributes:
        register: The orders.
        settlement: The trades.
        follow_up: What happens to both after the reply.
        heartbeats: The dead-man switches.
        restrictions: Owners that may not open.
    """

    def __init__(
        self,
        venue: Venue,
        identity: OrderIdentity,
        seed: int = 0,
        opening_dollars: int = OPENING_DOLLARS,
    ) -> None:
        self.register = Register()
        self.settlement = Settlement(seed)
        self.follow_up = FollowUp(venue, self.register, self.settlement)
        self.heartbeats = Heartbeats()
        self.restrictions = Restrictions(set(), set())
        self._venue = venue
        self._identity = identity
        self._opening_dollars = opening_dollars
        self._owners: set[str] = set()
        self._waiting: list[tuple[int, int, str]] = []

    def place(self, body: object, caller: Caller) -> Frame:
        """Place one order.

        Args:
            body: The decoded body of `POST /order`.
            caller: Whose request it is.

        Returns:
            The venue's reply; `success` is false and `errorMsg` set where it refuses.
        """
        post = read_post(body)
        if isinstance(post, str):
            return refusal(post)
        if not caller.sees(post.owner):
            return refusal(UNAUTHORIZED)
        found = self._venue.token(post.order.token_id)
        if found is None:
            return refusal(NO_ORDERBOOK)
        listing, _ = found
        order_id = self._identity.order_id(post, listing.spec, caller)
        if isinstance(order_id, Refused):
            return refusal(order_id.reason)
        order = to_order(post, order_id, listing, self._venue.now_ms)
        if isinstance(order, str):
            return refusal(order)
        return self._submit(_placed(order, post, listing), listing)

    def advance(self, now_ms: int) -> None:
        """Let everything happen that is due: delayed orders, lapsed heartbeats, settlement."""
        while self._waiting and self._waiting[0][0] <= now_ms:
            _, _, order_id = heapq.heappop(self._waiting)
            placed = self.register.live.get(order_id)
            if placed is not None:
                self._release(placed)
        for api_key in self.heartbeats.lapsed(now_ms):
            self.cancel_where(Caller(api_key))
        self.follow_up.advance(now_ms)

    def cancel(self, order_ids: list[str], caller: Caller) -> Frame:
        """Cancel orders by id; what does not rest, or is another's, is named in `not_canceled`."""
        canceled: list[str] = []
        refused: dict[str, str] = {}
        for order_id in dict.fromkeys(order_ids):
            placed = self.register.live.get(order_id)
            mine = placed is not None and caller.sees(placed.api_key)
            listing = self._venue.market(placed.spec.condition_id) if placed and mine else None
            if placed is not None and mine and placed.status == DELAYED:
                refused[order_id] = STILL_DELAYED
            elif listing is not None and self._venue.cancel(listing, order_id):
                canceled.append(order_id)
            else:
                refused[order_id] = GONE
        self.follow_up.read_journal()
        return {"canceled": canceled, "not_canceled": refused}

    def cancel_where(self, caller: Caller, market: str = "", asset_id: str = "") -> Frame:
        """Cancel all open orders of a caller, or those of one market or one token."""
        ids = [placed.order.order_id for placed in self.open_for(caller, market, asset_id)]
        return self.cancel(ids, caller)

    def open_for(self, caller: Caller, market: str = "", asset_id: str = "") -> list[Placed]:
        """Open orders that a caller sees, the oldest first; of a market or a token where named."""
        self.follow_up.read_journal()
        return [
            placed
            for placed in self.register.open_for(caller)
            if market in ("", placed.spec.condition_id) and asset_id in ("", placed.asset_id)
        ]

    def welcome(self, owner: str) -> None:
        """Give an owner seen for the first time the opening balance."""
        if owner not in self._owners:
            self._owners.add(owner)
            self._venue.accounts.deposit(owner, self._opening_dollars)
            self.follow_up.watch(owner)

    def _submit(self, placed: Placed, listing: Listing) -> Frame:
        order = placed.order
        if order.order_id in self.register.by_id:
            return refusal(f"order {order.order_id} is invalid. Duplicated.")
        forbidden = self.restrictions.refusal(order.owner, order.action)
        if forbidden:
            return refusal(forbidden)
        self.welcome(order.owner)
        self.follow_up.read_journal()
        condition_id = placed.spec.condition_id
        reserved = self.register.reserved(order, condition_id)
        if not self._venue.accounts.covers(order, condition_id, reserved):
            return refusal(NO_BALANCE)
        if placed.spec.taker_delay_ms and _marketable(order, listing):
            return self._delay(placed)
        self.register.add(placed)
        events = self._venue.place(listing, order)
        if isinstance(events[0], Rejected):
            self._forget(placed)
            return refusal(events[0].reason)
        self.follow_up.read_journal()
        return _receipt(placed, [event for event in events if isinstance(event, Filled)])

    def _delay(self, placed: Placed) -> Frame:
        """Hold a marketable order, exposed and uncancellable."""
        placed.status = DELAYED
        self.register.add(placed)
        due_ms = self._venue.now_ms + placed.spec.taker_delay_ms
        heapq.heappush(self._waiting, (due_ms, len(self.register.by_id), placed.order.order_id))
        return {**_receipt(placed, []), "status": "delayed"}

    def _release(self, placed: Placed) -> None:
        listing = self._venue.market(placed.spec.condition_id)
        placed.status = LIVE
        events: list[Event] = self._venue.place(listing, placed.order) if listing else []
        first = events[0] if events else None
        if first is None or isinstance(first, Rejected):
            killed = first is not None and first.reason in (FOK_KILLED, FAK_KILLED)
            self.follow_up.drop(placed, UNMATCHED if killed else INVALID)
        self.follow_up.read_journal()

    def _forget(self, placed: Placed) -> None:
        del self.register.by_id[placed.order.order_id]
        del self.register.live[placed.order.order_id]


def refusal(reason: str) -> Frame:
    """The venue's reply to an order that it does not take."""
    return {
        "success": False,
        "errorMsg": reason,
        "orderID": "",
        "status": "",
        "makingAmount": "",
        "takingAmount": "",
        "transactionsHashes": [],
        "tradeIDs": [],
    }


def _placed(order: Order, post: PostOrder, listing: Listing) -> Placed:
    return Placed(
        order=order,
        spec=listing.spec,
        api_key=post.owner,
        signature_type=post.order.signature_type,
        updated_ms=order.placed_ms,
    )


def _marketable(order: Order, listing: Listing) -> bool:
    """Whether an order would trade at once; post-only ones never do."""
    bid, ask = listing.top(order.leg)
    best = ask if order.action is Action.BUY else bid
    if order.post_only or best is None:
        return not order.post_only and order.time_in_force in (TimeInForce.FAK, TimeInForce.FOK)
    return order.pips >= best if order.action is Action.BUY else order.pips <= best


def _receipt(placed: Placed, fills: list[Filled]) -> Frame:
    order = placed.order
    shares = sum(fill.size for fill in fills)
    money = sum(fill.size * mirrored(order.leg, fill.yes_pips) for fill in fills)
    amounts = [f"{dollars(money).normalize():f}", size_text(shares)] if fills else ["", ""]
    making, taking = amounts if order.action is Action.BUY else amounts[::-1]
    return {
        "success": True,
        "errorMsg": "",
        "orderID": order.order_id,
        "status": "matched" if fills else "live",
        "makingAmount": making,
        "takingAmount": taking,
        "transactionsHashes": [],
        "tradeIDs": [trade_id(placed.spec.condition_id, group) for group in grouped(fills)],
    }
