"""Which simulated market is open when: each place of the world holds one market after another.

Like the fair value, the calendar is a function of seed and time. A world started again later finds
the same markets, with the same ids, unless they have ended meanwhile.
"""

from datetime import UTC, datetime
from functools import lru_cache
from random import Random
from typing import NamedTuple, Protocol, TypeVar

from connectors.sandbox.catalogue import Ballot
from connectors.sandbox.fees import SCHEDULES
from connectors.sandbox.identity import bytes32, seed_number, structured_condition
from connectors.sandbox.latent import HOUR_MS, FairValue
from connectors.sandbox.market import PROTOCOL_V2, MarketSpec, Reward, VenueEvent
from connectors.sandbox.paths import Contender, Contest, Driven, Fair, Moody, factor
from connectors.sandbox.questions import Liveliness, Slot
from schemas.errors import ConfigurationError
from schemas.values import MICRO

DAY_MS = 24 * HOUR_MS
MIN_SIZE = 5 * MICRO
"""Minimum order of the simulated markets, micro-shares."""
BINARY_MODULE = 1
T = TypeVar("T")
REWARD_MIN_SHARES, REWARD_SPREAD_PIPS = 50, 350


class Tenancy(Protocol):
    """One market's time in its place."""

    @property
    def start_ms(self) -> int:
        """Listing, ms UTC."""
        ...

    @property
    def end_ms(self) -> int:
        """Planned end and resolution, ms UTC."""
        ...

    @property
    def lively(self) -> Liveliness:
        """How it trades."""
        ...

    def spec(self, seed: int) -> MarketSpec:
        """The market's metadata, labelled as simulated."""
        ...

    def fair_value(self, seed: int) -> Fair:
        """The market's latent value."""
        ...

    def headlines(self) -> tuple[str, str] | None:
        """What news says of a move up, and of one down; None where there is no news of it."""
        ...


class Seat(Protocol):
    """A place of the world."""

    @property
    def key(self) -> str:
        """Its name."""
        ...

    def tenancy(self, seed: int, at_ms: int) -> Tenancy:
        """The market that is open there at a time."""
        ...


class Tenure(NamedTuple):
    """One market's time in a slot.

    Attributes:
        generation: Counts the markets of the slot.
        start_ms: Listing, ms UTC.
        end_ms: Planned end and resolution, ms UTC.
    """

    slot: Slot
    generation: int
    start_ms: int
    end_ms: int

    @property
    def lively(self) -> Liveliness:
        """How it trades."""
        return self.slot.liveliness

    def spec(self, seed: int) -> MarketSpec:
        """The market's metadata, labelled as simulated."""
        slot, key = self.slot, (seed, self.slot.key, self.generation)
        question = _turn(slot.questions, self.generation).format(date=date_text(self.end_ms))
        slug = f"{slot.key}-{self.generation}-{bytes32('world', *key)[2:8]}"
        second = slot.version == PROTOCOL_V2
        condition = structured_condition(BINARY_MODULE, *key) if second else bytes32("world", *key)
        return MarketSpec(
            condition_id=condition,
            slug=slug,
            question=question,
            description=description(seed),
            outcomes=("Yes", "No"),
            category=slot.category,
            label="simulated",
            listed_ms=self.start_ms,
            end_ms=self.end_ms,
            event=VenueEvent(slug=slug, title=question),
            tick=slot.liveliness.tick,
            min_size=MIN_SIZE,
            fee=SCHEDULES[slot.category],
            subjects=slot.subjects,
            reward=_reward(slot.reward),
            version=slot.version,
        )

    def fair_value(self, seed: int) -> Fair:
        """The market's latent value."""
        slot, own = self.slot, self.own_value(seed)
        if slot.mood:
            number = seed_number("moods", seed, slot.key, self.generation)
            return Moody(own, number, slot.mood, self.start_ms)
        if slot.factor:
            shared = factor(seed, slot.factor, self.start_ms)
            return Driven(own, shared, slot.loading, self.start_ms)
        return own

    def own_value(self, seed: int) -> FairValue:
        """The value without moods and shared factors; it decides the outcome."""
        return FairValue(
            seed_number("fair value", seed, self.slot.key, self.generation),
            self.start_ms,
            (self.end_ms - self.start_ms) // HOUR_MS,
            self.slot.spread,
            self.slot.jumps_per_day,
            self.slot.level,
            self.slot.halves,
        )

    def headlines(self) -> tuple[str, str] | None:
        """What news says of a move up, and of one down."""
        return _turn(self.slot.headlines, self.generation) if self.slot.headlines else None


