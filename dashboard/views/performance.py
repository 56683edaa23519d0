"""Performance: is it skill, and which bot?"""

import streamlit as st

from dashboard.panels.chosen import bots, choose_bot, choose_hours
from dashboard.panels.distribution import distribution
from dashboard.panels.evidence import evidence, gross_to_net, paper_against_live
from dashboard.panels.performance import (
    attribution,
    comparison,
    drawdowns,
    markouts,
    result_calendar,
)

left, right = st.columns([2, 3], vertical_alignment="bottom")
with left:
    bot_id = choose_bot(bots(), everyone=True)
with right:
    hours = choose_hours("24 h")
comparison(hours)
drawdowns(hours)
gross_to_net(bot_id, hours)
attribution(hours)
distribution(bot_id, hours)
result_calendar(bot_id, hours)
markouts(bot_id, hours)
evidence(bot_id)
paper_against_live(bot_id)
