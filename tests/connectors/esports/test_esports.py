"""PandaScore, Abios, Riot and Steam: payloads of the documented form to game states."""

import json

import pytest

from connectors.esports.abios import AbiosFeed
from connectors.esports.pandascore import PandaScoreFeed
from connectors.esports.pandascore_frames import Frame, frame_sockets, read_frame
from connectors.esports.riot import LIVE, RiotFeed
from connectors.esports.steam import SteamFeed
from connectors.feeds.feed import FeedFormatError, Request, decode
from schemas.envelope import Message
from schemas.outside import GamePhase, GameState

NOW = 1_795_802_425_000
STARTS_AT = 1_795_802_400_000
ASKED = Request("http://test")


def only(messages: list[Message]) -> GameState:
    (message,) = messages
    assert isinstance(message, GameState)
    return message


OPPONENTS = [
    {"type": "Team", "opponent": {"id": 88, "name": "A"}},
    {"type": "Team", "opponent": {"id": 99, "name": "B"}},
]
NO_START = {"scheduled_at": None, "begin_at": None}
MATCH = {
    "id": 595477,
    "name": "A vs B",
    "status": "running",
    "scheduled_at": "2026-11-27T18:00:00Z",
    "begin_at": "2026-11-27T18:03:00Z",
    "modified_at": "2026-11-27T18:00:20Z",
    "videogame": {"id": 1, "name": "LoL", "slug": "league-of-legends"},
    "opponents": OPPONENTS,
    "results": [{"team_id": 99, "score": 1}, {"team_id": 88, "score": 0}],
    "games": [
        {"id": 1, "position": 1, "status": "finished"},
        {"id": 2, "position": 2, "status": "running"},
    ],
}


def panda() -> PandaScoreFeed:
    return PandaScoreFeed("https://panda.test/", "token", 10)


def test_pandascore_matches() -> None:
    feed = panda()
    state = only(feed.parse(ASKED, json.dumps([MATCH]).encode(), NOW))
    assert (state.game, state.match_id, state.phase) == ("lol", "pandascore/595477", GamePhase.LIVE)
    assert (state.maps, state.map_number, state.starts_at) == ((0, 1), 2, STARTS_AT)
    assert state.event_time == STARTS_AT + 20_000
    assert (feed.first_side(595477), feed.first_side(1)) == (88, 0)


def test_pandascore_asks_for_what_comes_and_what_runs() -> None:
    upcoming, running = panda().requests(NOW)
    assert (upcoming.url, running.url) == (
        "https://panda.test/matches/upcoming",
        "https://panda.test/matches/running",
    )
    assert running.headers == {"Authorization": "Bearer token"}


@pytest.mark.parametrize(
    "change",
    [{"opponents": OPPONENTS[:1]}, {"status": "postponed"}, NO_START],
)
def test_pandascore_leaves_out_what_nobody_can_trade(change: dict[str, object]) -> None:
    assert panda().parse(ASKED, json.dumps([MATCH | change]).encode(), NOW) == []


LOL_FRAME = {
    "match": {"id": 595477},
    "game": {"id": 2, "position": 2, "finished": False, "winner_id": None},
    "current_timestamp": 1203,
    "processed_at": "2026-11-27T18:00:24.500Z",
    "paused": False,
    "blue": {"id": 99, "name": "B", "kills": 4, "towers": 1, "gold": 21000},
    "red": {"id": 88, "name": "A", "kills": 9, "towers": 3, "gold": 25000},
}
CS_FRAME = {
    "match": {"id": 7},
    "game": {"id": 3, "position": 1, "finished": True},
    "terrorists": {"id": 1, "round_score": 9, "players": [{"kills": 20}, {"kills": 11}]},
    "counter_terrorists": {"id": 2, "round_score": 13, "players": [{"kills": 30}]},
}


def framed(document: object, first_side: int) -> GameState | None:
    frame = decode(json.dumps(document).encode(), Frame, "pandascore")
    return read_frame(frame, STARTS_AT, first_side, NOW)


def test_a_lol_frame_keeps_the_sides_of_the_match_when_colours_swap() -> None:
    state = framed(LOL_FRAME, 88)
    assert state is not None
    assert (state.kills, state.towers, state.gold) == ((9, 4), (3, 1), (25000, 21000))
    assert (state.map_number, state.clock_ms, state.event_time) == (2, 1_203_000, NOW - 500)
    swapped = framed(LOL_FRAME, 99)
    assert swapped is not None
    assert swapped.kills == (4, 9)


def test_a_cs_frame_counts_rounds_and_kills() -> None:
    state = framed(CS_FRAME, 2)
    assert state is not None
    assert (state.game, state.rounds, state.kills) == ("cs2", (13, 9), (30, 31))
    assert state.phase is GamePhase.ENDED


def test_a_greeting_is_no_state() -> None:
    assert framed({"type": "hello", "payload": {}}, 1) is None


