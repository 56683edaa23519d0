"""One bot's equity and drawdown."""

import streamlit as st

from dashboard.answers.envelope import Answer
from dashboard.answers.overview import Equity
from dashboard.charts.equity import equity_chart
from dashboard.client import part
from dashboard.panels.frame import api, chart, panel
from dashboard.panels.language import say


@st.fragment(run_every="4s")
def bot_equity(bot_id: str, hours: float) -> None:
    """The curve of one bot over a range."""
    answer = panel(
        say("curve.title"),
        f"equity-{bot_id}",
        lambda: api().get(f"/metrics/bots/{part(bot_id)}", Answer[Equity], hours=hours, points=300),
    )
    if answer is None or not answer.as_of:
        return
    if len(answer.data.times) < 2:
        st.info(say("curve.none"))
        return
    alt = say("curve.alt")
    chart(equity_chart(answer.data), key="bot-curve", alt=alt, height=320, stale=answer.stale)
