"""The bots' table and why they were denied."""

import pandas as pd
import streamlit as st

from dashboard.panels.frame import api, fetch, freshness
from dashboard.words import age, clock, money, percent, signed_money


@st.fragment(run_every="2s")
def bots_table() -> None:
    """State and money of every bot."""
    st.subheader("Bots")
    answer = fetch("bots", api().bots)
    if answer is None:
        return
    freshness(answer)
    rows = [
        {
            "Bot": f"{bot.bot_id.removeprefix('bot_')} {bot.name}",
            "State": bot.state,
            "Equity": money(bot.equity),
            "P&L": signed_money(bot.pnl),
            "Drawdown": percent(bot.drawdown),
            "Exposure": money(bot.exposure),
            "Positions": bot.open_positions,
            "Last event": age(bot.last_event_age_s),
        }
        for bot in answer.data
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")


@st.fragment(run_every="4s")
def denials_table() -> None:
    """The newest denied intents: rule, limit and value."""
    st.subheader("Why was there no trade?")
    answer = fetch("denials", api().denials)
    if answer is None:
        return
    freshness(answer)
    if not answer.data:
        st.info("None: the risk gate denied no intent since the API started.")
        return
    rows = [
        {
            "Time": clock(denial.time),
            "Bot": denial.bot_id.removeprefix("bot_"),
            "Market": denial.question,
            "Code": denial.code,
            "Rule": denial.rule,
            "Limit": denial.limit,
            "Value": denial.value,
        }
        for denial in answer.data
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
