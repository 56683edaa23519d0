"""Our own orders as the account knows them: what is reserved for them and until when (C.1).

An order counts from its acceptance by the gate (or, for readers without the gate, from its
placement) until the venue says that it rests no more; a partial fill releases its part. Ended
orders are remembered for a while, so that a repeated or late report is recognised.
"""

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from schemas.ids import BotId, MarketId, OrderId, VenueEventId
from schemas.trading import Fill, Order
from schemas.values import Action, IntentKind, Side, Zone
from streams.lazy import Lazy

ZERO = Decimal(0)
ONE = Decimal(1)
REMEMBERED_MS = 600_000
REMEMBERED = 250
"""Ended orders remembered at most, so that a snapshot stays small."""


class OpenOrder(msgspec.Struct, dict=True):
    """One order that may still fill.

    Attributes:
        kind: As the gate verified it.
        filled: Shares matched so far.
        trades: Trade ids booked.
        cancel_asked: A cancel is on its way.
    """

    order: Order
    kind: IntentKind
    zone: Zone | None
    filled: Decimal = ZERO
    trades: list[str] = []
    cancel_asked: bool = False

    @property
    def remaining(self) -> Decimal:
        """Shares that may still fill."""
        return self.order.size - self.filled

    @property
    def cash(self) -> Decimal:
        """Dollars reserved: remaining times price of a BUY, nothing for a SELL."""
        order = self.order
        return self.remaining * order.price if order.action is Action.BUY else ZERO

    @Lazy
    def is_bid(self) -> bool:
        """Whether it stands on the bid side in YES space (STRATEGIES.md A.1)."""
        return is_bid(self.order)

    @Lazy
    def yes_price(self) -> Decimal:
        """Its price in YES space, dollars."""
        return yes_price(self.order)


MICRO_DOLLAR = Decimal("0.000001")


class EndedOrder(msgspec.Struct, frozen=True):
    """An order that rests no more, kept to recognise repeats."""

    at: int
    size: Decimal
    filled: Decimal
    trades: tuple[str, ...]


class Hold(msgspec.Struct, frozen=True):
    """Dollars of a bot reserved for something that is no order: an approved split."""

    bot_id: BotId
    market_id: MarketId
    amount: Decimal


class OwnOrders(msgspec.Struct):
    """All open orders in the order of their acceptance, and the recently ended ones.

    Attributes:
        holds: By the id of the intent that they serve.
    """

    open: dict[OrderId, OpenOrder] = {}
    ended: dict[OrderId, EndedOrder] = {}
    holds: dict[str, Hold] = {}


def is_bid(order: Order) -> bool:
    """BUY YES and SELL NO are bids in YES space, the others asks."""
    return (order.action is Action.BUY) is (order.side is Side.YES)


def yes_price(order: Order) -> Decimal:
    """An order's price in YES space: itself for YES, `1 − price` for NO."""
    return order.price if order.side is Side.YES else ONE - order.price


