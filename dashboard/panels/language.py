"""Sentences in the language that was chosen; it is in the address as `lang`."""

import os

import streamlit as st

from dashboard.texts import LANGUAGES, text

CHOICE = "lang"
KEPT = "language"


def language() -> str:
    """The chosen language, else that of the address, of PETS_LANGUAGE, or English."""
    chosen = st.session_state.get(KEPT) or st.query_params.get(CHOICE)
    chosen = chosen or os.environ.get("PETS_LANGUAGE", "en")
    return chosen if chosen in LANGUAGES else "en"


def keep_choice() -> None:
    """Remember what was chosen on Settings over all pages."""
    st.session_state[KEPT] = st.session_state[CHOICE]


def say(key: str, **figures: object) -> str:
    """A sentence in the chosen language."""
    return text(key, language(), **figures)
