"""Steam: `IDOTA2Match_570/GetLiveLeagueGames/v1`, Dota 2 league games as they are played."""

from collections.abc import Sequence

import msgspec

from connectors.feeds.feed import Feed, Request, decode, head
from schemas.envelope import Message
from schemas.outside import GamePhase, GameState
from topics.catalog import GAME_STATES

TOWERS = 11
"""Towers of a side; `tower_state` has a bit for each that stands."""
TOWER_BITS = (1 << TOWERS) - 1


class _Side(msgspec.Struct):
    score: int = 0
    tower_state: int = TOWER_BITS


class _Scoreboard(msgspec.Struct):
    duration: float
    radiant: _Side
    dire: _Side


class _Game(msgspec.Struct):
    match_id: int
    radiant_series_wins: int = 0
    dire_series_wins: int = 0
    scoreboard: _Scoreboard | None = None


class _Result(msgspec.Struct):
    games: list[_Game] = msgspec.field(default_factory=list)


class _Answer(msgspec.Struct):
    result: _Result


class SteamFeed(Feed):
    """Dota 2 league games; the first side is Radiant. The answer carries no time: it is receipt."""

    name = "steam"
    topic = GAME_STATES

    def __init__(self, base: str, key: str, every_s: float) -> None:
        """Name it.

        Args:
            base: The host, e.g. `https://api.steampowered.com`.
            key: Steam Web API key.
            every_s: Session seconds between two looks.
        """
        self.every_s = every_s
        self._url = f"{base.rstrip('/')}/IDOTA2Match_570/GetLiveLeagueGames/v1/"
        self._key = key

    def requests(self, now: int) -> Sequence[Request]:
        """All live league games."""
        return (Request(self._url, {}, {"x-webapi-key": self._key}),)

    def parse(self, request: Request, body: bytes, now: int) -> list[Message]:
        """One state a game that has begun."""
        games = decode(body, _Answer, self.name).result.games
        return [
            self._state(game, game.scoreboard, now) for game in games if game.scoreboard is not None
        ]

    def _state(self, game: _Game, board: _Scoreboard, now: int) -> Message:
        radiant, dire = board.radiant, board.dire
        clock_ms = round(board.duration * 1000)
        number = game.radiant_series_wins + game.dire_series_wins + 1
        return GameState(
            **head(self.name, now, now, game.match_id, clock_ms, radiant.score, dire.score),
            game="dota2",
            match_id=f"{self.name}/{game.match_id}",
            phase=GamePhase.LIVE,
            starts_at=now - clock_ms,
            map_number=number,
            clock_ms=clock_ms,
            kills=(radiant.score, dire.score),
            towers=(_taken(dire), _taken(radiant)),
            maps=(game.radiant_series_wins, game.dire_series_wins),
        )


def _taken(side: _Side) -> int:
    """How many towers of a side have fallen."""
    return TOWERS - (side.tower_state & TOWER_BITS).bit_count()
