"""Halt in two clicks, resume with a typed phrase; success is what the risk gate answered."""

from collections.abc import Callable

import streamlit as st

from dashboard.answers.envelope import Answer
from dashboard.answers.overview import CommandResult, Status
from dashboard.client import ApiError
from dashboard.panels.frame import api
from dashboard.words import counted, money

PHRASE = "RESUME"
ASKED = "halt-asked"
RESULT = "halt-result"


def halt_controls(status: Answer[Status] | None) -> None:
    """The buttons that fit the trading state, and the dialog that was asked for.

    Whenever trading is not known to be halted, a halt can be asked for.

    Args:
        status: The present status; None when it is unknown.
    """
    state = "UNKNOWN" if status is None else status.data.trading_state
    if state in ("HALTED", "EMERGENCY_HALT"):
        _button("Resume", "resume", "play_arrow")
    if state != "EMERGENCY_HALT":
        _button("Emergency halt" if state == "HALTED" else "Halt", "halt", "front_hand")
    asked = st.session_state.get(ASKED)
    if asked == "halt":
        already = state == "HALTED"
        _open("Emergency halt" if already else "Halt trading", lambda: _halt(already=already))
    elif asked == "resume":
        _open("Resume trading", _resume)


def _button(label: str, asks: str, icon: str) -> None:
    if st.button(
        label,
        type="primary" if asks == "halt" else "secondary",
        icon=f":material/{icon}:",
        width="stretch",
        key=f"{asks}-button",
    ):
        st.session_state[ASKED] = asks


def _open(title: str, body: Callable[[], None]) -> None:
    """The dialog; while it is open every refresh of the bar draws it anew."""

    @st.dialog(title, on_dismiss=_dismiss)
    def opened() -> None:
        if RESULT in st.session_state:
            _fate()
        else:
            body()

    opened()


def _dismiss() -> None:
    st.session_state.pop(ASKED, None)
    st.session_state.pop(RESULT, None)


def _halt(*, already: bool) -> None:
    """The blast radius in numbers, then one click."""
    st.write(radius())
    emergency = already or st.toggle(
        "Emergency: also unwind positions",
        key="halt-emergency",
        help="Pairs are merged and the rest is offered post-only; closing cannot be guaranteed.",
    )
    if st.button("Halt now", type="primary", width="stretch", key="halt-confirm"):
        try:
            act = api().emergency_halt if emergency else api().halt
            st.session_state[RESULT] = act("dashboard")
        except ApiError as error:
            st.error(f"{error} `pets halt` writes to the log itself.")
            return
        st.rerun()


def _resume() -> None:
    """The riskier direction: phrase and reason."""
    st.write("Bots may open positions again. Look at the cause of the halt first.")
    phrase = st.text_input(f"Type {PHRASE}", key="resume-phrase")
    reason = st.text_input("Reason", key="resume-reason", max_chars=200)
    ready = phrase == PHRASE and bool(reason.strip())
    if st.button("Resume", disabled=not ready, width="stretch", key="resume-confirm"):
        try:
            st.session_state[RESULT] = api().resume(phrase, reason)
        except ApiError as error:
            st.error(str(error))
            return
        st.rerun()


def _fate() -> None:
    """What the gate answered, and what is still on its way."""
    result: CommandResult = st.session_state[RESULT]
    (st.success if result.accepted else st.error)(result.detail)
    if result.accepted and "halt" in result.verb:
        st.write(remaining())
    if st.button("Close", width="stretch", key="halt-close"):
        _dismiss()
        st.rerun()


def radius() -> str:
    """What a halt touches now, or that it is unknown."""
    try:
        portfolio = api().portfolio().data
    except ApiError:
        return "No new risk from any bot; all orders are cancelled; positions stay. Counts unknown."
    return (
        f"No new risk from any bot. {counted(portfolio.open_orders, 'open order')} will be "
        f"cancelled. {counted(portfolio.open_positions, 'position')} "
        f"({money(portfolio.position_cost)}) stay open; bots may only reduce them."
    )


def remaining() -> str:
    """What is still open, read back."""
    try:
        status = api().status().data
    except ApiError:
        return "What is still open is unknown: the API does not answer."
    return open_words(status)


def open_words(status: Status) -> str:
    """Orders and positions that are open while trading is halted."""
    orders = counted(status.open_orders, "order") if status.open_orders else "No order"
    positions = counted(status.open_positions, "position")
    return f"Open now: {orders.lower()}, {positions}. New orders can only reduce positions."
