"""What the paper exchange takes for granted: latencies, guards, and the venue's habits."""

from decimal import Decimal
from hashlib import sha256
from math import exp
from statistics import NormalDist

import msgspec

from schemas.market import Market
from schemas.values import DataLabel

SNAPSHOTS_ONLY = "snapshots-only"
"""Tag of a market whose feed carries books but no prints."""
PRINTS = "prints"
"""Tag of a recorded market whose feed does carry prints."""


class PaperRules(msgspec.Struct, frozen=True, kw_only=True):
    """Parameters of the fold (STRATEGIES.md E and J); times in ms.

    Attributes:
        feed_ms: From the venue to our log. What happens at the venue at time t is judged when the
            log has reached t + feed_ms.
        entry_ms: From the decision to the order's arrival at the venue.
        cancel_ms: From the decision to the cancel's arrival.
        ack_ms: From the venue's answer back to us.
        noise_sigma: Standard deviation of the logarithm of entry and cancel latencies; 0 is none.
        seed: Seed of that noise.
        level_ticks: How near a displayed order must be to count in the share guard.
        max_level_share: Greatest share of our size in what is displayed within `level_ticks`.
        max_volume_share: Greatest share of our fills in a market's 24 h volume, where it is known.
        mirror_ms: How far the stamps of one match may lie apart.
        gas: Dollars for one merge or split.
        gtd_early_ms: How long before its stated time the venue drops an order.
        gtd_min_ahead_ms: How far ahead that time must be on arrival.
        lapse_ms: After how long without a beat of ours the venue cancels everything.
        orders_per_s: Refill of the venue's order bucket.
        orders_burst: Its size.
        cancels_per_s: Refill of the venue's cancel bucket.
        cancels_burst: Its size.
    """

    feed_ms: int = 100
    entry_ms: int = 250
    cancel_ms: int = 150
    ack_ms: int = 100
    noise_sigma: float = 0.0
    seed: int = 7
    level_ticks: int = 2
    max_level_share: Decimal = Decimal("0.25")
    max_volume_share: Decimal = Decimal("0.10")
    mirror_ms: int = 50
    gas: Decimal = Decimal("0.01")
    gtd_early_ms: int = 60_000
    gtd_min_ahead_ms: int = 180_000
    lapse_ms: int = 12_000
    orders_per_s: int = 40
    orders_burst: int = 60
    cancels_per_s: int = 80
    cancels_burst: int = 120

    def entry_latency(self, order_id: str) -> int:
        """Entry latency of one order, ms."""
        return noisy(self.entry_ms, self.noise_sigma, self.seed, order_id, "entry")

    def cancel_latency(self, order_id: str) -> int:
        """Latency of one order's cancel, ms."""
        return noisy(self.cancel_ms, self.noise_sigma, self.seed, order_id, "cancel")


def noisy(base_ms: int, sigma: float, seed: int, order_id: str, what: str) -> int:
    """A lognormal latency with median `base_ms`, keyed by seed and order, not by call order (E.1).

    Args:
        base_ms: The median, ms.
        sigma: Standard deviation of the logarithm; 0 gives the median.
        seed: Of the run.
        order_id: Whose latency.
        what: Which of the order's latencies.
    """
    if sigma == 0:
        return base_ms
    digest = sha256(f"{seed}|{order_id}|{what}".encode()).digest()
    uniform = (int.from_bytes(digest[:6]) + 0.5) / (1 << 48)
    return round(base_ms * exp(sigma * NormalDist().inv_cdf(uniform)))


def is_snapshots_only(market: Market) -> bool:
    """Whether the market's feed carries no prints, so that only crossing fills (E.3, D-29).

    True for the tag `snapshots-only`, and for every recorded market that is not tagged `prints`:
    taking silence for a quiet market would leave out exactly the losing fills.
    """
    if SNAPSHOTS_ONLY in market.tags:
        return True
    return market.label is DataLabel.RECORDED and PRINTS not in market.tags
