"""Token buckets over event time, for orders that must pass or not pass now (D-21, C.1 check 16).

Tokens are counted in thousandths, so that a refill of whole tokens a second is exact every
millisecond. Opening orders leave the reserve untouched; market makers share a part of the bucket.
"""

import msgspec

MILLI = 1000


class RateLimits(msgspec.Struct, frozen=True, kw_only=True):
    """The account's order bucket.

    Attributes:
        per_s: Tokens that come back a second.
        burst: Tokens of a full bucket.
        reserve: Tokens that only REDUCE orders may use.
        maker_per_s: The market makers' part of `per_s`.
        maker_burst: Their part of `burst`.
    """

    per_s: int
    burst: int
    reserve: int
    maker_per_s: int
    maker_burst: int


class Bucket(msgspec.Struct, frozen=True):
    """A bucket; `milli` thousandths of tokens at `at` ms. None is full."""

    milli: int | None = None
    at: int = 0


class Rates(msgspec.Struct, frozen=True):
    """The buckets of one signer: all orders, and those of market makers."""

    orders: Bucket = Bucket()
    makers: Bucket = Bucket()


def available(bucket: Bucket, now: int, per_s: int, burst: int) -> int:
    """Thousandths of tokens there are at `now`; time never runs back."""
    if bucket.milli is None:
        return burst * MILLI
    return min(bucket.milli + max(now - bucket.at, 0) * per_s, burst * MILLI)


def take(
    rates: Rates, limits: RateLimits, now: int, orders: int, *, reduces: bool, maker: bool
) -> tuple[Rates, bool]:
    """Take one token per order, all or none.

    Args:
        rates: The buckets; stay as they are.
        limits: Their sizes.
        now: Time of the fold, ms.
        orders: How many orders, a batch counts each.
        reduces: All of them are REDUCE, so that the reserve is open to them.
        maker: A market maker's opening orders, which also need its own bucket.

    Returns:
        The buckets after it, and whether the tokens were there.
    """
    cost = orders * MILLI
    left = available(rates.orders, now, limits.per_s, limits.burst) - cost
    if left < (0 if reduces else limits.reserve * MILLI):
        return rates, False
    makers = rates.makers
    if maker and not reduces:
        maker_left = available(makers, now, limits.maker_per_s, limits.maker_burst) - cost
        if maker_left < 0:
            return rates, False
        makers = Bucket(maker_left, max(now, makers.at))
    return Rates(Bucket(left, max(now, rates.orders.at)), makers), True
