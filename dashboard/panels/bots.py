"""The bots' table and why they were denied."""

import streamlit as st

from dashboard.panels.frame import api, panel
from dashboard.panels.language import say
from dashboard.panels.table import table
from dashboard.rows.overview import bot_rows, denial_rows


@st.fragment(run_every="2s")
def bots_table() -> None:
    """State and money of every bot."""
    answer = panel(say("bots.title"), "bots", api().bots)
    if answer is not None:
        table(bot_rows(answer.data), key="bots", stale=answer.stale, alt=say("bots.alt"))


@st.fragment(run_every="4s")
def denials_table() -> None:
    """Denied intents: rule, limit and value, and how often."""
    answer = panel(say("denials.title"), "denials", api().denials)
    if answer is None or not answer.as_of:
        return
    if not answer.data:
        st.info(say("denials.none"))
        return
    rows = denial_rows(answer.data)
    table(rows, key="denials", stale=answer.stale, alt=say("denials.alt"))
