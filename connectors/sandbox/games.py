"""Matches: teams with ratings, a game that unfolds, and the fair price that follows from it.

A match is a function of seed and number. Its clock runs at the venue's; every frame holds for
`FRAME_MS`. The price before the match is the ratings' (Elo), during it the logit moves with kills
and towers, rounds or points as in STRATEGIES.md D.2, and at the end the leader has won.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import NamedTuple

from connectors.sandbox.identity import seed_number, small_number
from connectors.sandbox.latent import DECIDED, Jump, logistic
from schemas.values import PIPS

MINUTE_MS = 60_000
CYCLE_MS = 180 * MINUTE_MS
"""From the listing of one match of a place to that of the next."""
BEFORE_MS = 120 * MINUTE_MS
"""From the listing to the scheduled start."""
FRAME_MS = 20_000
RESOLVES_AFTER_MS = 4 * MINUTE_MS
TEAMS = (
    "Amber Foxes", "Blue Herons", "Copper Wolves", "Dusk Ravens", "Ember Lynx", "Frost Bears",
    "Grey Otters", "Harbor Kings", "Iron Owls", "Jade Tigers", "Keen Falcons", "Lunar Hares",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Discipline:
    """What is played.

    Attributes:
        game: Its short name: `lol`, `dota2`, `cs2`, or a sport's.
        esport: Whether it is one.
        league: Abbreviation of the league.
        minutes: Shortest and longest match.
        pace: Scores (kills, rounds, points) of both sides a minute.
        kill: Logit units of one score's lead.
        tower: Logit units of one tower's lead; 0 where there are none.
    """

    game: str
    esport: bool
    league: str
    minutes: tuple[int, int]
    pace: float
    kill: float
    tower: float


DISCIPLINES = (
    Discipline("lol", True, "lck", (26, 42), 0.9, 0.08, 0.30),
    Discipline("cs2", True, "esl", (28, 44), 0.6, 0.22, 0.0),
    Discipline("dota2", True, "dpc", (28, 46), 1.2, 0.06, 0.30),
    Discipline("basketball", False, "nba", (40, 48), 4.2, 0.09, 0.0),
)
PLACES = 16
"""Matches listed at any time."""


class State(NamedTuple):
    """A match at a moment; pairs are (first side, second side).

    Attributes:
        clock_s: Seconds of game time.
        scores: Kills, rounds won or points.
        towers: Towers destroyed.
        gold: Gold, or money.
    """

    clock_s: int
    scores: tuple[int, int]
    towers: tuple[int, int]
    gold: tuple[int, int]


class Match:
    """One match.

    Args:
        seed: Of the world.
        place: Which place of the calendar.
        number: Counts the matches of the place.

    Attributes:
        match_id: As the score feed numbers it.
        sides: The teams.
        ratings: Their Elo ratings.
        listed_ms: When its market opens, ms UTC.
        start_ms: Scheduled and real start.
        finish_ms: End of the game.
        first_wins: The result.
        frames: States, one each `FRAME_MS` from the start.
    """

    def __init__(self, seed: int, place: int, number: int) -> None:
        rng = Random(seed_number("match", seed, place, number))
        self.discipline = DISCIPLINES[place % len(DISCIPLINES)]
        self.match_id = int(small_number("match", seed, place, number))
        first, second = rng.sample(range(len(TEAMS)), 2)
        self.sides = TEAMS[first], TEAMS[second]
        self.ratings = rating(seed, place, first), rating(seed, place, second)
        offset_ms = place * CYCLE_MS // PLACES
        self.listed_ms = number * CYCLE_MS + offset_ms
        self.start_ms = self.listed_ms + BEFORE_MS
        minutes = rng.randint(*self.discipline.minutes)
        self.finish_ms = self.start_ms + minutes * MINUTE_MS
        self.frames, self._logits = self._play(rng)
        self.first_wins = rng.random() < logistic(1.6 * self._logits[-1])

    @property
    def end_ms(self) -> int:
        """When its market resolves."""
        return self.finish_ms + RESOLVES_AFTER_MS

    @property
    def prior(self) -> float:
        """Probability that the first side wins, by the ratings."""
        return 1 / (1 + 10 ** ((self.ratings[1] - self.ratings[0]) / 400))

    def state(self, at_ms: int) -> State:
        """The game at a time; the first frame before it, the last after it."""
        return self.frames[self._frame(at_ms)]

    def logit(self, at_ms: int) -> float:
        """Logit of the first side's winning chance."""
        if at_ms >= self.finish_ms:
            return DECIDED if self.first_wins else -DECIDED
        return self._logits[self._frame(at_ms)]

    def _frame(self, at_ms: int) -> int:
        return min(max((at_ms - self.start_ms) // FRAME_MS, 0), len(self.frames) - 1)

    def _play(self, rng: Random) -> tuple[list[State], list[float]]:
        kind, edge = self.discipline, math.log(self.prior / (1 - self.prior))
        scores, towers, gold = [0, 0], [0, 0], [2_500, 2_500]
        states, logits = [], []
        for frame in range((self.finish_ms - self.start_ms) // FRAME_MS + 1):
            if frame:
                self._advance(rng, edge, scores, towers, gold)
            lead = kind.kill * (scores[0] - scores[1]) + kind.tower * (towers[0] - towers[1])
            logits.append(min(max(edge + lead, -3.2), 3.2))
            states.append(
                State(frame * FRAME_MS // 1000, _pair(scores), _pair(towers), _pair(gold))
            )
        return states, logits

    def _advance(
        self, rng: Random, edge: float, scores: list[int], towers: list[int], gold: list[int]
    ) -> None:
        """One frame of play; the stronger side scores more often."""
        kind = self.discipline
        chance = logistic(0.35 * edge)
        for side in (0, 1):
            gold[side] += rng.randint(500, 650)
        if rng.random() < kind.pace * FRAME_MS / MINUTE_MS:
            side = 0 if rng.random() < chance else 1
            points = rng.choice((2, 2, 3)) if not kind.esport else 1
            scores[side] += points
            gold[side] += 350
            if kind.tower and rng.random() < 0.22 and towers[side] < 11:
                towers[side] += 1


class Played:
    """A match as the fair value of its market."""

    def __init__(self, match: Match) -> None:
        self.match = match
        self.decided_ms = match.finish_ms
        self.payout = PIPS if match.first_wins else 0

    def logit(self, at_ms: int) -> float:
        """Logit of the first side's winning chance."""
        return self.match.logit(at_ms)

    def price(self, at_ms: int) -> float:
        """The fair price of the first side."""
        return logistic(self.logit(at_ms))

    def jumps(self, from_ms: int, to_ms: int) -> list[Jump]:
        """None: the score feeds tell of matches."""
        return []


def match_at(seed: int, place: int, at_ms: int) -> Match:
    """The match whose market is open in a place at a time, or will open next."""
    number = (at_ms - place * CYCLE_MS // PLACES) // CYCLE_MS
    match = match_of(seed, place, number)
    return match if at_ms < match.end_ms else match_of(seed, place, number + 1)


@lru_cache(maxsize=256)
def match_of(seed: int, place: int, number: int) -> Match:
    """One match by its number."""
    return Match(seed, place, number)


def rating(seed: int, place: int, team: int) -> float:
    """A team's Elo rating in a discipline."""
    discipline = DISCIPLINES[place % len(DISCIPLINES)].game
    return round(Random(seed_number("rating", seed, discipline, team)).gauss(1_500, 90), 1)


def _pair(values: list[int]) -> tuple[int, int]:
    return values[0], values[1]
