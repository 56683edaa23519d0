"""What an esports match says about its winner: ratings, swings, fair value (STRATEGIES.md D.2).

All differences are first side minus second side; a probability is the first side's.
"""

from typing import NamedTuple

import msgspec

from schemas.outside import GameState
from streams.logit import clip, logit, sigmoid

CS2 = "cs2"
"""The title whose rounds take the place of towers."""
CS2_ROUNDS = 3
"""Kill swings of CS2 are measured over so many rounds."""
ELO_SCALE = 400.0


class Sample(msgspec.Struct, frozen=True, array_like=True):
    """Kills at a moment: source time in ms, first minus second, all kills, rounds played."""

    at: int
    lead: int
    kills: int
    rounds: int


class MatchHistory(msgspec.Struct, frozen=True):
    """The ring buffer of one map.

    Attributes:
        map_number: The map it speaks of; another one starts anew.
        samples: Oldest first; one that is older than the window is kept as its base.
    """

    map_number: int = 0
    samples: tuple[Sample, ...] = ()


class Swing(NamedTuple):
    """How a match moved.

    Attributes:
        kills: Δk, change of the kill lead over the window; None while the window is not covered.
        towers: Δt, tower lead, or half the round lead of CS2 truncated toward zero.
    """

    kills: int | None
    towers: int


def elo_probability(first: float, second: float) -> float:
    """Win probability of the first side: `1/(1 + 10^(−Δ/400))`."""
    return float(1.0 / (1.0 + 10.0 ** ((second - first) / ELO_SCALE)))


def observe(history: MatchHistory, game: GameState, window_ms: int) -> MatchHistory:
    """Add a game state; one that is not newer than the last changes nothing.

    Args:
        history: Before.
        game: What the feed said.
        window_ms: How far back swings look.
    """
    first, second = game.kills
    sample = Sample(game.event_time, first - second, first + second, sum(game.rounds))
    if game.map_number != history.map_number or not history.samples:
        return MatchHistory(game.map_number, (sample,))
    if sample.at <= history.samples[-1].at:
        return history
    samples = (*history.samples, sample)
    keep = _base(samples, sample.at - window_ms)
    if game.game == CS2:
        keep = min(keep, _rounds_base(samples, sample.rounds - CS2_ROUNDS))
    return MatchHistory(game.map_number, samples[keep:])


def swing(history: MatchHistory, game: GameState, window_ms: int) -> Swing:
    """Δk and Δt of the last game state; `game` must have been observed.

    A map seen from its first kill on has a lead of 0 before it.
    """
    rounds = game.rounds[0] - game.rounds[1]
    towers = int(rounds / 2) if game.game == CS2 else game.towers[0] - game.towers[1]
    if not history.samples:
        return Swing(None, towers)
    last, first = history.samples[-1], history.samples[0]
    if game.game == CS2:
        covered = first.rounds <= last.rounds - CS2_ROUNDS
        base = history.samples[_rounds_base(history.samples, last.rounds - CS2_ROUNDS)]
    else:
        covered = first.at <= last.at - window_ms
        base = history.samples[_base(history.samples, last.at - window_ms)]
    if covered:
        return Swing(last.lead - base.lead, towers)
    return Swing(last.lead if first.kills == 0 else None, towers)


def has_trigger(found: Swing, kill_swing: int, tower_lead: int) -> bool:
    """Whether a match moved enough to look at: `|Δk| ≥ kill_swing` or `|Δt| ≥ tower_lead`."""
    return abs(found.kills or 0) >= kill_swing or abs(found.towers) >= tower_lead


def is_trigger(found: Swing, kill_swing: int, tower_lead: int) -> int:
    """Which side the triggers speak for: 1 first, −1 second, 0 none or both.

    Args:
        found: The match.
        kill_swing: Least |Δk|.
        tower_lead: Least |Δt|.
    """
    kills = 0 if found.kills is None else found.kills
    told = {
        1 if value > 0 else -1
        for value, least in ((kills, kill_swing), (found.towers, tower_lead))
        if abs(value) >= least
    }
    return told.pop() if len(told) == 1 else 0


def live_fair(
    p_pre: float,
    kills: int,
    towers: int,
    *,
    k_kill: float = 0.06,
    k_tower: float = 0.30,
    limit: float = 1.5,
    gold: float = 0.0,
    k_gold: float = 0.0,
) -> float:
    """`sigmoid(logit(p_pre) + clip(k_kill·Δk + k_tower·Δt + k_gold·gold, ±limit))`.

    Args:
        p_pre: Probability before the match.
        kills: Δk.
        towers: Δt.
        k_kill: Logit units per kill.
        k_tower: Logit units per tower.
        limit: Most that the match may move it, logit units.
        gold: Gold lead in thousands.
        k_gold: Logit units per thousand; 0 until it is fitted.
    """
    shift = clip(k_kill * kills + k_tower * towers + k_gold * gold, -limit, limit)
    return sigmoid(logit(p_pre) + shift)


def _base(samples: tuple[Sample, ...], at: int) -> int:
    """Index of the last sample at or before `at`; the first where there is none."""
    older = [index for index, sample in enumerate(samples) if sample.at <= at]
    return older[-1] if older else 0


def _rounds_base(samples: tuple[Sample, ...], rounds: int) -> int:
    """Index of the last sample with at most so many rounds; the first where there is none."""
    older = [index for index, sample in enumerate(samples) if sample.rounds <= rounds]
    return older[-1] if older else 0
