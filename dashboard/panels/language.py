"""Sentences in the language that was chosen; it is in the address as `lang`."""

import os

import streamlit as st

from dashboard.texts import LANGUAGES, text

CHOICE = "lang"


def language() -> str:
    """The chosen language, else that of PETS_LANGUAGE, else English."""
    chosen = st.session_state.get(CHOICE) or os.environ.get("PETS_LANGUAGE", "en")
    return chosen if chosen in LANGUAGES else "en"


def say(key: str, **figures: object) -> str:
    """A sentence in the chosen language."""
    return text(key, language(), **figures)
