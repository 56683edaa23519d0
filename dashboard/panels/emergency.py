"""Emergency controls on the Overview, and the last executions in sentences."""

import streamlit as st

from dashboard.answers.envelope import Answer
from dashboard.answers.trading import Listed, Trade
from dashboard.panels.chosen import questions
from dashboard.panels.frame import api, panel
from dashboard.panels.halt import ASKED, radius
from dashboard.panels.language import say
from dashboard.rows.trading import sentence
from dashboard.words import plain

SHOWN = 10
HOURS = 24.0


@st.fragment(run_every="4s")
def emergency_controls() -> None:
    """What a halt would touch now, and the way to both kinds of it."""
    answer = panel(say("emergency.title"), "emergency", api().status)
    if answer is not None and answer.data.trading_state == "EMERGENCY_HALT":
        st.info(say("emergency.in-force"))
        return
    st.write(radius())
    if st.button(say("emergency.button"), key="emergency-button", icon=":material/front_hand:"):
        st.session_state[ASKED] = "emergency"
        st.rerun()
    st.caption(say("emergency.cli"))


@st.fragment(run_every="4s")
def latest() -> None:
    """The last executions as a person would tell them."""
    answer = panel(
        say("latest.title"),
        "latest",
        lambda: api().get("/trades", Answer[Listed[Trade]], hours=HOURS, limit=SHOWN),
    )
    if answer is None or not answer.as_of:
        return
    if not answer.data.items:
        st.info(say("latest.none"))
        return
    known = questions()
    colour = ":gray[{}]" if answer.stale else "{}"
    told = [colour.format(plain(sentence(each, known))) for each in answer.data.items]
    st.markdown("\n".join(f"- {each}" for each in told))
