"""What operators asked for, how the stages do, and what the system runs with."""

import os

import streamlit as st

from dashboard.answers.envelope import Answer
from dashboard.answers.overview import Status
from dashboard.answers.system import Progress
from dashboard.charts.diagrams import grade, pipeline
from dashboard.panels.frame import api, listing, panel
from dashboard.panels.language import say
from dashboard.panels.table import table
from dashboard.panels.trace import console_url
from dashboard.rows.risk import command_rows
from dashboard.words import counted, date


@st.fragment(run_every="4s")
def commands() -> None:
    """The last commands: who, what, why, and how far."""
    listing(
        say("commands.title"),
        "commands",
        lambda: api().get("/commands", Answer[list[Progress]], limit=50),
        lambda answer: command_rows(answer.data),
        none=say("commands.none"),
        alt=say("commands.title"),
        span=say("commands.span"),
    )


@st.fragment(run_every="4s")
def pipeline_diagram() -> None:
    """The stages on the data's way, coloured by lag and silence."""
    answer = panel(say("pipeline.title"), "pipeline-map", api().status)
    if answer is None or not answer.as_of:
        return
    stages = answer.data.stages
    if not stages:
        st.info(say("pipeline.none"))
        return
    st.mermaid_chart(pipeline(stages), alt=say("pipeline.alt"))
    bad = [each.component for each in stages if grade(each) != "fine"]
    st.caption(say("pipeline.bad", stages=", ".join(bad)) if bad else say("pipeline.good"))


@st.fragment(run_every="4s")
def running_with() -> None:
    """Mode, source, versions, database and what waits."""
    answer = panel(say("global.title"), "global", api().status)
    if answer is None or not answer.as_of:
        return
    rows = [{"Setting": name, "What": value} for name, value in facts(answer)]
    table(rows, key="global", stale=answer.stale, alt=say("global.title"))


def facts(answer: Answer[Status]) -> list[tuple[str, str]]:
    """What the system runs with, in words."""
    status = answer.data
    markets = ", ".join(
        counted(n, f"{label} market") for label, n in sorted(status.markets.items())
    )
    return [
        (say("global.money"), answer.money),
        (say("global.source"), answer.source),
        (say("global.speed"), f"{status.speed:g}"),
        (say("global.state"), status.trading_state),
        (say("global.time"), f"{date(status.session_time)} UTC"),
        (say("global.version"), status.version),
        (say("global.markets"), markets or say("global.markets.none")),
        (say("global.database"), status.database),
        (say("global.letters"), str(status.dead_letters)),
        (say("global.api"), os.environ.get("PETS_API_URL", "http://127.0.0.1:8000")),
    ]


def console_links() -> None:
    """Where the streams can be inspected."""
    st.subheader(say("console.title"), anchor=False)
    if console_url():
        st.link_button(say("console.open"), console_url(), icon=":material/open_in_new:")
        st.caption(say("console.note"))
    else:
        st.info(say("console.none"))
