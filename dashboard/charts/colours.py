"""Colours that are seen on light and on dark, and told apart by the colour-blind. Pure."""

from collections.abc import Sequence
from decimal import Decimal

BLUE, ORANGE, TEAL, VIOLET = "#3b82f6", "#f97316", "#14b8a6", "#8b5cf6"
YELLOW, SLATE, PINK, SKY = "#eab308", "#64748b", "#ec4899", "#0ea5e9"
SERIES = (BLUE, ORANGE, TEAL, VIOLET, YELLOW, SLATE, PINK, SKY, "#84cc16", "#a16207")
"""Ten bots, ten colours; a name or a sign always says the same in words."""
CALM, CLOSE, OVER = SLATE, "#f59e0b", "#dc2626"
"""Far from a limit, near it, over it."""
NEAR = 0.8
"""Part of a limit from which it is near."""


def by_sign(values: Sequence[Decimal]) -> list[dict[str, object]]:
    """Bars that are blue above and orange below zero."""
    return [
        {"value": float(value), "itemStyle": {"color": BLUE if value >= 0 else ORANGE}}
        for value in values
    ]


def by_use(used: float) -> str:
    """The colour of a part of a limit that is used."""
    return OVER if used >= 1 else CLOSE if used >= NEAR else CALM
