"""Which bets belong together, and how much smaller that makes each (STRATEGIES.md A.8)."""

from collections.abc import Callable, Sequence
from statistics import fmean

from schemas.ids import MarketId, VenueEventId
from streams.kelly import correlation_scale

LINKED_FROM = 0.50
"""Two markets are linked from this absolute correlation."""
WITHIN_EVENT = 0.5
"""What counts for two markets of one event while their correlation is unknown."""

Pair = Callable[[MarketId, MarketId], float | None]
"""Correlation of two bets; None while it is unknown."""


def cluster_of(
    market_id: MarketId,
    held: Sequence[MarketId],
    event_of: Callable[[MarketId], VenueEventId],
    pair: Pair,
) -> tuple[MarketId, ...]:
    """The open positions that belong together with a new bet, the bet itself left out.

    Two bets are linked when they lie in one event or when |ρ| reaches 0.50; a cluster is everything
    that links lead to.

    Args:
        market_id: The new bet's.
        held: Markets of the open positions.
        event_of: The venue event of a market.
        pair: Correlation of two bets.
    """
    rest = [each for each in held if each != market_id]
    found: list[MarketId] = []
    front = [market_id]
    while front:
        here = front.pop()
        linked = [each for each in rest if _is_linked(here, each, event_of, pair)]
        rest = [each for each in rest if each not in linked]
        found += linked
        front += linked
    return tuple(each for each in held if each in set(found))


def cluster_scale(
    market_id: MarketId,
    cluster: Sequence[MarketId],
    event_of: Callable[[MarketId], VenueEventId],
    pair: Pair,
) -> float:
    """Scale of a new bet: `1 / (1 + (n − 1)·max(0, ρ̄))` with ρ̄ over all pairs of the cluster.

    Args:
        market_id: The new bet's.
        cluster: The open positions it belongs to, without itself.
        event_of: The venue event of a market.
        pair: Correlation of two bets, of opposite sign where they bet against each other.
    """
    bets = (market_id, *cluster)
    known = [
        _value(one, other, event_of, pair)
        for index, one in enumerate(bets)
        for other in bets[index + 1 :]
    ]
    return correlation_scale(len(bets), fmean(known)) if known else 1.0


def _value(
    one: MarketId, other: MarketId, event_of: Callable[[MarketId], VenueEventId], pair: Pair
) -> float:
    found = pair(one, other)
    if found is not None:
        return found
    return WITHIN_EVENT if event_of(one) == event_of(other) else 0.0


def _is_linked(
    one: MarketId, other: MarketId, event_of: Callable[[MarketId], VenueEventId], pair: Pair
) -> bool:
    if event_of(one) == event_of(other):
        return True
    found = pair(one, other)
    return found is not None and abs(found) >= LINKED_FROM
