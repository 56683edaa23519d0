"""The dashboard's entry: seven pages and the bar that is on every one."""

from pathlib import Path

import streamlit as st

from dashboard.panels.language import say
from dashboard.panels.status_bar import status_bar

ICON = Path(__file__).with_name("icon.svg")
# Files in `views` with their icons; a file's name is its page's address.
PAGES = (
    ("overview", "monitoring"),
    ("bot_control", "smart_toy"),
    ("performance", "insights"),
    ("positions", "account_balance_wallet"),
    ("order_log", "receipt_long"),
    ("risk_monitor", "shield"),
    ("settings", "settings"),
)

st.set_page_config(page_title="PETS", page_icon=str(ICON), layout="wide")
page = st.navigation(
    [
        st.Page(
            f"views/{name}.py",
            title=say(f"page.{name}"),
            icon=f":material/{icon}:",
            default=name == "overview",
        )
        for name, icon in PAGES
    ],
    position="top",
)
status_bar()
page.run()
