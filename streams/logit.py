"""Probabilities in logit space, where increments are roughly homogeneous (STRATEGIES.md A.4)."""

from math import exp, log

CLAMP = (0.001, 0.999)
"""Probabilities are pulled inside these before their logit is taken."""


def clip(value: float, low: float, high: float) -> float:
    """`value` inside [low, high]."""
    if value < low:
        return low
    return high if value > high else value


def logit(probability: float) -> float:
    """`ln(p / (1 − p))`, with p clamped to [0.001, 0.999]."""
    p = clip(probability, *CLAMP)
    return log(p / (1.0 - p))


def sigmoid(x: float) -> float:
    """`1 / (1 + e^−x)`, without overflow for any x."""
    if x >= 0.0:
        return 1.0 / (1.0 + exp(-x))
    grown = exp(x)
    return grown / (1.0 + grown)


def slope(probability: float) -> float:
    """`dp/dx = p(1 − p)`: dollars per logit unit at this probability."""
    return probability * (1.0 - probability)
