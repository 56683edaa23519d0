"""Our own orders as the bots' host folds them, from the intent to the end (STRATEGIES.md D.0).

An intent counts as live until it is answered, at most five seconds. Terminal states absorb, and
repeats are recognised by order id and cumulative matched size; of ended orders just enough is
remembered for that, and not for long.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

import msgspec

from agents.bots.view import ZERO, OwnOrder, Phase
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
from schemas.values import IntentKind, OrderStatus

REMEMBERED_MS = 120_000
"""How long an ended order is remembered."""
OPERATOR = BotId("")
"""Owner of an operator's orders."""

Report = OrderPlaced | OrderRejected | OrderCanceled | OrderExpired
"""What the venue says about an order beside its fills."""


class EndedOrder(msgspec.Struct):
    """What is remembered of an order that ended.

    Attributes:
        at: When, ms.
        status: PENDING where nobody answered; an approval revives it.
        filled: Shares matched in all.
    """

    at: int
    status: OrderStatus
    filled: Decimal = ZERO


class Standing(NamedTuple):
    """A bot's place in a market.

    Attributes:
        orders: Its own live orders, oldest first; an operator's are not among them.
        rival_bid: Best YES-space bid of everybody else's orders of ours, dollars.
        rival_ask: Their best YES-space ask.
    """

    orders: tuple[OwnOrder, ...]
    rival_bid: Decimal | None
    rival_ask: Decimal | None


