"""Our own orders as the bots' host folds them, from the intent to the end (STRATEGIES.md D.0).

An intent counts as live until it is answered, at most five seconds. Terminal states absorb, and
repeats are recognised by order id and cumulative matched size; ended orders are remembered for a
while for that.
"""

from collections.abc import Iterable, Iterator

from agents.bots.view import OwnOrder, Phase
from schemas.ids import BotId, MarketId, OrderId
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
from schemas.values import OrderStatus

REMEMBERED_MS = 600_000
"""How long an ended order is remembered."""
OPERATOR = BotId("")
"""Owner of an operator's orders."""


class OrderBook:
    """All our orders, by id, by intent and by bot and market."""

    def __init__(self, orders: Iterable[OwnOrder] = ()) -> None:
        """Start with the orders of a snapshot, oldest first."""
        self._orders: dict[OrderId, OwnOrder] = {}
        self._intents: dict[str, list[OwnOrder]] = {}
        self._live: dict[MarketId, dict[BotId, dict[OrderId, OwnOrder]]] = {}
        self._asked: dict[OrderId, OwnOrder] = {}
        for order in orders:
            self._index(order)

    def all(self) -> list[OwnOrder]:
        """Every order that is known, oldest first."""
        return list(self._orders.values())

    def in_market(self, market_id: MarketId) -> list[OwnOrder]:
        """Live orders of all bots in a market, each bot's oldest first."""
        return [own for orders in self._live.get(market_id, {}).values() for own in orders.values()]

    def of_bot(self, market_id: MarketId, bot_id: BotId) -> tuple[OwnOrder, ...]:
        """A bot's own live orders in a market, oldest first; an operator's are not among them."""
        return tuple(self._live.get(market_id, {}).get(bot_id, {}).values())

    def of_others(self, market_id: MarketId, bot_id: BotId) -> Iterator[OwnOrder]:
        """Live orders in a market that are not the bot's own."""
        for owner, orders in self._live.get(market_id, {}).items():
            if owner != bot_id:
                yield from orders.values()

    def ask(self, order: Order, intent_id: str, now: int) -> None:
        """A bot decided an order; it counts from now on."""
        self._index(OwnOrder(order=order, intent_id=intent_id, asked_at=now))

    def ask_cancel(self, order_id: OrderId, now: int) -> None:
        """A cancel of the order is under way. A refused one is tried again after a while."""
        own = self._orders.get(order_id)
        if own is not None and own.is_live:
            own.cancel_asked_at = now

    def approve(self, verdict: IntentApproved, now: int) -> None:
        """The gate reserved what the orders need; orders of an operator are learned here."""
        for order in verdict.orders:
            own = self._orders.get(order.order_id)
            if own is None:
                own = OwnOrder(order=order, intent_id=verdict.intent_id, asked_at=now)
                self._index(own)
            is_revived = own.phase is Phase.DONE and own.status is OrderStatus.PENDING
            if own.phase is Phase.ASKED or is_revived:
                own.phase, own.ended_at = Phase.SENT, None
                self._index(own)
        if verdict.cancel_first is not None:
            self.ask_cancel(verdict.cancel_first, now)

    def deny(self, verdict: IntentDenied, now: int) -> None:
        """The gate refused the whole intent."""
        for own in self._intents.get(verdict.intent_id, ()):
            self._end(own, OrderStatus.REJECTED, now)

    def report(
        self, event: OrderPlaced | OrderRejected | OrderCanceled | OrderExpired, now: int
    ) -> None:
        """Fold what the venue said about an order."""
        match event:
            case OrderPlaced():
                own = self._find(event.order, now)
                if own.is_live and own.phase is not Phase.RESTING:
                    own.phase, own.rested_at = Phase.RESTING, now
                    self._asked.pop(own.order_id, None)
            case OrderRejected():
                self._end(self._find(event.order, now), OrderStatus.REJECTED, now)
            case _:
                ended = self._orders.get(event.order_id)
                is_canceled = isinstance(event, OrderCanceled)
                if ended is not None:
                    status = OrderStatus.CANCELED if is_canceled else OrderStatus.EXPIRED
                    self._end(ended, status, now)

    def end_market(self, market_id: MarketId, now: int) -> None:
        """The market is resolved; nothing rests there any more."""
        for own in self.in_market(market_id):
            self._end(own, OrderStatus.CANCELED, now)

    def keep(self, order_id: OrderId) -> None:
        """The order that was to be replaced rests on."""
        own = self._orders.get(order_id)
        if own is not None:
            own.cancel_asked_at = None

    def fill(self, fill: Fill, now: int) -> bool:
        """Count a fill.

        Returns:
            False when it was counted before.
        """
        own = self._orders.get(fill.order_id)
        if own is None:
            return True
        if fill.cumulative <= own.filled:
            return False
        own.filled = fill.cumulative
        if fill.status is OrderStatus.FILLED:
            self._end(own, OrderStatus.FILLED, now)
        elif own.is_live:
            own.status = fill.status
        return True

    def tick(self, now: int, unanswered_ms: int) -> list[OwnOrder]:
        """Give up intents without a verdict, forget what ended long ago.

        Args:
            now: The fold's `now`, ms.
            unanswered_ms: How long an intent counts as live.

        Returns:
            Orders that were given up; an approval that comes late revives them.
        """
        given_up = [own for own in self._asked.values() if now - own.asked_at > unanswered_ms]
        for own in given_up:
            own.phase, own.ended_at = Phase.DONE, now
            self._unlive(own)
        for own in list(self._old(now)):
            del self._orders[own.order_id]
            self._intents.pop(own.intent_id, None)
        return given_up

    def _old(self, now: int) -> Iterator[OwnOrder]:
        for own in self._orders.values():
            if own.ended_at is not None and now - own.ended_at > REMEMBERED_MS:
                yield own

    def _find(self, order: Order, now: int) -> OwnOrder:
        own = self._orders.get(order.order_id)
        if own is None:
            own = OwnOrder(order=order, intent_id="", asked_at=now, phase=Phase.SENT)
            self._index(own)
        return own

    def _end(self, own: OwnOrder, status: OrderStatus, now: int) -> None:
        if own.phase is Phase.DONE and own.status is not OrderStatus.PENDING:
            return
        own.phase, own.status, own.ended_at = Phase.DONE, status, now
        self._unlive(own)

    def _index(self, own: OwnOrder) -> None:
        order_id = own.order_id
        if order_id not in self._orders:
            self._orders[order_id] = own
            if own.intent_id:
                self._intents.setdefault(own.intent_id, []).append(own)
        if own.is_live:
            in_market = self._live.setdefault(own.order.market_id, {})
            in_market.setdefault(_owner(own), {})[order_id] = own
        if own.phase is Phase.ASKED:
            self._asked[order_id] = own
        else:
            self._asked.pop(order_id, None)

    def _unlive(self, own: OwnOrder) -> None:
        self._asked.pop(own.order_id, None)
        in_market = self._live.get(own.order.market_id, {})
        orders = in_market.get(_owner(own))
        if orders is not None:
            orders.pop(own.order_id, None)
            if not orders:
                del in_market[_owner(own)]
            if not in_market:
                del self._live[own.order.market_id]


def _owner(own: OwnOrder) -> BotId:
    """Whose order it is to manage; nobody's where an operator placed it."""
    return OPERATOR if own.order.operator else own.order.bot_id
