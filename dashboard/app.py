"""The dashboard's entry: navigation and the bar that is on every page."""

import streamlit as st

from dashboard.panels.status_bar import status_bar

st.set_page_config(page_title="PETS", page_icon=":material/waterfall_chart:", layout="wide")
page = st.navigation([st.Page("pages/overview.py", title="Overview", default=True)], position="top")
status_bar()
page.run()
