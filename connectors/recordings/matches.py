"""Esports: match markets and results of CS2, and one parsed Dota 2 match, as game states.

Nobody recorded when a match ended. It counts as ended a day after its start, so that no backtest
knows a result too early.
"""

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from connectors.feeds.feed import head, millis
from connectors.recordings.facts import DAY_MS, Facts, pips, recorded_market, resolved_frame
from connectors.recordings.files import LINES, PARQUET
from connectors.recordings.item import Item, Listing, Said
from connectors.recordings.quotes import indicative
from connectors.recordings.reader import RowReader
from schemas.outside import GamePhase, GameState
from topics.catalog import GAME_STATES

NAME = "recorded-matches"
SECOND_MS = 1_000
RADIANT, DIRE = 2, 3
SIDES = 5
"""Players of a side."""
TOWER = "CHAT_MESSAGE_TOWER_KILL"


class _Market(msgspec.Struct):
    condition_id: str
    slug: str
    game_start: int
    match_id: int
    priceA: float  # noqa: N815 - the file's own name
    A_won: int


class _Event(msgspec.Struct):
    name: str = ""
    tier: str = ""


class _Result(msgspec.Struct, rename="camel"):
    id: str
    winner: str
    score1: int
    score2: int
    best_of: int
    started_at: str
    event: _Event


class _Objective(msgspec.Struct):
    time: int
    subtype: str = ""
    team: int = 0


class _Kill(msgspec.Struct):
    time: int


class _Player(msgspec.Struct):
    times: list[int]
    gold: list[int]
    kills_log: list[_Kill]


class _Parsed(msgspec.Struct):
    objectives: list[_Objective]
    players: list[_Player]


class _Match(msgspec.Struct):
    match_id: int
    start_time: int
    duration: int
    radiant_win: bool
    parsed_data: _Parsed


def _play_markets(rows: Iterator[_Market], facts: Facts) -> Iterator[Item]:
    """The price before the start is looked at, never traded on: its exact time was not recorded."""
    items: list[Item] = []
    for row in rows:
        named = f"pandascore/{row.match_id}"
        market = recorded_market(
            row.condition_id, row.slug, category="esports", tick=10, match_id=named
        )
        start, ticks = row.game_start, round(pips(row.priceA) / 10)
        facts.add(market)
        items.append(Listing(start - SECOND_MS, market))
        if 1 < ticks < 999:
            items += indicative(market, start - SECOND_MS, ticks - 1, ticks + 1)
        items.append(_said(start, "cs2", named, GamePhase.SCHEDULED, start))
        items.append(resolved_frame(market, start + DAY_MS, Decimal(row.A_won)))
    yield from sorted(items, key=lambda item: item.at)


def _play_results(rows: Iterator[_Result], facts: Facts) -> Iterator[Item]:
    items = []
    for row in rows:
        start, named = millis(row.started_at, NAME), f"pandascore/{row.id}"
        maps = (row.score1, row.score2)
        items.append(_said(start, "cs2", named, GamePhase.LIVE, start, best_of=row.best_of))
        ended = start + DAY_MS
        items.append(
            _said(ended, "cs2", named, GamePhase.ENDED, start, best_of=row.best_of, maps=maps)
        )
    yield from sorted(items, key=lambda item: item.at)


def _play_dota(rows: Iterator[_Match], facts: Facts) -> Iterator[Item]:
    for row in rows:
        yield from _unrolled(row)


def _unrolled(match: _Match) -> Iterator[Item]:
    """A state a minute of game time: gold, kills and towers as they stood then."""
    named, start = f"dota2/{match.match_id}", match.start_time * SECOND_MS
    players = match.parsed_data.players
    sides = (players[:SIDES], players[SIDES:])
    gold = [[sum(minute) for minute in zip(*(p.gold for p in side), strict=True)] for side in sides]
    kills = [sorted(kill.time for p in side for kill in p.kills_log) for side in sides]
    towers = [
        [
            each.time
            for each in match.parsed_data.objectives
            if (each.subtype, each.team) == (TOWER, team)
        ]
        for team in (RADIANT, DIRE)
    ]
    for minute, second in enumerate(players[0].times):
        yield _said(
            start + second * SECOND_MS,
            "dota2",
            named,
            GamePhase.LIVE,
            start,
            map_number=1,
            clock_ms=second * SECOND_MS,
            kills=(_until(kills[0], second), _until(kills[1], second)),
            towers=(_until(towers[0], second), _until(towers[1], second)),
            gold=(gold[0][minute], gold[1][minute]),
        )
    maps = (1, 0) if match.radiant_win else (0, 1)
    end = start + match.duration * SECOND_MS
    yield _said(end, "dota2", named, GamePhase.ENDED, start, map_number=1, maps=maps)


def _until(times: list[int], second: int) -> int:
    return sum(time <= second for time in times)


def _said(
    at: int,
    game: str,
    match_id: str,
    phase: GamePhase,
    start: int,
    *,
    best_of: int = 1,
    map_number: int = 0,
    clock_ms: int = 0,
    kills: tuple[int, int] = (0, 0),
    towers: tuple[int, int] = (0, 0),
    gold: tuple[int, int] = (0, 0),
    maps: tuple[int, int] = (0, 0),
) -> Said:
    state = GameState(
        **head(NAME, at, at, match_id, phase, clock_ms),
        game=game,
        match_id=match_id,
        phase=phase,
        starts_at=start,
        best_of=best_of,
        map_number=map_number,
        clock_ms=clock_ms,
        kills=kills,
        towers=towers,
        gold=gold,
        maps=maps,
    )
    return Said(at, GAME_STATES, state)


CS2_MARKETS = RowReader(
    "cs2-markets",
    "Match markets with their price before the start and their result.",
    _Market,
    PARQUET,
    "game_start",
    plays=_play_markets,
)
CS2_RESULTS = RowReader(
    "cs2-results",
    "Results of matches as states of a game feed.",
    _Result,
    LINES,
    plays=_play_results,
)
DOTA_MATCH = RowReader(
    "dota2-match",
    "A parsed match as a state a minute.",
    _Match,
    LINES,
    plays=_play_dota,
)
