"""From one sum to another, step by step. Pure option objects of ECharts."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from dashboard.charts.bars import Option
from dashboard.charts.colours import BLUE, ORANGE, SLATE
from dashboard.words import signed_money

ZERO = Decimal(0)


class Step(NamedTuple):
    """What is added, with its sign; a total is where the steps before it have led."""

    name: str
    change: Decimal
    total: bool = False


def waterfall(steps: Sequence[Step]) -> Option:
    """Floating bars: each begins where the one before it ended, totals stand on zero.

    Args:
        steps: In order; a total's `change` is the sum itself and adds nothing.
    """
    under, above, below = [], [], []
    at = ZERO
    for step in steps:
        start, end = (ZERO, step.change) if step.total else (at, at + step.change)
        low, high = min(start, end), max(start, end)
        base = low if low > 0 else high if high < 0 else ZERO
        colour = SLATE if step.total else BLUE if step.change >= 0 else ORANGE
        under.append(float(base))
        above.append(_bar(max(high, ZERO) - max(base, ZERO), colour))
        below.append(_bar(min(low, ZERO) - min(base, ZERO), colour))
        at = end
    clear = {"itemStyle": {"color": "transparent"}}
    return {
        "animation": False,
        "grid": {"left": 8, "right": 12, "top": 24, "bottom": 4, "containLabel": True},
        "xAxis": {
            "type": "category",
            "data": [f"{step.name}\n{signed_money(step.change)}" for step in steps],
            "axisLabel": {"interval": 0},
        },
        "yAxis": {"type": "value", "splitNumber": 4, "name": "$"},
        "series": [
            {"type": "bar", "stack": "all", "barMaxWidth": 54, **look, "data": data}
            for data, look in ((under, clear), (above, {}), (below, {}))
        ],
    }


def _bar(length: Decimal, colour: str) -> Option:
    return {"value": float(length), "itemStyle": {"color": colour}}
