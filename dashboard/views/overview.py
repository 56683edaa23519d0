"""Overview: is it alive, am I safe, what did I make?"""

import streamlit as st

from dashboard.panels.bots import bots_table, denials_table
from dashboard.panels.cards import portfolio_cards
from dashboard.panels.curve import equity_curve
from dashboard.panels.emergency import emergency_controls, latest
from dashboard.panels.language import say
from dashboard.panels.limits import composition, zone_map
from dashboard.panels.operations import pipeline_diagram
from dashboard.panels.pipeline import pipeline_table
from dashboard.panels.positions import positions_table

portfolio_cards()
equity_curve()
bots_table()
left, right = st.columns(2, gap="medium")
with left:
    composition()
with right:
    zone_map()
positions_table()
denials_table()
left, right = st.columns(2, gap="medium")
with left:
    latest()
with right:
    emergency_controls()
pipeline_diagram()
pipeline_table()
st.caption(say("overview.credit"))
