"""How much of the capital is in the hot wallet, and what to do about it (MISSION.md, Wallet). Pure.

No key of the cold wallet is on this machine, so money comes out of it by a person's hand only: the
policy asks for it and says how much. The other way it needs the hot key alone.
"""

from decimal import ROUND_DOWN, Decimal
from typing import NamedTuple

import msgspec

CENT = Decimal("0.01")
DAY_MS = 86_400_000


class TreasuryRules(NamedTuple):
    """Limits.

    Attributes:
        least_share: Of all capital in the hot wallet; below it money is asked for.
        low_share: The lower end of the usual range.
        high_share: The upper end; above it the rest is offered to the cold wallet.
        warning: Dollars in the hot wallet.
        critical: Dollars in the hot wallet.
        hysteresis: A level is left only so much above it, as a share of it.
        rotation_days: Age at which the hot key is to be changed.
    """

    least_share: Decimal = Decimal("0.05")
    low_share: Decimal = Decimal("0.10")
    high_share: Decimal = Decimal("0.20")
    warning: Decimal = Decimal(2_500)
    critical: Decimal = Decimal(1_000)
    hysteresis: Decimal = Decimal("0.05")
    rotation_days: int = 90


class Level(NamedTuple):
    """A balance threshold that was passed.

    Attributes:
        name: "critical", "warning", or "" for enough.
        threshold: Dollars; 0 for enough.
    """

    name: str
    threshold: Decimal


class Advice(NamedTuple):
    """What to do with the hot wallet.

    Attributes:
        share: Its part of all capital; None without capital.
        top_up: Dollars to ask the cold wallet for.
        sweep: Dollars to offer the cold wallet.
    """

    share: Decimal | None
    top_up: Decimal
    sweep: Decimal


class TreasuryState(msgspec.Struct):
    """What was said already.

    Attributes:
        level: The balance level said last.
        reminded_at: When the rotation was last reminded of, ms.
    """

    level: str = ""
    reminded_at: int = 0


def advise(hot: Decimal, cold: Decimal, working: Decimal, rules: TreasuryRules) -> Advice:
    """Compare the hot wallet with all capital.

    Args:
        hot: Free dollars in the hot wallet.
        cold: Dollars in the cold wallet.
        working: Dollars in positions; capital too, though in neither wallet's cash.
        rules: Limits.

    Returns:
        Amounts that bring it to the middle of its usual range; never more than the cold wallet
        has, in whole cents.
    """
    capital = hot + cold + working
    if capital <= 0:
        return Advice(None, Decimal(0), Decimal(0))
    share = hot / capital
    middle = capital * (rules.low_share + rules.high_share) / 2
    if share < rules.least_share:
        return Advice(share, _cents(min(middle - hot, cold)), Decimal(0))
    if share > rules.high_share:
        return Advice(share, Decimal(0), _cents(hot - middle))
    return Advice(share, Decimal(0), Decimal(0))


def level_of(hot: Decimal, before: str, rules: TreasuryRules) -> Level:
    """The balance level, with room above each threshold so that it does not flutter.

    Args:
        hot: Dollars in the hot wallet.
        before: The level said last.
        rules: Limits.
    """
    for name, threshold in (("critical", rules.critical), ("warning", rules.warning)):
        held = before == "critical" or before == name
        limit = threshold * (1 + rules.hysteresis) if held else threshold
        if hot < limit:
            return Level(name, threshold)
    return Level("", Decimal(0))


def reminds(keyed_at: int, reminded_at: int, now: int, rules: TreasuryRules) -> bool:
    """Whether to remind of changing the hot key: once a day from its ninetieth day on.

    Args:
        keyed_at: When it was made, ms; 0 when unknown.
        reminded_at: When it was last said, ms; 0 for never.
        now: ms.
        rules: Limits.
    """
    old = keyed_at > 0 and now - keyed_at >= rules.rotation_days * DAY_MS
    return old and (reminded_at == 0 or now - reminded_at >= DAY_MS)


def _cents(dollars: Decimal) -> Decimal:
    return max(Decimal(0), dollars).quantize(CENT, ROUND_DOWN)
