"""The bar on every page: money and source, trading state, worst age, dead letters, and the halt."""

import streamlit as st

from dashboard.answers import Answer, Status
from dashboard.panels.frame import api, fetch
from dashboard.panels.halt import halt_dialogs
from dashboard.words import age

COLOURS = {"paper": "blue", "live": "orange"}
STATE_COLOURS = {"ACTIVE": "green", "HALTED": "orange", "EMERGENCY_HALT": "red"}


@st.fragment(run_every="2s")
def status_bar() -> None:
    """Draw the bar; redraws itself every two seconds."""
    answer = fetch("status", api().status)
    words, button = st.columns([5, 1], vertical_alignment="center")
    with words:
        if answer is None:
            st.badge("UNKNOWN", color="gray", icon=":material/help:")
        else:
            st.markdown(_line(answer))
    with button:
        halt_dialogs(answer)
    if answer is not None and answer.data.trading_state != "ACTIVE":
        st.warning(
            f"Trading is {answer.data.trading_state}: {answer.data.reason}",
            icon=":material/front_hand:",
        )


def _line(answer: Answer[Status]) -> str:
    """The bar's badges as one line of markdown."""
    status = answer.data
    money = f":{COLOURS.get(answer.money, 'gray')}-badge[{answer.money.upper()} MONEY]"
    source = f":violet-badge[{answer.source.upper()}]"
    state = f":{STATE_COLOURS.get(status.trading_state, 'gray')}-badge[{status.trading_state}]"
    worst = max((stage.age_s for stage in status.stages), default=None)
    parts = [money, source, state, f"oldest stage {age(worst)}"]
    if status.database != "ok":
        parts.append(":orange-badge[DATABASE AWAY]")
    if status.dead_letters:
        parts.append(f":red-badge[{status.dead_letters} DEAD LETTERS]")
    return " ".join(parts)
