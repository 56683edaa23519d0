"""Start, pause, resume, stop and halt one bot: the blast radius first, success when read back."""

import streamlit as st

from dashboard.answers.envelope import Answer
from dashboard.answers.overview import Bot, Position
from dashboard.answers.trading import Order
from dashboard.charts.diagrams import life
from dashboard.client import ApiError
from dashboard.panels.frame import api, panel
from dashboard.panels.language import say
from dashboard.panels.progress import show_fate
from dashboard.panels.typed import Flags, confirm, open_dialog
from dashboard.rows.bulk import offered
from dashboard.rows.columns import number
from dashboard.words import age, counted, money, percent, signed_money

FLAGS = Flags("bot-asked", "bot-result")
ICONS = {
    "start": "play_arrow",
    "pause": "pause",
    "resume": "play_arrow",
    "stop": "stop",
    "emergency-halt": "front_hand",
}
RISKIER = ("start", "resume")


@st.fragment(run_every="2s")
def bot_panel(bot_id: str) -> None:
    """One bot's state, money and buttons; its life as a diagram.

    Args:
        bot_id: Which.
    """
    answer = panel(say("bot.title", bot=number(bot_id)), "bots", api().bots)
    if answer is None:
        return
    bot = next((each for each in answer.data if each.bot_id == bot_id), None)
    if bot is None:
        st.info(say("bot.none", bot=bot_id))
        return
    figures(bot, stale=answer.stale)
    _buttons(bot)
    asked = st.session_state.get(FLAGS.asked)
    if asked is not None:
        verb = str(asked)
        title = say(f"bot.{verb}.title", bot=f"{number(bot_id)} {bot.name}")
        open_dialog(title, FLAGS, lambda: _ask(bot, verb), fate=show_fate)
    with st.expander(say("bot.life"), icon=":material/account_tree:"):
        st.mermaid_chart(life(bot.state), alt=say("bot.life.alt", state=bot.state))


def figures(bot: Bot, *, stale: bool) -> None:
    """State and money in cards."""
    cards = (
        (say("bot.state"), bot.state),
        (say("card.equity"), money(bot.equity)),
        (say("card.pnl"), signed_money(bot.pnl)),
        (say("card.drawdown"), percent(bot.drawdown)),
        (say("card.exposure"), money(bot.exposure)),
        (say("bot.last-event"), age(bot.last_event_age_s)),
    )
    grid = st.grid("auto", min_column_width=150, gap="small", key="bot-cards")
    for label, value in cards:
        grid.metric(label, f":gray[{value}]" if stale else value, border=True)
    if bot.reason:
        st.error(say("bot.stopped-by", reason=bot.reason))


def _buttons(bot: Bot) -> None:
    with st.container(horizontal=True, gap="small"):
        for verb in offered(bot.state):
            if st.button(
                say(f"bot.{verb}"),
                key=f"bot-{verb}",
                icon=f":material/{ICONS[verb]}:",
                type="primary" if verb == "pause" else "secondary",
            ):
                st.session_state[FLAGS.asked] = verb


def _ask(bot: Bot, verb: str) -> None:
    """What it will do, in numbers; the phrase in the riskier direction."""
    st.write(say(f"bot.{verb}.effect"))
    st.write(radius(bot.bot_id))
    phrase = f"{verb.upper()} {number(bot.bot_id)}" if verb in RISKIER else ""
    confirm(
        say(f"bot.{verb}"),
        FLAGS,
        lambda reason: api().bot_command(bot.bot_id, verb, reason),
        phrase=phrase,
        help_when_away=say("halt.without-api"),
    )


def radius(bot_id: str) -> str:
    """A bot's open orders and positions, or that they are unknown."""
    try:
        orders = api().get("/orders/open", Answer[list[Order]], bot_id=bot_id).data
        positions = api().get("/positions", Answer[list[Position]], bot_id=bot_id).data
    except ApiError:
        return say("bot.radius.unknown")
    cost = sum(position.size * position.entry_price for position in positions)
    return say(
        "bot.radius",
        orders=counted(len(orders), "open order"),
        positions=counted(len(positions), "position"),
        cost=money(cost),
    )
