"""Overview cards: equity, P&L, drawdown, exposure, fees."""

import streamlit as st

from dashboard.panels.frame import api, fetch, freshness
from dashboard.words import money, percent, signed_money


@st.fragment(run_every="2s")
def portfolio_cards() -> None:
    """Six figures of the account, each with its formula in the help."""
    answer = fetch("portfolio", api().portfolio)
    if answer is None:
        return
    freshness(answer)
    portfolio = answer.data
    total = (
        None
        if portfolio.realised_pnl is None or portfolio.unrealised_pnl is None
        else portfolio.realised_pnl + portfolio.unrealised_pnl
    )
    cards = (
        ("Equity", money(portfolio.equity), "Cash + receivables + positions at best bid."),
        ("P&L", signed_money(total), "Realised + unrealised since the start, after fees and gas."),
        ("Realised", signed_money(portfolio.realised_pnl), "Proceeds − cost − fees − gas."),
        ("Drawdown", percent(portfolio.drawdown), "1 − NAV/peak; deposits do not change it."),
        ("Exposure", money(portfolio.exposure), "Worst-case loss, resting orders included."),
        ("Fees", money(portfolio.fees), "Taker fees; makers pay none."),
    )
    for column, (label, value, explained) in zip(st.columns(len(cards)), cards, strict=True):
        column.metric(label, value, help=explained, border=True)
