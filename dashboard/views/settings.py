"""Settings: what is it running with?"""

import streamlit as st

from dashboard.panels.alerts import channels
from dashboard.panels.bot_logs import choose_level, logs
from dashboard.panels.chosen import bots, choose_bot
from dashboard.panels.display import display
from dashboard.panels.in_force import in_force
from dashboard.panels.operations import console_links, pipeline_diagram, running_with
from dashboard.panels.parameters import parameters
from dashboard.panels.pipeline import pipeline_table
from dashboard.panels.wallet import wallets

left, right = st.columns(2, gap="medium")
with left:
    running_with()
with right:
    channels()
pipeline_diagram()
pipeline_table()
wallets()
in_force()
bot_id = choose_bot(bots(), everyone=False)
if bot_id:
    parameters(bot_id)
console_links()
display()
logs("", choose_level(), "")
