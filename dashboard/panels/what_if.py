"""Would an order pass? Asks the real gate's own checks and sends nothing."""

from decimal import Decimal

import streamlit as st

from dashboard.answers.envelope import Answer
from dashboard.answers.markets import Market
from dashboard.answers.risk import Judgement
from dashboard.client import ApiError
from dashboard.panels.chosen import bots
from dashboard.panels.frame import api, fetch, freshness
from dashboard.panels.language import say
from dashboard.rows.columns import number


def what_if() -> None:
    """A form, and what the gate says of the order in it."""
    st.subheader(say("what-if.title"), anchor=False)
    st.caption(say("what-if.note"))
    known = bots()
    markets = fetch("markets", lambda: api().get("/markets", Answer[list[Market]])).answer
    if not known or markets is None or not markets.data:
        st.info(say("what-if.none"))
        return
    called = {each.market_id: each.question for each in markets.data}
    with st.form("what-if", border=True):
        grid = st.grid("auto", min_column_width=150, gap="small", key="what-if-fields")
        bot = grid.selectbox(
            say("choose.bot"), [each.bot_id for each in known], format_func=number, key="wi-bot"
        )
        market = grid.selectbox(
            say("what-if.market"),
            list(called),
            format_func=lambda key: called[key],
            key="wi-market",
        )
        side = grid.selectbox(say("what-if.side"), ["YES", "NO"], key="wi-side")
        action = grid.selectbox(say("what-if.action"), ["BUY", "SELL"], key="wi-action")
        price = grid.number_input(say("what-if.price"), 0.1, 99.9, 42.0, 0.1, key="wi-price")
        size = grid.number_input(say("what-if.size"), 1.0, 1e6, 100.0, 1.0, key="wi-size")
        pressed = st.form_submit_button(say("what-if.ask"), icon=":material/gavel:")
    if not pressed:
        return
    body = {
        "bot_id": bot,
        "market_id": market,
        "side": side,
        "action": action,
        "price": f"{Decimal(str(price)) / 100:f}",
        "size": f"{Decimal(str(size)):f}",
    }
    try:
        answer = api().send("POST", "/risk/what-if", Answer[Judgement], body)
    except ApiError as error:
        st.error(str(error))
        return
    judged = answer.data
    if judged.accepted:
        st.success(say("what-if.passes", kind=judged.kind or "–", zone=judged.zone or "–"))
    else:
        st.warning(
            say(
                "what-if.denied",
                code=judged.code,
                rule=judged.rule,
                limit=judged.limit,
                value=judged.value,
            )
        )
    st.caption(freshness(answer))
