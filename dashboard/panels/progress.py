"""A command on its way: sent, accepted, applied, confirmed, with what to do when it stalls."""

import streamlit as st

from dashboard.answers.envelope import Answer
from dashboard.answers.overview import CommandResult
from dashboard.answers.system import Progress
from dashboard.client import ApiError, part
from dashboard.panels.frame import api
from dashboard.panels.language import say

STAGES = ("accepted", "applied", "confirmed")


def show_fate(result: CommandResult) -> None:
    """What the gate answered; success only when the effect has been read back."""
    if not result.accepted:
        st.error(result.detail)
        return
    try:
        path = f"/commands/{part(result.command_id)}"
        progress = api().get(path, Answer[Progress]).data
    except ApiError as error:
        st.warning(say("progress.unknown", detail=result.detail, error=error))
        return
    show_progress(progress, result.detail)


def show_progress(progress: Progress, detail: str) -> None:
    """How far a command has come; success only when its effect has been read back.

    Args:
        progress: As read back.
        detail: What the gate answered.
    """
    if progress.stage == "confirmed":
        st.success(say("progress.confirmed", detail=detail))
    else:
        st.info(say("progress.under-way", detail=detail), icon=":material/hourglass:")
    st.progress(share(progress), text=words(progress))
    if progress.advice:
        st.caption(progress.advice)


def share(progress: Progress) -> float:
    """How much is done, 0 to 1."""
    if progress.stage not in STAGES:
        return 0.0
    done = sum(step.done for step in progress.steps)
    of = sum(step.of for step in progress.steps)
    stage = STAGES.index(progress.stage) / (len(STAGES) - 1)
    return stage if not of else 0.5 * stage + 0.5 * min(1.0, done / of)


def words(progress: Progress) -> str:
    """The stage and every step in numbers."""
    steps = [f"{step.name} {step.done}/{step.of}" for step in progress.steps]
    return " · ".join([progress.stage, *steps])
