"""Whether a bot's paper record lets it leave paper mode (STRATEGIES.md E.6). All of it counts.

What a record lacks is said in sentences; live money asks for none.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from schemas.ids import BotId

MIN_DAYS = 28
MIN_FILLS = 200
MIN_RESOLVED = 100
MIN_DEFLATED = 0.95
MIN_WIN_RATE = 0.52
MIN_SHARPE = 0.8
MAX_DRAWDOWN = Decimal("0.15")
CONFIDENCE = 0.90
ROUNDS = 1_000
"""Resamples of the bootstrap."""

_MASK = (1 << 64) - 1
_NOT_AMONG_ALL = "Among all bots the record may be luck (Holm's correction)."


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What a paper run showed.

    Attributes:
        directional: Judged by resolved positions and Brier skill, else by fills and markouts.
        days: Days of the run.
        fills: Fills in it.
        resolved: Positions held to resolution.
        pnl: Dollars under the risk-averse queue, rewards excluded.
        markout_60s: Share-weighted, dollars per share; None when unknown.
        skill: Lower and upper end of the 90 % interval of the Brier skill; None when unknown.
        deflated: Deflated Sharpe ratio over every configuration ever tried; None when unknown.
        win_rate: Of closed positions; None without any.
        average_price: Paid for them, dollars; what the win rate has to beat.
        sharpe: Annualised; None when there are too few days.
        drawdown: Greatest.
        violations: Invariants of section G that were broken.
        snapshots_only: The data had no prints, so fills are a lower bound.
        unreal_fills: Fills on recorded or simulated data; they tell nothing about the venue.
        risk_averse: Whether the paper exchange had the risk-averse queue.
    """

    directional: bool
    days: int
    fills: int
    resolved: int
    pnl: Decimal
    markout_60s: float | None
    skill: tuple[float, float] | None
    deflated: float | None
    win_rate: float | None
    average_price: float | None
    sharpe: float | None
    drawdown: Decimal
    violations: int
    snapshots_only: bool
    unreal_fills: int
    risk_averse: bool


def shortfalls(record: Record) -> tuple[str, ...]:
    """What the record lacks, in sentences; nothing when every criterion is met."""
    skill = record.skill
    proof = (
        (record.resolved >= MIN_RESOLVED, f"{record.resolved} of {MIN_RESOLVED} resolved positions")
        if record.directional
        else (record.fills >= MIN_FILLS, f"{record.fills} of {MIN_FILLS} fills")
    )
    quality = (
        (
            skill is not None and skill[0] > 0.0,
            f"the Brier skill's interval is {skill}, not above 0",
        )
        if record.directional
        else (_above(record.markout_60s, 0.0), f"the 60 s markout is {record.markout_60s}")
    )
    checks = (
        (not record.snapshots_only, "data without prints certify nothing"),
        (
            record.unreal_fills == 0,
            f"{record.unreal_fills} fills were on recorded or simulated data: they certify nothing",
        ),
        (record.risk_averse, "the paper exchange had another queue than the risk-averse one"),
        (record.days >= MIN_DAYS, f"{record.days} of {MIN_DAYS} days"),
        proof,
        (record.pnl > 0, f"the P&L is {record.pnl} dollars without rewards"),
        quality,
        (
            record.deflated is not None and record.deflated >= MIN_DEFLATED,
            f"the deflated Sharpe ratio is {record.deflated}, {MIN_DEFLATED} is needed",
        ),
        (record.violations == 0, f"{record.violations} invariants were broken"),
        (_above(record.win_rate, MIN_WIN_RATE), f"the win rate is {record.win_rate}"),
        (
            _above(record.win_rate, record.average_price or 0.0),
            f"the win rate does not beat the average price paid, {record.average_price}",
        ),
        (_above(record.sharpe, MIN_SHARPE), f"the Sharpe ratio is {record.sharpe}"),
        (record.drawdown < MAX_DRAWDOWN, f"the drawdown was {record.drawdown}"),
    )
    return tuple(f"{text[0].upper()}{text[1:]}." for met, text in checks if not met)


def verdicts(records: Mapping[BotId, Record]) -> dict[BotId, tuple[str, ...]]:
    """What each bot's record lacks, Holm's correction over all of them included."""
    passed = holm(
        {
            bot_id: 1.0 if record.deflated is None else 1.0 - record.deflated
            for bot_id, record in records.items()
        }
    )
    return {
        bot_id: shortfalls(record)
        + (() if bot_id in passed or record.deflated is None else (_NOT_AMONG_ALL,))
        for bot_id, record in records.items()
    }


def holm(p_values: Mapping[BotId, float], level: float = 1.0 - MIN_DEFLATED) -> frozenset[BotId]:
    """The bots that pass Holm's correction: the smallest p-value first, until one fails.

    Args:
        p_values: One minus the deflated Sharpe ratio, by bot.
        level: Greatest chance of one false pass among all of them.
    """
    passed: list[BotId] = []
    ranked = sorted(p_values, key=lambda bot: (p_values[bot], bot))
    for index, bot in enumerate(ranked):
        if p_values[bot] > level / (len(ranked) - index):
            break
        passed.append(bot)
    return frozenset(passed)


def skill_interval(
    ours: Sequence[float], market: Sequence[float], seed: int
) -> tuple[float, float] | None:
    """90 % bootstrap interval of the Brier skill, resampled by market.

    Args:
        ours: Squared error of our forecast, one per market.
        market: Squared error of the market's own price at the same times.
        seed: Of the resampling; equal seeds give equal intervals.

    Returns:
        Lower and upper end; None for fewer than two markets or a market that was never wrong.
    """
    count = len(ours)
    if count < 2 or count != len(market) or not any(market):
        return None
    skills: list[float] = []
    state = seed & _MASK
    for _ in range(ROUNDS):
        mine = theirs = 0.0
        for _ in range(count):
            state, index = _draw(state, count)
            mine += ours[index]
            theirs += market[index]
        if theirs:
            skills.append(1.0 - mine / theirs)
    skills.sort()
    tail = int(len(skills) * (1.0 - CONFIDENCE) / 2.0)
    return skills[tail], skills[-1 - tail]


def _draw(state: int, count: int) -> tuple[int, int]:
    """One step of splitmix64: the next state, and a whole number below `count`."""
    state = (state + 0x9E3779B97F4A7C15) & _MASK
    mixed = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
    return state, (mixed ^ (mixed >> 31)) % count


def _above(value: float | None, limit: float) -> bool:
    return value is not None and value > limit
