"""Which markets bot 8 trades in, and what it remembers of them (STRATEGIES.md D.8)."""

from decimal import Decimal

import msgspec

from agents.bots.backoff import Backoff
from agents.bots.plans import Spot
from agents.bots.view import View
from configs.bots_patient import TailParameters
from schemas.market import MarketTrade
from schemas.values import Price
from streams.correlation import Bars, add_mid
from streams.liquidity import Samples, hourly_median, is_due, resting_dollars, sample
from streams.prints import HORIZON_MS, PrintMemory
from streams.rolling import Rolling, Window, add, totals
from streams.zones import classify

HOUR_MS = 3_600_000
MIRROR_MS = 50
"""How far the venue's stamps of one match on both tokens may lie apart."""


class TailMarket(msgspec.Struct, kw_only=True):
    """Bot 8's memory of one market.

    Attributes:
        trades: How many there were, by the hour.
        bars: How its mid moved, where tails are possible; correlated tails are smaller ones.
        spot: The tail, if there is one.
        tail_next: Quotes are being cancelled to make room for a tail.
        bid: Refusals of the quote's bid, in YES space.
        ask: Refusals of its ask.
    """

    liquidity: Samples = msgspec.field(default_factory=Samples)
    trades: Rolling = msgspec.field(default_factory=Rolling)
    prints: PrintMemory = msgspec.field(default_factory=PrintMemory)
    bars: Bars = Bars()
    spot: Spot = msgspec.field(default_factory=Spot)
    tail_next: bool = False
    bid: Backoff = msgspec.field(default_factory=Backoff)
    ask: Backoff = msgspec.field(default_factory=Backoff)

    @property
    def is_taken(self) -> bool:
        """Whether a tail is worked here, or room is being made for one."""
        return self.spot.plan is not None or self.tail_next

    def backoff(self, is_bid: bool) -> Backoff:
        """Refusals of one side, in YES space."""
        return self.bid if is_bid else self.ask


def window_of(own: TailParameters) -> Window:
    """The window in which trades are counted."""
    return Window(HOUR_MS, own.trades_d * 24)


def observe_trade(market: TailMarket, trade: MarketTrade, now: int, own: TailParameters) -> None:
    """Count somebody's trade, once if the venue reports it on both tokens."""
    if market.prints.is_news(trade, MIRROR_MS):
        add(market.trades, 1, 0, now, window_of(own))


def observe_book(market: TailMarket, view: View) -> bool:
    """Take the minute's sample of what rests near the touch; whether it was due."""
    if view.stale or not is_due(market.liquidity, view.now):
        return False
    sample(market.liquidity, resting_dollars(view.book, view.own), view.now)
    seen = market.prints.seen
    if seen and view.now - seen[-1].venue_ms > HORIZON_MS:
        seen.clear()  # too old to be mirrored; keeps snapshots small
    return True


def observe_mid(market: TailMarket, view: View, own: TailParameters) -> None:
    """Chart the minute's mid."""
    mid = view.top.rough_mid
    if mid is not None:
        bar_ms = own.bar_min * 60_000
        market.bars = add_mid(market.bars, mid, view.now, bar_ms, own.window_bars)


def screen(market: TailMarket, view: View, own: TailParameters) -> str:
    """Why the market is none of bot 8's, a stable word; empty when it is."""
    left, top = view.time_left_ms, view.top
    if left is None:
        return "end-unknown"
    if left <= own.min_left_h * HOUR_MS:
        return "near-the-end"
    if top.bid is None or top.ask is None or top.spread is None:
        return "one-sided-book"
    if top.spread < own.min_spread:
        return "spread-too-narrow"
    prices = (top.bid, top.ask, 1 - top.ask, 1 - top.bid)
    if not all(_has_zone(price) for price in prices):
        return "outside-zones"
    median = hourly_median(market.liquidity, view.now)
    if median is None:
        return "liquidity-unknown"
    if median >= own.max_liquidity:
        return "too-liquid"
    trades, _ = totals(market.trades, view.now, window_of(own))
    return "too-few-trades" if trades < own.min_trades else ""


def _has_zone(price: Decimal) -> bool:
    return Price.LOWEST <= price <= Price.HIGHEST and classify(price) is not None
