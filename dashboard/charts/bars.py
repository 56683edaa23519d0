"""Bars: one a name, beside or upon each other, upright or lying. Pure option objects of ECharts."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from dashboard.charts.colours import CLOSE, NEAR, OVER, SERIES, by_sign, by_use

Option = dict[str, object]
ROW_PX, LEAST_PX, AXIS_PX = 30, 120, 56


class Bars(NamedTuple):
    """One series: a value for each name."""

    name: str
    values: Sequence[Decimal]


def bars(
    names: Sequence[str], series: Sequence[Bars], *, form: str = "dollar", unit: str = "$"
) -> Option:
    """Upright bars, several series upon each other.

    Args:
        names: Along the axis.
        series: Each with a value a name; one alone is coloured by its sign.
        form: How values are written, as Streamlit's number formats.
        unit: Of the axis.
    """
    return {
        **_common(series, form),
        "grid": {"left": 8, "right": 12, "top": 34, "bottom": 4, "containLabel": True},
        "xAxis": {
            "type": "category",
            "data": list(names),
            "axisLabel": {"hideOverlap": True, "interval": "auto"},
        },
        "yAxis": {"type": "value", "splitNumber": 4, "name": unit},
    }


def lying_bars(
    names: Sequence[str], series: Sequence[Bars], *, form: str = "dollar", unit: str = "$"
) -> Option:
    """Bars that lie, the first name above, several series behind each other on one line.

    Args:
        names: Down the axis.
        series: Each with a value a name; one alone is coloured by its sign.
        form: How values are written, as Streamlit's number formats.
        unit: Of the axis.
    """
    return {
        **_common(series, form),
        "grid": {
            "left": 8,
            "right": 30,
            "top": 34 if len(series) > 1 else 8,
            "bottom": 4,
            "containLabel": True,
        },
        "xAxis": {
            "type": "value",
            "splitNumber": 4,
            "name": unit,
            "nameGap": 6,
            "axisLabel": {"hideOverlap": True},
        },
        "yAxis": {
            "type": "category",
            "data": list(names),
            "inverse": True,
            "axisLabel": {"width": 130, "overflow": "truncate"},
        },
    }


def _common(series: Sequence[Bars], form: str) -> Option:
    """What bars that stand and bars that lie have alike."""
    return {
        "animation": False,
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}, "valueFormatter": form},
        "legend": {"show": len(series) > 1, "top": 0, "type": "scroll"},
        "series": _series(series),
    }


def limit_bars(names: Sequence[str], used: Sequence[Decimal], written: Sequence[str]) -> Option:
    """How much of each limit is used, in percent, with the warning and the limit marked.

    Args:
        names: Of the limits.
        used: Part of each that is used, 1 is all.
        written: What stands beside each bar.
    """
    data = [
        {
            "value": round(float(part) * 100, 1),
            "itemStyle": {"color": by_use(float(part))},
            "label": {"show": True, "position": "right", "formatter": words},
        }
        for part, words in zip(used, written, strict=True)
    ]
    most = max([100.0, *(float(part) * 100 for part in used)])
    return {
        "animation": False,
        "tooltip": {"trigger": "item", "formatter": "{b}: {c} %"},
        "grid": {"left": 8, "right": 150, "top": 22, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "value", "min": 0, "max": most, "axisLabel": {"formatter": "{value} %"}},
        "yAxis": {
            "type": "category",
            "data": list(names),
            "inverse": True,
            "axisLabel": {"width": 150, "overflow": "truncate"},
        },
        "series": [
            {
                "type": "bar",
                "data": data,
                "barMaxWidth": 16,
                "markLine": {
                    "symbol": "none",
                    "silent": True,
                    "label": {"show": False},
                    "data": [
                        {"xAxis": 100 * NEAR, "lineStyle": {"type": "dotted", "color": CLOSE}},
                        {"xAxis": 100, "lineStyle": {"type": "solid", "color": OVER}},
                    ],
                },
            }
        ],
    }


def height(count: int) -> int:
    """Pixels for so many lying bars."""
    return max(LEAST_PX, AXIS_PX + ROW_PX * count)


def _series(series: Sequence[Bars]) -> list[Option]:
    alone = len(series) == 1
    return [
        {
            "name": each.name,
            "type": "bar",
            "stack": "all",
            "barMaxWidth": 34,
            "color": SERIES[place % len(SERIES)],
            "data": by_sign(each.values) if alone else [float(value) for value in each.values],
        }
        for place, each in enumerate(series)
    ]
