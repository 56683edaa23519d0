"""The dashboard's entry: navigation and the bar that is on every page."""

from pathlib import Path

import streamlit as st

from dashboard.panels.status_bar import status_bar

ICON = Path(__file__).with_name("icon.svg")

st.set_page_config(page_title="PETS", page_icon=str(ICON), layout="wide")
page = st.navigation([st.Page("views/overview.py", title="Overview", default=True)], position="top")
status_bar()
page.run()
