"""What components logged, filtered by level, component and words."""

import streamlit as st

from dashboard.answers.envelope import Answer
from dashboard.answers.system import LogLine
from dashboard.panels.frame import api, listing
from dashboard.panels.language import say
from dashboard.rows.risk import log_rows

LEVELS = ("debug", "info", "warning", "error", "critical")


def choose_level() -> str:
    """The least level to show; in the address."""
    chosen = st.segmented_control(
        say("logs.level"), LEVELS, default="info", key="level", bind="query-params", required=True
    )
    return str(chosen or "info")


@st.fragment(run_every="10s")
def logs(component: str, level: str, about: str) -> None:
    """The newest lines.

    Args:
        component: Whose; empty for all.
        level: The least.
        about: Only lines with this word anywhere, e.g. a bot's id; empty for all.
    """
    listing(
        say("logs.title"),
        f"logs-{component or 'all'}",
        lambda: api().get(
            "/logs", Answer[list[LogLine]], component=component, level=level, limit=200
        ),
        lambda answer: log_rows([line for line in answer.data if _fits(line, about)]),
        none=say("logs.none", level=level),
        alt=say("logs.title"),
    )


def _fits(line: LogLine, about: str) -> bool:
    said = (line.event, line.correlation_id, *line.fields.values())
    return not about or any(about in each for each in said)
