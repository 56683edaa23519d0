"""Risk Monitor: how close am I to the edge?"""

import streamlit as st

from dashboard.panels.alerts import alerts
from dashboard.panels.bots import denials_table
from dashboard.panels.cards import portfolio_cards
from dashboard.panels.chosen import choose_hours
from dashboard.panels.denials import denials_over_time
from dashboard.panels.limits import (
    breaches,
    breakers,
    choose_side,
    drawdown_gauges,
    exposure,
    loss_streaks,
    zone_map,
)
from dashboard.panels.operations import commands
from dashboard.panels.rearm import rearming
from dashboard.panels.what_if import what_if

MONTH_H = 24.0 * 30

alerts()
portfolio_cards()
left, right = st.columns(2, gap="medium")
with left:
    drawdown_gauges()
    loss_streaks()
with right:
    zone_map()
breakers()
rearming()
exposure(choose_side())
denials_over_time(choose_hours("6 h"))
denials_table()
what_if()
breaches(MONTH_H)
commands()
