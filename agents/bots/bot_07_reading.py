"""What bot 7 reads in a day of closes and takers, and what speaks against a bet (D.7)."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from configs.bots_patient import ContrarianParameters
from schemas.market import MarketTrade
from schemas.values import PIPS, Side
from streams.bars import MINUTE_MS, Bars, advance, observe, preceded
from streams.crowd import DAY_WINDOW, crowd_score, is_crowded
from streams.prints import HORIZON_MS, PrintMemory, to_yes_space
from streams.reversion import ZScore, logit_z, reverted, rsi
from streams.rolling import Rolling, add, totals

MIRROR_MS = 50
"""How far the venue's stamps of one match on both tokens may lie apart."""
HOUR_MS = 3_600_000
DUST = 1e-9
"""What a sum of floats may exceed a limit by."""


class Past(msgspec.Struct, kw_only=True):
    """A market's last day as bot 7 remembers it.

    Attributes:
        takers: Micro-dollars that takers bought and sold, in YES space.
        news_at: When a confident news item last spoke of the market, ms.
    """

    bars: Bars = Bars()
    takers: Rolling = msgspec.field(default_factory=Rolling)
    prints: PrintMemory = msgspec.field(default_factory=PrintMemory)
    news_at: int | None = None

    def trade(self, trade: MarketTrade, now: int) -> None:
        """Count somebody's trade, once if the venue reports it on both tokens."""
        if not self.prints.is_news(trade, MIRROR_MS):
            return
        seen = to_yes_space(trade)
        dollars = trade.size * trade.ticks * trade.tick // PIPS
        bought, sold = (0, dollars) if seen.hits_bids else (dollars, 0)
        add(self.takers, bought, sold, now, DAY_WINDOW)

    def remember(self, points: Iterable[tuple[int, float]], own: ContrarianParameters) -> None:
        """Chart prices from before the market was followed: ms and dollars, oldest first."""
        self.bars = preceded(self.bars, points, own.bar_min * MINUTE_MS, own.bars)

    def look(self, mid: float | None, now: int, own: ContrarianParameters) -> bool:
        """Chart a mid, or let time pass where there is none to chart.

        Returns:
            Whether a bar was completed.
        """
        width, before = own.bar_min * MINUTE_MS, self.bars.complete
        if mid is None:
            self.bars = advance(self.bars, now, width, own.bars)
        else:
            self.bars = observe(self.bars, mid, now, width, own.bars)
        seen = self.prints.seen
        if seen and now - seen[-1].venue_ms > HORIZON_MS:
            seen.clear()  # too old to be mirrored; keeps snapshots small
        return self.bars.complete is not before and self.bars.complete != before


class Reading(NamedTuple):
    """What the closes say.

    Attributes:
        reason: Why there is no signal, a stable word; empty when there is one.
        side: The token to buy.
        fair_value: Of YES after the expected way back.
        rsi: 0 to 100; None before there are enough closes.
        features: For the signal record.
    """

    reason: str
    side: Side | None
    fair_value: float
    rsi: float | None
    features: dict[str, float]


def read(past: Past, now: int, left_ms: int | None, own: ContrarianParameters) -> Reading:
    """Look at the complete bars.

    Args:
        past: The market's.
        now: The fold's `now`, ms.
        left_ms: Until the planned end; None when it is unknown.
        own: Thresholds.
    """
    closes = past.bars.closes
    bought, sold = totals(past.takers, now, DAY_WINDOW)
    index, crowd = rsi(closes, own.rsi_n), crowd_score(bought, sold)
    score = logit_z(closes, own.min_sd) if len(closes) >= own.bars else None
    features = {"carried": past.bars.carried_share(), "closes": float(len(closes))}
    if index is not None:
        features["rsi"] = index
    if crowd is not None:
        features["crowd"] = crowd
    if score is None:
        reason = "no-deviation" if len(closes) >= own.bars else "too-few-closes"
        return Reading(reason, None, 0.0, index, features)
    features |= {"z": score.z, "mean": score.mean, "sd": score.sd}
    side = _side(score, index, own)
    fair_value = reverted(score, own.reversion)
    reason = "no-exaggeration" if side is None else _veto(past, now, left_ms, own)
    if not reason and crowd is None:
        reason = "crowd-unknown"
    if not reason and is_crowded(bought, sold, own.max_crowd):
        reason = "crowd-too-one-sided"
    return Reading(reason, side, fair_value, index, features)


def has_news(past: Past, now: int, own: ContrarianParameters) -> bool:
    """Whether a confident news item spoke of the market lately."""
    return past.news_at is not None and now - past.news_at < own.news_h * HOUR_MS


def _side(score: ZScore, index: float | None, own: ContrarianParameters) -> Side | None:
    low, high = own.rsi
    if index is None:
        return None
    if index < low and score.z <= -own.z:
        return Side.YES
    return Side.NO if index > high and score.z >= own.z else None


def _veto(past: Past, now: int, left_ms: int | None, own: ContrarianParameters) -> str:
    if left_ms is None:
        return "end-unknown"
    if left_ms < own.min_left_h * HOUR_MS:
        return "near-the-end"
    if past.bars.carried_share() > own.max_carried:
        return "too-many-silent-bars"
    if past.bars.greatest_move() > own.max_move + DUST:
        return "repriced"
    return "news" if has_news(past, now, own) else ""
