"""Order Log: why did it, why did it not?"""

import streamlit as st

from dashboard.panels.chosen import bots, choose_bot, choose_hours
from dashboard.panels.executions import (
    choose_status,
    executions,
    latencies,
    orders,
    rejections,
    slippage,
)
from dashboard.panels.trace import choose_decision, decision_trace
from dashboard.panels.why import denied, why_quiet

left, middle, right = st.columns([2, 2, 3], vertical_alignment="bottom")
with left:
    bot_id = choose_bot(bots(), everyone=True)
with middle:
    status = choose_status()
with right:
    hours = choose_hours("1 h")
why_quiet(bot_id, hours)
denied(bot_id, hours)
decision_trace(choose_decision(bot_id, hours))
orders(bot_id, status, hours)
executions(bot_id, hours)
latencies(bot_id, hours)
left, right = st.columns(2, gap="medium")
with left:
    rejections(bot_id, hours)
with right:
    slippage(bot_id, hours)
