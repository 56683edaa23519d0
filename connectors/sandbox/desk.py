"""The order desk: what the REST side does with orders, over the markets and the accounts."""

from typing import NamedTuple

from connectors.sandbox.auth import OrderIdentity
from connectors.sandbox.clob import open_order
from connectors.sandbox.events import Event, Filled, Rejected
from connectors.sandbox.frames import Frame
from connectors.sandbox.identity import digest
from connectors.sandbox.intake import read_post, to_order
from connectors.sandbox.mirror import mirrored
from connectors.sandbox.orders import BAD_PAYLOAD, NO_BALANCE, Order
from connectors.sandbox.source import Listing
from connectors.sandbox.units import dollars, size_text
from connectors.sandbox.venue import Venue
from schemas.values import Action

OPENING_DOLLARS = 100_000
"""Collateral that an owner finds in the account at the first order."""
GONE = "order can't be found - already canceled or matched"
UNAUTHORIZED = "the order owner has to be the owner of the API KEY"
NO_ORDERBOOK = "No orderbook exists for the requested token id"


class Submission(NamedTuple):
    """An order that came over REST and was accepted.

    Attributes:
        api_key: The credential that placed it; only that one sees it.
        condition_id: Its market.
    """

    order: Order
    api_key: str
    condition_id: str


class Desk:
    """Places and cancels orders for callers.

    Args:
        venue: The markets.
        identity: Gives orders their ids.
        opening_dollars: Collateral of a new owner.
    """

    def __init__(
        self, venue: Venue, identity: OrderIdentity, opening_dollars: int = OPENING_DOLLARS
    ) -> None:
        self._venue = venue
        self._identity = identity
        self._opening_dollars = opening_dollars
        self._live: dict[str, Submission] = {}
        self._seen: set[str] = set()
        self._owners: set[str] = set()

    def place(self, body: object, caller: str) -> Frame:
        """Place one order.

        Args:
            body: The decoded body of `POST /order`.
            caller: API key of the request, empty where it named none.

        Returns:
            The venue's reply; `success` is false and `errorMsg` set where it refuses.
        """
        post = read_post(body)
        if isinstance(post, str):
            return _refusal(post)
        if caller and caller != post.owner:
            return _refusal(UNAUTHORIZED)
        order_id = self._identity.order_id(post)
        found = self._venue.token(post.order.token_id)
        if found is None or order_id is None:
            return _refusal(NO_ORDERBOOK if found is None else BAD_PAYLOAD)
        listing, _ = found
        order = to_order(post, order_id, listing, self._venue.now_ms)
        if isinstance(order, str):
            return _refusal(order)
        return self._submit(Submission(order, post.owner, listing.spec.condition_id), listing)

    def cancel(self, order_ids: list[str], caller: str) -> Frame:
        """Cancel orders by id; what does not rest, or is another's, is named in `not_canceled`."""
        canceled: list[str] = []
        refused: dict[str, str] = {}
        for order_id in dict.fromkeys(order_ids):
            submission = self._live.get(order_id)
            listing = self._listing(submission) if _visible(submission, caller) else None
            if listing is not None and self._venue.cancel(listing, order_id):
                del self._live[order_id]
                canceled.append(order_id)
            else:
                refused[order_id] = GONE
        return {"canceled": canceled, "not_canceled": refused}

    def cancel_where(self, caller: str, market: str = "", asset_id: str = "") -> Frame:
        """Cancel all open orders of a caller, or those of one market or one token."""
        ids = [
            submission.order.order_id
            for submission, listing, _ in self._open(caller)
            if market in ("", submission.condition_id)
            and asset_id in ("", listing.spec.token_ids[submission.order.leg])
        ]
        return self.cancel(ids, caller)

    def open_orders(self, caller: str) -> list[Frame]:
        """The resting orders that a caller sees, the oldest first."""
        return [
            open_order(listing, submission.order, left, submission.api_key)
            for submission, listing, left in self._open(caller)
        ]

    def _submit(self, submission: Submission, listing: Listing) -> Frame:
        order = submission.order
        if order.order_id in self._seen:
            return _refusal(f"order {order.order_id} is invalid. Duplicated.")
        self._welcome(order.owner)
        reserved = self._reserved(order, submission.condition_id)
        if not self._venue.accounts.covers(order, submission.condition_id, reserved):
            return _refusal(NO_BALANCE)
        events = self._venue.place(listing, order)
        if isinstance(events[0], Rejected):
            return _refusal(events[0].reason)
        self._seen.add(order.order_id)
        self._live[order.order_id] = submission
        return _receipt(order, submission.condition_id, events)

    def _welcome(self, owner: str) -> None:
        if owner not in self._owners:
            self._owners.add(owner)
            self._venue.accounts.deposit(owner, self._opening_dollars)

    def _reserved(self, order: Order, condition_id: str) -> int:
        """What the owner's open orders claim of the asset that a new order would spend."""
        claims = 0
        for other, _, left in self._open(""):
            if other.order.owner != order.owner or other.order.action is not order.action:
                continue
            if order.action is Action.BUY:
                claims += left * other.order.pips
            elif (other.condition_id, other.order.leg) == (condition_id, order.leg):
                claims += left
        return claims

    def _open(self, caller: str) -> list[tuple[Submission, Listing, int]]:
        """Orders that rest still; those that ended by themselves are forgotten on the way."""
        rows = []
        for order_id, submission in list(self._live.items()):
            listing = self._listing(submission)
            resting = listing.resting.get(order_id) if listing else None
            if listing is None or resting is None:
                del self._live[order_id]
            elif _visible(submission, caller):
                rows.append((submission, listing, resting.left))
        return rows

    def _listing(self, submission: Submission | None) -> Listing | None:
        return self._venue.market(submission.condition_id) if submission else None


def _visible(submission: Submission | None, caller: str) -> bool:
    return submission is not None and caller in ("", submission.api_key)


def _refusal(reason: str) -> Frame:
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


def _receipt(order: Order, condition_id: str, events: list[Event]) -> Frame:
    fills = [event for event in events if isinstance(event, Filled)]
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
        "tradeIDs": [digest("trade", condition_id, fill.trade_no)[:32] for fill in fills],
    }
