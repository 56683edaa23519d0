"""Which simulated market is open when: each slot of the world holds one market after another.

Like the fair value, the calendar is a function of seed and time. A world started again later finds
the same markets, with the same ids, unless they have ended meanwhile.
"""

from datetime import UTC, datetime
from random import Random
from typing import NamedTuple

from connectors.sandbox.fees import SCHEDULES
from connectors.sandbox.identity import bytes32, seed_number
from connectors.sandbox.latent import HOUR_MS, FairValue
from connectors.sandbox.market import MarketSpec, VenueEvent
from connectors.sandbox.questions import Slot
from schemas.errors import ConfigurationError
from schemas.values import MICRO

DAY_MS = 24 * HOUR_MS
MIN_SIZE = 5 * MICRO
"""Minimum order of the simulated markets, micro-shares."""


class Tenure(NamedTuple):
    """One market's time in its slot.

    Attributes:
        generation: Counts the markets of the slot.
        start_ms: Listing, ms UTC.
        end_ms: Planned end and resolution, ms UTC.
    """

    slot: Slot
    generation: int
    start_ms: int
    end_ms: int

    def spec(self, seed: int) -> MarketSpec:
        """The market's metadata, labelled as simulated."""
        key = (seed, self.slot.key, self.generation)
        date = datetime.fromtimestamp(self.end_ms / 1000, UTC).strftime("%B %-d, %Y")
        questions = self.slot.questions
        question = questions[self.generation % len(questions)].format(date=date)
        slug = f"{self.slot.key}-{self.generation}-{bytes32('world', *key)[2:8]}"
        return MarketSpec(
            condition_id=bytes32("world", *key),
            slug=slug,
            question=question,
            description=(
                "SIMULATED. This market exists only in the sandbox of PETS: its prices come from a "
                f"seeded random walk (seed {seed}) and its outcome is drawn, no real event decides "
                "it."
            ),
            outcomes=("Yes", "No"),
            category=self.slot.category,
            label="simulated",
            listed_ms=self.start_ms,
            end_ms=self.end_ms,
            event=VenueEvent(slug=slug, title=question),
            tick=self.slot.liveliness.tick,
            min_size=MIN_SIZE,
            fee=SCHEDULES[self.slot.category],
        )

    def fair_value(self, seed: int) -> FairValue:
        """The market's latent value."""
        return FairValue(
            seed_number("fair value", seed, self.slot.key, self.generation),
            self.start_ms,
            (self.end_ms - self.start_ms) // HOUR_MS,
            self.slot.spread,
            jumps_per_day=0.5,
        )


def tenure_at(seed: int, slot: Slot, at_ms: int) -> Tenure:
    """The market that is open in a slot at a time.

    Raises:
        ConfigurationError: The time lies before 1970.
    """
    if at_ms < 0:
        raise ConfigurationError(
            f"The simulated world needs a time after 1970, received {at_ms} ms. "
            "Set PETS_ANCHOR_EVENT_MS to milliseconds UTC."
        )
    rng = Random(seed_number("tenures", seed, slot.key))
    end = -rng.randrange(slot.days[1] * 24) * HOUR_MS
    generation = -1
    start = end
    while end <= at_ms:
        start, generation = end, generation + 1
        end = start + rng.randint(*slot.days) * DAY_MS
    return Tenure(slot, generation, start, end)
