"""Which profile a market takes, and which markets no bot may open in (STRATEGIES.md D-28, J)."""

from typing import NamedTuple

from configs.profiles import Profile, Profiles
from schemas.market import Market
from schemas.values import Money

SHORT_LIFE_MS = 3_600_000
"""A windowed market shorter than this is traded under a profile or not at all."""


class Choice(NamedTuple):
    """The market's profile.

    Attributes:
        name: Empty under the standard numbers.
        closed: Why no bot may open here, a stable word; empty when it may.
    """

    name: str = ""
    profile: Profile | None = None
    closed: str = ""


def choose(market: Market, profiles: Profiles, money: Money) -> Choice:
    """Choose by the window's length, how the market resolves, and whose money it is.

    Args:
        market: Its window, end and resolution decide.
        profiles: Those that exist.
        money: A profile may be for paper only.
    """
    if market.window_start_at is None or market.resolves_at is None:
        return Choice()
    life_ms = market.resolves_at - market.window_start_at
    for name, profile in profiles.named():
        low_s, high_s = profile.match.window_s
        if profile.match.auto_resolved != market.auto_resolved:
            continue
        if low_s * 1000 <= life_ms <= high_s * 1000:
            if profile.paper_only and money.is_real:
                return Choice(closed="profile-is-paper-only")
            return Choice(name, profile)
    return Choice(closed="window-too-short") if life_ms < SHORT_LIFE_MS else Choice()
