"""What every panel does alike: fetch, keep the last good answer, say how old it is."""

import time
from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

import msgspec
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.answers.envelope import Answer
from dashboard.charts.bars import Option
from dashboard.client import ApiAwayError, ApiClient, ApiError
from dashboard.exports import csv_text
from dashboard.panels.language import say
from dashboard.panels.table import table
from dashboard.rows.columns import Row
from dashboard.words import age, clock

T = TypeVar("T")


class Fetched(NamedTuple, Generic[T]):
    """What a panel knows.

    Attributes:
        answer: The answer; the last good one, made stale, when asking failed; None if there is
            none.
        trouble: Why asking failed, in a sentence; empty when it did not.
        away: Whether nothing answered at all; the status bar says it for all panels.
    """

    answer: Answer[T] | None
    trouble: str = ""
    away: bool = False


class _Kept(NamedTuple, Generic[T]):
    answer: Answer[T]
    at: float


@st.cache_resource
def api() -> ApiClient:
    """The one client of this server."""
    return ApiClient.from_environment()


def fetch(name: str, read: Callable[[], Answer[T]], *, every_s: float = 0.0) -> Fetched[T]:
    """Read a panel's data; on failure fall back to the last good answer, older by now.

    Args:
        name: The panel's key in the session.
        read: One call of the client.
        every_s: A good answer is shown for so long, wall seconds, before it is asked for again.
    """
    key = f"last-good-{name}"
    kept: _Kept[T] | None = st.session_state.get(key)
    if kept is not None and time.monotonic() - kept.at < every_s:
        return Fetched(_older(kept))
    waiting = st.skeleton(height=96) if kept is None else st.empty()
    try:
        answer = read()
    except ApiError as error:
        away = isinstance(error, ApiAwayError)
        return Fetched(None if kept is None else _aged(kept, str(error)), str(error), away)
    finally:
        waiting.empty()
    st.session_state[key] = _Kept(answer, time.monotonic())
    return Fetched(answer)


def panel(
    title: str, name: str, read: Callable[[], Answer[T]], *, every_s: float = 0.0
) -> Answer[T] | None:
    """Draw a panel's head: its title, its age, and what is wrong with its figures.

    Args:
        title: For people.
        name: The key of its figures in the session; panels of one key share them.
        read: One call of the client.
        every_s: As `fetch` takes it.

    Returns:
        What to show below, or None when nothing was ever known.
    """
    fetched = fetch(name, read, every_s=every_s)
    head(title, fetched)
    return fetched.answer


def head(title: str, fetched: Fetched[T]) -> None:
    """A panel's title, its age, and what is wrong with its figures."""
    st.space("xsmall")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.subheader(title, anchor=False, width="content")
        st.caption(freshness(fetched.answer), width="content")
    _say_trouble(fetched, st.empty())


def listing(
    title: str,
    name: str,
    read: Callable[[], Answer[T]],
    rows_of: Callable[[Answer[T]], Sequence[Row]],
    *,
    none: str,
    alt: str,
    span: str = "",
    on_row: Callable[[int], None] | None = None,
) -> Answer[T] | None:
    """A panel that is a table, with its figures as CSV.

    Args:
        title: For people.
        name: The panel's key.
        read: One call of the client.
        rows_of: An answer's rows.
        none: What to say when there are none, and why.
        alt: What the table shows, for screen readers.
        span: The range, for the head of the CSV; empty offers none.
        on_row: Told the place of the row that was clicked.

    Returns:
        The answer, or None when nothing is known yet.
    """
    answer = panel(title, name, read)
    if answer is None or not answer.as_of:
        return None
    rows = rows_of(answer)
    if not rows:
        st.info(none)
        return answer
    table(rows, key=name, stale=answer.stale, alt=alt, on_row=on_row)
    if span:
        st.download_button(
            say("export.csv"),
            csv_text(rows, answer, span),
            f"pets-{name}.csv",
            "text/csv",
            key=f"{name}-csv",
            type="tertiary",
            icon=":material/download:",
            on_click="ignore",
        )
    return answer


def chart(option: Option, *, key: str, alt: str, height: int = 300, stale: bool = False) -> None:
    """A chart that changes in place; the key keeps its zoom, old figures are faint.

    Args:
        option: An option object of ECharts.
        key: Keeps it over refreshes.
        alt: What it shows, for screen readers.
        height: Pixels.
        stale: Whether its figures are old.
    """
    if stale:
        faded = {
            "graphic": [
                {
                    "type": "text",
                    "left": "center",
                    "top": "middle",
                    "silent": True,
                    "style": {"text": say("chart.old"), "fontSize": 22, "fill": "#8a8f98"},
                }
            ]
        }
        option = {**option, **faded}
    st.echarts_chart(option, height=height, key=key, alt=alt)


def dark() -> bool:
    """Whether the theme is dark."""
    return st.context.theme.type == "dark"


def freshness(answer: Answer[T] | None) -> str:
    """As of when, how old, and of which money and data."""
    if answer is None or not answer.as_of:
        return ""
    return say(
        "panel.fresh",
        clock=clock(answer.as_of),
        age=age(answer.age_s),
        money=answer.money,
        source=answer.source,
    )


def _say_trouble(fetched: Fetched[T], place: DeltaGenerator) -> None:
    """What is wrong with the figures; the place is there in any case, so that nothing jumps."""
    answer = fetched.answer
    if fetched.away:
        place.caption(say("panel.away"))
    elif fetched.trouble:
        place.warning(fetched.trouble, icon=":material/cloud_off:")
    elif answer is not None and not answer.as_of:
        place.info(say("panel.not-yet", why=answer.behind), icon=":material/hourglass:")
    elif answer is not None and answer.stale:
        words = say("panel.stale", age=age(answer.age_s), why=answer.behind)
        place.warning(words, icon=":material/history:")


def _aged(kept: _Kept[T], why: str) -> Answer[T]:
    """An answer as old as it is now, and not current."""
    return msgspec.structs.replace(_older(kept), stale=True, behind=why)


def _older(kept: _Kept[T]) -> Answer[T]:
    """An answer as old as it is now."""
    age_s = kept.answer.age_s + time.monotonic() - kept.at
    return msgspec.structs.replace(kept.answer, age_s=age_s)
