"""The wallets of the large world: a few who know, many who do not, and what each did before.

Their past is made of the markets that the world's calendar held before now: real ids, real
outcomes, entries at the prices of the time. A sharp wallet chose the side that won more often than
its price; a lucky one did not, and yet may stand high on a leaderboard.
"""

from functools import lru_cache
from random import Random
from typing import NamedTuple

from connectors.sandbox.catalogue import LARGE_SLOTS
from connectors.sandbox.identity import seed_number
from connectors.sandbox.latent import FairValue
from connectors.sandbox.market import MarketSpec
from connectors.sandbox.mirror import NO, YES
from connectors.sandbox.tenure import DAY_MS, Tenure, tenure_at
from schemas.values import MICRO, PIPS

SHARPS, PUNTERS, HEDGERS = 14, 120, 6
PAST_DAYS = 180
PAST_SLOTS = 96
"""So many places of the calendar have a remembered past."""
SHARP_SKILL = 0.2
"""How much more often than the price says a sharp wallet is right."""


class Past(NamedTuple):
    """A resolved position of before this run.

    Attributes:
        wallet: Whose.
        pips: Average entry price.
        size: Micro-shares.
        entered_ms: When, ms UTC.
        resolved_ms: When the market paid out.
        payout: Pips a token paid.
    """

    wallet: str
    spec: MarketSpec
    leg: int
    pips: int
    size: int
    entered_ms: int
    resolved_ms: int
    payout: int


class Crowd:
    """Who trades for what reason.

    Args:
        seed: Of the world.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._punters = [f"punter-{number}" for number in range(PUNTERS)]
        self._sharps = [f"sharp-{number}" for number in range(SHARPS)]
        self._hedgers = [f"hedger-{number}" for number in range(HEDGERS)]

    def noise(self, rng: Random) -> str:
        """Somebody without a reason; hedgers trade both sides."""
        return rng.choice(self._hedgers) if rng.random() < 0.15 else rng.choice(self._punters)

    def informed(self, rng: Random) -> str:
        """Somebody who knows the fair price."""
        return rng.choice(self._sharps)

    def past(self, now_ms: int) -> list[Past]:
        """All resolved positions of the last 180 days before a time, oldest first."""
        markets = past_markets(self._seed, now_ms // DAY_MS * DAY_MS)
        rows: list[Past] = []
        for wallet in (*self._sharps, *self._hedgers, *self._punters[:60]):
            rng = Random(seed_number("past", self._seed, wallet))
            count = rng.randint(60, 140) if wallet.startswith("sharp") else rng.randint(20, 120)
            for tenure, value, spec in rng.choices(markets, k=count):
                rows.append(_entered(rng, wallet, tenure, value, spec))
        return sorted(rows, key=lambda row: (row.resolved_ms, row.wallet, row.spec.condition_id))


@lru_cache(maxsize=2)
def past_markets(seed: int, now_ms: int) -> list[tuple[Tenure, FairValue, MarketSpec]]:
    """Markets of the calendar that were resolved in the 180 days before a time."""
    found = []
    for slot in LARGE_SLOTS[:PAST_SLOTS]:
        at_ms = now_ms - DAY_MS
        while at_ms > now_ms - PAST_DAYS * DAY_MS:
            tenure = tenure_at(seed, slot, at_ms)
            if tenure.end_ms <= now_ms:
                found.append((tenure, tenure.own_value(seed), tenure.spec(seed)))
            at_ms = tenure.start_ms - 1
    return found


def _entered(rng: Random, wallet: str, tenure: Tenure, value: FairValue, spec: MarketSpec) -> Past:
    entered_ms = rng.randrange(tenure.start_ms, value.decided_ms)
    fair = min(max(value.hourly(entered_ms), 0.05), 0.95)
    right = YES if value.payout >= PIPS // 2 else NO
    chance = fair if right == YES else 1 - fair
    if wallet.startswith("sharp"):
        chance = min(max(chance, 0.45) + SHARP_SKILL, 0.95)
    leg = right if rng.random() < chance else 1 - right
    price = fair if leg == YES else 1 - fair
    return Past(
        wallet=wallet,
        spec=spec,
        leg=leg,
        pips=min(max(round(price * 100) * 100, 100), PIPS - 100),
        size=round(rng.lognormvariate(5.0, 0.8)) * MICRO,
        entered_ms=entered_ms,
        resolved_ms=tenure.end_ms,
        payout=value.payout if leg == YES else PIPS - value.payout,
    )
