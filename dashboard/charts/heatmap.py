"""Heat maps: a value for each pair of names, and for each day. Pure option objects of ECharts."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from dashboard.charts.bars import Option
from dashboard.charts.colours import BLUE, ORANGE
from dashboard.words import MINUS

ROW_PX, AXES_PX = 34, 84
FAINT = "rgba(148, 163, 184, 0.18)"


def heatmap(
    columns: Sequence[str],
    lines: Sequence[str],
    cells: Mapping[tuple[str, str], Decimal],
    *,
    signed: bool,
    dark: bool,
    form: str = "dollar",
) -> Option:
    """A field of colours; every cell has its figure, so that colour alone says nothing.

    Args:
        columns: Names along.
        lines: Names down.
        cells: Values by column and line; missing ones stay empty.
        signed: Results, blue above and orange below zero; otherwise amounts, faint to full.
        dark: Whether what lies behind is dark.
        form: How values are written.
    """
    most = max([Decimal("0.01"), *(abs(value) for value in cells.values())])
    data = [
        {
            "value": [columns.index(column), lines.index(line), round(float(value), 2)],
            "label": {
                "show": True,
                "formatter": _figure(value),
                "color": _ink(float(abs(value) / most), dark=dark),
                "textBorderWidth": 0,
            },
        }
        for (column, line), value in cells.items()
    ]
    return {
        "animation": False,
        "tooltip": {"valueFormatter": form},
        "grid": {"left": 8, "right": 12, "top": 8, "bottom": 44, "containLabel": True},
        "xAxis": {"type": "category", "data": list(columns), "splitArea": {"show": True}},
        "yAxis": {
            "type": "category",
            "data": list(lines),
            "inverse": True,
            "axisLabel": {"width": 130, "overflow": "truncate"},
        },
        "visualMap": _scale(float(most), signed=signed) | {"left": "center", "bottom": 0},
        "series": [{"type": "heatmap", "data": data}],
    }


def calendar(days: Mapping[str, Decimal]) -> Option:
    """Results by day over the months they touch.

    Args:
        days: Results by ISO date; one at least.
    """
    most = max(abs(value) for value in days.values()) or Decimal(1)
    first, last = min(days), max(days)
    return {
        "animation": False,
        "tooltip": {"valueFormatter": "dollar"},
        "visualMap": _scale(float(most), signed=True) | {"left": "center", "bottom": 0},
        "calendar": {
            "range": [f"{first[:8]}01", last],
            "cellSize": ["auto", 18],
            "top": 34,
            "left": 42,
            "right": 12,
            "itemStyle": {"color": FAINT, "borderWidth": 1, "borderColor": FAINT},
            "splitLine": {"show": True},
            "yearLabel": {"show": False},
            "dayLabel": {"firstDay": 1},
        },
        "series": [
            {
                "type": "heatmap",
                "coordinateSystem": "calendar",
                "data": [[day, round(float(value), 2)] for day, value in days.items()],
            }
        ],
    }


def _figure(value: Decimal) -> str:
    """Dollars; cents where dollars would all be 0."""
    written = f"{abs(value):,.0f}" if abs(value) >= 10 else f"{abs(value):,.2f}"
    return f"{MINUS}{written}" if value < 0 else written


def _ink(strength: float, *, dark: bool) -> str:
    """Letters that are read on a faint and on a full cell."""
    return "#ffffff" if dark or strength > 0.6 else "#1e293b"


def height(lines: int) -> int:
    """Pixels for so many lines."""
    return AXES_PX + ROW_PX * max(lines, 2)


def _scale(most: float, *, signed: bool) -> Option:
    colours = [ORANGE, FAINT, BLUE] if signed else [FAINT, BLUE]
    return {
        "min": -most if signed else 0,
        "max": most,
        "calculable": False,
        "orient": "horizontal",
        "itemHeight": 120,
        "itemWidth": 10,
        "precision": 0,
        "inRange": {"color": colours},
    }
