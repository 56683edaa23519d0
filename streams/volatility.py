"""Volatility of a market's belief: an exponentially weighted fold over logit(microprice).

`v ← λ·v + (1 − λ)·Δx²·(1 h / Δt)` with `λ = 0.5^(Δt / half-life)`, seeded with the first value;
v is variance per hour. With samples a minute apart this is the standard rule of STRATEGIES.md D.5,
`√(60·v_minute)`; with 5 s it is that of the short-horizon profile.
"""

from math import sqrt

import msgspec

from streams.logit import clip, logit

HOUR_MS = 3_600_000


class VolatilityParameters(msgspec.Struct, frozen=True, kw_only=True):
    """How the fold samples and forgets; both in milliseconds."""

    sample_ms: int
    half_life_ms: int


STANDARD = VolatilityParameters(sample_ms=60_000, half_life_ms=1_800_000)
"""One sample a minute, half-life 30 minutes."""
SHORT_HORIZON = VolatilityParameters(sample_ms=5_000, half_life_ms=60_000)
"""One sample in 5 seconds, half-life a minute."""


class VolatilityState(msgspec.Struct, frozen=True):
    """Where the fold stands.

    Attributes:
        x: Logit of the last sample; None before the first.
        at: When it was taken, ms.
        variance: Per hour; None before the second sample.
    """

    x: float | None = None
    at: int = 0
    variance: float | None = None


def is_due(state: VolatilityState, now: int, parameters: VolatilityParameters) -> bool:
    """Whether `observe` would take a sample now."""
    return state.x is None or now - state.at >= parameters.sample_ms


def observe(
    state: VolatilityState, microprice: float, now: int, parameters: VolatilityParameters
) -> VolatilityState:
    """Take a sample if one is due.

    A minute in which nothing changed is a sample too: call this on clock ticks as well. While the
    microprice is undefined, do not call it; the next sample then covers the whole gap.

    Args:
        state: The state before.
        microprice: Of YES, net of our own orders.
        now: The fold's `now`, ms.
        parameters: Sampling and half-life.
    """
    if not is_due(state, now, parameters):
        return state
    x = logit(microprice)
    if state.x is None:
        return VolatilityState(x, now, None)
    elapsed = now - state.at
    rate = (x - state.x) ** 2 * HOUR_MS / elapsed
    if state.variance is not None:
        keep = 0.5 ** (elapsed / parameters.half_life_ms)
        rate = keep * state.variance + (1.0 - keep) * rate
    return VolatilityState(x, now, rate)


def sigma(state: VolatilityState, low: float = 0.02, high: float = 1.0) -> float | None:
    """Volatility per √hour in logit units inside [low, high]; None before the second sample."""
    return None if state.variance is None else clip(sqrt(state.variance), low, high)


def digital_sigma(
    state: VolatilityState,
    left_h: float,
    floor: float = 1.6,
    low: float = 3.0,
    high: float = 12.0,
) -> float:
    """Volatility of a market that resolves automatically in `left_h` hours.

    At the money the belief of a digital moves at least `floor / √T` per √hour, however calm the
    last samples were (STRATEGIES.md D.5, short-horizon profile).

    Args:
        state: The fold; the floor alone counts before its second sample.
        left_h: T, hours to the end; not above 0 gives `high`.
        floor: Theory's coefficient.
        low: Least volatility.
        high: Greatest volatility.
    """
    if left_h <= 0.0:
        return high
    measured = 0.0 if state.variance is None else sqrt(state.variance)
    return clip(max(measured, floor / sqrt(left_h)), low, high)
