"""PandaScore's live frames: a socket for each match, about one frame a second (docs, "frames").

`GET /lives` lists the open sockets; the token travels in the address, which is never logged. The
first frames of a connection are a greeting without a game.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx
import msgspec
import structlog
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from configs.clock import SessionClock
from connectors.feeds.feed import FeedFormatError, decode, head, millis
from schemas.outside import GamePhase, GameState

log = structlog.get_logger(__name__)

NAME = "pandascore"
LOOK_EVERY_S = 30.0
FROZEN_AFTER_S = 60.0


class _Match(msgspec.Struct):
    id: int


class _Game(msgspec.Struct):
    id: int = 0
    position: int = 1
    finished: bool = False


class _Player(msgspec.Struct):
    kills: int = 0


class _LolSide(msgspec.Struct):
    id: int = 0
    kills: int = 0
    towers: int = 0
    gold: int = 0


class _CsSide(msgspec.Struct):
    id: int = 0
    round_score: int = 0
    players: list[_Player] = msgspec.field(default_factory=list)

    @property
    def kills(self) -> int:
        """Of all players."""
        return sum(player.kills for player in self.players)


Side = TypeVar("Side", _LolSide, _CsSide)


class Frame(msgspec.Struct):
    """A frame of either title; the sides of the other one are missing."""

    match: _Match | None = None
    game: _Game = msgspec.field(default_factory=_Game)
    current_timestamp: float = 0
    processed_at: str = ""
    paused: bool = False
    blue: _LolSide | None = None
    red: _LolSide | None = None
    terrorists: _CsSide | None = None
    counter_terrorists: _CsSide | None = None


class _Endpoint(msgspec.Struct):
    type: str
    url: str
    match_id: int
    open: bool = False
    expected_begin_at: str | None = None


class _Live(msgspec.Struct):
    endpoints: list[_Endpoint] = msgspec.field(default_factory=list)


def frame_sockets(body: bytes) -> list[tuple[str, int]]:
    """Address and expected start (ms) of every open frames socket in an answer of `/lives`.

    Raises:
        FeedFormatError: The answer has another form.
    """
    return [
        (end.url, millis(end.expected_begin_at, NAME) if end.expected_begin_at else 0)
        for live in decode(body, list[_Live], NAME)
        for end in live.endpoints
        if end.type == "frames" and end.open
    ]


def read_frame(frame: Frame, starts_at: int, first_side: int, now: int) -> GameState | None:
    """A frame as a state; None for a greeting.

    Args:
        frame: One message of the socket.
        starts_at: The match's scheduled start, ms.
        first_side: Team id of the match's first opponent; the sides swap colours between maps.
        now: Session time of receipt, ms.
    """
    if frame.match is None:
        return None
    game, kills, towers, rounds, gold = "", (0, 0), (0, 0), (0, 0), (0, 0)
    if frame.blue is not None and frame.red is not None:
        lol = _ordered(frame.blue, frame.red, first_side)
        game, kills = "lol", (lol[0].kills, lol[1].kills)
        towers, gold = (lol[0].towers, lol[1].towers), (lol[0].gold, lol[1].gold)
    elif frame.terrorists is not None and frame.counter_terrorists is not None:
        cs = _ordered(frame.terrorists, frame.counter_terrorists, first_side)
        game, kills = "cs2", (cs[0].kills, cs[1].kills)
        rounds = (cs[0].round_score, cs[1].round_score)
    else:
        return None
    at = millis(frame.processed_at, NAME) if frame.processed_at else now
    clock_ms = round(frame.current_timestamp * 1000)
    return GameState(
        **head(NAME, now, at, frame.match.id, frame.game.id, clock_ms, *kills, *towers, *rounds),
        game=game,
        match_id=f"{NAME}/{frame.match.id}",
        phase=_phase(frame),
        starts_at=starts_at,
        map_number=frame.game.position,
        clock_ms=clock_ms,
        kills=kills,
        towers=towers,
        rounds=rounds,
        gold=gold,
    )


def _ordered(one: Side, other: Side, first_side: int) -> tuple[Side, Side]:
    """The two sides in the order of the match's opponents."""
    return (other, one) if other.id == first_side else (one, other)


def _phase(frame: Frame) -> GamePhase:
    if frame.game.finished:
        return GamePhase.ENDED
    return GamePhase.PAUSED if frame.paused else GamePhase.LIVE


class FrameSockets:
    """Keeps a connection to every open frames socket, until cancelled.

    Attributes:
        open: How many connections there are.
    """

    def __init__(
        self,
        base: str,
        token: str,
        http: httpx.AsyncClient,
        publish: Callable[[GameState], Awaitable[None]],
        clock: SessionClock,
        first_side: Callable[[int], int],
    ) -> None:
        """Wire it.

        Args:
            base: Host of `/lives`.
            token: Of the account; at most three connections a match.
            http: Shared connections.
            publish: The log.
            clock: Session time.
            first_side: Team id of a match's first opponent by match id; 0 when unknown.
        """
        self.open = 0
        self._lives = f"{base.rstrip('/')}/lives"
        self._token = token
        self._http = http
        self._publish = publish
        self._clock = clock
        self._first_side = first_side

    async def run(self) -> None:
        """Look for matches, follow each."""
        running: dict[str, asyncio.Task[None]] = {}
        async with asyncio.TaskGroup() as tasks:
            while True:
                for url, starts_at in await self._look():
                    task = running.get(url)
                    if task is None or task.done():
                        running[url] = tasks.create_task(self._follow(url, starts_at))
                await asyncio.sleep(LOOK_EVERY_S / self._clock.speed)

    async def _look(self) -> list[tuple[str, int]]:
        try:
            reply = await self._http.get(
                self._lives, headers={"Authorization": f"Bearer {self._token}"}
            )
            reply.raise_for_status()
            return frame_sockets(reply.content)
        except (httpx.HTTPError, FeedFormatError) as error:
            log.warning("live matches not listed", feed=NAME, error=type(error).__name__)
            return []

    async def _follow(self, url: str, starts_at: int) -> None:
        """One match until its socket ends; a break is looked at again with the next look."""
        try:
            async with connect(f"{url}?token={self._token}") as socket:
                self.open += 1
                try:
                    while True:
                        body = await asyncio.wait_for(socket.recv(decode=False), FROZEN_AFTER_S)
                        await self._say(body, starts_at)
                finally:
                    self.open -= 1
        except (OSError, WebSocketException, TimeoutError) as error:
            log.info("frames socket ended", feed=NAME, reason=type(error).__name__)

    async def _say(self, body: bytes, starts_at: int) -> None:
        try:
            frame = decode(body, Frame, NAME)
            first = self._first_side(frame.match.id) if frame.match is not None else 0
            state = read_frame(frame, starts_at, first, self._clock.now_ms())
        except FeedFormatError as error:
            log.warning("frame left out", feed=NAME, error=str(error))
            return
        if state is not None:
            await self._publish(state)
