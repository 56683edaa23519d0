"""Token buckets over event time, for orders that must pass or not pass now (D-21, C.1 check 16).

Tokens are counted in thousandths, so that a refill of whole tokens a second is exact every
millisecond. Opening orders leave the reserve untouched; market makers share a part of the bucket.
Once half of what is open to all is gone, no bot gets more than its part: an equal one of all that
asked lately, so that none starves another.
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
        ceiling_per_s: The mission's limit, whatever the venue's tier allows.
        ceiling_burst: The same of a burst.
    """

    per_s: int
    burst: int
    reserve: int
    maker_per_s: int
    maker_burst: int
    ceiling_per_s: int = 60
    ceiling_burst: int = 3500


class Bucket(msgspec.Struct, frozen=True):
    """A bucket; `milli` thousandths of tokens at `at` ms. None is full."""

    milli: int | None = None
    at: int = 0


class Rates(msgspec.Struct, frozen=True):
    """The buckets of one signer: all orders, and those of market makers.

    Attributes:
        used: By bot, tokens taken by opening orders lately; they fade at the bot's fair rate.
    """

    orders: Bucket = Bucket()
    makers: Bucket = Bucket()
    used: dict[str, Bucket] = {}


def available(bucket: Bucket, now: int, per_s: int, burst: int) -> int:
    """Thousandths of tokens there are at `now`; time never runs back."""
    if bucket.milli is None:
        return burst * MILLI
    return min(bucket.milli + max(now - bucket.at, 0) * per_s, burst * MILLI)


def told(rates: Rates, limits: RateLimits, now: int, left: int) -> Rates:
    """Take over what the venue says is left, thousandths, where it is less than we thought."""
    if left >= available(rates.orders, now, limits.per_s, limits.burst):
        return rates
    return msgspec.structs.replace(rates, orders=Bucket(left, now))


def used_share(rates: Rates, limits: RateLimits, now: int) -> float:
    """How much of the bucket is gone, 0 to 1; above 1 when the venue says it is overdrawn."""
    return 1 - available(rates.orders, now, limits.per_s, limits.burst) / (limits.burst * MILLI)


def take(
    rates: Rates,
    limits: RateLimits,
    now: int,
    orders: int,
    *,
    reduces: bool,
    maker: bool,
    bot: str = "",
) -> tuple[Rates, bool]:
    """Take one token per order, all or none.

    Args:
        rates: The buckets; stay as they are.
        limits: Their sizes.
        now: Time of the fold, ms.
        orders: How many orders, a batch counts each.
        reduces: All of them are REDUCE, so that the reserve is open to them.
        maker: A market maker's opening orders, which also need its own bucket.
        bot: Whose.

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
    used = rates.used
    if not reduces:
        used = _recent(rates, limits, now)
        mine = used.get(bot, Bucket(0)).milli or 0
        others = len(used.keys() - {bot}) + 1
        shared = (limits.burst - limits.reserve) * MILLI
        is_scarce = left - limits.reserve * MILLI < shared // 2
        if is_scarce and others > 1 and mine + cost > shared // others:
            return rates, False
        used[bot] = Bucket(mine + cost, now)
    return Rates(Bucket(left, max(now, rates.orders.at)), makers, used), True


def _recent(rates: Rates, limits: RateLimits, now: int) -> dict[str, Bucket]:
    """What each bot used lately, faded to `now`; who used nothing lately is left out."""
    bots = max(len(rates.used), 1)
    faded = {
        bot: (bucket.milli or 0) - max(now - bucket.at, 0) * limits.per_s // bots
        for bot, bucket in rates.used.items()
    }
    return {bot: Bucket(milli, now) for bot, milli in faded.items() if milli > 0}
