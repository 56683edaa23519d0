"""Taker fees of the venue (PROTOCOL.md 4.1), in whole money units."""

from dataclasses import dataclass
from decimal import Decimal

from connectors.sandbox.units import DOLLAR
from schemas.values import PIPS

_STEP = DOLLAR // 100_000
"""Fees are charged in steps of 0.00001 dollars."""


@dataclass(frozen=True, slots=True)
class FeeRate:
    """A market's fee schedule.

    Attributes:
        rate: `rate` of shares × rate × p × (1 − p), in pips of one (0.04 is 400).
        rebate: Makers' share of the fees, in pips of one.
    """

    rate: int
    rebate: int

    @property
    def rate_decimal(self) -> Decimal:
        """The rate as Gamma shows it."""
        return Decimal(self.rate) / PIPS

    @property
    def rebate_decimal(self) -> Decimal:
        """The rebate share as Gamma shows it."""
        return Decimal(self.rebate) / PIPS

    def taker_fee(self, size: int, pips: int) -> int:
        """The fee of one fill, rounded half up to 0.00001 dollars; nothing below that.

        Args:
            size: Micro-shares.
            pips: Price; either token's, the formula is symmetric.
        """
        exact = size * self.rate * pips * (PIPS - pips)
        step = _STEP * PIPS * PIPS
        return 0 if exact < step else (2 * exact + step) // (2 * step) * _STEP


SCHEDULES: dict[str, FeeRate] = {
    "crypto": FeeRate(700, 2000),
    "sports": FeeRate(500, 1500),
    "finance": FeeRate(400, 2500),
    "politics": FeeRate(400, 2500),
    "mentions": FeeRate(400, 2500),
    "tech": FeeRate(400, 2500),
    "economics": FeeRate(500, 2500),
    "culture": FeeRate(500, 2500),
    "weather": FeeRate(500, 2500),
    "other": FeeRate(500, 2500),
    "geopolitics": FeeRate(0, 0),
}
"""The venue's schedule of 2026-09-30 by category, preset `v2` of STRATEGIES.md A.5."""
