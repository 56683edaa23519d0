"""What every panel does alike: fetch, keep the last good answer, say how old it is."""

import time
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

import msgspec
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.answers.envelope import Answer
from dashboard.client import ApiAwayError, ApiClient, ApiError
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


def fetch(name: str, read: Callable[[], Answer[T]]) -> Fetched[T]:
    """Read a panel's data; on failure fall back to the last good answer, older by now.

    Args:
        name: The panel's key in the session.
        read: One call of the client.
    """
    key = f"last-good-{name}"
    kept: _Kept[T] | None = st.session_state.get(key)
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


def panel(title: str, name: str, read: Callable[[], Answer[T]]) -> Answer[T] | None:
    """Draw a panel's head: its title, its age, and what is wrong with its figures.

    Args:
        title: For people.
        name: The panel's key in the session.
        read: One call of the client.

    Returns:
        What to show below, or None when nothing was ever known.
    """
    fetched = fetch(name, read)
    st.space("xsmall")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.subheader(title, anchor=False, width="content")
        st.caption(freshness(fetched.answer), width="content")
    _say_trouble(fetched, st.empty())
    return fetched.answer


def freshness(answer: Answer[T] | None) -> str:
    """As of when, and how old."""
    if answer is None or not answer.as_of:
        return ""
    return f"as of {clock(answer.as_of)} UTC · {age(answer.age_s)}"


def _say_trouble(fetched: Fetched[T], place: DeltaGenerator) -> None:
    """What is wrong with the figures; the place is there in any case, so that nothing jumps."""
    answer = fetched.answer
    if fetched.away:
        place.caption("Unknown: the API does not answer.")
    elif fetched.trouble:
        place.warning(fetched.trouble, icon=":material/cloud_off:")
    elif answer is not None and not answer.as_of:
        place.info(
            f"Not yet: waiting for the first figures. {answer.behind}", icon=":material/hourglass:"
        )
    elif answer is not None and answer.stale:
        place.warning(
            f"{age(answer.age_s)} old, not current. {answer.behind}", icon=":material/history:"
        )


def _aged(kept: _Kept[T], why: str) -> Answer[T]:
    """An answer as old as it is now."""
    age_s = kept.answer.age_s + time.monotonic() - kept.at
    return msgspec.structs.replace(kept.answer, age_s=age_s, stale=True, behind=why)
