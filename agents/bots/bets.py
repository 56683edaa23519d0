"""How much smaller a bet gets beside the bets it belongs to (STRATEGIES.md A.8, A.9)."""

from collections.abc import Mapping
from typing import NamedTuple

from agents.bots.view import View
from schemas.ids import MarketId, VenueEventId
from schemas.values import Side
from streams.clusters import cluster_of, cluster_scale
from streams.correlation import Bars, linkage


class Bet(NamedTuple):
    """A token that is held, bid for or wanted, and how its market's mid moved."""

    side: Side
    bars: Bars


def bet_scale(new: Bet, others: Mapping[MarketId, Bet], view: View, min_bars: int) -> float:
    """`corr_scale` of a new bet: by the correlations that are known, by the event otherwise.

    Args:
        new: In the view's market.
        others: Open bets by market; one in the view's market is left out.
        view: Now.
        min_bars: Common bars without which a correlation is unknown.
    """
    here = view.market.market_id
    bets = {**others, here: new}

    def event_of(market_id: MarketId) -> VenueEventId:
        found = view.market if market_id == here else view.others.market(market_id)
        return VenueEventId(market_id) if found is None else found.venue_event_id

    def pair(one: MarketId, other: MarketId) -> float | None:
        first, second = bets[one], bets[other]
        found = linkage(first.bars, second.bars, min_bars)
        if found is None:
            return None
        return found.correlation if first.side is second.side else -found.correlation

    cluster = cluster_of(here, sorted(others), event_of, pair)
    return cluster_scale(here, cluster, event_of, pair)
