"""The sports WebSocket, `/ws/sports` (PROTOCOL.md 6.3): scores of all matches.

The venue sends text `ping` every 5 s and wants `pong`. A match is told of at its start, when its
score changes and at its end.
"""

import asyncio

from starlette.websockets import WebSocket

from connectors.sandbox.frames import Frame, encode
from connectors.sandbox.game_seat import matches_of
from connectors.sandbox.games import Match
from connectors.sandbox.gamma import iso
from connectors.sandbox.hub import Subscriber
from connectors.sandbox.sandbox import Sandbox
from connectors.sandbox.sockets import serve_socket

PING_S = 5.0
LOOK_S = 0.5


class SportsSocket:
    """Serves one connection after another."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def endpoint(self, socket: WebSocket) -> None:
        """Serve a connection until either side closes it."""
        await socket.accept()
        subscriber = Subscriber()
        tasks = (self._tell(subscriber), _ping(subscriber))
        await serve_socket(socket, subscriber, lambda text: None, *tasks)

    async def _tell(self, subscriber: Subscriber) -> None:
        told: dict[int, Frame] = {}
        while True:
            now_ms = self._sandbox.venue.now_ms
            for match in matches_of(self._sandbox.venue.listings()):
                frame = result_frame(match, now_ms)
                before = told.get(match.match_id)
                if (
                    before is None
                    or before["score"] != frame["score"]
                    or (before["status"] != frame["status"])
                ):
                    told[match.match_id] = frame
                    subscriber.send(encode(frame))
            await asyncio.sleep(LOOK_S)


async def _ping(subscriber: Subscriber) -> None:
    while True:
        await asyncio.sleep(PING_S)
        subscriber.send("ping")


def result_frame(match: Match, now_ms: int) -> Frame:
    """One match as the sports channel tells of it."""
    state = match.state(now_ms)
    live, ended = match.start_ms <= now_ms < match.finish_ms, now_ms >= match.finish_ms
    minutes, seconds = divmod(state.clock_s, 60)
    frame: Frame = {
        "gameId": match.match_id,
        "leagueAbbreviation": match.discipline.league,
        "homeTeam": match.sides[0],
        "awayTeam": match.sides[1],
        "status": "Final" if ended else "InProgress" if live else "Scheduled",
        "live": live,
        "ended": ended,
        "score": f"{state.scores[0]}-{state.scores[1]}",
        "period": "FT" if ended else "1" if live else "",
        "elapsed": f"{minutes}:{seconds:02d}",
    }
    if ended:
        frame["finishedTimestamp"] = iso(match.finish_ms)
    return frame
