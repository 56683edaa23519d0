"""What every panel does alike: fetch, keep the last good answer, say how old it is."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from dashboard.answers import Answer
from dashboard.client import ApiClient, ApiUnavailableError
from dashboard.words import age, clock

T = TypeVar("T")


@st.cache_resource
def api() -> ApiClient:
    """The one client of this server."""
    return ApiClient.from_environment()


def fetch(name: str, read: Callable[[], Answer[T]]) -> Answer[T] | None:
    """Read a panel's data; on failure say so and fall back to the last good answer.

    Args:
        name: The panel's key in the session.
        read: One call of the client.

    Returns:
        The answer, an old one marked stale, or None when there never was one.
    """
    key = f"last-good-{name}"
    try:
        answer = read()
    except ApiUnavailableError as error:
        last: Answer[T] | None = st.session_state.get(key)
        known = "Last good figures below." if last is not None else "Nothing is known yet."
        st.error(f"{error} {known}", icon=":material/cloud_off:")
        return last
    st.session_state[key] = answer
    return answer


def freshness(answer: Answer[T]) -> None:
    """The line under a panel's title: as of when, how old, on which data and money."""
    if not answer.as_of:
        st.caption("Waiting for the first figures.")
        return
    words = (
        f"as of {clock(answer.as_of)} UTC · {age(answer.age_s)} · "
        f"{answer.source} · {answer.money} money"
    )
    if answer.stale:
        st.warning(
            f"{words}. These figures are old; prices are not current.", icon=":material/history:"
        )
    else:
        st.caption(words)
