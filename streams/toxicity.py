"""How one-sided the takers are: true-side imbalance over volume buckets (STRATEGIES.md D.5).

Volumes are whole units of the caller's choice, micro-dollars as a rule, and the side is the
aggressor's as the venue reports it, in YES space. Prints that the venue reports on both tokens must
be de-duplicated before.
"""

from functools import cached_property

import msgspec

from schemas.values import Action, Side

UNKNOWN = 0.7
"""What counts when nothing is known: no prints, or no volume yet."""
BUCKETS = 20
"""Full buckets that are remembered."""
BUCKETS_PER_DAY = 50
"""A bucket is this part of the volume of 24 hours."""


class ToxicityState(msgspec.Struct, frozen=True, dict=True):
    """Volume by taker side.

    Attributes:
        full: (bought, sold) of the last full buckets, oldest first.
        bought: In the bucket that is being filled.
        sold: In the bucket that is being filled.
    """

    full: tuple[tuple[int, int], ...] = ()
    bought: int = 0
    sold: int = 0

    @cached_property
    def sides(self) -> tuple[int, int]:
        """Volume bought and sold over the last full buckets and the current one."""
        bought = sum(b for b, _ in self.full) + self.bought
        return bought, sum(s for _, s in self.full) + self.sold


def is_yes_buy(side: Side, action: Action) -> bool:
    """Whether a taker's trade pushes YES up: BUY YES or SELL NO."""
    return (side is Side.YES) == (action is Action.BUY)


def add_print(state: ToxicityState, volume: int, bucket: int, *, buy: bool) -> ToxicityState:
    """Add one print; what does not fit into the current bucket starts the next ones.

    Args:
        state: The state before.
        volume: Units traded.
        bucket: Units in a bucket as of now; not above 0 leaves the state as it is.
        buy: The taker bought in YES space.
    """
    if bucket <= 0 or volume <= 0:
        return state
    full, bought, sold = list(state.full), state.bought, state.sold
    left = volume
    while left > 0:
        take = min(left, max(bucket - bought - sold, 0))
        bought, sold = (bought + take, sold) if buy else (bought, sold + take)
        left -= take
        if bought + sold >= bucket:
            full.append((bought, sold))
            bought = sold = 0
            left = min(left, BUCKETS * bucket + left % bucket)
    return ToxicityState(tuple(full[-BUCKETS:]), bought, sold)


def imbalance(state: ToxicityState) -> float | None:
    """`|B − S| / (B + S)` over the last full buckets and the current one; None without prints."""
    bought, sold = state.sides
    return abs(bought - sold) / (bought + sold) if bought + sold else None


def toxicity(state: ToxicityState) -> float:
    """The imbalance, 0.7 while it is unknown."""
    known = imbalance(state)
    return UNKNOWN if known is None else known
