"""Bot Control: what is each doing, and change it."""

import streamlit as st

from dashboard.panels.bot_controls import bot_panel
from dashboard.panels.bot_equity import bot_equity
from dashboard.panels.bot_logs import choose_level, logs
from dashboard.panels.bots import bots_table
from dashboard.panels.bulk import bulk_commands
from dashboard.panels.chosen import bots, choose_bot, choose_hours
from dashboard.panels.parameters import parameters
from dashboard.panels.why import last_signals, why_quiet

bots_table()
bulk_commands()
left, right = st.columns([2, 3], vertical_alignment="bottom")
with left:
    bot_id = choose_bot(bots(), everyone=False)
with right:
    hours = choose_hours("1 h")
if bot_id:
    bot_panel(bot_id)
    why_quiet(bot_id, hours)
    last_signals(bot_id, hours)
    bot_equity(bot_id, hours)
    parameters(bot_id)
    logs("bots", choose_level(), "")
