"""The shard's markets as one bot sees them, worked out when it asks and not before."""

from collections.abc import Callable, Sequence

from agents.bots.view import Account, Holding, Markets, View
from agents.stages.bots_holdings import holds_any
from agents.stages.bots_markets import MarketTable
from agents.stages.bots_orders import OrderBook
from agents.stages.bots_state import HostState
from schemas.ids import BotId, MarketId, VenueEventId
from schemas.market import Market
from streams.top import Top

NOTHING = Holding()


class ShardMarkets(Markets):
    """See `Markets`.

    A restore gives the host new parts, so they are handed over again with `use`.
    """

    def __init__(
        self,
        bot_id: BotId,
        markets: MarketTable,
        view: Callable[[MarketId], View | None],
    ) -> None:
        """See through a bot's eyes.

        Args:
            bot_id: Whose.
            markets: All of the shard.
            view: Builds the bot's view of one.
        """
        self._bot_id = bot_id
        self._markets = markets
        self._view = view
        self._state = HostState()
        self._orders = OrderBook()
        self._counted: tuple[int, frozenset[MarketId]] = (-1, frozenset())

    def use(self, state: HostState, orders: OrderBook) -> None:
        """Take the host's state and orders."""
        self._state, self._orders = state, orders
        self._counted = (-1, frozenset())

    @property
    def now(self) -> int:
        """See `Markets.now`."""
        return self._state.now

    @property
    def account(self) -> Account | None:
        """See `Markets.account`."""
        return self._state.accounts.get(self._bot_id)

    def market(self, market_id: MarketId) -> Market | None:
        """See `Markets.market`."""
        live = self._markets.live.get(market_id)
        return None if live is None else live.record.market

    def top(self, market_id: MarketId) -> Top | None:
        """See `Markets.top`."""
        live = self._markets.live.get(market_id)
        return None if live is None else live.top

    def view(self, market_id: MarketId) -> View | None:
        """See `Markets.view`."""
        return self._view(market_id)

    def mid_at(self, market_id: MarketId, when: int) -> float | None:
        """See `Markets.mid_at`."""
        live = self._markets.live.get(market_id)
        return None if live is None else live.record.mids.at(when)

    def of_event(self, venue_event_id: VenueEventId) -> tuple[MarketId, ...]:
        """See `Markets.of_event`."""
        return self._markets.events.get(venue_event_id, ())

    def of_match(self, match_id: str) -> tuple[MarketId, ...]:
        """See `Markets.of_match`."""
        return self._markets.matches.get(match_id, ())

    def involved(self) -> tuple[MarketId, ...]:
        """See `Markets.involved`."""
        stakes = self._state.stakes
        held = [
            each for each in stakes.get(self._bot_id, ()) if holds_any(stakes, self._bot_id, each)
        ]
        return tuple(sorted({*held, *self._orders.markets_of(self._bot_id)}))

    def holding(self, market_id: MarketId) -> Holding:
        """See `Markets.holding`."""
        return self._state.stakes.get(self._bot_id, {}).get(market_id, NOTHING)

    def room_for(self, markets: Sequence[MarketId]) -> bool:
        """See `Markets.room_for`."""
        account = self.account
        if account is None or account.max_positions is None:
            return True
        known = self._open_markets()
        new = len(set(markets) - known)
        return not new or len(known) + new <= account.max_positions

    def _open_markets(self) -> frozenset[MarketId]:
        """Where the gate counts a position: more than dust is held, or an opening order is live."""
        version, known = self._counted
        if version != self._orders.version:
            held = {
                market_id
                for market_id, holding in self._state.stakes.get(self._bot_id, {}).items()
                if holding.yes != holding.no and self._is_position(market_id, holding)
            }
            known = frozenset(held).union(self._orders.opened_by(self._bot_id))
            self._counted = self._orders.version, known
        return known

    def _is_position(self, market_id: MarketId, holding: Holding) -> bool:
        """Whether what is held unmatched is more than dust."""
        market = self.market(market_id)
        return market is None or abs(holding.net) >= market.min_size
