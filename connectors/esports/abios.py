"""Abios: `GET /v3/series`, secret in `Abios-Secret`: schedule and maps won, no kills."""

from collections.abc import Sequence

import msgspec

from connectors.feeds.feed import Feed, Request, decode, head, millis
from schemas.envelope import Message
from schemas.outside import GamePhase, GameState
from topics.catalog import GAME_STATES

GAMES = {1: "dota2", 2: "lol", 5: "cs2"}
"""Abios' game ids of the titles that bots know."""
PHASES = {
    "upcoming": GamePhase.SCHEDULED,
    "live": GamePhase.LIVE,
    "over": GamePhase.ENDED,
}


class _Id(msgspec.Struct):
    id: int


class _Participant(msgspec.Struct):
    seed: int
    score: int | None = None


class _Match(msgspec.Struct):
    order: int
    lifecycle: str


class _Series(msgspec.Struct):
    id: int
    lifecycle: str
    game: _Id
    start: str | None = None
    participants: list[_Participant] = msgspec.field(default_factory=list)
    matches: list[_Match] = msgspec.field(default_factory=list)


class AbiosFeed(Feed):
    """Series that are near or live; sides in the order of their seed."""

    name = "abios"
    topic = GAME_STATES

    def __init__(self, base: str, secret: str, every_s: float) -> None:
        """Name it.

        Args:
            base: The host, e.g. `https://atlas.abiosgaming.com`.
            secret: Client secret.
            every_s: Session seconds between two looks.
        """
        self.every_s = every_s
        self._url = f"{base.rstrip('/')}/v3/series"
        self._headers = {"Abios-Secret": secret}

    def requests(self, now: int) -> Sequence[Request]:
        """Upcoming and live series of the known titles."""
        games = ",".join(map(str, GAMES))
        return tuple(
            Request(
                self._url,
                {"filter": f"lifecycle={phase},game.id<={{{games}}}", "order": "start-asc"},
                self._headers,
            )
            for phase in ("upcoming", "live")
        )

    def parse(self, request: Request, body: bytes, now: int) -> list[Message]:
        """One state a series of two known sides with a start."""
        return [
            self._state(series, series.start, now)
            for series in decode(body, list[_Series], self.name)
            if series.start and len(series.participants) == 2 and series.lifecycle in PHASES
        ]

    def _state(self, series: _Series, start: str, now: int) -> Message:
        starts_at = millis(start, self.name)
        sides = sorted(series.participants, key=lambda side: side.seed)
        live = [match.order for match in series.matches if match.lifecycle == "live"]
        score = (live[0] if live else 0, sides[0].score or 0, sides[1].score or 0)
        return GameState(
            **head(self.name, now, now, series.id, series.lifecycle, starts_at, *score),
            game=GAMES.get(series.game.id, str(series.game.id)),
            match_id=f"{self.name}/{series.id}",
            phase=PHASES[series.lifecycle],
            starts_at=starts_at,
            map_number=score[0],
            maps=score[1:],
        )
