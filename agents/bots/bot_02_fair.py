"""What bot 2 believes of a market about a match, and why it may not open there (D.2, D-12)."""

from decimal import Decimal
from typing import NamedTuple

import msgspec

from agents.bots.view import View
from configs.bots_directional import EsportsParameters
from schemas.market import Market
from schemas.outside import GamePhase, GameState
from schemas.values import Side
from streams.esports import (
    MatchHistory,
    elo_probability,
    has_trigger,
    is_trigger,
    live_fair,
    swing,
)

MINUTE_MS = 60_000
FAR = 1 << 62
"""Time to the start of a match nobody has spoken of, ms."""


class Match(msgspec.Struct, kw_only=True):
    """What is known of a match.

    Attributes:
        game: The last state.
        ratings: The last ones that came with a state.
        heard_at: `now` when it came, ms.
    """

    game: GameState | None = None
    ratings: tuple[float, float] | None = None
    history: MatchHistory = MatchHistory()
    heard_at: int = 0

    @property
    def has_ended(self) -> bool:
        """Whether the feed said that it is over."""
        return self.game is not None and self.game.phase is GamePhase.ENDED


class Opinion(NamedTuple):
    """What the bot thinks of one market now.

    Attributes:
        mode: "pre" or "live".
        fair_value: Probability of YES.
        side: The token that is cheap against it.
        trigger: 1 where the match speaks for YES, −1 for NO, 0 for neither.
        until_start: ms; negative while it runs.
        reason: Why nothing may be opened, a stable word; empty when it may.
    """

    mode: str
    fair_value: float
    side: Side
    trigger: int
    until_start: int
    reason: str
    features: dict[str, float]


def opinion(match: Match | None, view: View, parameters: EsportsParameters) -> Opinion:
    """What the bot thinks of a market.

    Args:
        match: What is known of its match, or None.
        view: Now.
        parameters: Windows, triggers, coefficients.
    """
    game = None if match is None else match.game
    if match is None or game is None:
        return _nothing("match-unknown", FAR)
    until_start = game.starts_at - view.now
    if match.ratings is None:
        return _nothing("no-rating", until_start)
    before = elo_probability(*match.ratings)
    if game.phase is GamePhase.ENDED:
        return _nothing("match-over", until_start)
    if until_start > 0 and game.phase is GamePhase.SCHEDULED:
        return _before_start(before, game, view, until_start, parameters)
    return _live(before, match, game, view, until_start, parameters)


def is_in_window(until_start_ms: int, window_min: tuple[int, int]) -> bool:
    """Whether `t ∈ [start − 15 min, start − 5 min)`."""
    late, early = window_min
    return late * MINUTE_MS < until_start_ms <= early * MINUTE_MS


def _before_start(
    before: float, game: GameState, view: View, until_start: int, parameters: EsportsParameters
) -> Opinion:
    reason = ""
    if view.market.match_map and game.best_of != 1:
        reason = "map-is-not-the-match"
    elif not is_in_window(until_start, parameters.window_min):
        reason = "outside-window"
    fair = _of_yes(before, view.market)
    features = {"p_pre": fair, "until_start_s": until_start / 1000}
    return _held_against_mid("pre", fair, view, 0, until_start, reason, features)


def _live(
    before: float,
    match: Match,
    game: GameState,
    view: View,
    until_start: int,
    parameters: EsportsParameters,
) -> Opinion:
    found = swing(match.history, game, parameters.swing_window_s * 1000)
    kills = 0 if found.kills is None else found.kills
    gold = (game.gold[0] - game.gold[1]) / 1000
    first = live_fair(
        before,
        kills,
        found.towers,
        k_kill=parameters.k_kill,
        k_tower=parameters.k_tower,
        limit=parameters.clip,
        gold=gold,
        k_gold=parameters.k_gold,
    )
    trigger = is_trigger(found, parameters.kill_swing, parameters.tower_lead)
    if view.market.match_side == 1:
        trigger = -trigger
    lag = game.ingest_time - game.event_time
    features = {
        "p_pre": _of_yes(before, view.market),
        "kill_swing": float(kills),
        "tower_lead": float(found.towers),
        "gold_lead": gold,
        "feed_lag_s": lag / 1000,
    }
    moved = has_trigger(found, parameters.kill_swing, parameters.tower_lead)
    reason = _live_obstacle(game, view.market, moved, lag, found.kills is None, parameters)
    fair = _of_yes(first, view.market)
    return _held_against_mid("live", fair, view, trigger, until_start, reason, features)


def _live_obstacle(
    game: GameState,
    market: Market,
    has_moved: bool,
    lag_ms: int,
    is_young: bool,
    parameters: EsportsParameters,
) -> str:
    if not parameters.live:
        return "live-is-off"
    if game.phase is not GamePhase.LIVE:
        return "match-not-running"
    if game.best_of != 1 and market.match_map != game.map_number:
        return "map-is-not-the-match"
    if lag_ms > parameters.max_feed_lag_s * 1000:
        return "feed-lags"
    if not has_moved:
        return "history-too-short" if is_young else "no-trigger"
    return ""


def _of_yes(first: float, market: Market) -> float:
    return first if market.match_side == 0 else 1.0 - first


def _held_against_mid(
    mode: str,
    fair: float,
    view: View,
    trigger: int,
    until_start: int,
    reason: str,
    features: dict[str, float],
) -> Opinion:
    mid = view.top.mid
    side = Side.YES if mid is None or Decimal(str(fair)) > mid else Side.NO
    return Opinion(mode, fair, side, trigger, until_start, reason, features)


def _nothing(reason: str, until_start: int) -> Opinion:
    return Opinion("", 0.5, Side.YES, 0, until_start, reason, {})
