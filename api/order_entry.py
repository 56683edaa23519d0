"""Operators' orders: made like a bot's, judged by the same gate, on the same log."""

from collections.abc import Mapping
from decimal import Decimal

from agents.bots.lifecycle import expiration
from api.live import LiveState
from api.problems import ApiError
from configs.rules import TradingRules
from schemas.ids import AccountId, BotId, MarketId, OrderId, derive_id
from schemas.market import BookTop, Market
from schemas.trading import CancelOrder, Order, PlaceIntent, Stamp
from schemas.values import PIPS, Action, IntentKind, Side, TimeInForce

DEPTH_TICKS = 2
"""How near displayed size must be to count in the stamp (STRATEGIES.md E.3)."""
ZERO = Decimal(0)


class OrderEntry:
    """Makes an operator's intents from what the log says now."""

    def __init__(
        self,
        account: AccountId,
        state: LiveState,
        rules: TradingRules,
        multipliers: Mapping[BotId, Decimal],
    ) -> None:
        """Take what orders are made of.

        Args:
            account: Whose orders.
            state: The present.
            rules: Common rules.
            multipliers: Greatest Kelly multiplier of each bot.
        """
        self._account = account
        self._state = state
        self._rules = rules
        self._multipliers = multipliers

    def order(
        self,
        market: Market,
        bot_id: BotId,
        *,
        side: Side,
        action: Action,
        price: Decimal,
        size: Decimal,
        kind: IntentKind,
        time_in_force: TimeInForce,
        ttl_s: int,
        now: int,
        key: str,
        fair_value: Decimal | None = None,
        edge: Decimal | None = None,
    ) -> Order:
        """One order; its id follows from `key`, so that the same key is the same order.

        Args:
            market: Where.
            bot_id: Whose capital and limits.
            side: Which token.
            action: What is done with it.
            price: Dollars a share.
            size: Shares.
            kind: Why.
            time_in_force: GTC or GTD.
            ttl_s: Life of a GTD order, seconds.
            now: Session time, ms.
            key: What tells it from other orders.
            fair_value: Declared win probability.
            edge: Declared net edge, dollars a share.
        """
        expires = expiration(now, ttl_s, self._rules) if time_in_force is TimeInForce.GTD else None
        return Order(
            order_id=OrderId(derive_id("operator-order", self._account, key)),
            bot_id=bot_id,
            account_id=self._account,
            venue_event_id=market.venue_event_id,
            market_id=market.market_id,
            token_id=market.token(side),
            side=side,
            action=action,
            price=price,
            size=size,
            kind=kind,
            time_in_force=time_in_force,
            expires_at=expires,
            fair_value=fair_value,
            edge=edge,
            operator=True,
            ordered_at=now,
        )

    def stamp(self, market: Market, order: Order) -> Stamp:
        """The view the order rests on.

        The connection of a book counts as heard when any book of the same source changed.

        Raises:
            ApiError: There is no book to rest on.
        """
        top = self._top(market)
        point = self._state.equity.get(order.bot_id)
        return Stamp(
            book_event_id=top.causation_id,
            bid=top.bid,
            bid_size=top.bid_size,
            ask=top.ask,
            ask_size=top.ask_size,
            tick=Decimal(market.tick) / PIPS,
            min_size=market.min_size,
            status=market.status,
            trust=top.trust,
            heard_at=self._heard_at(market),
            lag_ms=max(0, top.ingest_time - top.event_time),
            decided_at=order.ordered_at,
            equity=ZERO if point is None else point.equity,
            sizing_lambda=self._multipliers.get(order.bot_id, ZERO),
            depth=_depth(market, top, order),
        )

    def intent(self, order: Order, stamp: Stamp, by: str) -> PlaceIntent:
        """The intent to place an order."""
        return PlaceIntent(
            event_id=derive_id("operator-intent", order.order_id),
            event_time=order.ordered_at,
            ingest_time=order.ordered_at,
            source=by,
            bot_id=order.bot_id,
            order=order,
            stamp=stamp,
        )

    def cancel(self, order: Order, reason: str, by: str, now: int) -> CancelOrder:
        """The cancel of an order; it needs no verdict."""
        return CancelOrder(
            event_id=derive_id("operator-cancel", order.order_id, now),
            event_time=now,
            ingest_time=now,
            source=by,
            order_id=order.order_id,
            bot_id=order.bot_id,
            market_id=order.market_id,
            reason=reason,
        )

    def closing_price(self, market: Market, side: Side) -> Decimal:
        """Where a passive sale of a token joins: its best ask, or a tick above its best bid.

        Raises:
            ApiError: The book has neither.
        """
        top = self._top(market)
        tick = Decimal(market.tick) / PIPS
        bid, ask = top.bid, top.ask
        if side is Side.NO:
            bid, ask = _mirror(top.ask), _mirror(top.bid)
        if ask is not None:
            return ask
        if bid is not None:
            return bid + tick
        raise ApiError(
            409,
            "no-book",
            "Expected a best price to join, the book of this market is empty.",
            "Name a price.",
        )

    def _top(self, market: Market) -> BookTop:
        top = self._state.tops.get(market.market_id)
        if top is None:
            raise ApiError(
                409,
                "no-book",
                "Expected a book of this market, none has been seen.",
                "Wait for its first book: GET /api/v1/markets/{market_id}/book.",
            )
        return top

    def _heard_at(self, market: Market) -> int:
        tops = self._state.tops.values()
        same = (top.ingest_time for top in tops if top.label is market.label)
        return max(same, default=0)


def market_of(state: LiveState, market_id: MarketId) -> Market:
    """A market that takes orders.

    Raises:
        ApiError: It is not followed, or resolved.
    """
    market = state.markets.get(market_id)
    if market is None:
        raise ApiError(
            404,
            "unknown-market",
            f"Expected the id of a market that is followed, received {market_id[:80]!r}.",
            "GET /api/v1/markets lists them.",
        )
    return market


def _depth(market: Market, top: BookTop, order: Order) -> Decimal:
    """Dollars displayed at the best price, where that is within two ticks of the order's."""
    tick = Decimal(market.tick) / PIPS
    bids = (order.action is Action.BUY) is (order.side is Side.YES)
    best, size = (top.bid, top.bid_size) if bids else (top.ask, top.ask_size)
    price = order.price if order.side is Side.YES else 1 - order.price
    if best is None or abs(best - price) > DEPTH_TICKS * tick:
        return ZERO
    return size * order.price


def _mirror(price: Decimal | None) -> Decimal | None:
    return None if price is None else 1 - price
