"""The equity curve."""

import streamlit as st

from dashboard.charts.equity import equity_chart
from dashboard.panels.frame import api, panel

CHART_PX = 340


@st.fragment(run_every="4s")
def equity_curve() -> None:
    """Equity and drawdown of the account over the session."""
    answer = panel("Equity and drawdown", "equity", api().equity)
    if answer is None or not answer.as_of:
        return
    if len(answer.data.times) < 2:
        st.info("Not yet: the first equity points are written within seconds of the first mark.")
        return
    st.echarts_chart(
        equity_chart(answer.data),
        height=CHART_PX,
        key="equity-curve",
        alt="Equity over the session with its drawdown below",
    )
    st.caption("Deposits are taken out of the curve: it moves with results only.")