class SlotSeat(NamedTuple):
    """A place of single questions."""

    slot: Slot

    @property
    def key(self) -> str:
        """Its name."""
        return self.slot.key

    def tenancy(self, seed: int, at_ms: int) -> Tenure:
        """The market that is open there at a time."""
        return tenure_at(seed, self.slot, at_ms)


class Candidacy(NamedTuple):
    """One outcome's market while an event lasts.

    Attributes:
        place: Which outcome.
    """

    ballot: Ballot
    place: int
    generation: int
    start_ms: int
    end_ms: int

    @property
    def lively(self) -> Liveliness:
        """How it trades."""
        return self.ballot.liveliness

    def spec(self, seed: int) -> MarketSpec:
        """The market's metadata; the event is neg-risk and complete."""
        ballot, date = self.ballot, date_text(self.end_ms)
        outcome = ballot.outcomes[self.place]
        slug = f"{ballot.key}-{self.generation}"
        return MarketSpec(
            condition_id=bytes32("world", seed, slug, self.place),
            slug=f"{slug}-{outcome.lower()}",
            question=ballot.question.format(outcome=outcome, date=date),
            description=description(seed),
            outcomes=("Yes", "No"),
            category=ballot.category,
            label="simulated",
            listed_ms=self.start_ms,
            end_ms=self.end_ms,
            event=VenueEvent(slug=slug, title=ballot.title.format(date=date), neg_risk=True),
            tick=ballot.liveliness.tick,
            min_size=MIN_SIZE,
            fee=SCHEDULES[ballot.category],
            outcome_title=outcome,
        )

    def fair_value(self, seed: int) -> Fair:
        """The latent value of this outcome."""
        return Contender(contest_of(seed, self._replace(place=0)), self.place)

    def headlines(self) -> tuple[str, str] | None:
        """What news says of a move up, and of one down."""
        name, subject = self.ballot.outcomes[self.place], self.ballot.title.split(" after")[0]
        place = subject.removeprefix("Who will lead ")
        return f"{name} wins support to lead {place}", f"{name} loses support to lead {place}"


class BallotSeat(NamedTuple):
    """One outcome's place in an event."""

    ballot: Ballot
    place: int

    @property
    def key(self) -> str:
        """Its name."""
        return f"{self.ballot.key}.{self.place}"

    def tenancy(self, seed: int, at_ms: int) -> Candidacy:
        """The market that is open there at a time."""
        generation, start_ms, end_ms = turn_at(seed, self.ballot.key, self.ballot.days, at_ms)
        return Candidacy(self.ballot, self.place, generation, start_ms, end_ms)


@lru_cache(maxsize=64)
def contest_of(seed: int, candidacy: Candidacy) -> Contest:
    """The contest that all outcomes of an event share."""
    number = seed_number("contest", seed, candidacy.ballot.key, candidacy.generation)
    rng = Random(number)
    strengths = tuple(rng.uniform(-0.5, 0.7) for _ in candidacy.ballot.outcomes)
    hours = (candidacy.end_ms - candidacy.start_ms) // HOUR_MS
    return Contest(number, candidacy.start_ms, hours, strengths, candidacy.ballot.spread)


def tenure_at(seed: int, slot: Slot, at_ms: int) -> Tenure:
    """The market that is open in a slot at a time.

    Raises:
        ConfigurationError: The time lies before 1970.
    """
    return Tenure(slot, *turn_at(seed, slot.key, slot.days, at_ms))


def turn_at(seed: int, key: str, days: tuple[int, int], at_ms: int) -> tuple[int, int, int]:
    """Which turn of a place a time lies in: its number, start and end.

    Raises:
        ConfigurationError: The time lies before 1970.
    """
    if at_ms < 0:
        raise ConfigurationError(
            f"The simulated world needs a time after 1970, received {at_ms} ms. "
            "Set PETS_ANCHOR_EVENT_MS to milliseconds UTC."
        )
    rng = Random(seed_number("tenures", seed, key))
    end = -rng.randrange(days[1] * 24) * HOUR_MS
    generation = -1
    start = end
    while end <= at_ms:
        start, generation = end, generation + 1
        end = start + rng.randint(*days) * DAY_MS
    return generation, start, end


def date_text(at_ms: int) -> str:
    """A date as questions name it."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%B %-d, %Y")


def description(seed: int) -> str:
    """What every simulated market says about itself."""
    return (
        "SIMULATED. This market exists only in the sandbox of PETS: its prices come from a "
        f"seeded random walk (seed {seed}) and its outcome is drawn, no real event decides it."
    )


def _turn(rows: tuple[T, ...], generation: int) -> T:
    return rows[generation % len(rows)]


def _reward(daily: int) -> Reward | None:
    if not daily:
        return None
    return Reward(min_size=REWARD_MIN_SHARES, max_spread=REWARD_SPREAD_PIPS, daily=daily)
