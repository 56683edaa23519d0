"""Halt in two clicks, resume with a typed phrase; success is what the risk gate answered."""

import streamlit as st

from dashboard.answers import Answer, Status
from dashboard.client import ApiUnavailableError
from dashboard.panels.frame import api
from dashboard.words import money

PHRASE = "RESUME"
ASKED = "halt-asked"


def halt_dialogs(status: Answer[Status] | None) -> None:
    """The button that fits the trading state, and its dialog."""
    halted = status is not None and status.data.trading_state != "ACTIVE"
    if halted:
        if st.button("Resume", icon=":material/play_arrow:", width="stretch", key="resume-button"):
            st.session_state[ASKED] = "resume"
    elif st.button(
        "Halt", type="primary", icon=":material/front_hand:", width="stretch", key="halt-button"
    ):
        st.session_state[ASKED] = "halt"
    if st.session_state.get(ASKED) == "halt":
        _halt()
    elif st.session_state.get(ASKED) == "resume":
        _resume()


def _dismiss() -> None:
    st.session_state.pop(ASKED, None)


@st.dialog("Halt trading", on_dismiss=_dismiss)
def _halt() -> None:
    """The blast radius in numbers, then one click."""
    st.write(_radius())
    emergency = st.toggle(
        "Emergency: also unwind positions",
        help="Pairs are merged and the rest is offered post-only; closing cannot be guaranteed.",
    )
    if st.button("Halt now", type="primary", width="stretch", key="halt-confirm"):
        try:
            act = api().emergency_halt if emergency else api().halt
            result = act("dashboard")
        except ApiUnavailableError as error:
            st.error(f"{error} Use `pets halt`: it writes to the log itself.")
            return
        (st.success if result.accepted else st.error)(result.detail)
        _dismiss()


@st.dialog("Resume trading", on_dismiss=_dismiss)
def _resume() -> None:
    """The riskier direction: phrase and reason."""
    st.write("Bots may open positions again. Look at the cause of the halt first.")
    phrase = st.text_input(f"Type {PHRASE}", key="resume-phrase")
    reason = st.text_input("Reason", key="resume-reason")
    ready = phrase == PHRASE and bool(reason.strip())
    if st.button("Resume", disabled=not ready, width="stretch", key="resume-confirm"):
        try:
            result = api().resume(phrase, reason)
        except ApiUnavailableError as error:
            st.error(str(error))
            return
        (st.success if result.accepted else st.error)(result.detail)
        _dismiss()


def _radius() -> str:
    """What a halt touches now, or that it is unknown."""
    try:
        portfolio = api().portfolio().data
    except ApiUnavailableError:
        return (
            "No new orders from any bot; all orders are cancelled; positions stay. Counts unknown."
        )
    return (
        f"No new orders from any bot. {portfolio.open_orders} open orders are cancelled. "
        f"{portfolio.open_positions} positions ({money(portfolio.position_cost)}) stay open."
    )
