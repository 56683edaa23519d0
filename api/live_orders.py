"""Orders that rest now and what the gate said of the last intents, folded from the log."""

from decimal import Decimal

import msgspec

from api.remembering import remember
from schemas.ids import BotId, OrderId
from schemas.trading import (
    Fill,
    IntentApproved,
    IntentDenied,
    Order,
    OrderCanceled,
    OrderExpired,
    OrderPlaced,
    OrderRejected,
)
from schemas.values import IntentKind, OrderStatus, Zone

ENDED_KEPT = 5_000
"""Orders that ended and are remembered, since fills and ends come on topics of their own."""
VERDICTS_KEPT = 2_000

OrderEvent = OrderPlaced | OrderRejected | OrderCanceled | OrderExpired


class RestingOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order that the venue holds.

    Attributes:
        filled: Shares matched so far.
        placed_at: Session time of the acceptance, ms.
        updated_at: Session time of the last word about it, ms.
    """

    order: Order
    kind: IntentKind
    zone: Zone | None
    filled: Decimal
    placed_at: int
    updated_at: int

    @property
    def remaining(self) -> Decimal:
        """Shares not matched yet."""
        return self.order.size - self.filled


class LiveOrders:
    """The open orders of the account.

    Attributes:
        resting: By order id, oldest first.
        ends: Status and time (ms) of the last orders that ended, by order id.
        verdicts: The gate's last verdicts by intent id.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self.resting: dict[OrderId, RestingOrder] = {}
        self.ends: dict[OrderId, tuple[OrderStatus, int]] = {}
        self.verdicts: dict[str, IntentApproved | IntentDenied] = {}
        self._filled: dict[OrderId, Decimal] = {}

    def of_scope(self, bot_id: BotId | None) -> list[RestingOrder]:
        """Resting orders of a bot, or of all."""
        return [entry for entry in self.resting.values() if bot_id in (None, entry.order.bot_id)]

    def judged(self, verdict: IntentApproved | IntentDenied) -> None:
        """The gate answered an intent."""
        remember(self.verdicts, verdict.intent_id, verdict, VERDICTS_KEPT)

    def reported(self, event: OrderEvent) -> None:
        """The venue said something about an order."""
        match event:
            case OrderPlaced():
                self._place(event)
            case OrderRejected():
                self._end(event.order_id, OrderStatus.REJECTED, event.ingest_time)
            case OrderCanceled():
                self._end(event.order_id, OrderStatus.CANCELED, event.ingest_time)
            case OrderExpired():
                self._end(event.order_id, OrderStatus.EXPIRED, event.ingest_time)

    def filled(self, fill: Fill) -> None:
        """An order was matched; a fill may come before the news that it was placed."""
        known = max(fill.cumulative, self._filled.get(fill.order_id, Decimal(0)))
        remember(self._filled, fill.order_id, known, ENDED_KEPT)
        if fill.status is OrderStatus.FILLED:
            self._end(fill.order_id, OrderStatus.FILLED, fill.ingest_time)
        elif (entry := self.resting.get(fill.order_id)) is not None:
            self.resting[fill.order_id] = msgspec.structs.replace(
                entry, filled=known, updated_at=fill.ingest_time
            )

    def _place(self, event: OrderPlaced) -> None:
        if event.order_id in self.ends:
            return
        self.resting[event.order_id] = RestingOrder(
            order=event.order,
            kind=event.kind,
            zone=event.zone,
            filled=self._filled.get(event.order_id, Decimal(0)),
            placed_at=event.ingest_time,
            updated_at=event.ingest_time,
        )

    def _end(self, order_id: OrderId, status: OrderStatus, at: int) -> None:
        self.resting.pop(order_id, None)
        remember(self.ends, order_id, (status, at), ENDED_KEPT)
