"""Overview cards: equity, P&L, drawdown, exposure, fees."""

from decimal import Decimal
from typing import NamedTuple

import streamlit as st

from dashboard.answers.overview import Portfolio
from dashboard.panels.frame import api, panel
from dashboard.words import money, percent, signed_money


class Card(NamedTuple):
    """One figure.

    Attributes:
        note: What it is a part of, or since when; may be empty.
        explained: Its formula.
    """

    label: str
    value: str
    note: str
    explained: str


@st.fragment(run_every="2s")
def portfolio_cards() -> None:
    """Six figures of the account, each with its formula in the help."""
    answer = panel("Account", "portfolio", api().portfolio)
    if answer is None or not answer.as_of:
        return
    grid = st.grid("auto", min_column_width=150, gap="small", key="cards")
    for card in cards(answer.data):
        grid.metric(
            card.label,
            f":gray[{card.value}]" if answer.stale else card.value,
            delta=card.note or None,
            delta_color="off",
            delta_arrow="off",
            help=card.explained,
            border=True,
        )


def cards(portfolio: Portfolio) -> tuple[Card, ...]:
    """The figures in words."""
    limit = portfolio.drawdown_limit
    return (
        Card(
            "Equity",
            money(portfolio.equity),
            f"cash {money(portfolio.cash)}",
            "Cash + receivables + positions at their best bids.",
        ),
        Card(
            "P&L",
            signed_money(_sum(portfolio.realised_pnl, portfolio.unrealised_pnl)),
            "since the start",
            "Realised + unrealised, after fees and gas.",
        ),
        Card(
            "Realised",
            signed_money(portfolio.realised_pnl),
            f"unrealised {signed_money(portfolio.unrealised_pnl)}",
            "Proceeds − cost − fees − gas of what was sold, merged or resolved.",
        ),
        Card(
            "Drawdown",
            percent(portfolio.drawdown),
            "" if limit is None else f"limit {percent(limit)}",
            "1 − NAV/peak; deposits do not change it.",
        ),
        Card(
            "Exposure",
            money(portfolio.exposure),
            _of_equity(portfolio),
            "Worst-case loss of positions and resting orders together.",
        ),
        Card("Fees", money(portfolio.fees), "makers pay none", "Taker fees since the start."),
    )


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other


def _of_equity(portfolio: Portfolio) -> str:
    if portfolio.exposure is None or not portfolio.equity:
        return ""
    return f"{percent(portfolio.exposure / portfolio.equity)} of equity"
