"""Fair values made of others: shared factors, overreactions, outcomes that exclude each other.

All are functions of seed and time like `connectors.sandbox.latent.FairValue`, which they are built
of: whoever starts the world later finds each value where it would have been.
"""

import math
from functools import lru_cache
from random import Random
from typing import Protocol

from connectors.sandbox.identity import seed_number
from connectors.sandbox.latent import DECIDED, HOUR_MS, LIMIT, FairValue, Jump, logistic
from schemas.values import PIPS

PULSE_HOURS = 72
"""One overreaction begins in each stretch of so many hours."""
FALL_HOURS, RECOVERY_HOURS = 5.0, 14.0
FACTOR_YEARS_HOURS = 24 * 400
EPOCH_HOURS = 24 * 365 * 57
"""Factors are drawn anew every 400 days, counted from 1970."""


class Fair(Protocol):
    """The latent value of a market.

    Attributes:
        decided_ms: When the outcome is known to the world, ms UTC.
        payout: What a YES token will pay, pips: 0, 5000 or 10000.
    """

    decided_ms: int
    payout: int

    def logit(self, at_ms: int) -> float:
        """What participants take for fair, logit of the YES price."""
        ...

    def price(self, at_ms: int) -> float:
        """The same as a price in dollars."""
        ...

    def jumps(self, from_ms: int, to_ms: int) -> list[Jump]:
        """Sudden moves after `from_ms` and up to `to_ms`: what news tells of."""
        ...


class Driven:
    """A value moved by a factor that other markets share, so that they move together.

    Args:
        own: The market's own value, which also decides the outcome.
        factor: The shared one.
        loading: How much of it is felt.
        start_ms: Listing of the market.
    """

    def __init__(self, own: FairValue, factor: FairValue, loading: float, start_ms: int) -> None:
        self.decided_ms = own.decided_ms
        self.payout = own.payout
        self._own, self._factor, self._loading = own, factor, loading
        self._base = factor.logit(start_ms)

    def logit(self, at_ms: int) -> float:
        """The own value plus what the factor did since the listing."""
        if at_ms >= self.decided_ms:
            return self._own.logit(at_ms)
        moved = self._loading * (self._factor.logit(at_ms) - self._base)
        return min(max(self._own.logit(at_ms) + moved, -LIMIT), LIMIT)

    def price(self, at_ms: int) -> float:
        """The latent price of YES in dollars."""
        return logistic(self.logit(at_ms))

    def jumps(self, from_ms: int, to_ms: int) -> list[Jump]:
        """Jumps of the own value."""
        return self._own.jumps(from_ms, to_ms)


class Moody:
    """A value that the crowd overshoots: it runs off for some hours and comes back by itself.

    Args:
        own: The value without moods.
        seed: Of the moods.
        size: How far a run goes, logit units.
        start_ms: Listing of the market.
    """

    def __init__(self, own: FairValue, seed: int, size: float, start_ms: int) -> None:
        self.decided_ms = own.decided_ms
        self.payout = own.payout
        self._own, self._seed, self._size, self._start_ms = own, seed, size, start_ms

    def logit(self, at_ms: int) -> float:
        """The own value and the mood of the moment."""
        if at_ms >= self.decided_ms:
            return self._own.logit(at_ms)
        return min(max(self._own.logit(at_ms) + self.mood(at_ms), -LIMIT), LIMIT)

    def price(self, at_ms: int) -> float:
        """The latent price of YES in dollars."""
        return logistic(self.logit(at_ms))

    def mood(self, at_ms: int) -> float:
        """How far the crowd is off, logit units."""
        hours = (at_ms - self._start_ms) / HOUR_MS
        stretch = int(hours // PULSE_HOURS)
        return sum(self._run(number, hours) for number in (stretch - 1, stretch))

    def jumps(self, from_ms: int, to_ms: int) -> list[Jump]:
        """Jumps of the own value: moods make no news."""
        return self._own.jumps(from_ms, to_ms)

    def _run(self, number: int, hours: float) -> float:
        rng = Random(seed_number("mood", self._seed, number))
        begins = number * PULSE_HOURS + rng.uniform(0, PULSE_HOURS - FALL_HOURS)
        height = rng.choice((-1, 1)) * self._size * rng.uniform(0.7, 1.3)
        since = hours - begins
        if since <= 0:
            return 0.0
        if since <= FALL_HOURS:
            return height * since / FALL_HOURS
        return height * math.exp(-(since - FALL_HOURS) / RECOVERY_HOURS)


class Contest:
    """Outcomes of which exactly one comes true: their prices add up to one dollar.

    Args:
        seed: Of this contest.
        start_ms: Listing, ms UTC.
        hours: Life in whole hours.
        strengths: Starting logits of the outcomes.
        spread: Standard deviation of each strength over the life.
    """

    def __init__(
        self, seed: int, start_ms: int, hours: int, strengths: tuple[float, ...], spread: float
    ) -> None:
        self._values = [
            FairValue(seed_number("contender", seed, index), start_ms, hours, spread, 0.15)
            for index in range(len(strengths))
        ]
        self._strengths = strengths
        self._at_ms = -1
        self._shares: tuple[float, ...] = ()
        self.decided_ms = min(value.decided_ms for value in self._values)
        shares = self.shares(self.decided_ms - 1)
        rng = Random(seed_number("winner", seed))
        self.winner = rng.choices(range(len(shares)), weights=shares)[0]

    def shares(self, at_ms: int) -> tuple[float, ...]:
        """Prices of all outcomes before the decision."""
        if at_ms != self._at_ms:
            powers = [
                math.exp(strength + value.logit(at_ms))
                for strength, value in zip(self._strengths, self._values, strict=True)
            ]
            total = sum(powers)
            self._at_ms, self._shares = at_ms, tuple(power / total for power in powers)
        return self._shares

    def jumps(self, index: int, from_ms: int, to_ms: int) -> list[Jump]:
        """Sudden moves of one outcome's strength."""
        return [jump for jump in self._values[index].jumps(from_ms, to_ms) if not jump.decides]


class Contender:
    """One outcome of a contest."""

    def __init__(self, contest: Contest, index: int) -> None:
        self.decided_ms = contest.decided_ms
        self.payout = PIPS if contest.winner == index else 0
        self._contest, self._index = contest, index

    def logit(self, at_ms: int) -> float:
        """The latent logit of this outcome."""
        if at_ms >= self.decided_ms:
            return DECIDED if self.payout else -DECIDED
        share = min(max(self._contest.shares(at_ms)[self._index], 0.005), 0.995)
        return math.log(share / (1 - share))

    def price(self, at_ms: int) -> float:
        """The latent price of YES in dollars."""
        return logistic(self.logit(at_ms))

    def jumps(self, from_ms: int, to_ms: int) -> list[Jump]:
        """Jumps of its strength, and the decision where it wins."""
        found = self._contest.jumps(self._index, from_ms, to_ms)
        if from_ms < self.decided_ms <= to_ms and self.payout:
            found.append(Jump(self.decided_ms, DECIDED, decides=True))
        return found


@lru_cache(maxsize=64)
def factor(seed: int, name: str, at_ms: int) -> FairValue:
    """The shared factor of a name in the 400 days that a time lies in."""
    span_ms = FACTOR_YEARS_HOURS * HOUR_MS
    era = at_ms // span_ms
    number = seed_number("factor", seed, name, era)
    return FairValue(number, era * span_ms, FACTOR_YEARS_HOURS + 24, 6.0, 0.0)
