"""What the user channel says, folded: each step of an order or a trade once, and in order. Pure.

The channel has no sequence and repeats nothing. After a reconnect what REST tells of open orders
and recent trades goes through the same fold, so that only what was missed comes out of it. The
orders that are gone from REST without a word are left to be asked for one by one.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

import msgspec

from connectors.polymarket.drift import DriftSentinel
from connectors.polymarket.event_fields import Fields, RejectedEventError
from connectors.polymarket.replies import VenueOrder
from connectors.polymarket.user_events import UserOrder, UserTrade, read_user_event
from connectors.polymarket.wire import split_frame

ENDED = frozenset({"CONFIRMED", "FAILED"})
RANKS = {"MATCHED": 0, "MATCHED_NOT_BROADCASTED": 1, "RETRYING": 2, "MINED": 3}
"""How far a trade is; a trade being retried goes back to before it was mined."""
ENDED_ORDER = ("CANCELED", "INVALID", "UNMATCHED")
UNREADABLE = (RejectedEventError, msgspec.DecodeError, ArithmeticError, ValueError, RecursionError)
"""What bytes of a venue may raise here."""


class OrderStep(NamedTuple):
    """An order got further.

    Attributes:
        matched: Shares matched so far.
        status: The venue's word; empty when it gave none.
        ended: Whether nothing more comes of it.
    """

    order_id: str
    matched: Decimal
    status: str
    ended: bool
    at: datetime | None


class TradeStep(NamedTuple):
    """A trade got a new status.

    Attributes:
        before: Its status until now; empty when it is new.
    """

    trade: UserTrade
    before: str


Step = OrderStep | TradeStep


class GapReport(NamedTuple):
    """What REST told about a gap.

    Attributes:
        steps: What was missed, oldest first.
        missing: Orders that we knew as open and REST does not: ask for each.
    """

    steps: list[Step]
    missing: list[str]


class UserFeed:
    """The fold of one account.

    Attributes:
        unread: How many events could not be read.
        trouble: Why the last of them could not.
    """

    def __init__(self, drift: DriftSentinel) -> None:
        """Start without orders and trades.

        Args:
            drift: Counts fields that are not known.
        """
        self.unread = 0
        self.trouble = ""
        self._drift = drift
        self._matched: dict[str, Decimal] = {}
        self._open: dict[str, str] = {}
        self._trades: dict[str, str] = {}

    def on_frame(self, frame: str | bytes) -> list[Step]:
        """Fold one WebSocket message; what cannot be read is counted, and a gap."""
        steps: list[Step] = []
        try:
            payloads = split_frame(frame)
        except UNREADABLE as error:
            self._missed(error)
            return steps
        for payload in payloads:
            try:
                fields = Fields(msgspec.json.decode(payload))
                event = read_user_event(fields)
            except UNREADABLE as error:
                self._missed(error)
                continue
            if isinstance(event, UserOrder):
                self._drift.count("user order", fields.unknown)
                steps.extend(self._order(event))
            else:
                self._drift.count("user trade", fields.unknown)
                steps.extend(self._trade(event))
        return steps

    def close_gap(self, orders: Iterable[VenueOrder], trades: Iterable[UserTrade]) -> GapReport:
        """Fold what REST tells after a reconnect.

        Args:
            orders: All open orders.
            trades: Trades since before the loss.
        """
        steps: list[Step] = []
        for trade in sorted(trades, key=_when):
            steps.extend(self._trade(trade))
        known = set()
        for order in orders:
            known.add(order.id)
            steps.extend(self._advance(order.id, order.size_matched, order.status, False, None))
        return GapReport(steps, [each for each in self._open if each not in known])

    def _missed(self, error: Exception) -> None:
        self.unread += 1
        self.trouble = f"the user channel said what cannot be read: {error}"

    def _order(self, event: UserOrder) -> list[Step]:
        status = event.status or ""
        ended = event.order_event_type == "CANCELLATION" or status.startswith(ENDED_ORDER)
        ended = ended or event.size_matched >= event.original_size
        return self._advance(event.id, event.size_matched, status, ended, event.timestamp)

    def _advance(
        self, order_id: str, matched: Decimal, status: str, ended: bool, at: datetime | None
    ) -> list[Step]:
        before = self._matched.get(order_id)
        if before is not None and order_id not in self._open:
            return []  # it ended; what comes late about it is old
        if (
            before is not None
            and matched <= before
            and not ended
            and status == self._open[order_id]
        ):
            return []
        matched = matched if before is None else max(matched, before)
        self._matched[order_id] = matched
        if ended:
            self._open.pop(order_id, None)
        else:
            self._open[order_id] = status
        return [OrderStep(order_id, matched, status, ended, at)]

    def _trade(self, trade: UserTrade) -> list[Step]:
        before = self._trades.get(trade.id, "")
        if before == trade.status or before in ENDED or not _rises(before, trade.status):
            return []
        self._trades[trade.id] = trade.status
        return [TradeStep(trade, before)]


def _rises(before: str, status: str) -> bool:
    """Whether a status may follow another: up, or back to be retried, and from there up again."""
    if not before or status in ENDED or status == "RETRYING" or before == "RETRYING":
        return True
    return RANKS.get(status, 0) > RANKS.get(before, 0) or status not in RANKS


def _when(trade: UserTrade) -> datetime:
    return trade.updated_at or trade.matched_at or trade.timestamp or datetime.fromtimestamp(0, UTC)
