"""Why a bot is quiet: what it decided, what the gate answered, its last signals."""

import streamlit as st

from dashboard.answers.envelope import Answer
from dashboard.answers.trading import Decision, DecisionCount, Listed, Signal, SignalCount
from dashboard.panels.chosen import questions, span
from dashboard.panels.frame import api, listing
from dashboard.panels.language import say
from dashboard.panels.picked import follow, remember, tracing
from dashboard.rows.trading import (
    decision_count_rows,
    decision_rows,
    signal_count_rows,
    signal_rows,
)


@st.fragment(run_every="4s")
def why_quiet(bot_id: str, hours: float) -> None:
    """Counts of what bots decided and why, and of the gate's answers.

    Args:
        bot_id: Whose; empty for all.
        hours: How far back, session hours.
    """
    told = span(hours)
    listing(
        say("why.decided"),
        f"signal-counts-{bot_id}",
        lambda: api().get("/signals/counts", Answer[list[SignalCount]], bot_id=bot_id, hours=hours),
        lambda answer: signal_count_rows(answer.data),
        none=say("why.decided.none"),
        alt=say("why.decided"),
        span=told,
    )
    listing(
        say("why.answered"),
        f"decision-counts-{bot_id}",
        lambda: api().get(
            "/decisions/counts", Answer[list[DecisionCount]], bot_id=bot_id, hours=hours
        ),
        lambda answer: decision_count_rows(answer.data),
        none=say("why.answered.none"),
        alt=say("why.answered"),
        span=told,
    )


@st.fragment(run_every="4s")
def last_signals(bot_id: str, hours: float) -> None:
    """What a bot saw and decided last, traded or not."""
    listing(
        say("why.signals"),
        f"signals-{bot_id}",
        lambda: api().get("/signals", Answer[Listed[Signal]], bot_id=bot_id, hours=hours, limit=50),
        lambda answer: signal_rows(answer.data.items, questions()),
        none=say("why.decided.none"),
        alt=say("why.signals"),
        span=span(hours),
    )


@st.fragment(run_every="4s")
def denied(bot_id: str, hours: float) -> None:
    """The newest denied intents with rule, limit and value; a click on one traces it."""
    follow()
    name = f"denied-{bot_id}"
    answer = listing(
        say("why.denied"),
        name,
        lambda: api().get(
            "/decisions",
            Answer[Listed[Decision]],
            bot_id=bot_id,
            verdict="DENIED",
            hours=hours,
            limit=100,
        ),
        lambda answer: decision_rows(answer.data.items, questions()),
        none=say("why.denied.none"),
        alt=say("why.denied"),
        span=span(hours),
        on_row=tracing(name),
    )
    if answer is not None and answer.data.items:
        remember(name, [each.decision_id for each in answer.data.items])
        st.caption(say("trace.pick"))
