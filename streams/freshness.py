"""Whether the view a bot decided on was fresh (STRATEGIES.md C.1, freshness, D-24).

The venue sends nothing while a book does not change, so the age of the last change says nothing. A
book is fresh when nothing contradicts it, its connection was heard, its last event came without
lag, and the decision on it is recent.
"""

import msgspec

from schemas.trading import Stamp
from schemas.values import Trust


class FreshnessLimits(msgspec.Struct, frozen=True):
    """Milliseconds.

    Attributes:
        max_age: Lag of the book's last event, and age of the decision.
        silence: Since the connection was heard.
    """

    max_age: int
    silence: int


class Staleness(msgspec.Struct, frozen=True):
    """Why a view is not fresh: the rule in a sentence, what was allowed and what was found."""

    rule: str
    limit: str
    value: str


def staleness(stamp: Stamp, now: int, limits: FreshnessLimits) -> Staleness | None:
    """The first reason why a stamp is not fresh, or None.

    Args:
        stamp: The view the bot decided on.
        now: Time of the gate's fold, ms.
        limits: Those of the market.
    """
    if not stamp.trust.may_open:
        return Staleness(
            "The book must be consistent since its last snapshot.",
            f"at least {Trust.CONSISTENT}",
            stamp.trust,
        )
    silent = stamp.decided_at - stamp.heard_at
    if silent > limits.silence:
        return _late("The book's connection must have been heard.", limits.silence, silent)
    if stamp.lag_ms > limits.max_age:
        return _late(
            "The book's last event must have come without lag.", limits.max_age, stamp.lag_ms
        )
    age = now - stamp.decided_at
    if age > limits.max_age:
        return _late("The decision must be recent.", limits.max_age, age)
    return None


def _late(rule: str, limit: int, value: int) -> Staleness:
    return Staleness(rule, f"{limit} ms", f"{value} ms")
