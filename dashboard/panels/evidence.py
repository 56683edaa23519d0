"""From gross to net, what the record proves, and paper money against the other."""

import streamlit as st

from dashboard.answers.envelope import Answer
from dashboard.answers.performance import Attribution, Graduation
from dashboard.charts.waterfall import Step, waterfall
from dashboard.panels.chosen import bots, names
from dashboard.panels.frame import api, chart, listing, panel
from dashboard.panels.language import say
from dashboard.panels.table import table
from dashboard.rows.columns import number
from dashboard.rows.evidence import begun, evidence_rows, together, versus_rows
from dashboard.words import plain, signed_money

PAPER = "paper"
SHARED_S = 9.0
"""The record that the evidence panel read is not asked for again, wall seconds."""


def read_record(bot_id: str) -> Answer[list[Graduation]]:
    """Records of the last year against the criteria for real money."""
    return api().get("/performance/graduation", Answer[list[Graduation]], bot_id=bot_id)


@st.fragment(run_every="10s")
def gross_to_net(bot_id: str, hours: float) -> None:
    """Gross, less fees and gas, plus rebates: net; of one bot or of all."""
    answer = panel(
        say("water.title"),
        "waterfall",
        lambda: api().get("/performance/attribution", Answer[list[Attribution]], hours=hours),
    )
    if answer is None or not answer.as_of:
        return
    found = together(answer.data, bot_id)
    if found is None:
        st.info(say("perf.none"))
        return
    option = waterfall(
        [
            Step(say("perf.gross"), found.gross),
            Step(say("perf.fees"), -found.fees),
            Step(say("perf.gas"), -found.gas),
            Step(say("perf.rebates"), found.rebates),
            Step(say("water.net"), found.net, total=True),
        ]
    )
    chart(option, key="waterfall", alt=say("water.title"), height=260, stale=answer.stale)
    note = say("water.unknown")
    if found.slippage is not None:
        note = say("water.slippage", slippage=signed_money(found.slippage))
    st.caption(plain(note))


@st.fragment(run_every="10s")
def evidence(bot_id: str) -> None:
    """How far each bot's record proves anything, and what it lacks."""
    called = names(bots())
    answer = listing(
        say("proof.title"),
        f"evidence-{bot_id}",
        lambda: read_record(bot_id),
        lambda found: evidence_rows(found.data, called),
        none=say("proof.none"),
        alt=say("proof.title"),
        span=say("proof.span"),
    )
    if answer is None or not begun(answer.data):
        return
    st.caption(say("proof.note"))
    for each in begun(answer.data):
        if each.lacks:
            title = say("proof.lacks", bot=number(each.bot_id), count=len(each.lacks))
            with st.expander(title):
                st.markdown("\n".join(f"- {plain(sentence)}" for sentence in each.lacks))


@st.fragment(run_every="10s")
def paper_against_live(bot_id: str) -> None:
    """The kept paper record beside what this log's money has shown, where both exist."""
    answer = panel(
        say("versus.title"),
        f"evidence-{bot_id}",
        lambda: read_record(bot_id),
        every_s=SHARED_S,
    )
    if answer is None or not answer.as_of:
        return
    if answer.money == PAPER:
        st.info(say("versus.paper"))
        return
    rows = versus_rows(answer.data, answer.money)
    if not rows:
        st.info(say("versus.none", money=answer.money))
        return
    table(rows, key="versus", stale=answer.stale, alt=say("versus.title"))
    st.caption(say("versus.note"))
