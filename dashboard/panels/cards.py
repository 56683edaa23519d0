"""Overview cards: equity, P&L, drawdown, exposure, fees."""

from decimal import Decimal
from typing import NamedTuple

import streamlit as st

from dashboard.answers.envelope import Answer
from dashboard.answers.overview import Portfolio, Today
from dashboard.panels.frame import api, panel
from dashboard.panels.language import say
from dashboard.panels.today import PORTFOLIO, today
from dashboard.words import money, percent, signed_money

REALISED = 2
"""The place of what was realised; today's part of it stands beside it."""


class Card(NamedTuple):
    """One figure.

    Attributes:
        note: What it is a part of, or since when; may be empty.
        explained: Its formula.
        stale: Whether it alone is old.
    """

    label: str
    value: str
    note: str
    explained: str
    stale: bool = False


@st.fragment(run_every="2s")
def portfolio_cards() -> None:
    """Seven figures of the account, each with its formula in the help."""
    answer = panel(say("cards.title"), "portfolio", api().portfolio)
    if answer is None or not answer.as_of:
        return
    grid = st.grid("auto", min_column_width=150, gap="small", key="cards")
    results = today()
    shown = list(cards(answer.data))
    shown.insert(REALISED + 1, today_card(results.answer))
    for card in shown:
        grid.metric(
            card.label,
            f":gray[{card.value}]" if answer.stale or card.stale else card.value,
            delta=card.note or None,
            delta_color="off",
            delta_arrow="off",
            help=card.explained,
            border=True,
        )
    if results.trouble and not results.away:
        st.caption(say("card.today.unknown", why=results.trouble))


def cards(portfolio: Portfolio) -> tuple[Card, ...]:
    """The figures in words."""
    limit = portfolio.drawdown_limit
    return (
        _card("equity", money(portfolio.equity), cash=money(portfolio.cash)),
        _card("pnl", signed_money(_sum(portfolio.realised_pnl, portfolio.unrealised_pnl))),
        _card(
            "realised",
            signed_money(portfolio.realised_pnl),
            unrealised=signed_money(portfolio.unrealised_pnl),
        ),
        _card("drawdown", percent(portfolio.drawdown), limit=limit and percent(limit)),
        _card("exposure", money(portfolio.exposure), share=_of_equity(portfolio)),
        _card("fees", money(portfolio.fees)),
    )


def today_card(answer: Answer[Today] | None) -> Card:
    """What was realised since midnight UTC, with the whole result of the day."""
    if answer is None or not answer.as_of:
        return _card("today", money(None), pnl=None)
    result = answer.data.of(PORTFOLIO)
    pnl = None if result.pnl is None else signed_money(result.pnl)
    card = _card("today", signed_money(result.realised_pnl), pnl=pnl)
    return card._replace(stale=answer.stale)


def _card(name: str, value: str, **note: object) -> Card:
    """A figure with its note, unless what the note says is unknown."""
    known = all(each is not None for each in note.values())
    told = say(f"card.{name}.note", **note) if known else ""
    return Card(say(f"card.{name}"), value, told, say(f"card.{name}.help"))


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other


def _of_equity(portfolio: Portfolio) -> str | None:
    if portfolio.exposure is None or not portfolio.equity:
        return None
    return percent(portfolio.exposure / portfolio.equity)
