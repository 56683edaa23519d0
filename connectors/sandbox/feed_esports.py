"""Matches of the simulated world over HTTP and WebSocket, in the forms of PandaScore.

* `GET /pandascore/{game}/matches/{upcoming|running|past}` (`game`: `lol`, `csgo`, `dota2`) and
  `GET /pandascore/matches/{upcoming|running|past}` list match objects by `page[size]` and
  `page[number]`.
* `GET /pandascore/matches/{id}` is one of them.
* `GET /pandascore/lives` lists the frames sockets of running matches of LoL and CS.
* `WS /pandascore/live/matches/{id}` sends `{"type": "hello"}` and then a frame each time the game
  moves: kills and towers of both teams (rounds for CS), gold, the game's clock and its time.

A token in `Authorization: Bearer` or `token` is wanted, any will do. The additional object
`ratings` gives both teams' Elo, which a rating provider would. The match number is the
tag `match-{id}` of the market.
"""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from connectors.sandbox.frames import Frame, encode
from connectors.sandbox.game_seat import matches_of
from connectors.sandbox.games import Match
from connectors.sandbox.gamma import iso
from connectors.sandbox.hub import Subscriber
from connectors.sandbox.identity import small_number
from connectors.sandbox.replies import refuse, reply
from connectors.sandbox.sandbox import Sandbox
from connectors.sandbox.sockets import serve_socket

LOOK_S = 0.2
SHOWN_AS = {"cs2": "csgo"}
TITLES = {"cs2": "cs-go", "lol": "league-of-legends", "dota2": "dota-2"}
"""Slugs of video games."""
FRAMED = ("lol", "cs2")
"""Games that have a frames socket."""
ROUND_GAMES = {"cs2"}
NO_MATCH = 4004
PAGE = 50


