"""Riot's LoL Esports: `getLive` names the games, the live stats feed has a window of frames each.

`GET /persisted/gw/getLive` wants a key in `x-api-key`; `GET /livestats/v1/window/{game}` wants
none and moves in steps of ten seconds (`startingTime` on a whole ten, at least 20 s back).
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from connectors.feeds.feed import Feed, Request, decode, head, millis
from schemas.envelope import Message
from schemas.outside import GamePhase, GameState
from topics.catalog import GAME_STATES

LIVE = "live"
BEHIND_MS = 20_000
STEP_MS = 10_000
PHASES = {
    "in_game": GamePhase.LIVE,
    "paused": GamePhase.PAUSED,
    "finished": GamePhase.ENDED,
}


class _LiveGame(msgspec.Struct):
    id: str
    number: int
    state: str


class _LiveMatch(msgspec.Struct):
    id: str
    games: list[_LiveGame] = msgspec.field(default_factory=list)


class _LiveEvent(msgspec.Struct, rename="camel"):
    start_time: str
    match: _LiveMatch | None = None


class _Schedule(msgspec.Struct):
    events: list[_LiveEvent] = msgspec.field(default_factory=list)


class _LiveData(msgspec.Struct):
    schedule: _Schedule


class _LiveAnswer(msgspec.Struct):
    data: _LiveData


class _Side(msgspec.Struct, rename="camel"):
    total_gold: int = 0
    towers: int = 0
    total_kills: int = 0


class _Frame(msgspec.Struct, rename="camel"):
    rfc460_timestamp: str = msgspec.field(name="rfc460Timestamp")
    game_state: str
    blue_team: _Side
    red_team: _Side


class _Window(msgspec.Struct):
    frames: list[_Frame] = msgspec.field(default_factory=list)


class _Playing(msgspec.Struct, frozen=True):
    match_id: str
    number: int
    starts_at: int


class RiotFeed(Feed):
    """Games that are played, frame by frame; the first side is blue."""

    name = "riot"
    topic = GAME_STATES

    def __init__(self, base: str, stats_base: str, key: str, every_s: float) -> None:
        """Name it.

        Args:
            base: Host of `getLive`.
            stats_base: Host of the live stats.
            key: Key of `getLive`.
            every_s: Session seconds between two looks.
        """
        self.every_s = every_s
        self._live = f"{base.rstrip('/')}/persisted/gw/getLive"
        self._window = f"{stats_base.rstrip('/')}/livestats/v1/window"
        self._key = key
        self._playing: dict[str, _Playing] = {}

    def requests(self, now: int) -> Sequence[Request]:
        """What is live, and a window of each game that was live at the last look."""
        live = Request(self._live, {"hl": "en-US"}, {"x-api-key": self._key}, LIVE)
        back = (now - BEHIND_MS) // STEP_MS * STEP_MS
        starting = datetime.fromtimestamp(back / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        windows = (
            Request(f"{self._window}/{game}", {"startingTime": starting}, subject=game)
            for game in self._playing
        )
        return (live, *windows)

    def parse(self, request: Request, body: bytes, now: int) -> list[Message]:
        """Frames as states; `getLive` itself only says what to ask next."""
        if request.subject == LIVE:
            self._playing = self._read_live(body)
            return []
        playing = self._playing.get(request.subject)
        if playing is None or not body:
            return []
        window = decode(body, _Window, self.name)
        return [self._state(frame, playing, now) for frame in window.frames]

    def _read_live(self, body: bytes) -> dict[str, _Playing]:
        events = decode(body, _LiveAnswer, self.name).data.schedule.events
        return {
            game.id: _Playing(event.match.id, game.number, millis(event.start_time, self.name))
            for event in events
            if event.match is not None
            for game in event.match.games
            if game.state == "inProgress"
        }

    def _state(self, frame: _Frame, playing: _Playing, now: int) -> Message:
        at = millis(frame.rfc460_timestamp, self.name)
        blue, red = frame.blue_team, frame.red_team
        return GameState(
            **head(self.name, now, at, playing.match_id, playing.number, at),
            game="lol",
            match_id=f"{self.name}/{playing.match_id}",
            phase=PHASES.get(frame.game_state, GamePhase.LIVE),
            starts_at=playing.starts_at,
            map_number=playing.number,
            kills=(blue.total_kills, red.total_kills),
            towers=(blue.towers, red.towers),
            gold=(blue.total_gold, red.total_gold),
        )
