"""Is it skill, and which bot? Comparison, ratios, drawdowns, where results came from."""

from decimal import Decimal

import streamlit as st

from dashboard.answers.envelope import Answer
from dashboard.answers.overview import Equity
from dashboard.answers.performance import Attribution, BotPerformance, DailyPnl, Markout
from dashboard.charts.bars import Bars, bars, height, lying_bars
from dashboard.charts.heatmap import calendar
from dashboard.charts.lines import Line, Point, lines, scatter
from dashboard.client import ApiError, part
from dashboard.exports import tearsheet
from dashboard.panels.chosen import bots, names, span
from dashboard.panels.frame import api, chart, listing, panel
from dashboard.panels.language import say
from dashboard.rows.columns import number
from dashboard.rows.performance import (
    at_work,
    attribution_rows,
    by_day,
    markout_rows,
    moved,
    performance_rows,
)
from dashboard.words import counted

DOT_PX, GROWTH_PX = 10, 3


def read(hours: float) -> Answer[list[BotPerformance]]:
    """Every bot's result over a range."""
    return api().get("/performance", Answer[list[BotPerformance]], hours=hours)


@st.fragment(run_every="10s")
def comparison(hours: float) -> None:
    """One row a bot, then what each made of its capital and what it risked for it."""
    called = names(bots())
    answer = listing(
        say("perf.comparison"),
        "performance",
        lambda: read(hours),
        lambda found: performance_rows(at_work(found.data), called),
        none=say("perf.none"),
        alt=say("perf.comparison"),
        span=span(hours),
    )
    if answer is None:
        return
    working = at_work(answer.data)
    if len(working) < len(answer.data):
        idle = len(answer.data) - len(working)
        st.caption(say("perf.idle", bots=counted(idle, "bot")))
    if not working:
        return
    st.caption(say("perf.formulas"))
    _sheet(answer, working, hours)
    left, right = st.columns(2)
    with left:
        st.markdown(f"**{say('perf.roi')}**")
        known = [each for each in working if each.roi is not None]
        if known:
            values = [100 * (each.roi or Decimal(0)) for each in known]
            labels = [number(each.bot_id) for each in known]
            option = bars(labels, [Bars("ROI", values)], form="%.2f %%", unit="%")
            chart(option, key="roi", alt=say("perf.roi"), stale=answer.stale)
        else:
            st.info(say("perf.roi.none"))
    with right:
        st.markdown(f"**{say('perf.scatter')}**")
        points = [
            Point(
                number(each.bot_id),
                float(each.max_drawdown),
                float(each.roi),
                DOT_PX + GROWTH_PX * min(10, each.closed // 10),
            )
            for each in working
            if each.roi is not None and each.max_drawdown is not None
        ]
        if points:
            option = scatter(points, x=say("perf.scatter.x"), y="ROI")
            chart(option, key="scatter", alt=say("perf.scatter"), stale=answer.stale)
        else:
            st.info(say("perf.scatter.none"))


@st.fragment(run_every="10s")
def drawdowns(hours: float) -> None:
    """Each bot's drawdown over the range on one axis."""
    known = bots()

    def all_curves() -> Answer[list[tuple[str, Equity]]]:
        answers = [
            api().get(f"/metrics/bots/{part(bot.bot_id)}", Answer[Equity], hours=hours, points=200)
            for bot in known
            if bot.equity is not None
        ]
        ids = [bot.bot_id for bot in known if bot.equity is not None]
        oldest = min(answers, key=lambda each: each.as_of, default=None)
        if oldest is None:
            raise ApiError(say("perf.drawdowns.none"))
        return Answer(
            data=[(bot_id, each.data) for bot_id, each in zip(ids, answers, strict=True)],
            as_of=oldest.as_of,
            age_s=oldest.age_s,
            source=oldest.source,
            money=oldest.money,
            stale=oldest.stale,
            behind=oldest.behind,
        )

    answer = panel(say("perf.drawdowns"), f"drawdowns-{hours:g}", all_curves)
    if answer is None or not answer.as_of:
        return
    series = [
        Line(number(bot_id), curve.times, [-100 * float(value) for value in curve.drawdown])
        for bot_id, curve in answer.data
        if curve.times
    ]
    if not series:
        st.info(say("curve.none"))
        return
    option = lines(series, unit="{value} %", form="%.2f %%")
    chart(option, key="drawdowns", alt=say("perf.drawdowns"), stale=answer.stale)


@st.fragment(run_every="10s")
def attribution(hours: float) -> None:
    """Gross, fees, gas, rebates and net of each bot."""
    answer = listing(
        say("perf.attribution"),
        "attribution",
        lambda: api().get("/performance/attribution", Answer[list[Attribution]], hours=hours),
        lambda found: attribution_rows(moved(found.data)),
        none=say("perf.none"),
        alt=say("perf.attribution"),
        span=span(hours),
    )
    earned = moved(answer.data) if answer is not None else []
    if answer is None or not earned:
        return
    labels = [number(each.bot_id) for each in earned]
    series = [
        Bars(say("perf.gross"), [each.gross for each in earned]),
        Bars(say("perf.fees"), [-each.fees for each in earned]),
        Bars(say("perf.gas"), [-each.gas for each in earned]),
        Bars(say("perf.rebates"), [each.rebates for each in earned]),
    ]
    option = lying_bars(labels, series)
    alt = say("perf.attribution")
    chart(option, key="attribution-bars", alt=alt, height=height(len(labels)), stale=answer.stale)


@st.fragment(run_every="10s")
def result_calendar(bot_id: str, hours: float) -> None:
    """Results of ended episodes by day."""
    answer = panel(
        say("perf.calendar"),
        f"calendar-{bot_id}",
        lambda: api().get(
            "/performance/daily", Answer[list[DailyPnl]], bot_id=bot_id, hours=max(hours, 24 * 35)
        ),
    )
    if answer is None or not answer.as_of:
        return
    days = by_day(answer.data)
    if not days:
        st.info(say("perf.calendar.none"))
        return
    option = calendar(days)
    chart(option, key="calendar", alt=say("perf.calendar"), height=230, stale=answer.stale)


@st.fragment(run_every="10s")
def markouts(bot_id: str, hours: float) -> None:
    """What fills were worth a little later: a maker's real edge."""
    listing(
        say("perf.markouts"),
        f"markouts-{bot_id}",
        lambda: api().get(
            "/performance/markouts", Answer[list[Markout]], bot_id=bot_id, hours=hours
        ),
        lambda found: markout_rows(found.data),
        none=say("perf.markouts.none"),
        alt=say("perf.markouts"),
        span=span(hours),
    )


def _sheet(
    answer: Answer[list[BotPerformance]], working: list[BotPerformance], hours: float
) -> None:
    """Everything as one HTML file."""
    parts = {say("perf.comparison"): performance_rows(working, names(bots()))}
    few = sum(not each.sufficient for each in working)
    notes = [say("perf.formulas"), say("perf.few", bots=counted(few, "bot"))]
    st.download_button(
        say("export.tearsheet"),
        tearsheet(say("export.tearsheet.title"), answer, span(hours), parts, notes),
        "pets-tearsheet.html",
        "text/html",
        key="tearsheet",
        icon=":material/description:",
        on_click="ignore",
    )
