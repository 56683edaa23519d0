"""What an operator chose to look at; every choice is in the address, so that links lead there."""

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.answers.envelope import Answer
from dashboard.answers.markets import Market
from dashboard.answers.overview import Bot
from dashboard.panels.frame import api, fetch
from dashboard.panels.language import say
from dashboard.rows.columns import number

ALL = ""
HOURS = {"1 h": 1.0, "6 h": 6.0, "24 h": 24.0, "7 d": 168.0, "30 d": 720.0}


def bots() -> list[Bot]:
    """Every bot, as known last."""
    answer = fetch("bots", api().bots).answer
    return [] if answer is None else answer.data


def names(known: Sequence[Bot]) -> dict[str, str]:
    """Bots' names by id."""
    return {bot.bot_id: bot.name for bot in known}


def choose_bot(known: Sequence[Bot], *, everyone: bool) -> str:
    """The bot to look at; the empty text is all of them."""
    ids = [bot.bot_id for bot in known]
    called = {bot.bot_id: f"{number(bot.bot_id)} {bot.name}" for bot in known}
    options = [ALL, *ids] if everyone else ids
    if not options:
        return ALL
    return linked(
        say("choose.bot"), options, lambda each: called.get(each, say("choose.all-bots")), "bot"
    )


def linked(label: str, options: Sequence[str], name: Callable[[str], str], key: str) -> str:
    """A choice by id that is in the address as that id, whatever it is called on the screen.

    Args:
        label: Of the field.
        options: Ids, one at least.
        name: An id's name for people.
        key: Of the field and in the address.
    """
    asked = st.query_params.get(key)
    if key not in st.session_state and asked in options:
        st.session_state[key] = asked
    chosen = str(st.selectbox(label, options, format_func=name, key=key))
    if chosen != options[0] or key in st.query_params:
        st.query_params[key] = chosen
    return chosen


def choose_hours(default: str) -> float:
    """How far back to look, session hours."""
    chosen = st.segmented_control(
        say("choose.range"),
        list(HOURS),
        default=default,
        key="range",
        bind="query-params",
        required=True,
    )
    return HOURS[chosen or default]


def span(hours: float) -> str:
    """A range in words."""
    label = next((name for name, value in HOURS.items() if value == hours), f"{hours:g} h")
    return say("choose.span", span=label)


def markets() -> list[Market]:
    """Every market that is followed, as known last."""
    answer = fetch("markets", lambda: api().get("/markets", Answer[list[Market]])).answer
    return [] if answer is None else answer.data


def questions() -> dict[str, str]:
    """Questions of the markets that are followed, by id."""
    return {each.market_id: each.question for each in markets()}
