"""A run as a report reads it: plain values that travel between processes and into JSON."""

from decimal import Decimal
from typing import NamedTuple

import msgspec


class Point(NamedTuple):
    """A value at a time; ms UTC."""

    at: int
    value: float


class EquityStep(NamedTuple):
    """Equity at a time.

    Attributes:
        at: ms UTC.
        equity: Bid-marked dollars.
        pnl: Realised and unrealised, dollars.
        drawdown: 0 to 1.
    """

    at: int
    equity: Decimal
    pnl: Decimal
    drawdown: Decimal


class FillPoint(msgspec.Struct, frozen=True):
    """A fill, in YES space, so that it can be drawn on the market's price."""

    at: int
    market: str
    yes_price: float
    size: Decimal
    buys_yes: bool
    inferred: bool
    trade_id: str


class HorizonMean(msgspec.Struct, frozen=True):
    """Share-weighted mean markout so long after the fill.

    Attributes:
        after_ms: The horizon.
        mean: Dollars per share; None without an answered fill.
        error: Standard error, clustered by market; None for fewer than two.
        missing: Fills whose market ended before.
    """

    after_ms: int
    mean: float | None
    error: float | None
    missing: int


class Bin(NamedTuple):
    """Forecasts of one tenth: how many, their mean, and how often YES was paid."""

    markets: int
    forecast: float
    frequency: float


class Calibrated(msgspec.Struct, frozen=True):
    """How good a bot's first opinion of each resolved market was.

    Attributes:
        markets: One observation each.
        brier: Ours.
        market_brier: Of the market's mid at the same times.
        skill: 1 − ours / the market's; None when the market was perfect.
        bins: Tenths with forecasts.
    """

    markets: int
    brier: float
    market_brier: float
    skill: float | None
    bins: tuple[Bin, ...]


class Attribution(msgspec.Struct, frozen=True):
    """Where a bot's P&L comes from, dollars.

    Attributes:
        spread: Between fills and the mid at the fill.
        drift: What the mid did to what was held; the rest of the P&L before costs.
        fees: Paid.
        gas: Paid.
        by_category: Of closed positions.
        by_ending: Of closed positions: sold, merged, resolved, bundle.
    """

    spread: Decimal
    drift: Decimal
    fees: Decimal
    gas: Decimal
    by_category: dict[str, Decimal]
    by_ending: dict[str, Decimal]


class OrderEnds(msgspec.Struct, frozen=True, kw_only=True):
    """What became of accepted orders (STRATEGIES.md E.5).

    Attributes:
        wait_ms: Median time from acceptance to the first fill; None without one.
        filled_share: Filled shares of those accepted; None without an order.
        unfilled: Orders that left the book without a fill.
        unfilled_markouts: What these would have had at their limit prices, from acceptance on: the
            non-fill cost, where it is above the markouts of what was filled.
    """

    wait_ms: float | None
    filled_share: float | None
    unfilled: int
    unfilled_markouts: tuple[HorizonMean, ...]


class BotResult(msgspec.Struct, frozen=True, kw_only=True):
    """One bot under one queue model; counts as in `BotTally`."""

    orders: int
    fills: int
    inferred_fills: int
    filled_shares: Decimal
    intents: int
    denied: dict[str, int]
    signals: dict[str, int]
    episodes: int
    losing_episodes: int
    pnl: Decimal
    equity: Decimal
    max_drawdown: Decimal
    curve: tuple[EquityStep, ...]
    returns: tuple[float, ...]
    fill_points: tuple[FillPoint, ...]
    markouts: tuple[HorizonMean, ...]
    order_ends: OrderEnds
    attribution: Attribution
    calibrated: Calibrated | None


class RunResult(msgspec.Struct, frozen=True, kw_only=True):
    """One configuration under one queue model.

    Attributes:
        configuration: Its name.
        queue: Queue model of the paper exchange.
        inputs: Messages from the tape.
        messages: Seen in all.
        begin: Session time of the first message, ms.
        end: Session time of the last one.
        bots: By id.
        account: The whole account.
        prices: YES mids of the markets in which anything was filled.
        names: Slugs of those markets.
        passed: What came from outside and led to no market, by bot and reason.
    """

    configuration: str
    queue: str
    inputs: int
    messages: int
    begin: int
    end: int
    bots: dict[str, BotResult]
    account: BotResult
    prices: dict[str, tuple[Point, ...]]
    names: dict[str, str]
    passed: dict[str, dict[str, int]] = {}
