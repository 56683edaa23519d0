"""Market makers of the simulated world: they follow the fair value late and lean on inventory."""

import math
from dataclasses import dataclass, field
from random import Random

from connectors.sandbox.floor import Floor
from connectors.sandbox.latent import logistic
from connectors.sandbox.mirror import ASK, BID, NO, YES
from connectors.sandbox.questions import Liveliness
from schemas.values import MICRO, PIPS

MERGE_ABOVE = 400 * MICRO
"""Pairs a maker holds before it merges them, micro-shares."""
MAX_LEAN = 2.0
"""Most ticks by which inventory moves a maker's quotes."""


@dataclass(slots=True)
class Maker:
    """One market maker in one market.

    Attributes:
        owner: Its account.
        lively: How the market trades.
        wider: Ticks it quotes wider than the tightest maker.
        lag_s: Time constant with which it learns the fair value, virtual seconds.
        belief: What it takes for the fair logit.
        quotes: Its resting orders by side and YES-space price.
    """

    owner: str
    lively: Liveliness
    wider: int
    lag_s: float
    belief: float
    heard_ms: int
    quoted_mid: float = -1.0
    quotes: tuple[dict[int, str], dict[int, str]] = field(default_factory=lambda: ({}, {}))

    def act(self, floor: Floor, fair_logit: float, rng: Random) -> None:
        """Look at the world once: learn, then move the ladder or touch one rung of it."""
        self._learn(floor.now_ms, fair_logit, rng)
        self._forget_filled(floor)
        tick = floor.engine.tick
        mid = logistic(self.belief) * PIPS - self._lean(floor) * tick
        width = self.lively.spread + self.wider
        if abs(mid - self.quoted_mid) > max(0.6, 0.25 * width) * tick:
            self.quoted_mid = mid
            self._move(floor, rng)
        else:
            self._touch_one(floor, rng)
        if min(floor.accounts.held(self.owner, floor.condition_id, leg) for leg in (YES, NO)) > (
            MERGE_ABOVE
        ):
            floor.accounts.merge_pairs(self.owner, floor.condition_id)

    def _learn(self, now_ms: int, fair_logit: float, rng: Random) -> None:
        elapsed_s = (now_ms - self.heard_ms) / 1000
        self.heard_ms = now_ms
        weight = 1 - math.exp(-elapsed_s / self.lag_s)
        self.belief += weight * (fair_logit - self.belief) + rng.gauss(0, 0.01 * weight)

    def _forget_filled(self, floor: Floor) -> None:
        for rungs in self.quotes:
            gone = [p for p, order_id in rungs.items() if order_id not in floor.engine.resting]
            for pips in gone:
                del rungs[pips]

    def _lean(self, floor: Floor) -> float:
        """Ticks to shift against the inventory: long YES quotes lower."""
        held = [floor.accounts.held(self.owner, floor.condition_id, leg) for leg in (YES, NO)]
        ticks = (held[YES] - held[NO]) / (self.lively.touch * MICRO * 6)
        return min(max(ticks, -MAX_LEAN), MAX_LEAN)

    def _rungs(self, floor: Floor) -> tuple[list[int], list[int]]:
        """Where the ladder should stand: bids and asks from the best outwards, on the grid."""
        tick = floor.engine.tick
        half = (self.lively.spread + self.wider - 1) / 2 * tick
        bid = math.floor((self.quoted_mid - half) / tick) * tick
        ask = math.ceil((self.quoted_mid + half) / tick) * tick
        reach = range(self.lively.rungs)
        bids = [p for p in (bid - step * tick for step in reach) if tick <= p <= PIPS - tick]
        asks = [p for p in (ask + step * tick for step in reach) if tick <= p <= PIPS - tick]
        return bids, asks

    def _move(self, floor: Floor, rng: Random) -> None:
        targets = self._rungs(floor)
        for rungs, wanted in zip(self.quotes, targets, strict=True):
            for pips in [p for p in rungs if p not in wanted]:
                floor.withdraw(rungs.pop(pips))
        for side in (BID, ASK):
            for rung, pips in enumerate(targets[side]):
                if pips not in self.quotes[side]:
                    self._post(floor, side, pips, rung, rng)

    def _touch_one(self, floor: Floor, rng: Random) -> None:
        """Put back a rung that was filled or refused, or renew one at another size."""
        side = rng.choice((BID, ASK))
        wanted = self._rungs(floor)[side]
        if not wanted:
            return
        missing = [p for p in wanted if p not in self.quotes[side]]
        pips = rng.choice(missing or wanted)
        if pips in self.quotes[side]:
            floor.withdraw(self.quotes[side].pop(pips))
        self._post(floor, side, pips, wanted.index(pips), rng)

    def _post(self, floor: Floor, side: int, pips: int, rung: int, rng: Random) -> None:
        """Quote one rung; where it would cross another maker it waits for a later look."""
        shares = self.lively.touch * (0.55 + 0.3 * rung) * rng.lognormvariate(0, 0.35)
        order_id = floor.quote(self.owner, side, pips, max(round(shares), 5) * MICRO)
        if order_id is not None:
            self.quotes[side][pips] = order_id
