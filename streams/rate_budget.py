"""One rate budget for all bots: the smaller of the venue's bucket and the mission's ceiling. Pure.

Orders and cancels have buckets of their own, as the venue has them. A fifth of the order bucket is
kept for orders that reduce. What is left is shared fairly: while others wait, a bot may not take
more than its part of what came in since, so that none starves another (deficit round robin).
Tokens are thousandths, as in `streams.rate_limit`.
"""

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from streams.rate_limit import MILLI, Bucket, available

KEPT_SHARE = Fraction(1, 5)
"""Of the order bucket, for orders that reduce."""


class Tier(NamedTuple):
    """A signer's buckets at the venue (PROTOCOL.md section 8.2).

    Attributes:
        overdraw: Whether cancels may take the bucket below nothing.
    """

    orders_per_s: int
    orders_burst: int
    cancels_per_s: int
    cancels_burst: int
    overdraw: bool = True


TIERS: Mapping[str, Tier] = MappingProxyType(
    {
        "standard": Tier(40, 60, 80, 120),
        "copper": Tier(60, 90, 120, 180),
        "bronze": Tier(80, 120, 160, 240),
        "silver": Tier(200, 300, 400, 600),
        "gold": Tier(400, 600, 800, 1200),
        "platinum": Tier(450, 675, 900, 1350, overdraw=False),
        "diamond": Tier(525, 787, 1050, 1575, overdraw=False),
        "elite": Tier(600, 900, 1200, 1800, overdraw=False),
    }
)
"""By the venue's name; an unknown one counts as standard."""


class Ceiling(NamedTuple):
    """The mission's own limit, whatever the venue allows."""

    per_s: int = 60
    burst: int = 3500


class Request(NamedTuple):
    """Calls a bot wants to make.

    Attributes:
        bot: Who asks.
        tokens: One an order; a cancel-all costs one and one for each order it cancels.
        cancels: They are cancels.
        reduces: They are orders that only reduce.
    """

    bot: str
    tokens: int
    cancels: bool = False
    reduces: bool = False


class Use(NamedTuple):
    """How much of the budget is gone, for a metric.

    Attributes:
        orders: Part of the order bucket that is used, 0 to 1; above 1 when overdrawn.
        cancels: Part of the cancel bucket that is used.
        waiting: Requests in the queues.
    """

    orders: float
    cancels: float
    waiting: int


class RateBudget:
    """The account's budget; a fold over requests and time, owned by one stage."""

    def __init__(self, tier: str = "standard", ceiling: Ceiling | None = None) -> None:
        """Start with full buckets.

        Args:
            tier: The signer's, as the venue says it.
            ceiling: The mission's.
        """
        self._ceiling = ceiling or Ceiling()
        self._orders = Bucket()
        self._cancels = Bucket()
        self._queues: dict[str, list[Request]] = {}
        self._turn: list[str] = []
        self._now = 0
        self.set_tier(tier)

    def set_tier(self, tier: str) -> None:
        """Take the tier that the venue named; tokens stay."""
        self._tier = TIERS.get(tier.lower(), TIERS["standard"])
        self._per_s = min(self._tier.orders_per_s, self._ceiling.per_s)
        self._burst = min(self._tier.orders_burst, self._ceiling.burst)
        self._kept = int(self._burst * MILLI * KEPT_SHARE)

    def told(self, remaining: float, now: int, *, cancels: bool) -> None:
        """Take over what the venue says is left, where it is less than we thought."""
        left = int(remaining * MILLI)
        if cancels:
            if left < self._cancels_left(now):
                self._cancels = Bucket(left, now)
        elif left < self._orders_left(now):
            self._orders = Bucket(left, now)

    def ask(self, request: Request, now: int) -> list[Request]:
        """Queue a request; what may be sent now comes back, perhaps including it."""
        if request.bot not in self._queues:
            self._queues[request.bot] = []
            self._turn.append(request.bot)
        self._queues[request.bot].append(request)
        return self.release(now)

    def release(self, now: int) -> list[Request]:
        """What may be sent at `now`, in the order to send it.

        Cancels and reductions go before everything else; opening orders take turns by bot.
        """
        self._now = max(self._now, now)
        sent = [each for each in self._urgent() if self._take(each)]
        for each in sent:
            self._queues[each.bot].remove(each)
        sent.extend(self._rounds())
        self._turn = [bot for bot in self._turn if self._queues[bot]]
        self._queues = {bot: self._queues[bot] for bot in self._turn}
        return sent

    def use(self, now: int) -> Use:
        """How much is used."""
        orders = 1 - self._orders_left(now) / (self._burst * MILLI)
        cancels = 1 - self._cancels_left(now) / (self._tier.cancels_burst * MILLI)
        return Use(orders, cancels, sum(map(len, self._queues.values())))

    def _urgent(self) -> list[Request]:
        """Cancels and reductions, in turns by bot and each bot's in its order."""
        return [
            each for bot in self._turn for each in self._queues[bot] if each.cancels or each.reduces
        ]

    def _rounds(self) -> list[Request]:
        """Opening orders: one request a bot and round, until the bucket says no."""
        sent: list[Request] = []
        bots = list(self._turn)
        while bots:
            bot = bots.pop(0)
            first = next(
                (each for each in self._queues[bot] if not (each.cancels or each.reduces)), None
            )
            if first is None:
                continue
            if not self._take(first):
                break  # it keeps its turn: who waits for much is not overtaken by who wants little
            self._queues[bot].remove(first)
            self._turn.remove(bot)
            self._turn.append(bot)
            bots.append(bot)
            sent.append(first)
        return sent

    def _take(self, request: Request) -> bool:
        cost = request.tokens * MILLI
        if request.cancels:
            left = self._cancels_left(self._now)
            enough = left >= cost or (self._tier.overdraw and left > 0)
            if enough:
                self._cancels = Bucket(left - cost, self._now)
            return enough
        left = self._orders_left(self._now)
        floor = 0 if request.reduces else self._kept
        if left - cost < floor and not self._too_big(cost, left, floor):
            return False
        self._orders = Bucket(left - cost, self._now)
        return True

    def _too_big(self, cost: int, left: int, floor: int) -> bool:
        """More than a full bucket ever holds: let through from a full one, so that it ends."""
        full = self._burst * MILLI
        return cost > full - floor and left >= full

    def _orders_left(self, now: int) -> int:
        return available(self._orders, now, self._per_s, self._burst)

    def _cancels_left(self, now: int) -> int:
        tier = self._tier
        return available(self._cancels, now, tier.cancels_per_s, tier.cancels_burst)
