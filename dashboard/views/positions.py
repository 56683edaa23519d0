"""Positions: what do I hold, and what is it worth now?"""

import streamlit as st

from dashboard.panels.chosen import bots, choose_bot, choose_hours
from dashboard.panels.holdings import active, by_event, history, holdings_map, reconciliation
from dashboard.panels.market import book, choose_position, position_detail, prices

left, right = st.columns([2, 3], vertical_alignment="bottom")
with left:
    bot_id = choose_bot(bots(), everyone=True)
with right:
    hours = choose_hours("24 h")
active(bot_id)
by_event(bot_id)
reconciliation(bot_id)
chosen = choose_position(bot_id)
if chosen is not None:
    position_detail(chosen)
    left, right = st.columns(2, gap="medium")
    with left:
        prices(chosen.market_id, hours)
    with right:
        book(chosen.market_id)
holdings_map(bot_id)
history(bot_id, hours)
