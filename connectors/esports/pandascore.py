"""PandaScore: schedule and maps by REST (`GET /matches/upcoming`, `/matches/running`).

Kills and towers come over its frames socket (pandascore_frames.py). Authentication is a bearer
token (developers.pandascore.co).
"""

from collections.abc import Sequence

import msgspec

from connectors.feeds.feed import Feed, Request, decode, head, millis
from schemas.envelope import Message
from schemas.outside import GamePhase, GameState
from topics.catalog import GAME_STATES

GAMES = {"cs-go": "cs2", "cs-2": "cs2", "league-of-legends": "lol", "dota-2": "dota2"}
PHASES = {
    "not_started": GamePhase.SCHEDULED,
    "running": GamePhase.LIVE,
    "finished": GamePhase.ENDED,
    "canceled": GamePhase.ENDED,
}


class _Named(msgspec.Struct):
    slug: str = ""


class _Team(msgspec.Struct):
    id: int


class _Opponent(msgspec.Struct):
    opponent: _Team


class _Result(msgspec.Struct):
    score: int
    team_id: int | None = None


class _Game(msgspec.Struct):
    id: int
    position: int
    status: str = ""


class _Ratings(msgspec.Struct):
    elo: tuple[float, float]


class _Match(msgspec.Struct):
    id: int
    status: str
    videogame: _Named
    scheduled_at: str | None = None
    begin_at: str | None = None
    modified_at: str | None = None
    opponents: list[_Opponent] = msgspec.field(default_factory=list)
    results: list[_Result] = msgspec.field(default_factory=list)
    games: list[_Game] = msgspec.field(default_factory=list)
    number_of_games: int = 1
    ratings: _Ratings | None = None


class PandaScoreFeed(Feed):
    """Matches that are about to start or are played; sides in the order of `opponents`.

    `ratings` is no field of PandaScore: a host that knows the sides' Elo ratings may add it.
    """

    name = "pandascore"
    topic = GAME_STATES

    def __init__(self, base: str, token: str, every_s: float) -> None:
        """Name it.

        Args:
            base: The host, e.g. `https://api.pandascore.co`.
            token: Bearer token.
            every_s: Session seconds between two looks.
        """
        self.every_s = every_s
        self._base = base.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}
        self._first_sides: dict[int, int] = {}

    def first_side(self, match_id: int) -> int:
        """Team id of a match's first opponent; 0 while the match was not read."""
        return self._first_sides.get(match_id, 0)

    def requests(self, now: int) -> Sequence[Request]:
        """The next matches, and those that run."""
        return tuple(
            Request(f"{self._base}/matches/{which}", {"page[size]": "100"}, self._headers)
            for which in ("upcoming", "running")
        )

    def parse(self, request: Request, body: bytes, now: int) -> list[Message]:
        """One state a match; a match whose two sides are not known yet is left out."""
        known = [
            match
            for match in decode(body, list[_Match], self.name)
            if len(match.opponents) == 2 and match.status in PHASES and _start(match)
        ]
        self._first_sides.update((match.id, match.opponents[0].opponent.id) for match in known)
        return [self._state(match, now) for match in known]

    def _state(self, match: _Match, now: int) -> Message:
        starts_at = millis(_start(match), self.name)
        scores = {result.team_id: result.score for result in match.results}
        first, second = (scores.get(side.opponent.id, 0) for side in match.opponents)
        running = [game.position for game in match.games if game.status == "running"]
        at = millis(match.modified_at, self.name) if match.modified_at else now
        number = running[0] if running else 0
        return GameState(
            **head(self.name, now, at, match.id, match.status, starts_at, number, first, second),
            game=GAMES.get(match.videogame.slug, match.videogame.slug),
            match_id=f"{self.name}/{match.id}",
            phase=PHASES[match.status],
            starts_at=starts_at,
            best_of=match.number_of_games,
            ratings=None if match.ratings is None else match.ratings.elo,
            map_number=number,
            maps=(first, second),
        )


def _start(match: _Match) -> str:
    return match.scheduled_at or match.begin_at or ""
