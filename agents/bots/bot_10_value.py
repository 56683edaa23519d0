"""Bot 10's fair value: several sources pooled, and what the payout is worth today (D.10)."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from configs.bots_patient import LongTermValueParameters
from schemas.outside import OutsideEstimate
from streams.fair_value import Pooled, pool, present_value

DAY_MS = 86_400_000


class Source(msgspec.Struct, frozen=True):
    """An estimate of the probability of YES.

    Attributes:
        at: Its as-of date, ms.
        reference: Where it comes from.
    """

    probability: float
    weight: float
    at: int
    reference: str


Sources = dict[str, Source]
"""The last estimate of each origin."""


def take(sources: Sources, estimate: OutsideEstimate) -> None:
    """Take an estimate over, or take one back; an older one than the known changes nothing."""
    known = sources.get(estimate.origin)
    if known is not None and estimate.event_time < known.at:
        return
    if estimate.withdrawn:
        sources.pop(estimate.origin, None)
        return
    if 0.0 < estimate.probability < 1.0 and estimate.weight > 0.0:
        sources[estimate.origin] = Source(
            estimate.probability, estimate.weight, estimate.event_time, estimate.reference
        )


class Value(NamedTuple):
    """What the sources say now.

    Attributes:
        pooled: Probability of YES with its error; None with too few sources.
        sources: How many are young enough.
        days: To the planned end; None when it is unknown.
    """

    pooled: Pooled | None
    sources: int
    days: float | None


def value_of(
    sources: Mapping[str, Source], now: int, left_ms: int | None, own: LongTermValueParameters
) -> Value:
    """Pool the young sources.

    Args:
        sources: Of a market.
        now: The fold's `now`, ms.
        left_ms: Until the planned end; None when it is unknown.
        own: Ages, numbers.
    """
    oldest = now - own.source_max_age_d * DAY_MS
    young = [sources[origin] for origin in sorted(sources) if sources[origin].at >= oldest]
    days = None if left_ms is None else left_ms / DAY_MS
    if len(young) < own.min_sources:
        return Value(None, len(young), days)
    found = pool([s.probability for s in young], [s.weight for s in young], own.sigma_min)
    return Value(found, len(young), days)


def worth_today(p: float, days: float | None, own: LongTermValueParameters) -> float:
    """`p_eff`: a payout that is `days` away, discounted; the end counts as now when it is past."""
    return present_value(p, max(days or 0.0, 0.0), own.hurdle)
