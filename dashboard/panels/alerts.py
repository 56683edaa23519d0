"""Alerts as they are stored: what, how bad, what to do, and taking note of one."""

import streamlit as st

from dashboard.answers.alerts import Alert, Channel, Sent
from dashboard.answers.envelope import Answer
from dashboard.client import ApiError, part
from dashboard.panels.frame import api, panel
from dashboard.panels.language import say
from dashboard.words import counted, date, plain

COLOURS = {"critical": "red", "warning": "orange", "info": "blue"}
ICONS = {"critical": "error", "warning": "warning", "info": "info"}
SAID = "alert-said"
MUTE_MINUTES = 60
SHOWN = 20


@st.fragment(run_every="2s")
def alerts() -> None:
    """Open alerts first; acknowledge or mute each."""
    answer = panel(say("alerts.title"), "alerts", lambda: api().get("/alerts", Answer[list[Alert]]))
    if answer is None or not answer.as_of:
        return
    if said := st.session_state.pop(SAID, ""):
        st.caption(said)
    active = [each for each in answer.data if each.open]
    if not active:
        st.info(say("alerts.none"))
    for each in active[:SHOWN]:
        _one(each)
    past = [each for each in answer.data if not each.open]
    if past:
        with st.expander(say("alerts.past", count=len(past)), icon=":material/history:"):
            for each in past[:SHOWN]:
                st.markdown(headline(each))
                st.caption(fate(each))


def headline(alert: Alert) -> str:
    """How bad, which rule, of what, and its sentence."""
    badge = f":{COLOURS.get(alert.severity, 'gray')}-badge[{alert.severity.upper()}]"
    scope = f" · {alert.scope}" if alert.scope else ""
    return f"{badge} **{plain(alert.rule + scope)}** {plain(alert.detail)}"


def fate(alert: Alert) -> str:
    """Since when, how often, and what was done about it."""
    parts = [
        say("alerts.seen", first=date(alert.first_at), last=date(alert.last_at), count=alert.count)
    ]
    if alert.acknowledged_at is not None:
        parts.append(say("alerts.acknowledged", by=alert.acknowledged_by))
    if alert.muted_until is not None:
        parts.append(say("alerts.muted", until=date(alert.muted_until)))
    if alert.resolved_at is not None:
        parts.append(say("alerts.resolved", at=date(alert.resolved_at)))
    return " · ".join(parts)


def _one(alert: Alert) -> None:
    with st.container(border=True, gap="small"):
        st.markdown(headline(alert))
        st.caption(f"{plain(alert.meaning)} **{plain(alert.action)}**")
        st.caption(fate(alert))
        with st.container(horizontal=True, gap="small"):
            if st.button(say("alerts.acknowledge"), key=f"ack-{alert.alert_id}"):
                _handle(alert, "acknowledge", {"reason": "dashboard"})
            if st.button(say("alerts.mute", minutes=MUTE_MINUTES), key=f"mute-{alert.alert_id}"):
                _handle(alert, "mute", {"minutes": MUTE_MINUTES, "reason": "dashboard"})


def _handle(alert: Alert, deed: str, body: object) -> None:
    """Do it; what is said afterwards is the alert as it was read back."""
    try:
        after = api().send("POST", f"/alerts/{part(alert.alert_id)}/{deed}", Alert, body)
    except ApiError as error:
        st.error(str(error))
        return
    st.session_state[SAID] = plain(f"{after.rule}: {fate(after)}")
    st.rerun()


@st.fragment(run_every="10s")
def channels() -> None:
    """Where alerts are sent to, each with a test that says what became of it."""
    answer = panel(
        say("channels.title"),
        "channels",
        lambda: api().get("/alerts/channels", Answer[list[Channel]]),
    )
    if answer is None or not answer.as_of:
        return
    for each in answer.data:
        with st.container(border=True, gap="small"):
            state = say("channels.on") if each.on else say("channels.off")
            st.markdown(f"**{each.name}** {state} · {each.detail}")
            if each.last_sent_at is not None:
                st.caption(say("channels.sent", at=date(each.last_sent_at)))
            if each.waiting:
                st.caption(say("channels.waiting", alerts=counted(each.waiting, "alert")))
            if each.last_error:
                st.error(each.last_error)
            if st.button(say("channels.test"), key=f"test-{each.name}", disabled=not each.on):
                _test(each.name)


def _test(name: str) -> None:
    try:
        sent = api().send("POST", f"/alerts/channels/{part(name)}/test", Sent, {})
    except ApiError as error:
        st.error(str(error))
        return
    (st.success if sent.sent else st.error)(sent.detail)