class EsportsFeed:
    """Serves the match calendar."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[BaseRoute]:
        """Paths and what answers them."""
        return [
            Route("/pandascore/lives", self.lives),
            Route("/pandascore/matches/{which:str}", self.listed),
            Route("/pandascore/{game:str}/matches/{which:str}", self.listed),
            WebSocketRoute("/pandascore/live/matches/{match_id:int}", self.live),
        ]

    async def listed(self, request: Request) -> Response:
        """Matches by state, or one by its number."""
        query, now_ms = request.query_params, self._sandbox.venue.now_ms
        if not (query.get("token") or request.headers.get("authorization")):
            return refuse("Token is missing", 401)
        which, game = request.path_params["which"], request.path_params.get("game")
        if which.isdecimal():
            match = self._match(int(which))
            return reply(match_object(match, now_ms)) if match else refuse("Not found", 404)
        size, number = int(query.get("page[size]", PAGE)), int(query.get("page[number]", "1"))
        rows = [
            match_object(each, now_ms)
            for each in sorted(self._matches(), key=lambda each: each.start_ms)
            if game in (None, SHOWN_AS.get(each.discipline.game, each.discipline.game))
            and _state_word(each, now_ms) == which
        ]
        return reply(rows[(number - 1) * size : number * size])

    async def lives(self, request: Request) -> Response:
        """Frames sockets that are open."""
        if not (request.query_params.get("token") or request.headers.get("authorization")):
            return refuse("Token is missing", 401)
        now_ms, host = self._sandbox.venue.now_ms, request.base_url.replace(scheme="ws")
        rows = [
            {
                "endpoints": [
                    {
                        "type": "frames",
                        "url": f"{host}pandascore/live/matches/{match.match_id}",
                        "match_id": match.match_id,
                        "open": True,
                        "expected_begin_at": iso(match.start_ms),
                    }
                ]
            }
            for match in self._matches()
            if match.discipline.game in FRAMED and _state_word(match, now_ms) == "running"
        ]
        return reply(rows)

    async def live(self, socket: WebSocket) -> None:
        """Frames of one match until it ends."""
        await socket.accept()
        subscriber = Subscriber()
        match = self._match(socket.path_params["match_id"])
        if match is None:
            await socket.close(NO_MATCH)
            return
        await serve_socket(socket, subscriber, lambda text: None, self._tell(subscriber, match))

    async def _tell(self, subscriber: Subscriber, match: Match) -> None:
        subscriber.send(encode({"type": "hello"}))
        last: Frame = {}
        while True:
            now_ms = self._sandbox.venue.now_ms
            if now_ms >= match.start_ms:
                frame = live_frame(match, now_ms)
                if frame != last:
                    last = frame
                    subscriber.send(encode(frame))
            await asyncio.sleep(LOOK_S)

    def _matches(self) -> list[Match]:
        found = matches_of(self._sandbox.venue.listings())
        return [match for match in found if match.discipline.esport]

    def _match(self, match_id: int) -> Match | None:
        return next((each for each in self._matches() if each.match_id == match_id), None)


def match_object(match: Match, now_ms: int) -> Frame:
    """A match as PandaScore describes it."""
    game = SHOWN_AS.get(match.discipline.game, match.discipline.game)
    ended = now_ms >= match.finish_ms
    ids = [_team_id(name) for name in match.sides]
    winner = (0 if match.first_wins else 1) if ended else None
    status = {"upcoming": "not_started", "running": "running", "past": "finished"}
    return {
        "id": match.match_id,
        "name": f"{match.sides[0]} vs {match.sides[1]}",
        "slug": f"{game}-{match.match_id}",
        "status": status[_state_word(match, now_ms)],
        "match_type": "best_of",
        "number_of_games": 1,
        "scheduled_at": iso(match.start_ms),
        "begin_at": iso(match.start_ms),
        "end_at": iso(match.finish_ms) if ended else None,
        "videogame": {"slug": TITLES[match.discipline.game], "name": game.upper()},
        "league": {"slug": match.discipline.league, "name": match.discipline.league.upper()},
        "opponents": [
            {"type": "Team", "opponent": {"id": team, "name": name}}
            for team, name in zip(ids, match.sides, strict=True)
        ],
        "results": [
            {"team_id": team, "score": int(winner == side)} for side, team in enumerate(ids)
        ],
        "winner_id": None if winner is None else ids[winner],
        "forfeit": False,
        "live": {"supported": True, "url": f"/pandascore/live/matches/{match.match_id}"},
        "ratings": {"elo": list(match.ratings)},
        "modified_at": iso(min(now_ms, match.finish_ms)),
    }


def live_frame(match: Match, now_ms: int) -> Frame:
    """The state of play as PandaScore's frames socket sends it."""
    state, ended = match.state(now_ms), now_ms >= match.finish_ms
    is_cs2 = match.discipline.game in ROUND_GAMES
    names = ("counter_terrorists", "terrorists") if is_cs2 else ("blue", "red")
    sides = {
        name: {
            "id": _team_id(match.sides[side]),
            "name": match.sides[side],
            **({"round_score": state.scores[side], "players": []} if is_cs2 else {}),
            **({} if is_cs2 else {"kills": state.scores[side], "towers": state.towers[side]}),
            "gold": state.gold[side],
        }
        for side, name in enumerate(names)
    }
    at_ms = min(match.start_ms + state.clock_s * 1000, match.finish_ms)
    return {
        "match": {"id": match.match_id},
        "game": {"id": match.match_id, "position": 1, "finished": ended},
        "current_timestamp": state.clock_s,
        "processed_at": iso(match.finish_ms if ended else at_ms),
        "paused": False,
        **sides,
    }


def _state_word(match: Match, now_ms: int) -> str:
    if now_ms < match.start_ms:
        return "upcoming"
    return "running" if now_ms < match.finish_ms else "past"


def _team_id(name: str) -> int:
    return int(small_number("team", name)) % 1_000_000
