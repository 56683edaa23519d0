"""A row that was clicked leads to the trace of what is in it."""

from collections.abc import Callable, Sequence

import streamlit as st

TRACED = "trace"
"""The trace's id: its field, and its place in the address."""
_PICKED = "trace-picked"


def tracing(name: str) -> Callable[[int], None]:
    """What a table tells the place of a clicked row: the trace is of that row from then on.

    Args:
        name: The table's key; `remember` keeps its ids under it.
    """

    def pick(place: int) -> None:
        ids: Sequence[str] = st.session_state.get(f"ids-{name}", ())
        if place < len(ids):
            st.session_state[TRACED] = ids[place]
            st.session_state[_PICKED] = True

    return pick


def remember(name: str, ids: Sequence[str]) -> None:
    """Keep the ids of the rows that are shown, in their order."""
    st.session_state[f"ids-{name}"] = tuple(ids)


def follow() -> None:
    """Draw the page anew when a row was clicked, so that the trace is of that row."""
    if st.session_state.pop(_PICKED, False):
        st.rerun()
