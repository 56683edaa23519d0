"""Closing a drawdown breaker again: typed; the portfolio's in two steps, each read back."""

import streamlit as st

from dashboard.answers.overview import CommandResult
from dashboard.answers.risk import Breaker
from dashboard.client import ApiError
from dashboard.panels.frame import api, fetch
from dashboard.panels.language import say
from dashboard.panels.limits import read_breakers
from dashboard.panels.progress import show_fate
from dashboard.panels.typed import Flags
from dashboard.rows.columns import number
from dashboard.words import percent

FLAGS = Flags("rearm-asked", "rearm-result")
FIRST = "rearm-first"
PORTFOLIO = "portfolio"
PHRASE = "RESUME"
KINDS = ("BOT_DRAWDOWN", "PORTFOLIO_DRAWDOWN")


@st.fragment(run_every="2s")
def rearming() -> None:
    """A button for each drawdown breaker that is open, and the dialog that was asked for."""
    st.subheader(say("rearm.title"), anchor=False)
    answer = fetch("breakers", read_breakers).answer
    if answer is None or not answer.as_of:
        st.caption(say("rearm.unknown"))
        return
    tripped = [each for each in answer.data if each.open and each.kind in KINDS]
    if not tripped:
        st.info(say("rearm.none"))
    for each in tripped:
        st.warning(words(each), icon=":material/lock:")
        label = say("rearm.button", scope=number(each.scope))
        if st.button(label, key=f"rearm-{each.scope}"):
            st.session_state[FLAGS.asked] = each.scope
    asked = st.session_state.get(FLAGS.asked)
    if asked is not None:
        _open(str(asked), next((each for each in tripped if each.scope == asked), None))


def words(breaker: Breaker) -> str:
    """What tripped, with value and limit."""
    return say(
        "rearm.tripped",
        scope=number(breaker.scope),
        value=percent(breaker.value),
        limit=percent(breaker.limit),
    )


def _open(scope: str, breaker: Breaker | None) -> None:
    @st.dialog(say("rearm.button", scope=number(scope)), on_dismiss=_dismiss)
    def opened() -> None:
        if FLAGS.result in st.session_state:
            show_fate(st.session_state[FLAGS.result])
            if st.button(say("dialog.close"), key="rearm-close", width="stretch"):
                _dismiss()
                st.rerun()
            return
        if breaker is not None:
            st.write(words(breaker))
        st.write(say("rearm.effect"))
        _step(scope)

    opened()


def _step(scope: str) -> None:
    """Of the portfolio the first step, then its confirmation; of a bot the only one."""
    first: CommandResult | None = st.session_state.get(FIRST)
    step = "second" if first else "first"
    if scope == PORTFOLIO:
        st.caption(say(f"rearm.step.{step}"))
    if first is not None:
        st.info(first.detail)
    phrase = PHRASE if first is None else f"{PHRASE} {PORTFOLIO.upper()}"
    typed = st.text_input(say("dialog.type", phrase=phrase), key=f"rearm-phrase-{step}")
    reason = st.text_input(say("dialog.reason"), key=f"rearm-reason-{step}", max_chars=200)
    ready = typed == phrase and bool(reason.strip())
    label = say(f"rearm.press.{step}" if scope == PORTFOLIO else "rearm.press.bot")
    if not st.button(label, disabled=not ready, key=f"rearm-press-{step}", width="stretch"):
        return
    confirms = first.command_id if first else ""
    try:
        result = api().rearm(scope, PHRASE, reason, confirms)
    except ApiError as error:
        st.error(str(error))
        return
    waits = scope == PORTFOLIO and first is None and result.accepted
    st.session_state[FIRST if waits else FLAGS.result] = result
    st.rerun()


def _dismiss() -> None:
    st.session_state.pop(FIRST, None)
    FLAGS.dismiss()
