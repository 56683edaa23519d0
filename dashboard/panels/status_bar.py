"""The bar on every page: money and source, trading state, what is late, and the halt."""

import streamlit as st

from dashboard.answers.envelope import Answer
from dashboard.answers.overview import Status
from dashboard.panels.frame import api, fetch
from dashboard.panels.halt import halt_controls, open_words
from dashboard.panels.language import say
from dashboard.words import age, counted, date

LATE_S = 10.0
BEHIND = 500
MONEY = {"paper": "blue", "sandbox": "violet", "live": "orange"}
STATES = {"ACTIVE": "green", "HALTED": "orange", "EMERGENCY_HALT": "red"}


@st.fragment(run_every="2s")
def status_bar() -> None:
    """Draw the bar; redraws itself every two seconds."""
    fetched = fetch("status", api().status)
    answer = fetched.answer
    words, buttons = st.columns([4, 1], vertical_alignment="center")
    with words:
        st.markdown(" ".join(badges(answer, known_now=not fetched.trouble)))
        if answer is not None:
            st.caption(sentence(answer))
    with buttons:
        halt_controls(answer if not fetched.trouble else None)
    place = st.empty()
    if fetched.trouble:
        place.error(
            say("bar.away", trouble=fetched.trouble),
            icon=":material/cloud_off:",
        )
    elif answer is not None and answer.data.trading_state != "ACTIVE":
        place.warning(state_words(answer.data), icon=":material/front_hand:")


def badges(answer: Answer[Status] | None, *, known_now: bool) -> list[str]:
    """Mode words and state, and what is wrong, as markdown.

    Args:
        answer: The status, or the last one known.
        known_now: Whether it is the present one.
    """
    if answer is None:
        return [":gray-badge[UNKNOWN]"]
    status = answer.data
    modes = [
        f":{MONEY.get(answer.money, 'gray')}-badge[{answer.money.upper()} MONEY]",
        f":violet-badge[{answer.source.upper()}]",
    ]
    if not known_now:
        return [*modes, f":gray-badge[LAST KNOWN: {status.trading_state}]"]
    state = f":{STATES.get(status.trading_state, 'gray')}-badge[{status.trading_state}]"
    return [*modes, state, *_troubles(status)]


def sentence(answer: Answer[Status]) -> str:
    """What is going on, in numbers."""
    status = answer.data
    told = [
        say("bar.active", active=status.active_bots, bots=counted(status.bots, "bot")),
        counted(status.open_orders, "order"),
        counted(status.open_positions, "position"),
        f"{date(status.session_time)} UTC",
    ]
    if status.market_data_age_s is not None:
        told.append(say("bar.data", age=age(status.market_data_age_s)))
    return " · ".join(told)


def state_words(status: Status) -> str:
    """Why there is no trading, and what is still to be done."""
    reason = status.reason or say("bar.no-reason")
    if status.trading_state == "UNKNOWN":
        return say("bar.unknown", reason=reason)
    return say("bar.state", state=status.trading_state, reason=reason, open=open_words(status))


def _troubles(status: Status) -> list[str]:
    troubles = [
        f":orange-badge[{stage.component} silent for {age(stage.age_s)}]"
        for stage in status.stages
        if stage.age_s > LATE_S
    ]
    troubles += [
        f":orange-badge[{stage.component} {stage.lag:,} behind]"
        for stage in status.stages
        if stage.age_s <= LATE_S and stage.lag > BEHIND
    ]
    if status.database != "ok":
        troubles.append(":orange-badge[DATABASE AWAY]")
    if status.open_alerts:
        troubles.append(f":red-badge[{counted(status.open_alerts, 'ALERT').upper()}]")
    if status.dead_letters:
        troubles.append(f":red-badge[{counted(status.dead_letters, 'DEAD LETTER').upper()}]")
    return troubles