class OrderIndex:
    """Open orders by market and by bot and event, with what they reserve; follows `OwnOrders`."""

    def __init__(self, orders: OwnOrders) -> None:
        """Build the index of the open orders.

        Args:
            orders: The state; change it through this index only.
        """
        self.state = orders
        self._by_market: dict[MarketId, dict[OrderId, OpenOrder]] = {}
        self._by_event: dict[tuple[BotId, VenueEventId], dict[OrderId, OpenOrder]] = {}
        self._by_bot: dict[BotId, dict[OrderId, OpenOrder]] = {}
        self._cash: dict[BotId, Decimal] = {}
        self._all_cash = ZERO
        for order_id, entry in orders.open.items():
            self._index(order_id, entry)
        for hold in orders.holds.values():
            self._reserve(hold.bot_id, hold.amount)

    def find(self, order_id: OrderId) -> OpenOrder | None:
        """An open order by its id."""
        return self.state.open.get(order_id)

    def is_known(self, order_id: OrderId) -> bool:
        """Whether the order is open or ended recently."""
        return order_id in self.state.open or order_id in self.state.ended

    def in_market(self, market_id: MarketId) -> Iterator[OpenOrder]:
        """All bots' open orders in a market, oldest first."""
        known = self._by_market.get(market_id)
        return iter(()) if known is None else iter(known.values())

    def of_bot_in_event(self, bot_id: BotId, event: VenueEventId) -> Iterator[OpenOrder]:
        """A bot's open orders in all markets of an event, oldest first."""
        return iter(self._by_event.get((bot_id, event), {}).values())

    def of_bot(self, bot_id: BotId) -> Iterator[OpenOrder]:
        """A bot's open orders, oldest first."""
        return iter(self._by_bot.get(bot_id, {}).values())

    def all(self) -> Iterator[OpenOrder]:
        """Every open order, oldest first."""
        return iter(self.state.open.values())

    def reserved_cash(self, bot_id: BotId) -> Decimal:
        """Dollars reserved by a bot's open BUY orders and approved splits.

        Written with six decimals, whatever way the sum came about: a restored stage must say the
        same to the byte. Ticks have four decimals at most and lots two, so nothing is rounded.
        """
        return self._cash.get(bot_id, ZERO).quantize(MICRO_DOLLAR)

    def reserved_by_all(self) -> Decimal:
        """Dollars reserved by all open BUY orders and approved splits."""
        return self._all_cash

    def reserved_tokens(self, bot_id: BotId, market_id: MarketId, side: Side) -> Decimal:
        """Shares reserved by a bot's open SELL orders of a token."""
        return sum(
            (
                entry.remaining
                for entry in self.in_market(market_id)
                if entry.order.bot_id == bot_id
                and entry.order.side is side
                and entry.order.action is Action.SELL
            ),
            ZERO,
        )

    def accept(self, order: Order, kind: IntentKind, zone: Zone | None) -> None:
        """Count an order from now on; a known one is left as it is."""
        if self.is_known(order.order_id):
            return
        entry = OpenOrder(order, kind, zone)
        self.state.open[order.order_id] = entry
        self._index(order.order_id, entry)

    def fill(self, fill: Fill, now: int) -> bool:
        """Count a fill; it ends the order when nothing remains or the venue says FILLED.

        Returns:
            False when this trade was counted before.
        """
        entry = self.state.open.get(fill.order_id)
        if entry is None:
            return self._fill_ended(fill, now)
        if fill.trade_id in entry.trades:
            return False
        before = entry.cash
        entry.filled += fill.size
        entry.trades.append(fill.trade_id)
        self._reserve(fill.bot_id, entry.cash - before)
        if fill.status.is_terminal or entry.remaining <= 0:
            self.end(fill.order_id, now)
        return True

    def has_trade(self, fill: Fill) -> bool:
        """Whether a fill was counted, as far as its order is remembered."""
        entry = self.state.open.get(fill.order_id) or self.state.ended.get(fill.order_id)
        return entry is not None and fill.trade_id in entry.trades

    def end(self, order_id: OrderId, now: int) -> OpenOrder | None:
        """The order rests no more; releases what was reserved for it.

        Returns:
            The order as it was, or None when it was not open.
        """
        entry = self.state.open.pop(order_id, None)
        if entry is None:
            return None
        order = entry.order
        del self._by_market[order.market_id][order_id]
        del self._by_event[order.bot_id, order.venue_event_id][order_id]
        del self._by_bot[order.bot_id][order_id]
        self._reserve(order.bot_id, -entry.cash)
        ended = EndedOrder(now, order.size, entry.filled, tuple(entry.trades))
        self.state.ended[order_id] = ended
        return entry

    def hold(self, key: str, hold: Hold) -> None:
        """Reserve dollars until `release`; a known key is left as it is."""
        if key not in self.state.holds:
            self.state.holds[key] = hold
            self._reserve(hold.bot_id, hold.amount)

    def release(self, key: str) -> None:
        """Free what was held under a key, if anything was."""
        hold = self.state.holds.pop(key, None)
        if hold is not None:
            self._reserve(hold.bot_id, -hold.amount)

    def forget(self, now: int) -> None:
        """Forget orders that ended long ago, or too many ones."""
        ended = self.state.ended
        for order_id in list(ended):
            if len(ended) <= REMEMBERED and now - ended[order_id].at <= REMEMBERED_MS:
                break
            del ended[order_id]

    def _fill_ended(self, fill: Fill, now: int) -> bool:
        known = self.state.ended.pop(fill.order_id, None)
        if known is None:
            known = EndedOrder(now, fill.cumulative, ZERO, ())
        news = fill.trade_id not in known.trades
        if news:
            trades = (*known.trades, fill.trade_id)
            known = EndedOrder(now, known.size, known.filled + fill.size, trades)
        self.state.ended[fill.order_id] = known
        return news

    def _index(self, order_id: OrderId, entry: OpenOrder) -> None:
        order = entry.order
        self._by_market.setdefault(order.market_id, {})[order_id] = entry
        self._by_event.setdefault((order.bot_id, order.venue_event_id), {})[order_id] = entry
        self._by_bot.setdefault(order.bot_id, {})[order_id] = entry
        self._reserve(order.bot_id, entry.cash)

    def _reserve(self, bot_id: BotId, cash: Decimal) -> None:
        self._cash[bot_id] = self._cash.get(bot_id, ZERO) + cash
        self._all_cash += cash
