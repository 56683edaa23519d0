"""The dataflow's stages with their pulse and their lag."""

import streamlit as st

from dashboard.panels.frame import api, panel
from dashboard.panels.language import say
from dashboard.panels.table import table
from dashboard.rows.overview import stage_rows
from dashboard.words import counted


@st.fragment(run_every="4s")
def pipeline_table() -> None:
    """Every component's pulse, lag and progress; the markets it all works on."""
    answer = panel(say("stages.title"), "pipeline", api().status)
    if answer is None:
        return
    status = answer.data
    markets = [counted(n, f"{label} market") for label, n in sorted(status.markets.items())]
    st.caption(
        say(
            "stages.markets",
            markets=", ".join(markets) or say("stages.markets.none"),
            version=status.version,
        )
    )
    if not status.stages:
        st.info(say("stages.none"))
        return
    table(stage_rows(status.stages), key="stages", stale=answer.stale, alt=say("stages.alt"))
