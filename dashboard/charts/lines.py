"""Lines over session time, points in a plane, and shares of a whole. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from dashboard.charts.bars import Option
from dashboard.charts.colours import SERIES

MOST_POINTS = 2_000


class Line(NamedTuple):
    """One line: times in ms UTC with a value each."""

    name: str
    times: Sequence[int]
    values: Sequence[float]


class Point(NamedTuple):
    """One named point."""

    name: str
    x: float
    y: float
    size: float


def lines(series: Sequence[Line], *, unit: str, form: str) -> Option:
    """Several lines on one time axis.

    Args:
        series: At most 2,000 points each.
        unit: Beside the axis, as ECharts' template, e.g. `{value} %`.
        form: How values are written in the tip.
    """
    return {
        "useUTC": True,
        "animation": False,
        "tooltip": {"trigger": "axis", "valueFormatter": form},
        "legend": {"show": len(series) > 1, "top": 0, "type": "scroll"},
        "grid": {"left": 8, "right": 12, "top": 34, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "time", "axisLabel": {"hideOverlap": True}},
        "yAxis": {"type": "value", "scale": True, "axisLabel": {"formatter": unit}},
        "series": [
            {
                "name": line.name,
                "type": "line",
                "showSymbol": False,
                "color": SERIES[place % len(SERIES)],
                "lineStyle": {"width": 1.5},
                "data": [list(pair) for pair in zip(line.times, line.values, strict=True)],
            }
            for place, line in enumerate(series)
        ],
    }


def scatter(points: Sequence[Point], *, x: str, y: str) -> Option:
    """Named points in a plane, percent on both axes.

    Args:
        points: Values are fractions; `size` is pixels.
        x: What lies along.
        y: What rises.
    """
    return {
        "animation": False,
        "tooltip": {"trigger": "item", "formatter": "{b}: {c}"},
        "grid": {"left": 12, "right": 34, "top": 30, "bottom": 26, "containLabel": True},
        "xAxis": {
            "type": "value",
            "name": x,
            "nameLocation": "middle",
            "nameGap": 28,
            "axisLabel": {"formatter": "{value} %", "hideOverlap": True},
        },
        "yAxis": {"type": "value", "name": y, "axisLabel": {"formatter": "{value} %"}},
        "series": [
            {
                "type": "scatter",
                "data": [
                    {
                        "name": point.name,
                        "value": [round(point.x * 100, 3), round(point.y * 100, 3)],
                        "symbolSize": point.size,
                        "itemStyle": {"color": SERIES[place % len(SERIES)], "opacity": 0.85},
                        "label": {
                            "show": True,
                            "formatter": point.name,
                            "position": "top",
                            "distance": 6,
                        },
                    }
                    for place, point in enumerate(points)
                ],
                "labelLayout": {"hideOverlap": False, "moveOverlap": "shiftY"},
            }
        ],
    }


def ring(parts: Mapping[str, Decimal]) -> Option:
    """Parts of a whole; every part with its name and its share."""
    return {
        "animation": False,
        "tooltip": {"trigger": "item", "valueFormatter": "dollar"},
        "color": list(SERIES),
        "series": [
            {
                "type": "pie",
                "radius": ["42%", "64%"],
                "center": ["50%", "52%"],
                "avoidLabelOverlap": True,
                "label": {"formatter": "{b}\n{d} %", "overflow": "truncate", "width": 110},
                "data": [
                    {"name": name, "value": round(float(value), 2)}
                    for name, value in parts.items()
                    if value > 0
                ],
            }
        ],
    }
