"""Exposure of every bot in every market and event, recomputed only where something changed (C.3).

Derived from the account's state and never stored: a restart computes the same figures.
"""

from decimal import ROUND_CEILING, Decimal

from schemas.ids import BotId, MarketId, VenueEventId
from streams.account_state import AccountState
from streams.exposure import EMPTY, NOTHING, EventPosition, Losses, exposure, of_market
from streams.orders import MICRO_DOLLAR, OpenOrder, OrderIndex

NO_EXPOSURE = Decimal("0.000000")


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
        self._losses: dict[tuple[BotId, MarketId], Losses] = {}
        self._stale: dict[tuple[BotId, MarketId], None] = {}
        self._known: dict[tuple[BotId, VenueEventId], Decimal] = {}
        self._by_bot: dict[BotId, Decimal] = {}
        self._by_event: dict[VenueEventId, Decimal] = {}
        self._total = NO_EXPOSURE
        for market_id, facts in state.markets.items():
            self.list_market(market_id, facts.venue_event_id)
        for bot_id, bot in state.ledger.bots.items():
            for market_id in bot.stakes:
                self.touch(bot_id, market_id)
        for entry in orders.all():
            self.touch(entry.order.bot_id, entry.order.market_id)

    def list_market(self, market_id: MarketId, event: VenueEventId) -> None:
        """A market belongs to an event."""
        markets = self._markets.setdefault(event, [])
        if market_id not in markets:
            markets.append(market_id)

    def drop_market(self, market_id: MarketId, event: VenueEventId) -> None:
        """A market is no longer known."""
        self._markets[event].remove(market_id)

    def touch(self, bot_id: BotId, market_id: MarketId) -> None:
        """Something of a bot changed in a market."""
        self._stale[bot_id, market_id] = None

    def position(
        self, bot_id: BotId, market_id: MarketId, without: OpenOrder | None = None
    ) -> EventPosition:
        """What a bot has in the event of a market, with one of its orders left out if asked."""
        bot, facts = self._state.ledger.bots.get(bot_id), self._state.markets[market_id]
        event = facts.venue_event_id
        markets = self._markets[event] if facts.neg_risk else [market_id]
        held = {} if bot is None else {m: bot.stakes[m] for m in markets if m in bot.stakes}
        orders = tuple(
            entry
            for entry in self._orders.of_bot_in_event(bot_id, event)
            if entry is not without and (facts.neg_risk or entry.order.market_id == market_id)
        )
        return EventPosition(held, orders, facts.neg_risk, facts.event_markets)

    def market_losses(
        self, bot_id: BotId, market_id: MarketId, without: OpenOrder | None = None
    ) -> Losses:
        """A bot's losses in one market, resting orders included, one left out if asked."""
        if without is not None and without.order.market_id == market_id:
            return self._compute(bot_id, market_id, without)
        self._refresh()
        return self._losses.get((bot_id, market_id), NOTHING)

    def of_event(self, bot_id: BotId, event: VenueEventId) -> Decimal:
        """A bot's exposure in an event, dollars."""
        self._refresh()
        return self._known.get((bot_id, event), NO_EXPOSURE)

    def of_bot(self, bot_id: BotId) -> Decimal:
        """A bot's gross exposure, dollars."""
        self._refresh()
        return self._by_bot.get(bot_id, NO_EXPOSURE)

    def of_all_bots(self, event: VenueEventId) -> Decimal:
        """All bots' exposures in an event, dollars."""
        self._refresh()
        return self._by_event.get(event, NO_EXPOSURE)

    def total(self) -> Decimal:
        """The portfolio's gross exposure, dollars."""
        self._refresh()
        return self._total

    def _compute(
        self, bot_id: BotId, market_id: MarketId, without: OpenOrder | None = None
    ) -> Losses:
        bot = self._state.ledger.bots.get(bot_id)
        stake = EMPTY if bot is None else bot.stakes.get(market_id, EMPTY)
        own = (
            (entry.order, entry.remaining)
            for entry in self._orders.in_market(market_id)
            if entry.order.bot_id == bot_id and entry is not without
        )
        return of_market(stake, own)

    def _refresh(self) -> None:
        """Recompute what changed and keep the sums in step."""
        if not self._stale:
            return
        events: dict[tuple[BotId, VenueEventId], None] = {}
        for bot_id, market_id in self._stale:
            facts = self._state.markets.get(market_id)
            if facts is None:
                continue
            losses = self._compute(bot_id, market_id)
            if losses == NOTHING:
                self._losses.pop((bot_id, market_id), None)
            else:
                self._losses[bot_id, market_id] = losses
            events[bot_id, facts.venue_event_id] = None
        self._stale.clear()
        for bot_id, event in events:
            now = self._event(bot_id, event)
            change = now - self._known.get((bot_id, event), NO_EXPOSURE)
            if change:
                self._known[bot_id, event] = now
                self._by_bot[bot_id] = self._by_bot.get(bot_id, NO_EXPOSURE) + change
                self._by_event[event] = self._by_event.get(event, NO_EXPOSURE) + change
                self._total += change

    def _event(self, bot_id: BotId, event: VenueEventId) -> Decimal:
        """An event's exposure in whole micro-dollars, rounded up.

        Sums of them are exact, so that a restored account says the same to the byte.
        """
        markets = self._markets[event]
        held = [self._losses[bot_id, m] for m in markets if (bot_id, m) in self._losses]
        facts = self._state.markets[markets[0]]
        complete = len(held) == facts.event_markets
        worst = exposure(held, exclusive=facts.neg_risk, complete=complete)
        return worst.quantize(MICRO_DOLLAR, ROUND_CEILING)
