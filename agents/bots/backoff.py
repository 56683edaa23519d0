"""What a bot does after a refusal: try again at once, or wait (STRATEGIES.md D.0, C.1)."""

import msgspec

from agents.bots.lifecycle import may_retry, recent
from configs.rules import TradingRules
from schemas.reasons import DenialCode

SHORT_WAIT_MS = 1_000
SOON_OVER = (DenialCode.SELF_CROSS, DenialCode.REPLACE_FAILED)
"""A blocker is being cancelled, an order was filled meanwhile: they pass by themselves."""
PASSING = (*SOON_OVER, DenialCode.RATE_LIMIT, DenialCode.STALE_DATA)
"""Refusals that say nothing against the order itself."""
LONGEST_WAIT_MS = 60_000
LONGEST_STREAK = 16


class Backoff(msgspec.Struct, kw_only=True):
    """Refusals of one thing a bot wants to do.

    Attributes:
        until: Nothing is tried before this, ms.
        crossings: When it was refused with WOULD_CROSS lately, ms.
        streak: Waits in a row; each is twice as long as the one before, up to a minute.
        reason: The last refusal's code.
    """

    until: int = 0
    crossings: list[int] = msgspec.field(default_factory=list)
    streak: int = 0
    reason: str = ""

    def refuse(self, reason: str, now: int, rules: TradingRules, wait_ms: int) -> None:
        """Note a denial of the gate or a rejection of the venue.

        WOULD_CROSS is tried again from the fresh book at once, at most 3 times in 2 s; then the
        signal is dropped for `wait_ms`.

        Args:
            reason: The denial's code or the venue's reason.
            now: The fold's `now`, ms.
            rules: Tries and window.
            wait_ms: How long the first other refusal rests.
        """
        self.reason = reason
        if reason == DenialCode.WOULD_CROSS:
            self.crossings = recent([*self.crossings, now], now, rules.would_cross_window_s)
            if may_retry(self.crossings, now, rules):
                return
        if reason in SOON_OVER:
            self.until = now + SHORT_WAIT_MS
            return
        self.until = now + min(wait_ms << self.streak, LONGEST_WAIT_MS)
        self.streak = min(self.streak + 1, LONGEST_STREAK)

    def accept(self) -> None:
        """It was accepted: the next refusal is a first one."""
        self.streak = 0

    def is_waiting(self, now: int) -> bool:
        """Whether it is too early to try again."""
        return now < self.until
