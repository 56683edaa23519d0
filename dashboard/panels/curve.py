"""The equity curve."""

import streamlit as st

from dashboard.charts.equity import equity_chart
from dashboard.panels.frame import api, chart, panel
from dashboard.panels.language import say

CHART_PX = 340


@st.fragment(run_every="4s")
def equity_curve() -> None:
    """Equity and drawdown of the account over the session."""
    answer = panel(say("curve.title"), "equity", api().equity)
    if answer is None or not answer.as_of:
        return
    if len(answer.data.times) < 2:
        st.info(say("curve.none"))
        return
    option, alt = equity_chart(answer.data), say("curve.alt")
    chart(option, key="equity-curve", alt=alt, height=CHART_PX, stale=answer.stale)
    st.caption(say("curve.note"))
