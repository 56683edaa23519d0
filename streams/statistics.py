"""How good a record is: return ratios, forecasts, and how likely luck explains them.

Formulas of STRATEGIES.md E.5. Markets trade around the clock: a year has 365 days, never 252. An
undefined ratio is None, never 0 or infinity.
"""

from collections.abc import Sequence
from math import e, sqrt
from statistics import NormalDist, fmean, stdev
from typing import NamedTuple

DAYS_PER_YEAR = 365.0
MIN_DAYS = 60
"""Daily returns below which a Sharpe ratio is reported as "insufficient", not as a number."""
BINS = 10
"""Equal bins of the forecast decomposition."""

_NORMAL = NormalDist()
_EULER = 0.5772156649


def sharpe(
    returns: Sequence[float], risk_free: float = 0.0, periods: float = DAYS_PER_YEAR
) -> float | None:
    """Annualised Sharpe ratio, `risk_free` per year. None for fewer than two or equal returns."""
    if len(returns) < 2 or max(returns) == min(returns):
        return None
    return (fmean(returns) - risk_free / periods) / stdev(returns) * sqrt(periods)


def sortino(
    returns: Sequence[float], target: float = 0.0, periods: float = DAYS_PER_YEAR
) -> float | None:
    """Annualised Sortino ratio, `target` per period; shortfalls are averaged over all periods."""
    if not returns:
        return None
    shortfall = sqrt(fmean([min(r - target, 0.0) ** 2 for r in returns]))
    return (fmean(returns) - target) / shortfall * sqrt(periods) if shortfall else None


def max_drawdown(equity: Sequence[float]) -> float:
    """Greatest `1 − E_t / max_{s≤t} E_s`; 0 for an empty or rising curve. Equity is positive."""
    peak, worst = 0.0, 0.0
    for value in equity:
        peak = max(peak, value)
        worst = max(worst, 1.0 - value / peak)
    return worst


def profit_factor(pnl: Sequence[float]) -> float | None:
    """`Σ gains / |Σ losses|`; None without losses, 0 with losses only."""
    losses = -sum(value for value in pnl if value < 0.0)
    return sum(value for value in pnl if value > 0.0) / losses if losses else None


def brier(forecasts: Sequence[float], outcomes: Sequence[float]) -> float:
    """Mean squared error of probabilities; one observation per market. Not for empty input."""
    return fmean([(p - y) ** 2 for p, y in zip(forecasts, outcomes, strict=True)])


def brier_skill(ours: float, market: float) -> float | None:
    """`1 − Brier / Brier of the market` at the same times; None when the market was perfect."""
    return 1.0 - ours / market if market else None


class Murphy(NamedTuple):
    """Where a Brier score comes from, with the expected calibration error.

    Attributes:
        reliability: Distance of forecasts from frequencies; lower is better.
        resolution: Spread of the frequencies; higher is better.
        uncertainty: Of the outcomes themselves.
        calibration_error: ECE, mean absolute distance.
    """

    reliability: float
    resolution: float
    uncertainty: float
    calibration_error: float


def murphy(forecasts: Sequence[float], outcomes: Sequence[float]) -> Murphy:
    """Murphy's decomposition over ten equal bins, bin `min(⌊10p⌋, 9)`. Not for empty input."""
    bins: dict[int, list[tuple[float, float]]] = {}
    for p, y in zip(forecasts, outcomes, strict=True):
        bins.setdefault(min(int(BINS * p), BINS - 1), []).append((p, y))
    base = fmean(outcomes)
    reliability = resolution = error = 0.0
    for pairs in bins.values():
        forecast = fmean([p for p, _ in pairs])
        frequency = fmean([y for _, y in pairs])
        reliability += len(pairs) * (forecast - frequency) ** 2
        resolution += len(pairs) * (frequency - base) ** 2
        error += len(pairs) * abs(forecast - frequency)
    count = len(forecasts)
    return Murphy(reliability / count, resolution / count, base * (1.0 - base), error / count)


def moments(returns: Sequence[float]) -> tuple[float, float] | None:
    """Skew and raw kurtosis of a sample; None when all returns are equal."""
    if not returns or max(returns) == min(returns):
        return None
    mean = fmean(returns)
    second = fmean([(r - mean) ** 2 for r in returns])
    third = fmean([(r - mean) ** 3 for r in returns])
    fourth = fmean([(r - mean) ** 4 for r in returns])
    return third / second**1.5, fourth / second**2


def probabilistic_sharpe(
    ratio: float, count: int, skew: float, kurtosis: float, benchmark: float = 0.0
) -> float | None:
    """Probability that the true per-period Sharpe ratio exceeds the benchmark.

    Args:
        ratio: Sharpe ratio per period, not annualised.
        count: T, periods.
        skew: g₃ of the returns.
        kurtosis: g₄, raw (3 for a normal).
        benchmark: SR₀, per period.

    Returns:
        The probability; None for fewer than two periods or when the variance is not positive.
    """
    variance = 1.0 - skew * ratio + (kurtosis - 1.0) / 4.0 * ratio * ratio
    if count < 2 or variance <= 0.0:
        return None
    return _NORMAL.cdf((ratio - benchmark) * sqrt(count - 1) / sqrt(variance))


def luck_benchmark(tried: int, variance: float) -> float:
    """SR₀: the per-period Sharpe ratio that the best of `tried` worthless configurations shows.

    Args:
        tried: N, configurations ever tried, not only those reported.
        variance: V, variance of their per-period Sharpe ratios.
    """
    if tried < 2:
        return 0.0
    first = _NORMAL.inv_cdf(1.0 - 1.0 / tried)
    second = _NORMAL.inv_cdf(1.0 - 1.0 / (tried * e))
    return sqrt(variance) * ((1.0 - _EULER) * first + _EULER * second)


def deflated_sharpe(
    ratio: float, count: int, skew: float, kurtosis: float, tried: int, variance: float
) -> float | None:
    """The probabilistic Sharpe ratio against what luck among `tried` configurations would show."""
    benchmark = luck_benchmark(tried, variance)
    return probabilistic_sharpe(ratio, count, skew, kurtosis, benchmark)