def test_only_open_frames_sockets_are_followed() -> None:
    ends = [
        {"type": "frames", "url": "wss://live.test/1", "match_id": 1, "open": True},
        {"type": "events", "url": "wss://live.test/1/events", "match_id": 1, "open": True},
        {"type": "frames", "url": "wss://live.test/2", "match_id": 2, "open": False},
    ]
    ends[0]["expected_begin_at"] = "2026-11-27T18:00:00Z"
    body = json.dumps([{"endpoints": ends, "match": {}}]).encode()
    assert frame_sockets(body) == [("wss://live.test/1", STARTS_AT)]


SERIES = {
    "id": 4,
    "lifecycle": "live",
    "start": "2026-11-27T18:00:00Z",
    "game": {"id": 5},
    "participants": [
        {"seed": 2, "score": 1, "roster": {"id": 20}},
        {"seed": 1, "score": None, "roster": {"id": 10}},
    ],
    "matches": [
        {"id": 1, "order": 1, "lifecycle": "over"},
        {"id": 2, "order": 2, "lifecycle": "live"},
    ],
}


def test_abios_series() -> None:
    feed = AbiosFeed("https://abios.test", "s", 30)
    state = only(feed.parse(ASKED, json.dumps([SERIES]).encode(), NOW))
    assert (state.game, state.maps, state.map_number) == ("cs2", (0, 1), 2)
    later = only(feed.parse(ASKED, json.dumps([SERIES]).encode(), NOW + 30_000))
    assert later.event_id == state.event_id, "nothing has changed"
    assert [request.params["filter"][:18] for request in feed.requests(NOW)] == [
        "lifecycle=upcoming",
        "lifecycle=live,gam",
    ]


def test_riot_reads_who_plays_and_then_the_frames() -> None:
    feed = RiotFeed("https://riot.test", "https://stats.test", "k", 10)
    (live,) = feed.requests(NOW)
    assert (live.subject, live.headers) == (LIVE, {"x-api-key": "k"})
    games = [
        {"id": "g1", "number": 1, "state": "completed"},
        {"id": "g2", "number": 2, "state": "inProgress"},
    ]
    event = {"startTime": "2026-11-27T18:00:00Z", "match": {"id": "m", "games": games}}
    show = {"startTime": "2026-11-27T18:00:00Z", "type": "show"}
    answer = {"data": {"schedule": {"events": [event, show]}}}
    assert feed.parse(live, json.dumps(answer).encode(), NOW) == []
    _, window = feed.requests(NOW)
    assert window.url == "https://stats.test/livestats/v1/window/g2"
    assert window.params == {"startingTime": "2026-11-27T18:00:00Z"}
    side = {"totalGold": 100, "inhibitors": 0, "towers": 2, "totalKills": 3, "dragons": []}
    frame = {
        "rfc460Timestamp": "2026-11-27T18:00:04.100Z",
        "gameState": "paused",
        "blueTeam": side,
        "redTeam": side | {"totalKills": 5},
    }
    body = json.dumps({"esportsGameId": "g2", "frames": [frame]}).encode()
    state = only(feed.parse(window, body, NOW))
    assert (state.match_id, state.map_number, state.phase) == ("riot/m", 2, GamePhase.PAUSED)
    assert (state.kills, state.towers, state.event_time) == ((3, 5), (2, 2), STARTS_AT + 4_100)
    assert feed.parse(window, b"", NOW) == [], "no window yet"


def test_steam_counts_fallen_towers() -> None:
    board = {
        "duration": 1500.5,
        "roshan_respawn_timer": 0,
        "radiant": {"score": 12, "tower_state": 0b111_1111_1111, "barracks_state": 63},
        "dire": {"score": 20, "tower_state": 0b111_0000_1111, "barracks_state": 63},
    }
    game = {
        "match_id": 99,
        "league_id": 5,
        "radiant_series_wins": 1,
        "dire_series_wins": 0,
        "scoreboard": board,
    }
    waiting = {"match_id": 100, "league_id": 5}
    body = json.dumps({"result": {"games": [game, waiting], "status": 200}}).encode()
    state = only(SteamFeed("https://steam.test", "k", 10).parse(ASKED, body, NOW))
    assert (state.kills, state.towers, state.maps) == ((12, 20), (4, 0), (1, 0))
    assert (state.map_number, state.clock_ms) == (2, 1_500_500)


@pytest.mark.parametrize(
    "feed",
    [
        panda(),
        AbiosFeed("https://abios.test", "s", 30),
        SteamFeed("https://steam.test", "k", 10),
    ],
)
def test_another_form_is_refused(feed: PandaScoreFeed | AbiosFeed | SteamFeed) -> None:
    with pytest.raises(FeedFormatError, match="documented answer"):
        feed.parse(ASKED, b'{"message": "no"}', NOW)
