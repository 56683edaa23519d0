"""Simulated 15-minute windows: will the coin be higher at the end than at the beginning?

Both ends are the mean of the last 60 seconds, as real windows settle since 2026-08. The fair value
is that of a digital option on the mean, so the book moves with the price that the live-data socket
tells.
"""

import math
from datetime import UTC, datetime
from typing import NamedTuple

from connectors.sandbox.coin import DEVIATION, TWAP_S, Coin, coin_of
from connectors.sandbox.fees import SCHEDULES
from connectors.sandbox.identity import bytes32
from connectors.sandbox.latent import DECIDED, Jump, logistic
from connectors.sandbox.market import MarketSpec, VenueEvent
from connectors.sandbox.paths import Fair
from connectors.sandbox.questions import WINDOW, Liveliness
from connectors.sandbox.tenure import MIN_SIZE
from schemas.values import PIPS

WINDOW_MS = 900_000
SERIES = "sim-up-or-down-15m"
SOURCE = "https://sandbox.invalid/streams/sim-usd"
"""Where its markets say they are settled; the path names the symbol as real ones do."""


class Digital:
    """The value of one window.

    Args:
        coin: What it is about.
        start_ms: Start of the window, ms UTC.
        end_ms: Its end.

    Attributes:
        decided_ms: The end.
        payout: What an Up token will pay, pips.
    """

    def __init__(self, coin: Coin, start_ms: int, end_ms: int) -> None:
        self.decided_ms = end_ms
        self._coin = coin
        self._strike = coin.twap(start_ms)
        self.payout = PIPS * (coin.twap(end_ms) >= self._strike)

    def logit(self, at_ms: int) -> float:
        """What the price and the time left make of it."""
        if at_ms >= self.decided_ms:
            return DECIDED if self.payout else -DECIDED
        left_s = (self.decided_ms - at_ms) / 1000
        mean, variance = self._settlement(at_ms, left_s)
        z = math.log(mean / float(self._strike)) / (DEVIATION * math.sqrt(variance))
        chance = 0.5 * math.erfc(-z / math.sqrt(2))
        edge = logistic(-DECIDED)
        chance = min(max(chance, edge), 1 - edge)
        return math.log(chance / (1 - chance))

    def price(self, at_ms: int) -> float:
        """The fair price of Up in dollars."""
        return logistic(self.logit(at_ms))

    def jumps(self, from_ms: int, to_ms: int) -> list[Jump]:
        """None: the price tells, no news does."""
        return []

    def _settlement(self, at_ms: int, left_s: float) -> tuple[float, float]:
        """Expected settlement price, and its variance in seconds of the coin's own."""
        spot = float(self._coin.price(at_ms))
        if left_s >= TWAP_S:
            return spot, left_s - TWAP_S + TWAP_S / 3
        known = TWAP_S - math.ceil(left_s)
        told = float(self._coin.twap(at_ms, known)) * known if known else 0.0
        return (told + spot * (TWAP_S - known)) / TWAP_S, left_s**3 / (3 * TWAP_S**2)


class Round(NamedTuple):
    """One window's time in the seat."""

    start_ms: int

    @property
    def end_ms(self) -> int:
        """Planned end and resolution, ms UTC."""
        return self.start_ms + WINDOW_MS

    @property
    def lively(self) -> Liveliness:
        """How it trades."""
        return WINDOW

    def spec(self, seed: int) -> MarketSpec:
        """The market's metadata, labelled as simulated."""
        title = f"Simcoin Up or Down - {_span(self.start_ms, self.end_ms)}"
        slug = f"sim-updown-15m-{self.start_ms // 1000}"
        return MarketSpec(
            condition_id=bytes32("window", seed, self.start_ms),
            slug=slug,
            question=title,
            description=(
                "SIMULATED. This market exists only in the sandbox of PETS and is about a coin "
                f"whose price is a seeded random walk (seed {seed}): it resolves to Up if the mean "
                "price of the last 60 seconds of the window is not below that of the 60 seconds "
                "before it."
            ),
            outcomes=("Up", "Down"),
            category="crypto",
            label="simulated",
            listed_ms=self.start_ms,
            end_ms=self.end_ms,
            event=VenueEvent(
                slug=slug, title=title, series_slug=SERIES, series_title="Simcoin Up or Down 15m"
            ),
            tick=WINDOW.tick,
            min_size=MIN_SIZE,
            fee=SCHEDULES["crypto"],
            window_start_ms=self.start_ms,
            automatically_resolved=True,
            resolution_source=SOURCE,
        )

    def fair_value(self, seed: int) -> Fair:
        """The market's latent value."""
        return Digital(coin_of(seed), self.start_ms, self.end_ms)

    def headlines(self) -> tuple[str, str] | None:
        """No news."""
        return None


class WindowSeat(NamedTuple):
    """The place that always holds the current window."""

    key: str = "window"

    def tenancy(self, seed: int, at_ms: int) -> Round:
        """The window that is open at a time."""
        return Round(at_ms // WINDOW_MS * WINDOW_MS)


def _span(start_ms: int, end_ms: int) -> str:
    start, end = (datetime.fromtimestamp(at / 1000, UTC) for at in (start_ms, end_ms))
    return f"{start:%B %-d, %-H:%M}-{end:%-H:%M} UTC"
