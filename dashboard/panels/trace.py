"""One decision from the event that led to it to what became of it."""

import os
from urllib.parse import quote

import streamlit as st

from dashboard.answers.alerts import Trace, TraceStep
from dashboard.answers.envelope import Answer
from dashboard.answers.trading import Decision, Listed, Orders
from dashboard.client import part
from dashboard.panels.frame import api, fetch, panel
from dashboard.panels.language import say
from dashboard.panels.picked import TRACED
from dashboard.panels.table import table
from dashboard.rows.columns import number
from dashboard.words import clock, plain

CHOICES = 60


def choose_decision(bot_id: str, hours: float) -> str:
    """What to trace: an id from the address, a denial or an order of the newest."""
    found = choices(bot_id, hours)
    typed = st.text_input(
        say("trace.id"), key=TRACED, bind="query-params", placeholder=say("trace.id.hint")
    )
    if typed:
        return str(typed).strip()
    if not found:
        return ""
    chosen = st.selectbox(
        say("trace.choose"),
        list(found),
        format_func=lambda key: found.get(key, key),
        key="trace-choice",
    )
    return chosen or ""


def choices(bot_id: str, hours: float) -> dict[str, str]:
    """The newest denials, then the newest orders, by id."""
    denied = fetch(
        f"denied-{bot_id}",
        lambda: api().get(
            "/decisions",
            Answer[Listed[Decision]],
            bot_id=bot_id,
            verdict="DENIED",
            hours=hours,
            limit=CHOICES,
        ),
    ).answer
    placed = fetch(
        f"orders-{bot_id}-",
        lambda: api().get("/orders", Answer[Orders], bot_id=bot_id, hours=hours, limit=CHOICES),
    ).answer
    found = {
        each.decision_id: f"{clock(each.decided_at)} {number(each.bot_id)} DENIED {each.code}"
        for each in (denied.data.items if denied else ())
    }
    return found | {
        each.order_id: f"{clock(each.created_at)} {number(each.bot_id)} {each.status}"
        for each in (placed.data.orders if placed else ())
    }


@st.fragment(run_every="10s")
def decision_trace(asked: str) -> None:
    """Every step with its time, its cause and its figures.

    Args:
        asked: The id of a fill, order, verdict, intent or signal.
    """
    if not asked:
        st.subheader(say("trace.title"), anchor=False)
        st.info(say("trace.none"))
        return
    answer = panel(
        say("trace.title"),
        f"trace-{asked}",
        lambda: api().get(f"/traces/{part(asked)}", Answer[Trace]),
    )
    if answer is None or not answer.as_of:
        return
    trace = answer.data
    st.markdown(f"**{number(trace.bot_id)} · {plain(trace.question or trace.market_id)}**")
    rows = [
        {
            "Time": clock(step.at),
            "After": f"{step.after_ms:,} ms",
            "Step": step.step,
            "What": step.summary,
        }
        for step in trace.steps
    ]
    table(rows, key="trace-steps", stale=answer.stale, alt=say("trace.title"))
    st.caption(say("trace.cli", id=asked))
    for gap in trace.gaps:
        st.caption(say("trace.gap", gap=gap))
    for place, step in enumerate(trace.steps):
        with st.expander(f"{step.step} · {clock(step.at)}", icon=":material/data_object:"):
            _facts(step, place)


def console_url(topic: str = "") -> str:
    """Where Redpanda Console shows a topic; empty while PETS_CONSOLE_URL is not set."""
    base = os.environ.get("PETS_CONSOLE_URL", "").rstrip("/")
    return f"{base}/topics/{quote(topic, safe='')}" if base else ""


def _facts(step: TraceStep, place: int) -> None:
    rows = [{"Figure": name, "What": value} for name, value in step.facts.items()]
    if rows:
        table(rows, key=f"facts-{place}", stale=False, alt=step.summary)
    st.caption(say("trace.ids", message=step.message_id, cause=step.cause_id or "–"))
    if step.topic and console_url():
        st.link_button(say("trace.console", topic=step.topic), console_url(step.topic))
    elif step.topic:
        st.caption(say("trace.topic", topic=step.topic))
