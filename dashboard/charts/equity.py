"""Equity with its drawdown under it, on one time axis, as an option object of ECharts. Pure.

ECharts, because Streamlit updates its charts in place: the zoom stays and nothing flickers.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from math import ceil, floor
from typing import Any

from dashboard.answers.overview import Equity

BLUE, ORANGE = "#3b82f6", "#f97316"
"""Seen on light and on dark, and by the colour-blind."""
LEAST_RANGE = Decimal(10)
"""Dollars that the axis spans at least, so that cents do not look like cliffs."""
ROOM = Decimal("0.08")
"""Part of the range left free above and below."""
LEFT, RIGHT = 64, 12


def equity_chart(equity: Equity) -> dict[str, Any]:
    """Draw equity in dollars above drawdown in percent.

    Args:
        equity: Times in ms UTC, equity and P&L in dollars, drawdown 0 to 1; two points at least.
    """
    results = without_deposits(equity)
    low, high = dollar_range(results)
    return {
        "useUTC": True,
        "animation": False,
        "tooltip": {"trigger": "axis"},
        "axisPointer": {"link": [{"xAxisIndex": "all"}]},
        "grid": [
            {"left": LEFT, "right": RIGHT, "top": 12, "height": "58%"},
            {"left": LEFT, "right": RIGHT, "top": "70%", "height": "20%"},
        ],
        "xAxis": [
            {"type": "time", "axisLabel": {"show": False}, "axisTick": {"show": False}},
            {"type": "time", "gridIndex": 1, "axisLabel": {"hideOverlap": True}},
        ],
        "yAxis": [
            {
                "type": "value",
                "min": low,
                "max": high,
                "axisLabel": {
                    "formatter": "${value}",
                    "showMinLabel": False,
                    "showMaxLabel": False,
                },
            },
            {
                "type": "value",
                "gridIndex": 1,
                "max": 0,
                "splitNumber": 2,
                "axisLabel": {"formatter": "{value} %"},
            },
        ],
        "series": [
            _line("Equity", equity.times, map(float, results), BLUE, "dollar", 0),
            {
                **_line("Drawdown", equity.times, _percents(equity), ORANGE, "%.2f %%", 1),
                "areaStyle": {"opacity": 0.25},
            },
        ],
    }


def without_deposits(equity: Equity) -> list[Decimal]:
    """Equity as if what was deposited by now had been there from the start; ends at equity."""
    capital = equity.equity[-1] - equity.pnl[-1]
    return [capital + pnl for pnl in equity.pnl]


def dollar_range(values: Sequence[Decimal]) -> tuple[int, int]:
    """Lower and upper end of the dollar axis, whole dollars."""
    low, high = min(values), max(values)
    missing = max(Decimal(0), LEAST_RANGE - (high - low)) / 2
    room = max(high - low, LEAST_RANGE) * ROOM
    return floor(low - missing - room), ceil(high + missing + room)


def _percents(equity: Equity) -> Iterable[float]:
    return (-100 * float(value) for value in equity.drawdown)


def _line(
    name: str, times: Iterable[int], values: Iterable[float], colour: str, form: str, axis: int
) -> dict[str, Any]:
    return {
        "name": name,
        "type": "line",
        "xAxisIndex": axis,
        "yAxisIndex": axis,
        "showSymbol": False,
        "color": colour,
        "lineStyle": {"width": 2 - axis / 2},
        "tooltip": {"valueFormatter": form},
        "data": [[at, value] for at, value in zip(times, values, strict=True)],
    }
