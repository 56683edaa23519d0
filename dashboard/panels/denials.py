"""What the gate refused over time, by the code of its reason."""

import streamlit as st

from dashboard.answers.envelope import Answer
from dashboard.answers.risk import DenialHistory
from dashboard.charts.bars import Bars, bars
from dashboard.charts.colours import SERIES
from dashboard.panels.chosen import span
from dashboard.panels.frame import api, chart, panel
from dashboard.panels.language import say
from dashboard.rows.risk import denials_by_code, step_starts
from dashboard.words import age, clock, count, date

DAY_H = 24.0


@st.fragment(run_every="10s")
def denials_over_time(hours: float) -> None:
    """Bars upon each other, one a step of time; what approvals do not tell is said below.

    Args:
        hours: How far back, session hours.
    """
    answer = panel(
        say("denials.history"),
        f"denial-history-{hours:g}",
        lambda: api().get("/risk/denials/history", Answer[DenialHistory], hours=hours),
    )
    if answer is None or not answer.as_of:
        return
    history = answer.data
    if not history.buckets:
        st.info(say("denials.history.none", span=span(hours)))
    else:
        name = clock if hours <= DAY_H else date
        series = [
            Bars(code or say("denials.history.rest"), values)
            for code, values in denials_by_code(history, len(SERIES) - 1).items()
        ]
        steps = [name(at) for at in step_starts(history)]
        option = bars(steps, series, form="%,d", unit="")
        alt = say("denials.history.alt")
        chart(option, key="denial-history", alt=alt, stale=answer.stale)
        total = sum(bucket.count for bucket in history.buckets)
        step = age(history.step_ms / 1000)
        st.caption(say("denials.history.note", total=count(total), span=span(hours), step=step))
    st.caption(say("denials.near"))
