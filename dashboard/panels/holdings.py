"""Open holdings by market, what was closed, and both as maps of colour."""

from decimal import Decimal

import streamlit as st

from dashboard.answers.envelope import Answer
from dashboard.answers.markets import ClosedPosition
from dashboard.answers.overview import Position
from dashboard.answers.risk import EventPosition
from dashboard.answers.trading import Listed
from dashboard.charts.heatmap import heatmap, height
from dashboard.panels.chosen import questions, span
from dashboard.panels.frame import api, chart, dark, listing, panel
from dashboard.panels.language import say
from dashboard.panels.table import table
from dashboard.rows.columns import number
from dashboard.rows.holdings import checked_rows, difference_rows, event_rows
from dashboard.rows.trading import closed_rows
from dashboard.words import counted, money, plain, signed_money

MOST_LINES = 12
SHORT = 34
PAPER = "paper"


@st.fragment(run_every="2s")
def active(bot_id: str) -> None:
    """Open positions, at what selling them now would bring."""
    answer = listing(
        say("hold.active"),
        f"holdings-{bot_id}",
        lambda: _positions(bot_id),
        lambda found: checked_rows(
            sorted(found.data, key=lambda each: (each.question, each.side)), found.as_of
        ),
        none=say("hold.none"),
        alt=say("hold.active"),
        span=say("hold.now"),
    )
    if answer is not None and answer.data:
        st.caption(plain(sums(answer.data)))


@st.fragment(run_every="4s")
def by_event(bot_id: str) -> None:
    """Holdings of one venue event together, with what is lost if it ends against us."""
    answer = listing(
        say("event.title"),
        f"events-{bot_id}",
        lambda: api().get("/positions/events", Answer[list[EventPosition]], bot_id=bot_id),
        lambda found: event_rows(found.data),
        none=say("hold.none"),
        alt=say("event.title"),
        span=say("hold.now"),
    )
    if answer is not None and answer.data:
        st.caption(say("event.note"))


@st.fragment(run_every="4s")
def reconciliation(bot_id: str) -> None:
    """Where venue, Data API and chain say otherwise than we do."""
    answer = _held(say("check.title"), f"checks-{bot_id}", bot_id)
    if answer is None:
        return
    if answer.money == PAPER:
        st.info(say("check.paper"))
        return
    unchecked = sum(each.truth is None for each in answer.data)
    rows = difference_rows(answer.data)
    if rows:
        table(rows, key="checks", stale=answer.stale, alt=say("check.title"))
        st.caption(say("check.note"))
    elif unchecked < len(answer.data):
        st.caption(say("check.none", checked=len(answer.data) - unchecked))
    if unchecked:
        st.info(say("check.unchecked", count=unchecked))


def _positions(bot_id: str) -> Answer[list[Position]]:
    return api().get("/positions", Answer[list[Position]], bot_id=bot_id)


def _held(title: str, name: str, bot_id: str) -> Answer[list[Position]] | None:
    """A panel's positions; None where none are known or held, which it says."""
    answer = panel(title, name, lambda: _positions(bot_id))
    if answer is None or not answer.as_of:
        return None
    if not answer.data:
        st.info(say("hold.none"))
        return None
    return answer


def sums(positions: list[Position]) -> str:
    """All positions together: cost, unrealised, the most that can be lost."""
    cost = sum((each.size * each.entry_price for each in positions), Decimal(0))
    unrealised = sum((each.unrealised_pnl for each in positions), Decimal(0))
    markets = len({each.market_id for each in positions})
    return say(
        "hold.sums",
        positions=counted(len(positions), "position"),
        markets=counted(markets, "market"),
        cost=money(cost),
        unrealised=signed_money(unrealised),
    )


@st.fragment(run_every="4s")
def holdings_map(bot_id: str) -> None:
    """Unrealised results by market and bot."""
    answer = _held(say("hold.map"), f"holdings-map-{bot_id}", bot_id)
    if answer is None:
        return
    cells: dict[tuple[str, str], Decimal] = {}
    for each in answer.data:
        key = (number(each.bot_id), short(each.question))
        cells[key] = cells.get(key, Decimal(0)) + each.unrealised_pnl
    greatest = dict(sorted(cells.items(), key=lambda item: -abs(item[1]))[:MOST_LINES])
    columns = sorted({column for column, _ in greatest})
    rows = list(dict.fromkeys(line for _, line in greatest))
    option = heatmap(columns, rows, greatest, signed=True, dark=dark())
    alt = say("hold.map")
    chart(option, key="holdings-map", alt=alt, height=height(len(rows)), stale=answer.stale)
    if len(cells) > len(greatest):
        st.caption(say("hold.map.more", more=counted(len(cells) - len(greatest), "holding")))


@st.fragment(run_every="10s")
def history(bot_id: str, hours: float) -> None:
    """What was closed, newest first."""
    listing(
        say("hold.history"),
        f"closed-{bot_id}",
        lambda: api().get(
            "/positions/closed",
            Answer[Listed[ClosedPosition]],
            bot_id=bot_id,
            hours=hours,
            limit=200,
        ),
        lambda found: closed_rows(found.data.items, questions()),
        none=say("hold.history.none"),
        alt=say("hold.history"),
        span=span(hours),
    )


def short(question: str) -> str:
    """A question that fits beside a map."""
    return question if len(question) <= SHORT else f"{question[: SHORT - 1]}…"
