"""Which Kelly multiplier a bot may use now: bot 9's advice as its consumers take it (D.9)."""

from decimal import Decimal

import msgspec

HOUR_MS = 3_600_000
ZERO = Decimal(0)
UNADVISED = Decimal("0.5")
"""Share of λ_max while there is no advice, or only an old one."""
MOST_UP = 2
"""Greatest factor by which advice may raise the multiplier within an hour; cuts apply at once."""


class Advised(msgspec.Struct, frozen=True):
    """The advice in force for one bot.

    Attributes:
        multiplier: λ; 0 forbids new directional orders.
        valid_until: ms.
        base: What was in force when the hour of `base_at` began; rises count from it.
        base_at: ms.
    """

    multiplier: Decimal
    valid_until: int
    base: Decimal
    base_at: int


def advise(
    known: Advised | None, wanted: Decimal, valid_until: int, most: Decimal, now: int
) -> Advised:
    """Take new advice.

    From 0, of which a multiple says nothing, a rise counts from a quarter of `most`.

    Args:
        known: The advice before it, or None.
        wanted: The λ that bot 9 published.
        valid_until: Until when, ms.
        most: λ_max of the bot.
        now: Time of the fold, ms.
    """
    before = in_force(known, most, now)
    if known is None or now - known.base_at >= HOUR_MS:
        base, base_at = before, now
    else:
        base, base_at = min(known.base, before), known.base_at
    ceiling = MOST_UP * (base if base > ZERO else most * UNADVISED / MOST_UP)
    return Advised(min(max(wanted, ZERO), most, ceiling), valid_until, base, base_at)


def in_force(known: Advised | None, most: Decimal, now: int) -> Decimal:
    """λ of a bot: its advice while that is valid, else half of `most`."""
    if known is None or now > known.valid_until:
        return most * UNADVISED
    return known.multiplier
