"""What a fill was worth later: spread captured and drift after it (STRATEGIES.md E.4).

Spread capture is not profit: a maker whose markouts are negative loses at any fill ratio.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import sqrt
from typing import NamedTuple

import msgspec

from schemas.ids import MarketId
from schemas.trading import Fill
from schemas.values import Action, Side

HORIZONS_MS = (1_000, 10_000, 60_000, 300_000)
"""1 s, 10 s, 60 s, 5 min after the fill."""


def markout(action: Action, price: Decimal, mid_later: Decimal) -> Decimal:
    """Dollars per share gained by `mid_later`, in prices of the traded token."""
    return mid_later - price if action is Action.BUY else price - mid_later


def spread_capture(action: Action, price: Decimal, mid: Decimal) -> Decimal:
    """Dollars per share between the fill and the mid at the fill; markout minus drift."""
    return markout(action, price, mid)


def drift(action: Action, mid: Decimal, mid_later: Decimal) -> Decimal:
    """Dollars per share that the mid moved for us since the fill."""
    return markout(action, mid, mid_later)


def slippage(action: Action, price: Decimal, mid_at_signal: Decimal) -> Decimal:
    """What the fill cost against the mid at the signal, as a share of it; negative is a gain."""
    return -markout(action, price, mid_at_signal) / mid_at_signal


class FillMarkouts(msgspec.Struct, frozen=True, kw_only=True):
    """One fill and its markouts, those of `HORIZONS_MS` in order.

    Attributes:
        filled_at: `now` of the fold at the fill, ms.
        mid: Mid of the traded token at the fill; None when a side was empty.
        markouts: Dollars per share; shorter than the horizons while some are still open, None where
            the market ended before a mid came.
    """

    fill_id: str
    market_id: MarketId
    side: Side
    action: Action
    price: Decimal
    size: Decimal
    filled_at: int
    mid: Decimal | None
    markouts: tuple[Decimal | None, ...] = ()

    def per_dollar(self, horizon: int) -> float | None:
        """Markout per dollar traded; `horizon` indexes `HORIZONS_MS`."""
        value = self.markouts[horizon]
        return None if value is None else float(value / self.price)

    @property
    def is_complete(self) -> bool:
        """Every horizon is answered."""
        return len(self.markouts) == len(HORIZONS_MS)


class MarkoutState(msgspec.Struct, frozen=True):
    """Fills that wait for later mids, per market, oldest first."""

    waiting: Mapping[MarketId, tuple[FillMarkouts, ...]] = {}


def on_fill(state: MarkoutState, fill: Fill, now: int) -> MarkoutState:
    """Start to follow a fill; `fill.mid` is in YES space."""
    followed = FillMarkouts(
        fill_id=fill.trade_id,
        market_id=fill.market_id,
        side=fill.side,
        action=fill.action,
        price=fill.price,
        size=fill.size,
        filled_at=now,
        mid=_own_space(fill.side, fill.mid),
    )
    waiting = (*state.waiting.get(fill.market_id, ()), followed)
    return MarkoutState({**state.waiting, fill.market_id: waiting})


def on_mid(
    state: MarkoutState, market_id: MarketId, mid: Decimal | None, now: int
) -> tuple[MarkoutState, tuple[FillMarkouts, ...]]:
    """A mid of a market in YES space; answers every horizon that is due.

    Returns:
        The state, and the fills whose last horizon was answered. Without a mid nothing happens:
        the next one counts.
    """
    waiting = state.waiting.get(market_id)
    if not waiting or mid is None:
        return state, ()
    answered = [_answer(fill, mid, now) for fill in waiting]
    if all(after is before for after, before in zip(answered, waiting, strict=True)):
        return state, ()
    return _split(state, market_id, answered)


def on_end(
    state: MarkoutState, market_id: MarketId
) -> tuple[MarkoutState, tuple[FillMarkouts, ...]]:
    """The market is resolved: open horizons stay unanswered and are counted as such."""
    missing = (None,) * len(HORIZONS_MS)
    ended = [
        msgspec.structs.replace(fill, markouts=fill.markouts + missing[len(fill.markouts) :])
        for fill in state.waiting.get(market_id, ())
    ]
    return _split(state, market_id, ended)


class MarkoutMean(NamedTuple):
    """A share-weighted mean.

    Attributes:
        mean: Dollars per share; None without an answered fill.
        standard_error: Clustered by market; None for fewer than two markets.
        missing: Fills without an answer at this horizon.
    """

    mean: float | None
    standard_error: float | None
    missing: int


def mean_markout(fills: Sequence[FillMarkouts], horizon: int) -> MarkoutMean:
    """Share-weighted mean markout with a standard error clustered by market.

    Args:
        fills: Complete fills.
        horizon: Index into `HORIZONS_MS`.
    """
    known = [
        (fill.market_id, float(fill.size), float(value))
        for fill in fills
        if (value := fill.markouts[horizon]) is not None
    ]
    missing = len(fills) - len(known)
    weight = sum(size for _, size, _ in known)
    if not weight:
        return MarkoutMean(None, None, missing)
    mean = sum(size * each for _, size, each in known) / weight
    residuals: dict[MarketId, float] = {}
    for market_id, size, each in known:
        residuals[market_id] = residuals.get(market_id, 0.0) + size * (each - mean)
    clusters = len(residuals)
    if clusters < 2:
        return MarkoutMean(mean, None, missing)
    squares = sum(residual * residual for residual in residuals.values())
    return MarkoutMean(mean, sqrt(squares * clusters / (clusters - 1)) / weight, missing)


def _answer(fill: FillMarkouts, mid: Decimal, now: int) -> FillMarkouts:
    answered, age = len(fill.markouts), now - fill.filled_at
    if answered < len(HORIZONS_MS) and age < HORIZONS_MS[answered]:
        return fill
    due = sum(1 for horizon in HORIZONS_MS if age >= horizon)
    if due <= answered:
        return fill
    value = markout(fill.action, fill.price, mid if fill.side is Side.YES else 1 - mid)
    answers = fill.markouts + (value,) * (due - answered)
    return msgspec.structs.replace(fill, markouts=answers)


def _split(
    state: MarkoutState, market_id: MarketId, fills: Sequence[FillMarkouts]
) -> tuple[MarkoutState, tuple[FillMarkouts, ...]]:
    open_fills = tuple(fill for fill in fills if not fill.is_complete)
    rest = {key: value for key, value in state.waiting.items() if key != market_id}
    if open_fills:
        rest[market_id] = open_fills
    return MarkoutState(rest), tuple(fill for fill in fills if fill.is_complete)


def _own_space(side: Side, mid: Decimal | None) -> Decimal | None:
    return mid if mid is None or side is Side.YES else 1 - mid
