"""Exposure of every bot in every market and event, recomputed only where something changed (C.3).

Derived from the account's state and never stored: a restart computes the same figures.
"""

from collections.abc import Sequence, Set
from decimal import ROUND_CEILING, Decimal

from schemas.ids import BotId, MarketId, VenueEventId
from schemas.trading import Order
from schemas.values import IntentKind
from streams.account_state import AccountState
from streams.exposure import EMPTY, NOTHING, EventPosition, Losses, exposure, of_market
from streams.markets import MarketFacts
from streams.marks import ZERO
from streams.orders import MICRO_DOLLAR, OpenOrder, OrderIndex

NO_EXPOSURE = Decimal("0.000000")
NO_MARKETS: Set[MarketId] = frozenset()


class ExposureBook:
    """Worst-case losses by bot, market, event and end, their sums without netting, and counts."""

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
        self._by_end: dict[tuple[BotId, int | None], Decimal] = {}
        self._ends: dict[tuple[BotId, MarketId], tuple[int | None, Decimal]] = {}
        self._open: dict[BotId, set[MarketId]] = {}
        self._total = NO_EXPOSURE
        for market_id, facts in state.markets.items():
            self.list_market(market_id, facts.venue_event_id)
        for bot_id, bot in state.ledger.bots.items():
            for market_id in bot.stakes:
                self.touch(bot_id, market_id)
        for entry in orders.all():
            self.touch(entry.order.bot_id, entry.order.market_id)

    def list_market(self, market_id: MarketId, event: VenueEventId) -> None:
        """A market belongs to an event; what it ends with or counts as may have changed."""
        markets = self._markets.setdefault(event, [])
        if market_id not in markets:
            markets.append(market_id)
        for entry in self._orders.in_market(market_id):
            self.touch(entry.order.bot_id, market_id)

    def drop_market(self, market_id: MarketId, event: VenueEventId) -> None:
        """A market is no longer known."""
        self._markets[event].remove(market_id)

    def markets_of(self, event: VenueEventId) -> Sequence[MarketId]:
        """Markets of an event that are known."""
        return self._markets.get(event, ())

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
        if self._stale:
            self.settle()
        return self._losses.get((bot_id, market_id), NOTHING)

    def of_event(self, bot_id: BotId, event: VenueEventId) -> Decimal:
        """A bot's exposure in an event, dollars."""
        if self._stale:
            self.settle()
        return self._known.get((bot_id, event), NO_EXPOSURE)

    def of_bot(self, bot_id: BotId) -> Decimal:
        """A bot's gross exposure, dollars."""
        if self._stale:
            self.settle()
        return self._by_bot.get(bot_id, NO_EXPOSURE)

    def of_all_bots(self, event: VenueEventId) -> Decimal:
        """All bots' exposures in an event, dollars."""
        if self._stale:
            self.settle()
        return self._by_event.get(event, NO_EXPOSURE)

    def total(self) -> Decimal:
        """The portfolio's gross exposure, dollars."""
        if self._stale:
            self.settle()
        return self._total

    def ending_at(self, bot_id: BotId, end: int | None, besides: MarketId) -> Decimal:
        """A bot's worst losses in the markets that end at a time, but for one, dollars."""
        if self._stale:
            self.settle()
        total = self._by_end.get((bot_id, end), ZERO)
        own = self._ends.get((bot_id, besides))
        return total - own[1] if own is not None and own[0] == end else total

    def open_markets(self, bot_id: BotId) -> Set[MarketId]:
        """Markets in which a bot has more than dust or an opening order."""
        if self._stale:
            self.settle()
        return self._open.get(bot_id) or NO_MARKETS

    def _compute(
        self, bot_id: BotId, market_id: MarketId, without: OpenOrder | None = None
    ) -> Losses:
        bot = self._state.ledger.bots.get(bot_id)
        stake = EMPTY if bot is None else bot.stakes.get(market_id, EMPTY)
        own = [
            (entry.order, entry.remaining)
            for entry in self._orders.in_market(market_id)
            if entry.order.bot_id == bot_id and entry is not without
        ]
        return of_market(stake, own)

    def settle(self) -> None:
        """Recompute what changed and keep the sums in step; done anyway when a sum is asked for."""
        events: dict[tuple[BotId, VenueEventId], None] = {}
        for bot_id, market_id in self._stale:
            facts = self._state.markets.get(market_id)
            losses = self._recompute(bot_id, market_id, facts)
            if facts is None:
                self._end(bot_id, market_id, None, ZERO)
                continue
            if losses == NOTHING:
                self._losses.pop((bot_id, market_id), None)
            else:
                self._losses[bot_id, market_id] = losses
            self._end(bot_id, market_id, facts.resolves_at, losses.worst)
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

    def _recompute(self, bot_id: BotId, market_id: MarketId, facts: MarketFacts | None) -> Losses:
        """Losses in a market, and whether it counts as an open position of the bot now."""
        bot = self._state.ledger.bots.get(bot_id)
        stake = None if bot is None else bot.stakes.get(market_id)
        counts = stake is not None and (facts is None or abs(stake.net) >= facts.min_size)
        own: list[tuple[Order, Decimal]] = []
        for entry in self._orders.in_market(market_id):
            if entry.order.bot_id == bot_id:
                own.append((entry.order, entry.remaining))
                counts = counts or entry.kind is not IntentKind.REDUCE
        known = self._open.setdefault(bot_id, set())
        if counts:
            known.add(market_id)
        else:
            known.discard(market_id)
        return of_market(EMPTY if stake is None else stake, own)

    def _end(self, bot_id: BotId, market_id: MarketId, end: int | None, worst: Decimal) -> None:
        """Keep the sum of the worst losses per end in step."""
        before = self._ends.get((bot_id, market_id))
        if (before is None and not worst) or before == (end, worst):
            return
        if before is not None:
            del self._ends[bot_id, market_id]
            left = self._by_end.pop((bot_id, before[0])) - before[1]
            if left:
                self._by_end[bot_id, before[0]] = left
        if worst:
            self._ends[bot_id, market_id] = end, worst
            self._by_end[bot_id, end] = self._by_end.get((bot_id, end), ZERO) + worst

    def _event(self, bot_id: BotId, event: VenueEventId) -> Decimal:
        """An event's exposure in whole micro-dollars, rounded up.

        Sums of them are exact, so that a restored account says the same to the byte.
        """
        markets = self._markets[event]
        if len(markets) == 1 and not self._state.markets[markets[0]].neg_risk:
            worst = self._losses.get((bot_id, markets[0]), NOTHING).worst
            return worst.quantize(MICRO_DOLLAR, ROUND_CEILING)
        held = [self._losses[bot_id, m] for m in markets if (bot_id, m) in self._losses]
        facts = self._state.markets[markets[0]]
        complete = len(held) == facts.event_markets
        worst = exposure(held, exclusive=facts.neg_risk, complete=complete)
        return worst.quantize(MICRO_DOLLAR, ROUND_CEILING)
