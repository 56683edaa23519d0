"""A run's returns and whether luck explains them (STRATEGIES.md E.5). Pure."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise
from math import sqrt
from statistics import variance
from typing import NamedTuple

from streams.statistics import (
    DAYS_PER_YEAR,
    MIN_DAYS,
    deflated_sharpe,
    moments,
    sharpe,
    sortino,
)

DAY_MS = 86_400_000


class Luck(NamedTuple):
    """How good a run's returns are; None where the sample is insufficient.

    Attributes:
        days: Daily returns there are.
        sharpe: Annualised.
        sortino: Annualised.
        per_day: Sharpe ratio per day, what a register of runs keeps.
        deflated: Probability that it is better than what luck shows over all runs ever made.
        tried: Runs ever made on the data, this one included.
    """

    days: int
    sharpe: float | None
    sortino: float | None
    per_day: float | None
    deflated: float | None
    tried: int


def daily_returns(points: Iterable[tuple[int, Decimal]]) -> list[float]:
    """Returns between the last values of UTC days; a day without a point had none.

    Args:
        points: (ms UTC, net asset value above 0) in the order of time.
    """
    last: dict[int, Decimal] = {}
    for at, value in points:
        last[at // DAY_MS] = value
    if not last:
        return []
    values = []
    value = last[min(last)]
    for day in range(min(last), max(last) + 1):
        value = last.get(day, value)
        values.append(value)
    return [float(after / before) - 1.0 for before, after in pairwise(values) if before > 0]


def luck(returns: Sequence[float], others: Sequence[float | None]) -> Luck:
    """Judge daily returns.

    Args:
        returns: Daily.
        others: Daily Sharpe ratios of all other runs ever made on the data, None where a run's
            sample was insufficient; each counts as tried.
    """
    tried = len(others) + 1
    ratio = sharpe(returns)
    if len(returns) < MIN_DAYS or ratio is None:
        return Luck(len(returns), None, None, None, None, tried)
    per_day = ratio / sqrt(DAYS_PER_YEAR)
    known = [per_day, *(each for each in others if each is not None)]
    spread = variance(known) if len(known) > 1 else 0.0
    shape = moments(returns)
    deflated = None
    if shape is not None:
        deflated = deflated_sharpe(per_day, len(returns), *shape, tried, spread)
    return Luck(len(returns), ratio, sortino(returns), per_day, deflated, tried)
