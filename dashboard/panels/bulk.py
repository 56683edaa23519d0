"""One command to several bots: sent one by one, and each bot's fate is told for itself."""

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from dashboard.answers.envelope import Answer
from dashboard.answers.overview import Bot, CommandResult, Position
from dashboard.answers.system import Progress
from dashboard.answers.trading import Order
from dashboard.client import ApiAwayError, ApiError
from dashboard.panels.bot_controls import ICONS, RISKIER
from dashboard.panels.frame import api, panel
from dashboard.panels.language import say
from dashboard.panels.progress import show_progress
from dashboard.panels.typed import Flags, confirm, open_dialog
from dashboard.rows.bulk import fitting, left_out, phrase_of
from dashboard.rows.columns import number
from dashboard.words import counted, money

FLAGS = Flags("bulk-asked", "bulk-result")
VERBS = ("start", "resume", "pause", "stop")
NEWEST = 100
"""Commands that are read back; the gate knows more."""


class Asked(NamedTuple):
    """What was asked for when the dialog was opened."""

    verb: str
    bots: tuple[Bot, ...]


class Sent(NamedTuple):
    """What came of the command to one bot: the gate's answer, or why there is none."""

    bot: Bot
    result: CommandResult | None
    trouble: str


@st.fragment(run_every="2s")
def bulk_commands() -> None:
    """Choose bots, then a verb; a bot whose state it does not fit is left out and named."""
    answer = panel(say("bulk.title"), "bots", api().bots)
    if answer is None or not answer.as_of:
        return
    by_id = {bot.bot_id: bot for bot in answer.data}
    chosen = st.multiselect(
        say("bulk.choose"),
        list(by_id),
        format_func=lambda bot_id: called(by_id[bot_id]),
        key="bulk-bots",
    )
    wanted = [by_id[bot_id] for bot_id in chosen]
    with st.container(horizontal=True, gap="small"):
        for verb in VERBS:
            fit = fitting(wanted, verb)
            pressed = st.button(
                say("bulk.verb", verb=say(f"bot.{verb}"), count=len(fit)),
                key=f"bulk-{verb}",
                icon=f":material/{ICONS[verb]}:",
                disabled=not fit,
            )
            if pressed:
                st.session_state[FLAGS.asked] = Asked(verb, tuple(fit))
                st.session_state["bulk-left-out"] = left_out(wanted, verb)
    asked: Asked | None = st.session_state.get(FLAGS.asked)
    if asked is not None:
        title = say(f"bot.{asked.verb}.title", bot=counted(len(asked.bots), "bot"))
        open_dialog(title, FLAGS, lambda: _ask(asked), fate=_fate, width="large")


def called(bot: Bot) -> str:
    """A bot's number, name and state."""
    return f"{number(bot.bot_id)} {bot.name} · {bot.state}"


def _ask(asked: Asked) -> None:
    """Which bots, what it does to each, and what that touches in numbers."""
    st.write(say("bulk.bots", bots=", ".join(called(bot) for bot in asked.bots)))
    others: Sequence[Bot] = st.session_state.get("bulk-left-out", ())
    if others:
        st.caption(say("bulk.left-out", bots=", ".join(called(bot) for bot in others)))
    st.write(say("bulk.effect", effect=say(f"bot.{asked.verb}.effect")))
    st.write(radius(asked.bots))
    confirm(
        say(f"bot.{asked.verb}"),
        FLAGS,
        lambda reason: send(asked, reason),
        phrase=phrase_of(asked.verb, asked.bots) if asked.verb in RISKIER else "",
    )


def radius(bots: Sequence[Bot]) -> str:
    """Open orders, positions and equity of several bots, or that they are unknown."""
    ids = {bot.bot_id for bot in bots}
    try:
        orders = api().get("/orders/open", Answer[list[Order]]).data
        positions = api().get("/positions", Answer[list[Position]]).data
    except ApiError:
        return say("bulk.radius.unknown")
    held = [each for each in positions if each.bot_id in ids]
    known = [bot.equity for bot in bots if bot.equity is not None]
    return say(
        "bulk.radius",
        orders=counted(sum(each.bot_id in ids for each in orders), "open order"),
        positions=counted(len(held), "position"),
        cost=money(sum(each.size * each.entry_price for each in held)),
        equity=money(sum(known)) if len(known) == len(bots) else money(None),
    )


def send(asked: Asked, reason: str) -> tuple[Sent, ...]:
    """One command a bot, in turn; a refusal stops none of the others, an absent API all."""
    sent: list[Sent] = []
    away = ""
    for bot in asked.bots:
        if away:
            sent.append(Sent(bot, None, say("bulk.not-sent", why=away)))
            continue
        try:
            sent.append(Sent(bot, api().bot_command(bot.bot_id, asked.verb, reason), ""))
        except ApiAwayError as error:
            away = str(error)
            sent.append(Sent(bot, None, say("bulk.unknown", why=error)))
        except ApiError as error:
            sent.append(Sent(bot, None, str(error)))
    return tuple(sent)


def _fate(sent: tuple[Sent, ...]) -> None:
    """How far each bot's command has come, and how many are read back."""
    try:
        newest = api().get("/commands", Answer[list[Progress]], limit=NEWEST).data
    except ApiError as error:
        found: dict[str, Progress] = {}
        st.warning(say("bulk.fate.unknown", why=error))
    else:
        found = {each.command_id: each for each in newest}
    places = [each.result.command_id for each in sent if each.result and each.result.accepted]
    done = sum(place in found and found[place].stage == "confirmed" for place in places)
    st.write(say("bulk.done", done=done, of=len(sent)))
    for each in sent:
        st.markdown(f"**{number(each.bot.bot_id)} {each.bot.name}**")
        if each.result is None:
            st.error(each.trouble)
        elif not each.result.accepted:
            st.error(each.result.detail)
        elif each.result.command_id in found:
            show_progress(found[each.result.command_id], each.result.detail)
        else:
            st.info(say("progress.under-way", detail=each.result.detail))
    if any(each.result is None for each in sent):
        st.caption(say("halt.without-api"))
