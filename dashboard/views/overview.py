"""Overview: is it alive, am I safe, what did I make?"""

import streamlit as st

from dashboard.panels.bots import bots_table, denials_table
from dashboard.panels.cards import portfolio_cards
from dashboard.panels.curve import equity_curve
from dashboard.panels.pipeline import pipeline_table
from dashboard.panels.positions import positions_table

portfolio_cards()
equity_curve()
bots_table()
positions_table()
denials_table()
pipeline_table()
st.caption(
    "Recorded books: Resolved Markets, CC BY 4.0, in the package resolvedkit. "
    "Paper money: fills are estimates that err low. All times are session times."
)
