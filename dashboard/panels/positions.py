"""Open positions."""

import pandas as pd
import streamlit as st

from dashboard.panels.frame import api, fetch, freshness
from dashboard.words import cents, date, shares, signed_money


@st.fragment(run_every="2s")
def positions_table() -> None:
    """Every open holding at its exit value, with the label of its market's data."""
    st.subheader("Positions")
    answer = fetch("positions", api().positions)
    if answer is None:
        return
    freshness(answer)
    if not answer.data:
        st.info("None: no bot holds a position. Denied intents are listed below.")
        return
    rows = [
        {
            "Data": position.label,
            "Market": position.question,
            "Bot": position.bot_id.removeprefix("bot_"),
            "Side": position.side,
            "Size": shares(position.size),
            "Entry": cents(position.entry_price),
            "Best bid": cents(position.mark),
            "Unrealised": signed_money(position.unrealised_pnl),
            "Realised": signed_money(position.realised_pnl),
            "Zone": (position.zone or "none").removeprefix("ZONE_"),
            "Opened": date(position.opened_at),
        }
        for position in answer.data
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