class OrderBook:
    """All our orders, by id and by market and owner.

    Attributes:
        version: Rises when orders come or go and when holdings change.
    """

    def __init__(
        self, orders: Iterable[OwnOrder] = (), ended: dict[OrderId, EndedOrder] | None = None
    ) -> None:
        """Start with what a snapshot holds.

        Args:
            orders: Live orders, oldest first.
            ended: Those that ended, oldest first.
        """
        self.ended: dict[OrderId, EndedOrder] = {} if ended is None else ended
        self._orders: dict[OrderId, OwnOrder] = {}
        self._live: dict[MarketId, dict[BotId, dict[OrderId, OwnOrder]]] = {}
        self._opening: dict[BotId, dict[MarketId, set[OrderId]]] = {}
        self._asked: dict[OrderId, OwnOrder] = {}
        self._standing: dict[MarketId, dict[BotId, Standing]] = {}
        self.version = 0
        for order in orders:
            self._add(order)

    def all(self) -> list[OwnOrder]:
        """Every live order, oldest first."""
        return list(self._orders.values())

    def in_market(self, market_id: MarketId) -> list[OwnOrder]:
        """Live orders of all bots in a market, each bot's oldest first."""
        return [own for orders in self._live.get(market_id, {}).values() for own in orders.values()]

    def of_bot(self, market_id: MarketId, bot_id: BotId) -> tuple[OwnOrder, ...]:
        """A bot's own live orders in a market, oldest first; an operator's are not among them."""
        return tuple(self._live.get(market_id, {}).get(bot_id, {}).values())

    def get(self, order_id: OrderId) -> OwnOrder | None:
        """A live order."""
        return self._orders.get(order_id)

    def has_any(self, market_id: MarketId, bot_id: BotId) -> bool:
        """Whether a bot has live orders in a market."""
        return bot_id in self._live.get(market_id, ())

    def markets_of(self, bot_id: BotId) -> list[MarketId]:
        """Where a bot has live orders."""
        return [market_id for market_id, owners in self._live.items() if bot_id in owners]

    def opened_by(self, bot_id: BotId) -> Iterable[MarketId]:
        """Where a bot has live orders that may open."""
        return self._opening.get(bot_id, {})

    def of_others(self, market_id: MarketId, bot_id: BotId) -> Iterator[OwnOrder]:
        """Live orders in a market that are not the bot's own."""
        for owner, orders in self._live.get(market_id, {}).items():
            if owner != bot_id:
                yield from orders.values()

    def standing(self, market_id: MarketId, bot_id: BotId) -> Standing:
        """A bot's orders and its rivals' best prices, worked out once until orders come or go."""
        of_bots = self._standing.setdefault(market_id, {})
        standing = of_bots.get(bot_id)
        if standing is None:
            bids = [own.yes_price for own in self.of_others(market_id, bot_id) if own.is_bid]
            asks = [own.yes_price for own in self.of_others(market_id, bot_id) if not own.is_bid]
            standing = of_bots[bot_id] = Standing(
                self.of_bot(market_id, bot_id), max(bids, default=None), min(asks, default=None)
            )
        return standing

    def ask(self, order: Order, intent_id: str, now: int) -> None:
        """A bot decided an order; it counts from now on."""
        self._add(OwnOrder(order=order, intent_id=intent_id, asked_at=now))

    def ask_cancel(self, order_id: OrderId, now: int) -> None:
        """A cancel of the order is under way. A refused one is tried again after a while."""
        own = self._orders.get(order_id)
        if own is not None:
            own.cancel_asked_at = now

    def keep(self, order_id: OrderId) -> None:
        """The order that was to be replaced rests on."""
        own = self._orders.get(order_id)
        if own is not None:
            own.cancel_asked_at = None

    def approve(self, verdict: IntentApproved, now: int) -> None:
        """The gate reserved what the orders need; orders of an operator are learned here."""
        for order in verdict.orders:
            ended = self.ended.get(order.order_id)
            own = self._orders.get(order.order_id)
            if own is None and (ended is None or ended.status is OrderStatus.PENDING):
                own = OwnOrder(order=order, intent_id=verdict.intent_id, asked_at=now)
                if ended is not None:
                    own.filled = self.ended.pop(order.order_id).filled
                self._add(own)
            if own is not None and own.phase is Phase.ASKED:
                own.phase = Phase.SENT
                self._asked.pop(order.order_id, None)
        if verdict.cancel_first is not None:
            self.ask_cancel(verdict.cancel_first, now)

    def deny(self, verdict: IntentDenied, now: int) -> None:
        """The gate refused the whole intent."""
        for own in [own for own in self._asked.values() if own.intent_id == verdict.intent_id]:
            self._end(own, OrderStatus.REJECTED, now)

    def report(self, event: Report, now: int) -> None:
        """Fold what the venue said about an order."""
        own = self._orders.get(event.order_id)
        if own is None:
            if not isinstance(event, OrderPlaced) or event.order_id in self.ended:
                return
            own = OwnOrder(order=event.order, intent_id="", asked_at=now, phase=Phase.SENT)
            self._add(own)
        match event:
            case OrderPlaced():
                if own.phase is not Phase.RESTING:
                    own.phase, own.rested_at = Phase.RESTING, now
                    self._asked.pop(own.order_id, None)
            case OrderRejected():
                self._end(own, OrderStatus.REJECTED, now)
            case OrderCanceled():
                self._end(own, OrderStatus.CANCELED, now)
            case OrderExpired():
                self._end(own, OrderStatus.EXPIRED, now)

    def fill(self, fill: Fill, now: int) -> bool:
        """Count a fill.

        Returns:
            False when it was counted before.
        """
        own = self._orders.get(fill.order_id)
        if own is None:
            ended = self.ended.setdefault(fill.order_id, EndedOrder(now, fill.status))
            is_news = fill.cumulative > ended.filled
            self.version += 1
            ended.filled = max(ended.filled, fill.cumulative)
            if fill.status is OrderStatus.FILLED and not ended.status.is_terminal:
                ended.status = OrderStatus.FILLED
            return is_news
        if fill.cumulative <= own.filled:
            return False
        own.filled = fill.cumulative
        self.version += 1
        if fill.status is OrderStatus.FILLED:
            self._end(own, OrderStatus.FILLED, now)
        else:
            own.status = fill.status
        return True

    def is_counted(self, fill: Fill) -> bool:
        """Whether a fill was counted; so it was where its order is forgotten."""
        known = self._orders.get(fill.order_id) or self.ended.get(fill.order_id)
        return known is None or fill.cumulative <= known.filled

    def holdings_changed(self) -> None:
        """What is held changed without an order."""
        self.version += 1

    def end_market(self, market_id: MarketId, now: int) -> None:
        """The market is resolved; nothing rests there any more."""
        for own in self.in_market(market_id):
            self._end(own, OrderStatus.CANCELED, now)
        self._standing.pop(market_id, None)
        self.version += 1

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
            self._end(own, OrderStatus.PENDING, now)
        while self.ended:
            oldest = next(iter(self.ended))
            if now - self.ended[oldest].at <= REMEMBERED_MS:
                break
            del self.ended[oldest]
        return given_up

    def _add(self, own: OwnOrder) -> None:
        self._orders[own.order_id] = own
        self.version += 1
        self._standing.pop(own.order.market_id, None)
        market_id, owner = own.order.market_id, _owner(own)
        self._live.setdefault(market_id, {}).setdefault(owner, {})[own.order_id] = own
        if own.order.kind is not IntentKind.REDUCE:
            self._opening.setdefault(owner, {}).setdefault(market_id, set()).add(own.order_id)
        if own.phase is Phase.ASKED:
            self._asked[own.order_id] = own

    def _end(self, own: OwnOrder, status: OrderStatus, now: int) -> None:
        order_id, market_id, owner = own.order_id, own.order.market_id, _owner(own)
        own.phase, own.status = Phase.DONE, status
        self.version += 1
        self.ended[order_id] = EndedOrder(now, status, own.filled)
        del self._orders[order_id]
        self._asked.pop(order_id, None)
        self._standing.pop(market_id, None)
        in_market = self._live[market_id]
        del in_market[owner][order_id]
        if not in_market[owner]:
            del in_market[owner]
        if not in_market:
            del self._live[market_id]
        if own.order.kind is not IntentKind.REDUCE:
            opening = self._opening[owner]
            opening[market_id].discard(order_id)
            if not opening[market_id]:
                del opening[market_id]


def _owner(own: OwnOrder) -> BotId:
    """Whose order it is to manage; nobody's where an operator placed it."""
    return OPERATOR if own.order.operator else own.order.bot_id
