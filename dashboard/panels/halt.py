"""Halt in two clicks, resume with a typed phrase; success is what the risk gate answered."""

from collections.abc import Callable

import streamlit as st

from dashboard.answers.envelope import Answer
from dashboard.answers.overview import CommandResult, Status
from dashboard.answers.risk import Breaker
from dashboard.client import ApiError
from dashboard.panels.frame import api
from dashboard.panels.language import say
from dashboard.panels.progress import show_fate
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
        _button(say("halt.resume"), "resume", "play_arrow")
    if state != "EMERGENCY_HALT":
        label = say("halt.emergency") if state == "HALTED" else say("halt.button")
        _button(label, "halt", "front_hand")
    asked = st.session_state.get(ASKED)
    if asked in ("halt", "emergency"):
        unwinds = asked == "emergency" or state == "HALTED"
        title = say("halt.emergency") if unwinds else say("halt.title")
        _open(title, lambda: _halt(unwinds=unwinds))
    elif asked == "resume":
        _open(say("halt.resume.title"), _resume)


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


def _halt(*, unwinds: bool) -> None:
    """The blast radius in numbers, then one click."""
    st.write(radius())
    emergency = unwinds or st.toggle(
        say("halt.unwind"), key="halt-emergency", help=say("halt.unwind.help")
    )
    if unwinds:
        st.write(say("halt.unwind.help"))
    if st.button(say("halt.now"), type="primary", width="stretch", key="halt-confirm"):
        try:
            act = api().emergency_halt if emergency else api().halt
            st.session_state[RESULT] = act("dashboard")
        except ApiError as error:
            st.error(f"{error} {say('halt.without-api')}")
            return
        st.rerun()


def _resume() -> None:
    """The riskier direction: the breakers now, phrase and reason."""
    st.write(say("halt.resume.effect"))
    st.write(_open_breakers())
    phrase = st.text_input(say("dialog.type", phrase=PHRASE), key="resume-phrase")
    reason = st.text_input(say("dialog.reason"), key="resume-reason", max_chars=200)
    ready = phrase == PHRASE and bool(reason.strip())
    if st.button(say("halt.resume"), disabled=not ready, width="stretch", key="resume-confirm"):
        try:
            st.session_state[RESULT] = api().resume(phrase, reason)
        except ApiError as error:
            st.error(str(error))
            return
        st.rerun()


def _open_breakers() -> str:
    try:
        found = api().get("/risk/circuit-breakers", Answer[list[Breaker]]).data
    except ApiError as error:
        return str(error)
    tripped = [f"{each.scope} {each.kind}" for each in found if each.open]
    if not tripped:
        return say("halt.breakers.none")
    return say("halt.breakers", breakers=", ".join(tripped))


def _fate() -> None:
    """What the gate answered, how far it has come, and what is still open."""
    result: CommandResult = st.session_state[RESULT]
    show_fate(result)
    if result.accepted and "halt" in result.verb:
        st.write(remaining())
    if st.button(say("dialog.close"), width="stretch", key="halt-close"):
        _dismiss()
        st.rerun()


def radius() -> str:
    """What a halt touches now, or that it is unknown."""
    try:
        answer = api().portfolio()
    except ApiError:
        return say("halt.radius.unknown")
    if not answer.as_of:
        return say("halt.radius.unknown")
    portfolio = answer.data
    return say(
        "halt.radius",
        orders=counted(portfolio.open_orders, "open order"),
        positions=counted(portfolio.open_positions, "position"),
        cost=money(portfolio.position_cost),
    )


def remaining() -> str:
    """What is still open, read back."""
    try:
        status = api().status().data
    except ApiError:
        return say("halt.remaining.unknown")
    return open_words(status)


def open_words(status: Status) -> str:
    """Orders and positions that are open while trading is halted."""
    orders = counted(status.open_orders, "order") if status.open_orders else "no order"
    return say("halt.open", orders=orders, positions=counted(status.open_positions, "position"))
