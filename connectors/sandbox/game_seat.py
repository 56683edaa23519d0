"""Markets on matches: listed two hours before, quiet until the game moves them."""

from collections.abc import Iterable
from typing import NamedTuple

from connectors.sandbox.fees import SCHEDULES
from connectors.sandbox.games import Match, Played, match_at
from connectors.sandbox.identity import bytes32
from connectors.sandbox.market import MarketSpec, VenueEvent
from connectors.sandbox.paths import Fair
from connectors.sandbox.questions import PLAY, Liveliness
from connectors.sandbox.source import Listing
from connectors.sandbox.tenure import MIN_SIZE, date_text, description

TAKER_DELAY_MS = 3_000
"""Marketable orders wait so long on sports markets."""


class Fixture(NamedTuple):
    """One match's time in its place."""

    match: Match

    @property
    def start_ms(self) -> int:
        """Listing, ms UTC."""
        return self.match.listed_ms

    @property
    def end_ms(self) -> int:
        """Resolution, ms UTC."""
        return self.match.end_ms

    @property
    def lively(self) -> Liveliness:
        """How it trades."""
        return PLAY

    def spec(self, seed: int) -> MarketSpec:
        """The market's metadata; the match's number is in its tags."""
        match, kind = self.match, self.match.discipline
        first, second = match.sides
        slug = f"{kind.game}-{first}-{second}-{match.match_id}".lower().replace(" ", "-")
        title = f"{first} vs. {second} ({kind.league.upper()})"
        family = "esports" if kind.esport else "sports"
        return MarketSpec(
            condition_id=bytes32("match", seed, match.match_id, match.listed_ms),
            slug=slug,
            question=f"{first} vs. {second}: who wins on {date_text(match.start_ms)}?",
            description=description(seed),
            outcomes=match.sides,
            category="sports",
            label="simulated",
            listed_ms=match.listed_ms,
            end_ms=match.end_ms,
            event=VenueEvent(slug=slug, title=title),
            tick=PLAY.tick,
            min_size=MIN_SIZE,
            fee=SCHEDULES["sports"],
            subjects=(family, kind.game, f"match-{match.match_id}"),
            game_start_ms=match.start_ms,
            taker_delay_ms=TAKER_DELAY_MS,
            clears_on_start=True,
        )

    def fair_value(self, seed: int) -> Fair:
        """The first side's winning chance."""
        return Played(self.match)

    def headlines(self) -> tuple[str, str] | None:
        """No news: scores tell."""
        return None


class GameSeat(NamedTuple):
    """A place of the match calendar."""

    place: int

    @property
    def key(self) -> str:
        """Its name."""
        return f"match-{self.place}"

    def tenancy(self, seed: int, at_ms: int) -> Fixture:
        """The match whose market is open there at a time."""
        return Fixture(match_at(seed, self.place, at_ms))


def matches_of(listings: Iterable[Listing]) -> list[Match]:
    """The matches that listed markets are about, each once."""
    found: dict[int, Match] = {}
    for listing in listings:
        tenure = getattr(listing, "tenure", None)
        if isinstance(tenure, Fixture):
            found[tenure.match.match_id] = tenure.match
    return list(found.values())
