"""The dataflow's stages with their pulse and their lag."""

import pandas as pd
import streamlit as st

from dashboard.panels.frame import api, fetch, freshness
from dashboard.words import age


@st.fragment(run_every="4s")
def pipeline_table() -> None:
    """Every component's pulse, lag and progress; the markets it all works on."""
    st.subheader("Pipeline")
    answer = fetch("pipeline", api().status)
    if answer is None:
        return
    freshness(answer)
    markets = ", ".join(f"{n} {label}" for label, n in sorted(answer.data.markets.items()))
    st.caption(f"Markets: {markets or 'none yet'}")
    rows = [
        {
            "Stage": stage.component,
            "Status": stage.status,
            "Pulse": age(stage.age_s),
            "Behind": stage.lag,
            "Processed": f"{stage.processed:,}",
            "Detail": stage.detail,
        }
        for stage in answer.data.stages
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
