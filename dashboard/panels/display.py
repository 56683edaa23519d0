"""How the screens look: language; the theme is the browser's or the menu's."""

import streamlit as st

from dashboard.panels.language import CHOICE, keep_choice, language, say
from dashboard.texts import LANGUAGES


def display() -> None:
    """The language, kept in the address; how to choose a theme."""
    st.subheader(say("display.title"), anchor=False)
    st.selectbox(
        say("display.language"),
        list(LANGUAGES),
        index=list(LANGUAGES).index(language()),
        format_func=lambda each: LANGUAGES[each],
        key=CHOICE,
        bind="query-params",
        on_change=keep_choice,
    )
    st.caption(say("display.note"))
