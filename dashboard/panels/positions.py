"""Open positions."""

import streamlit as st

from dashboard.panels.frame import api, panel
from dashboard.panels.language import say
from dashboard.panels.table import table
from dashboard.rows.overview import position_rows


@st.fragment(run_every="2s")
def positions_table() -> None:
    """Every open holding at its exit value, with the label of its market's data."""
    answer = panel(say("positions.title"), "positions", api().positions)
    if answer is None or not answer.as_of:
        return
    if not answer.data:
        st.info(say("positions.none"))
        return
    rows = position_rows(answer.data, answer.as_of)
    table(rows, key="positions", stale=answer.stale, alt=say("positions.alt"))
