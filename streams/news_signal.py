"""From a story to a probability (STRATEGIES.md D.4)."""

from typing import NamedTuple

from schemas.values import Side
from streams.logit import logit, sigmoid

BETA = 0.8
MIN_CONFIDENCE = 0.35
TOO_LATE = 0.70
AGAINST = -0.50


class NewsSignal(NamedTuple):
    """What a story says about a market.

    Attributes:
        confidence: `min(|s|·r·w, 1)`.
        fair_value: p̂ of YES.
        consumed: Part of the move to p̂ that the market has made; 0 where p̂ is the old mid.
        side: The token to buy.
        reason: Why not to trade, a stable word; empty when it may be traded.
    """

    confidence: float
    fair_value: float
    consumed: float
    side: Side
    reason: str


def news_signal(
    mid_before: float,
    mid_now: float,
    sentiment: float,
    relevance: float,
    weight: float,
    stance: int,
    *,
    beta: float = BETA,
    min_confidence: float = MIN_CONFIDENCE,
    consumed_max: float = TOO_LATE,
    consumed_min: float = AGAINST,
) -> NewsSignal:
    """`p̂ = sigmoid(logit(mid_pre) + β·g·s·r·w)` and how much of it is already in the price.

    Args:
        mid_before: Mid one second before the story.
        mid_now: Mid now.
        sentiment: s, −1 to 1.
        relevance: r, 0 to 1.
        weight: w of the source.
        stance: g.
        beta: β.
        min_confidence: Below it nothing is traded.
        consumed_max: From this part on it is too late.
        consumed_min: At or below it the market moved firmly the other way.
    """
    confidence = min(abs(sentiment) * relevance * weight, 1.0)
    shift = beta * stance * sentiment * relevance * weight
    fair = sigmoid(logit(mid_before) + shift) if shift else mid_before
    move = fair - mid_before
    consumed = (mid_now - mid_before) / move if move else 0.0
    reason = ""
    if stance == 0:
        reason = "no-stance"
    elif confidence < min_confidence:
        reason = "low-confidence"
    elif consumed >= consumed_max:
        reason = "too-late"
    elif consumed <= consumed_min:
        reason = "moved-against"
    side = Side.YES if fair > mid_before else Side.NO
    return NewsSignal(confidence, fair, consumed, side, reason)


def hold_hours(confidence: float, low: float = 2.0, high: float = 12.0) -> float:
    """How long a position is held: `low + (high − low)·conf` hours."""
    return low + (high - low) * confidence
