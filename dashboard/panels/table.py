"""Tables that look alike: numbers right-aligned and written as people read them."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from dashboard.rows.columns import FORMATS, RESULTS, Cell
from dashboard.words import NOTHING

GAIN = {"light": "#1d4ed8", "dark": "#93c5fd"}
LOSS = {"light": "#c2410c", "dark": "#fdba74"}
OLD = "#8a8f98"
WIDTHS = {
    "Market": 250,
    "Rule": 320,
    "Limit": 110,
    "Value": 130,
    "Detail": 320,
    "Why": 220,
    "Answer": 380,
    "What": 640,
}
"""Pixels of columns with sentences in them."""
LINE_PX = 120


def table(
    rows: Sequence[Mapping[str, Cell]],
    *,
    key: str,
    stale: bool,
    alt: str,
    on_row: Callable[[int], None] | None = None,
    lines: Mapping[str, Sequence[Sequence[float]]] | None = None,
) -> None:
    """Show rows; results are blue or orange by their sign, old figures grey.

    Args:
        rows: All with the same columns.
        key: Keeps sorting and scrolling over refreshes.
        stale: Whether the figures are old.
        alt: What the table shows, for screen readers.
        on_row: Told the place of the row that was clicked; None makes no row clickable.
        lines: Columns of small line charts, a line for each row.
    """
    frame = pd.DataFrame(list(rows))
    numeric = [name for name in FORMATS if name in frame]
    frame[numeric] = frame[numeric].astype(float)
    for name, drawn in (lines or {}).items():
        frame[name] = list(drawn)
    style = frame.style.format({name: _written(FORMATS[name]) for name in numeric})
    if stale:
        style = style.map(lambda _: f"color: {OLD}")
    else:
        style = style.map(_colour, subset=[name for name in RESULTS if name in frame])
    columns = {
        name: st.column_config.TextColumn(width=width)
        for name, width in WIDTHS.items()
        if name in frame
    }
    charts = {name: st.column_config.LineChartColumn(width=LINE_PX) for name in lines or {}}
    draw = partial(
        st.dataframe,
        style,
        hide_index=True,
        width="stretch",
        key=key,
        alt=alt,
        placeholder=NOTHING,
        column_config=columns | charts,
    )
    if on_row is None:
        draw()
    else:
        draw(on_select=partial(_clicked, key, on_row), selection_mode="single-row")


def _clicked(key: str, on_row: Callable[[int], None]) -> None:
    for place in st.session_state[key]["selection"]["rows"]:
        on_row(place)


def _written(write: Callable[[float], str]) -> Callable[[object], str]:
    def written(value: object) -> str:
        return write(value) if isinstance(value, float) and not math.isnan(value) else NOTHING

    return written


def _colour(value: object) -> str:
    theme = "dark" if st.context.theme.type == "dark" else "light"
    if not isinstance(value, float) or math.isnan(value) or value == 0:
        return ""
    return f"color: {GAIN[theme] if value > 0 else LOSS[theme]}"
