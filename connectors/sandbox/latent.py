"""The fair value of a simulated market: a logit random walk with jumps.

The path is a function of seed and time and needs no past: whoever starts the world later
finds it where it would have been. Prices are fair: the drift `(p − ½)·σ²` of the logit makes the
price a martingale up to the news that decides the market (STRATEGIES.md A.4 for the transform).
"""

import math
from random import Random
from typing import NamedTuple

from connectors.sandbox.identity import seed_number
from schemas.values import PIPS

HOUR_MS = 3_600_000
STEPS_PER_HOUR = 360
"""The value moves every ten seconds of virtual time."""
LIMIT = 3.4
"""The undecided logit stays within ±LIMIT, prices 0.032 to 0.968."""
DECIDED = 5.0
"""The logit after the deciding news: 0.9933 or 0.0067."""
JUMP_SCALE = 0.22
"""Standard deviation of a jump, logit units."""


class Jump(NamedTuple):
    """A sudden move of a fair value.

    Attributes:
        at_ms: When, ms UTC.
        size: Logit units; the sign says which way.
        decides: Whether it is the news that decides the outcome.
    """

    at_ms: int
    size: float
    decides: bool = False


def logistic(x: float) -> float:
    """Price of a logit."""
    return 1.0 / (1.0 + math.exp(-x))


class FairValue:
    """One market's latent value over its life.

    Args:
        seed: Seed of this market's path.
        start_ms: Listing, ms UTC.
        hours: Life in whole hours.
        spread: Standard deviation of the logit over the whole life, jumps left out.
        jumps_per_day: Mean number of jumps a day.
        level: Where it starts, give or take 0.9 logit units.
        halves: Chance that the question cannot be answered and both tokens pay half a dollar.

    Attributes:
        decided_ms: When the news comes that decides the outcome; the market resolves later.
        outcome_yes: What it decides.
        payout: What a YES token will pay, pips.
    """

    def __init__(
        self,
        seed: int,
        start_ms: int,
        hours: int,
        spread: float,
        jumps_per_day: float,
        level: float = 0.0,
        halves: float = 0.0,
    ) -> None:
        self._seed = seed
        self._start_ms = start_ms
        rng = Random(seed)
        self._x = [level + rng.uniform(-0.9, 0.9)]
        deviation = self._deviation = spread / math.sqrt(hours)
        jump_chance = jumps_per_day / 24
        variance = deviation**2 + jump_chance * JUMP_SCALE**2
        for _ in range(hours):
            x = self._x[-1]
            step = rng.gauss((logistic(x) - 0.5) * variance, deviation)
            if rng.random() < jump_chance:
                step += rng.gauss(0.0, JUMP_SCALE)
            self._x.append(min(max(x + step, -LIMIT), LIMIT))
        last = max(hours - rng.randint(2, 8), 1)
        self.decided_ms = start_ms + last * HOUR_MS + rng.randrange(HOUR_MS)
        self.outcome_yes = rng.random() < logistic(self._x[last])
        halved = rng.random() < halves
        self.payout = PIPS // 2 if halved else PIPS * self.outcome_yes
        self._final = 0.0 if halved else DECIDED if self.outcome_yes else -DECIDED
        self._hour = -1
        self._steps: list[float] = []

    def logit(self, at_ms: int) -> float:
        """The latent logit at a time within the market's life."""
        if at_ms >= self.decided_ms:
            return self._final
        hour, rest = divmod(max(at_ms - self._start_ms, 0), HOUR_MS)
        hour = min(hour, len(self._x) - 2)
        if hour != self._hour:
            self._hour, self._steps = hour, self._bridge(hour)
        return self._steps[min(rest * STEPS_PER_HOUR // HOUR_MS, STEPS_PER_HOUR - 1)]

    def price(self, at_ms: int) -> float:
        """The latent price of YES in dollars."""
        return logistic(self.logit(at_ms))

    def hourly(self, at_ms: int) -> float:
        """The latent price at the last full hour, which costs nothing to look up."""
        hour = min(max((at_ms - self._start_ms) // HOUR_MS, 0), len(self._x) - 1)
        return logistic(self._x[hour])

    def jumps(self, from_ms: int, to_ms: int) -> list[Jump]:
        """Sudden moves after `from_ms` and up to `to_ms`, the deciding news among them."""
        first = max((from_ms - self._start_ms) // HOUR_MS, 0)
        last = min((to_ms - self._start_ms) // HOUR_MS, len(self._x) - 2)
        found = []
        for hour in range(first, last + 1):
            size = self._x[hour + 1] - self._x[hour]
            if abs(size) > 3 * self._deviation:
                at_ms = self._jump_ms(hour)
                if from_ms < at_ms <= to_ms and at_ms < self.decided_ms:
                    found.append(Jump(at_ms, size))
        if from_ms < self.decided_ms <= to_ms and self._final:
            found.append(Jump(self.decided_ms, self._final, decides=True))
        return found

    def _jump_ms(self, hour: int) -> int:
        """When the jump of an hour happens; draws as `_bridge` does."""
        rng = Random(seed_number(self._seed, "hour", hour))
        for _ in range(STEPS_PER_HOUR):
            rng.gauss(0.0, 1.0)
        step_ms = HOUR_MS // STEPS_PER_HOUR
        return self._start_ms + hour * HOUR_MS + rng.randrange(STEPS_PER_HOUR) * step_ms

    def _bridge(self, hour: int) -> list[float]:
        """Ten-second steps that lead from one hour's value to the next.

        Small moves are a Brownian bridge. A move no bridge would make is a jump: it happens in one
        step, so that it comes as news and not as a trend.
        """
        rng = Random(seed_number(self._seed, "hour", hour))
        start, end = self._x[hour], self._x[hour + 1]
        scale = self._deviation / math.sqrt(STEPS_PER_HOUR)
        walk, path = 0.0, []
        for _ in range(STEPS_PER_HOUR):
            walk += rng.gauss(0.0, scale)
            path.append(walk)
        jump = end - start if abs(end - start) > 3 * self._deviation else 0.0
        jump_at = rng.randrange(STEPS_PER_HOUR)
        slope = (end - start - jump - walk) / STEPS_PER_HOUR
        return [
            start + value + slope * (step + 1) + (jump if step >= jump_at else 0.0)
            for step, value in enumerate(path)
        ]
