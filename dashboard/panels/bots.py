"""The bots' table and why they were denied."""

import streamlit as st

from dashboard.panels.frame import api, freshness, panel
from dashboard.panels.language import say
from dashboard.panels.table import table
from dashboard.panels.today import today, trends
from dashboard.rows.overview import bot_rows, denial_rows, trend_lines
from dashboard.words import clock

PAGE = "views/bot_control.py"
CHOSEN = "bot"
"""The field of the bot that is looked at, there."""
_PICKED = "bot-picked"


@st.fragment(run_every="2s")
def bots_table() -> None:
    """State and money of every bot; a click on one leads to it."""
    if st.session_state.pop(_PICKED, False):
        st.switch_page(PAGE)
    answer = panel(say("bots.title"), "bots", api().bots)
    if answer is None:
        return
    known = answer.data
    results, lines = today().answer, trends().answer

    def pick(place: int) -> None:
        st.session_state[CHOSEN] = known[place].bot_id
        st.session_state[_PICKED] = True

    alt = say("bots.alt")
    rows = bot_rows(known, results.data if results and results.as_of else None)
    drawn = {say("bots.trend"): trend_lines(known, lines.data)} if lines and lines.as_of else {}
    table(rows, key="bots", stale=answer.stale, alt=alt, on_row=pick, lines=drawn)
    if results is not None and results.as_of:
        since, told = clock(results.data.since), freshness(results)
        st.caption(say("bots.today.note", since=since, fresh=told))
    if lines is not None and lines.as_of:
        st.caption(say("bots.trend.note", fresh=freshness(lines)))


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
