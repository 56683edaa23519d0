"""Exposure of every bot in every event, recomputed only where something changed (C.3).

Derived from the account's state and never stored: a restart computes the same figures.
"""

from collections.abc import Sequence
from decimal import Decimal

from schemas.ids import BotId, MarketId, VenueEventId
from schemas.trading import Order
from streams.account_state import AccountState
from streams.exposure import EMPTY, EventPosition, Losses, of_market
from streams.marks import ZERO
from streams.orders import OpenOrder, OrderIndex

Place = tuple[BotId, VenueEventId]


class ExposureBook:
    """Worst-case losses by bot and event, and their sums without netting."""

    def __init__(self, state: AccountState, orders: OrderIndex) -> None:
        """Follow a state; everything in it counts as changed.

        Args:
            state: The account.
            orders: Its open orders.
        """
        self._state = state
        self._orders = orders
        self._markets: dict[VenueEventId, list[MarketId]] = {}
        self._known: dict[Place, Decimal] = {}
        self._stale: dict[Place, None] = {}
        self._by_bot: dict[BotId, Decimal] = {}
        self._by_event: dict[VenueEventId, Decimal] = {}
        self._total = ZERO
        for market_id, facts in state.markets.items():
            self.list_market(market_id, facts.venue_event_id)
        for bot_id, bot in state.ledger.bots.items():
            for market_id in bot.stakes:
                self.touch_market(bot_id, market_id)
        for entry in orders.all():
            self.touch(entry.order.bot_id, entry.order.venue_event_id)

    def list_market(self, market_id: MarketId, event: VenueEventId) -> None:
        """A market belongs to an event."""
        markets = self._markets.setdefault(event, [])
        if market_id not in markets:
            markets.append(market_id)

    def drop_market(self, market_id: MarketId, event: VenueEventId) -> None:
        """A market is no longer known."""
        self._markets[event].remove(market_id)

    def touch(self, bot_id: BotId, event: VenueEventId) -> None:
        """Something of a bot changed in an event."""
        self._stale[bot_id, event] = None

    def touch_market(self, bot_id: BotId, market_id: MarketId) -> None:
        """Something of a bot changed in a market."""
        facts = self._state.markets.get(market_id)
        if facts is not None:
            self.touch(bot_id, facts.venue_event_id)

    def position(
        self, bot_id: BotId, market_id: MarketId, without: OpenOrder | None = None
    ) -> EventPosition:
        """What a bot has in the event of a market, with one of its orders left out if asked."""
        return self._position(bot_id, self._state.markets[market_id].venue_event_id, without)

    def market_losses(
        self,
        bot_id: BotId,
        market_id: MarketId,
        extra: Sequence[tuple[Order, Decimal]] = (),
        without: OpenOrder | None = None,
    ) -> Losses:
        """A bot's losses in one market, with extra resting orders."""
        bot = self._state.ledger.bots.get(bot_id)
        stake = EMPTY if bot is None else bot.stakes.get(market_id, EMPTY)
        own = [
            (entry.order, entry.remaining)
            for entry in self._orders.in_market(market_id)
            if entry.order.bot_id == bot_id and entry is not without
        ]
        added = [pair for pair in extra if pair[0].market_id == market_id]
        return of_market(stake, [*own, *added])

    def of_event(self, bot_id: BotId, event: VenueEventId) -> Decimal:
        """A bot's exposure in an event, dollars."""
        self._refresh()
        return self._known.get((bot_id, event), ZERO)

    def of_bot(self, bot_id: BotId) -> Decimal:
        """A bot's gross exposure, dollars."""
        self._refresh()
        return self._by_bot.get(bot_id, ZERO)

    def of_all_bots(self, event: VenueEventId) -> Decimal:
        """All bots' exposures in an event, dollars."""
        self._refresh()
        return self._by_event.get(event, ZERO)

    def total(self) -> Decimal:
        """The portfolio's gross exposure, dollars."""
        self._refresh()
        return self._total

    def _position(
        self, bot_id: BotId, event: VenueEventId, without: OpenOrder | None = None
    ) -> EventPosition:
        bot = self._state.ledger.bots.get(bot_id)
        markets = self._markets.get(event, ())
        held = {} if bot is None else {m: bot.stakes[m] for m in markets if m in bot.stakes}
        resting = self._orders.of_bot_in_event(bot_id, event)
        orders = tuple(entry for entry in resting if entry is not without)
        facts = self._state.markets[markets[0]] if markets else None
        exclusive = facts is not None and facts.neg_risk
        return EventPosition(held, orders, exclusive, facts.event_markets if facts else 0)

    def _refresh(self) -> None:
        if not self._stale:
            return
        for bot_id, event in self._stale:
            now = self._position(bot_id, event).exposure()
            change = now - self._known.get((bot_id, event), ZERO)
            if now:
                self._known[bot_id, event] = now
            else:
                self._known.pop((bot_id, event), None)
            if change:
                self._by_bot[bot_id] = self._by_bot.get(bot_id, ZERO) + change
                self._by_event[event] = self._by_event.get(event, ZERO) + change
                self._total += change
        self._stale.clear()
