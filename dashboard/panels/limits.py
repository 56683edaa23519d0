"""How close to the edge: breakers, drawdowns, losses in a row, exposure by group."""

from decimal import Decimal

import streamlit as st

from dashboard.answers.envelope import Answer
from dashboard.answers.risk import Breach, Breaker, Exposure
from dashboard.answers.trading import Listed
from dashboard.charts.bars import Bars, height, limit_bars, lying_bars
from dashboard.charts.heatmap import heatmap
from dashboard.charts.heatmap import height as map_height
from dashboard.panels.chosen import bots, names, questions, span
from dashboard.panels.frame import api, chart, dark, fetch, listing, panel
from dashboard.panels.language import say
from dashboard.rows.columns import number, zone
from dashboard.rows.risk import (
    breach_rows,
    breaker_rows,
    exposure_rows,
    gauges,
    streaks,
    zone_cells,
)
from dashboard.words import count, money, percent

DRAWDOWNS = ("BOT_DRAWDOWN", "PORTFOLIO_DRAWDOWN", "DAILY_LOSS")
SIDES = ("by_zone", "by_bot", "by_market", "by_category")


def read_breakers() -> Answer[list[Breaker]]:
    """Every breaker."""
    return api().get("/risk/circuit-breakers", Answer[list[Breaker]])


def read_exposure() -> Answer[Exposure]:
    """What is at risk."""
    return api().get("/risk/exposure", Answer[Exposure])


@st.fragment(run_every="2s")
def breakers() -> None:
    """Each breaker with what is left; the tripped ones first."""
    listing(
        say("limits.breakers"),
        "breakers",
        read_breakers,
        lambda answer: breaker_rows(answer.data, answer.as_of),
        none=say("limits.breakers.none"),
        alt=say("limits.breakers"),
        span=say("hold.now"),
    )


@st.fragment(run_every="2s")
def drawdown_gauges() -> None:
    """Drawdowns and the day's loss as parts of their limits."""
    answer = panel(say("limits.gauges"), "gauges", read_breakers)
    if answer is None or not answer.as_of:
        return
    found = gauges([each for each in answer.data if each.kind in DRAWDOWNS])
    if not found:
        st.info(say("limits.breakers.none"))
        return
    option = limit_bars(
        [each.name for each in found],
        [each.used for each in found],
        [each.written for each in found],
    )
    alt = say("limits.gauges")
    chart(option, key="gauges", alt=alt, height=height(len(found)), stale=answer.stale)
    st.caption(say("limits.gauges.note"))


@st.fragment(run_every="2s")
def loss_streaks() -> None:
    """Losses in a row of each bot, against the limit that pauses it."""
    answer = panel(say("limits.streaks"), "streaks", read_breakers)
    if answer is None or not answer.as_of:
        return
    found = streaks(answer.data)
    if not found:
        st.info(say("limits.streaks.none"))
        return
    grid = st.grid("auto", min_column_width=120, gap="small", key="streak-cards")
    for each in found:
        value = f"{count(each.value)} / {count(each.limit)}"
        note = say("limits.open") if each.open else None
        grid.metric(
            number(each.scope),
            f":gray[{value}]" if answer.stale else value,
            delta=note,
            delta_color="off",
            delta_arrow="off",
            border=True,
        )


@st.fragment(run_every="2s")
def zone_map() -> None:
    """Dollars at risk by zone and bot."""
    answer = panel(say("limits.zones"), "exposure", read_exposure)
    if answer is None or not answer.as_of:
        return
    cells = zone_cells(answer.data.by_bot_and_zone)
    if not cells:
        st.info(say("limits.zones.none"))
        return
    columns = [zone(each.key) for each in answer.data.by_zone]
    columns += [name for name, _ in cells if name not in columns]
    rows = sorted({line for _, line in cells})
    columns = list(dict.fromkeys(columns))
    option = heatmap(columns, rows, cells, signed=False, dark=dark())
    alt = say("limits.zones")
    chart(option, key="zones", alt=alt, height=map_height(len(rows)), stale=answer.stale)
    st.caption(say("limits.zones.note"))


@st.fragment(run_every="4s")
def exposure(side: str) -> None:
    """What is at risk by zone, bot, market or category.

    Args:
        side: A field of the answer, e.g. `by_zone`.
    """
    equity = fetch("portfolio", api().portfolio).answer
    whole = equity.data.equity if equity else None
    called = names(bots()) | questions()
    answer = listing(
        say("limits.exposure"),
        f"exposure-{side}",
        read_exposure,
        lambda found: exposure_rows(getattr(found.data, side), called, whole),
        none=say("limits.zones.none"),
        alt=say("limits.exposure"),
        span=say("hold.now"),
    )
    if answer is not None:
        st.caption(say("limits.worst", loss=money(answer.data.worst_case)))


@st.fragment(run_every="4s")
def composition() -> None:
    """What the account's equity is made of: cash, and what each bot holds."""
    answer = panel(say("limits.composition"), "composition", api().portfolio)
    held = fetch("exposure", read_exposure).answer
    if answer is None or not answer.as_of or answer.data.cash is None:
        if answer is not None and answer.as_of:
            st.info(say("limits.composition.none"))
        return
    parts = {say("limits.cash"): answer.data.cash}
    for cell in held.data.by_bot if held else ():
        parts[number(cell.key)] = cell.held + cell.unrealised_pnl
    whole = sum((value for value in parts.values() if value > 0), Decimal(0))
    labels = [
        f"{name} · {percent(value / whole if whole else None)}" for name, value in parts.items()
    ]
    option = lying_bars(labels, [Bars(say("limits.composition"), list(parts.values()))])
    alt = say("limits.composition")
    chart(option, key="composition", alt=alt, height=height(len(labels)), stale=answer.stale)


@st.fragment(run_every="10s")
def breaches(hours: float) -> None:
    """Breakers tripped and reset, warnings, halts: when, why, by whom."""
    listing(
        say("limits.breaches"),
        "breaches",
        lambda: api().get("/risk/breaches", Answer[Listed[Breach]], hours=hours, limit=100),
        lambda answer: breach_rows(answer.data.items),
        none=say("limits.breaches.none"),
        alt=say("limits.breaches"),
        span=span(hours),
    )


def choose_side() -> str:
    """How exposure is grouped; in the address."""
    chosen = st.segmented_control(
        say("limits.group"),
        SIDES,
        default="by_zone",
        format_func=lambda side: say(f"limits.{side}"),
        key="group",
        bind="query-params",
        required=True,
    )
    return str(chosen or "by_zone")
