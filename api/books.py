"""Markets and books as the API shows them, from the live state. Pure."""

from collections import defaultdict
from decimal import Decimal

from api.live import LiveState
from api.market_models import BookView, LevelView, MarketView, TopView
from schemas.market import BookTop, Market
from schemas.values import PIPS
from streams.book import BookState
from streams.orders import is_bid, yes_price
from streams.prices import to_price, to_shares

Resting = dict[Decimal, Decimal]
"""Shares per YES price."""


def top_view(top: BookTop) -> TopView:
    """Best prices as a screen wants them."""
    mid = None if top.bid is None or top.ask is None else (top.bid + top.ask) / 2
    return TopView(
        at=top.event_time,
        bid=top.bid,
        bid_size=top.bid_size,
        ask=top.ask,
        ask_size=top.ask_size,
        mid=mid,
        bid_depth=top.bid_depth,
        ask_depth=top.ask_depth,
        last_price=top.last_price,
        volume_24h=top.volume_24h,
        trust=top.trust,
    )


def market_view(state: LiveState, market: Market) -> MarketView:
    """A market with its best prices."""
    top = state.tops.get(market.market_id)
    return MarketView(
        market_id=market.market_id,
        venue_event_id=market.venue_event_id,
        question=market.question,
        slug=market.slug,
        label=market.label,
        status=market.status,
        category=market.category,
        series=market.series,
        outcomes=list(market.outcomes),
        yes_token_id=market.yes_token_id,
        no_token_id=market.no_token_id,
        tick=Decimal(market.tick) / PIPS,
        min_size=market.min_size,
        neg_risk=market.neg_risk,
        liquidity=market.liquidity,
        volume_24h=market.volume_24h,
        window_start_at=market.window_start_at,
        resolves_at=market.resolves_at,
        top=None if top is None else top_view(top),
    )


def book_view(state: LiveState, market: Market, book: BookState | None = None) -> BookView:
    """A book with our own orders in it.

    Args:
        state: Best prices and our orders.
        market: Whose.
        book: Its levels; None when no more than the best prices is known.
    """
    top = state.tops.get(market.market_id)
    own_bids, own_asks = _resting(state, market)
    bids, asks = _best(top) if book is None else _all(book)
    return BookView(
        market_id=market.market_id,
        tick=Decimal(market.tick) / PIPS,
        top=None if top is None else top_view(top),
        bids=_levels(bids, own_bids, descending=True),
        asks=_levels(asks, own_asks, descending=False),
        depth="best" if book is None else "full",
    )


def _best(top: BookTop | None) -> tuple[Resting, Resting]:
    bid = {} if top is None or top.bid is None else {top.bid: top.bid_size}
    ask = {} if top is None or top.ask is None else {top.ask: top.ask_size}
    return bid, ask


def _all(book: BookState) -> tuple[Resting, Resting]:
    """Bids and asks of the YES token."""
    bids, asks = (
        {to_price(ticks, book.tick): to_shares(size) for ticks, size in side}
        for side in book.sides[:2]
    )
    return bids, asks


def _levels(seen: Resting, own: Resting, *, descending: bool) -> list[LevelView]:
    return [
        LevelView(
            price=price,
            size=max(seen.get(price, Decimal(0)), own.get(price, Decimal(0))),
            own_size=own.get(price, Decimal(0)),
        )
        for price in sorted({*seen, *own}, reverse=descending)
    ]


def _resting(state: LiveState, market: Market) -> tuple[Resting, Resting]:
    """Our own bids and asks in YES space."""
    bids: Resting = defaultdict(Decimal)
    asks: Resting = defaultdict(Decimal)
    for entry in state.orders.resting.values():
        if entry.order.market_id == market.market_id:
            side = bids if is_bid(entry.order) else asks
            side[yes_price(entry.order)] += entry.remaining
    return bids, asks
