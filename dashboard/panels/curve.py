"""The equity curve."""

import streamlit as st

from dashboard.charts.equity import equity_figure
from dashboard.panels.frame import api, fetch, freshness


@st.fragment(run_every="4s")
def equity_curve() -> None:
    """Equity and drawdown of the account over the session."""
    st.subheader("Equity and drawdown")
    answer = fetch("equity", api().equity)
    if answer is None:
        return
    freshness(answer)
    if len(answer.data.times) < 2:
        st.info("Not yet: the first equity points are written within seconds of the first mark.")
        return
    st.plotly_chart(equity_figure(answer.data), width="stretch", key="equity-curve")
