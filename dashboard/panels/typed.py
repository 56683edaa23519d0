"""The riskier direction: a typed phrase and a reason, before a button can be pressed."""

from collections.abc import Callable
from typing import Literal, NamedTuple, TypeVar

import streamlit as st

from dashboard.client import ApiError
from dashboard.panels.language import say

R = TypeVar("R")


class Flags(NamedTuple):
    """Where a dialog is remembered: what was asked for, and what came of it."""

    asked: str
    result: str

    def dismiss(self) -> None:
        """Forget both."""
        st.session_state.pop(self.asked, None)
        st.session_state.pop(self.result, None)


def open_dialog(
    title: str,
    flags: Flags,
    body: Callable[[], None],
    *,
    fate: Callable[[R], None],
    width: Literal["small", "large"] = "small",
) -> None:
    """The dialog that was asked for; every refresh of its fragment draws it anew.

    Args:
        title: Of the dialog.
        flags: Where it is remembered.
        body: What asks.
        fate: Says what came of it, from what the button's act returned.
        width: Of the dialog.
    """

    @st.dialog(title, on_dismiss=flags.dismiss, width=width)
    def opened() -> None:
        if flags.result in st.session_state:
            fate(st.session_state[flags.result])
            if st.button(say("dialog.close"), width="stretch", key=f"{flags.asked}-close"):
                flags.dismiss()
                st.rerun()
        else:
            body()

    opened()


def confirm(
    label: str,
    flags: Flags,
    act: Callable[[str], object],
    *,
    phrase: str = "",
    help_when_away: str = "",
) -> None:
    """The button that acts; a phrase, where there is one, has to be typed and a reason given.

    Args:
        label: Of the button.
        flags: Where the result is kept.
        act: Sends the command, or several, with a reason; what it returns is the result.
        phrase: What has to be typed; empty for the safer direction.
        help_when_away: What to do when the API does not answer.
    """
    reason, ready = "dashboard", True
    if phrase:
        typed = st.text_input(say("dialog.type", phrase=phrase), key=f"{flags.asked}-phrase")
        reason = st.text_input(say("dialog.reason"), key=f"{flags.asked}-reason", max_chars=200)
        ready = typed == phrase and bool(reason.strip())
    pressed = st.button(
        label,
        type="secondary" if phrase else "primary",
        disabled=not ready,
        width="stretch",
        key=f"{flags.asked}-confirm",
    )
    if not pressed:
        return
    try:
        st.session_state[flags.result] = act(reason)
    except ApiError as error:
        st.error(f"{error} {help_when_away}".strip())
        return
    st.rerun()
