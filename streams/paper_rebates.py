"""The maker rebates a venue owes, gathered by UTC day (STRATEGIES.md A.5).

They are estimates: a fill earns its market's share of the fee that a taker paid for it. They are
paid at the next 00:00 UTC, never at the fill, and an account whose day makes less than a dollar is
paid nothing.
"""

from decimal import Decimal

import msgspec

from schemas.ids import BotId, MarketId, VenueEventId
from schemas.market import Market
from schemas.trading import Fill
from streams.fees import expected_rebate, payable_rebate, schedule_of

DAY_MS = 86_400_000
CENT_OF_A_CENT = Decimal("0.000001")
"""What is paid is rounded to the collateral's six decimals."""


class Earned(msgspec.Struct, kw_only=True):
    """What one bot's fills of one day in one market have earned; `amount` in dollars, exact."""

    bot_id: BotId
    market_id: MarketId
    venue_event_id: VenueEventId
    amount: Decimal = Decimal(0)


class Rebates(msgspec.Struct, kw_only=True):
    """What is owed for the running day.

    Attributes:
        day: The running UTC day's midnight, ms; 0 before the first fill.
        earned: By bot and market, in the order of their first fills.
        unpaid: Dollars of days that made too little, in all.
    """

    day: int = 0
    earned: dict[str, Earned] = msgspec.field(default_factory=dict)
    unpaid: Decimal = Decimal(0)

    @property
    def due_at(self) -> int:
        """When the running day is paid, ms of the venue."""
        return self.day + DAY_MS


def midnight(at: int) -> int:
    """The UTC midnight at or before a time, ms."""
    return at - at % DAY_MS


def earn(rebates: Rebates, fill: Fill, market: Market) -> None:
    """Count a maker's fill; the market's own schedule and share rule where it carries them."""
    amount = expected_rebate(fill.size, fill.price, schedule_of(market), market.category)
    if not amount:
        return
    key = f"{fill.bot_id}/{fill.market_id}"
    known = rebates.earned.get(key)
    if known is None:
        known = rebates.earned[key] = Earned(
            bot_id=fill.bot_id, market_id=fill.market_id, venue_event_id=fill.venue_event_id
        )
    known.amount += amount


def settle(rebates: Rebates) -> list[tuple[Earned, Decimal]]:
    """The day is over: what is paid to whom; a day of less than a dollar is dropped whole.

    Returns:
        Each entry with the dollars paid for it, to six decimals.
    """
    entries, total = list(rebates.earned.values()), Decimal(0)
    for entry in entries:
        total += entry.amount
    rebates.earned = {}
    if not payable_rebate(total):
        rebates.unpaid += total
        return []
    paid = [(entry, entry.amount.quantize(CENT_OF_A_CENT)) for entry in entries]
    return [(entry, amount) for entry, amount in paid if amount]
