"""Taker fees and maker rebates (STRATEGIES.md A.5). Makers pay nothing.

A schedule is data that a market carries; the tables here stand in where it carries none.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType

from schemas.market import FeeSchedule, Market

MAKER_FEE = Decimal(0)
"""What a resting order pays."""
SMALLEST_FEE = Decimal("0.00001")
"""Dollars; a smaller raw fee is not charged, larger ones are rounded half up to this."""
SMALLEST_PAYOUT = Decimal(1)
"""Dollars of rebates a day below which the venue pays nothing to an account."""


def _v2(rate: str) -> FeeSchedule:
    return FeeSchedule(rate=Decimal(rate))


V2: Mapping[str, FeeSchedule] = MappingProxyType(
    {
        "crypto": _v2("0.07"),
        "sports": _v2("0.05"),
        "finance": _v2("0.04"),
        "politics": _v2("0.04"),
        "tech": _v2("0.04"),
        "mentions": _v2("0.04"),
        "economics": _v2("0.05"),
        "culture": _v2("0.05"),
        "weather": _v2("0.05"),
        "other": _v2("0.05"),
        "geopolitics": _v2("0"),
    }
)
"""The venue's table of 2026-09-30 by category."""
V1_CRYPTO = FeeSchedule(rate=Decimal("0.25"), alpha=1, beta=2)
"""Superseded; for old recordings."""
V1_SPORTS = FeeSchedule(rate=Decimal("0.0175"), alpha=1, beta=1)
"""Superseded; for old recordings."""
MISSION = FeeSchedule(rate=Decimal("0.126"), alpha=1, beta=1)
"""0 at the ends, 3.15 % of notional at 0.50 (D-3); where a market carries no schedule."""

REBATE_SHARES: Mapping[str, Decimal] = MappingProxyType(
    {
        "crypto": Decimal("0.20"),
        "sports": Decimal("0.15"),
        "geopolitics": Decimal(0),
        "": Decimal("0.15"),
    }
)
"""Share of the taker fee paid to makers, by category; empty when the category is unknown (D-20)."""
OTHER_REBATE_SHARE = Decimal("0.25")
"""The share of every category not listed."""


def schedule_of(market: Market) -> FeeSchedule:
    """The market's own schedule, else the mission's; a caller counts `market.fee is None`."""
    return MISSION if market.fee is None else market.fee


def taker_fee(shares: Decimal, price: Decimal, schedule: FeeSchedule) -> Decimal:
    """Dollars a taker pays for trading `shares` at `price`."""
    raw = shares * _per_share(price, schedule)
    if raw < SMALLEST_FEE:
        return Decimal(0)
    return raw.quantize(SMALLEST_FEE, ROUND_HALF_UP)


def effective_rate(price: Decimal, schedule: FeeSchedule) -> Decimal:
    """The fee as a share of the notional, before rounding."""
    return _per_share(price, schedule) / price


def rebate_share(schedule: FeeSchedule, category: str) -> Decimal:
    """The share of the taker fee that goes to the maker: the market's, else its category's."""
    if schedule.rebate_share is not None:
        return schedule.rebate_share
    return REBATE_SHARES.get(category, OTHER_REBATE_SHARE)


def expected_rebate(
    shares: Decimal, price: Decimal, schedule: FeeSchedule, category: str
) -> Decimal:
    """Dollars a maker's fill is expected to earn; booked at the next 00:00 UTC, not at the fill."""
    return rebate_share(schedule, category) * taker_fee(shares, price, schedule)


def payable_rebate(day_total: Decimal) -> Decimal:
    """What the venue pays of an account's rebates of one day; totals under a dollar are dropped."""
    return day_total if day_total >= SMALLEST_PAYOUT else Decimal(0)


def _per_share(price: Decimal, schedule: FeeSchedule) -> Decimal:
    uncertainty = price * (1 - price)
    return schedule.rate * price**schedule.alpha * uncertainty**schedule.beta
