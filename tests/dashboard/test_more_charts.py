"""The other pages' charts: pure, can be sent, and say with figures what colours say."""

import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.answers.markets import Book, PriceBar
from dashboard.answers.overview import Stage
from dashboard.answers.performance import DailyPnl
from dashboard.answers.risk import Breaker
from dashboard.answers.trading import Order, Trade
from dashboard.charts.bars import Bars, bars, limit_bars, lying_bars
from dashboard.charts.colours import BLUE, CALM, CLOSE, ORANGE, OVER
from dashboard.charts.diagrams import EDGES, grade, life, pipeline
from dashboard.charts.heatmap import calendar, heatmap
from dashboard.charts.lines import Line, Point, lines, scatter
from dashboard.charts.market import depth_chart, price_chart
from dashboard.panels.executions import quantiles
from dashboard.rows.performance import by_day
from dashboard.rows.risk import gauges
from tests.dashboard import figures
from tests.dashboard.fake_api import STAGES

DOLLARS = st.decimals("-1000", "1000", places=2)


def read(data: Any, kind: Any) -> Any:
    return msgspec.convert(data, kind, strict=False)


def sent(option: dict[str, object]) -> Any:
    """As the browser gets it."""
    return json.loads(json.dumps(option))


@given(st.lists(DOLLARS, min_size=1, max_size=10))
def test_bars_alone_are_blue_above_and_orange_below_zero(values: list[Decimal]) -> None:
    option = sent(bars([str(n) for n in range(len(values))], [Bars("P&L", values)]))
    (series,) = option["series"]
    for bar, value in zip(series["data"], values, strict=True):
        assert bar["value"] == float(value)
        assert bar["itemStyle"]["color"] == (BLUE if value >= 0 else ORANGE)


def test_several_series_have_a_legend_and_lie_on_one_line() -> None:
    option = sent(lying_bars(["05"], [Bars("Gross", [Decimal(3)]), Bars("Fees", [Decimal(-1)])]))
    assert option["legend"]["show"]
    assert {each["stack"] for each in option["series"]} == {"all"}


@pytest.mark.parametrize(("used", "colour"), [("0.5", CALM), ("0.84", CLOSE), ("1", OVER)])
def test_a_limit_is_amber_from_80_percent_and_red_when_it_trips(used: str, colour: str) -> None:
    option = sent(limit_bars(["05 bot drawdown"], [Decimal(used)], ["21 % of 25 %"]))
    ((bar,),) = [series["data"] for series in option["series"]]
    assert bar["itemStyle"]["color"] == colour
    assert bar["label"]["formatter"] == "21 % of 25 %", "in words, not by colour alone"


def test_a_drawdown_at_84_percent_of_its_limit_comes_first() -> None:
    first, *_ = gauges(read(figures.BREAKERS, list[Breaker]))
    assert (first.name, first.used) == ("05 bot drawdown", Decimal("0.84"))
    assert first.written == "21.00 % of 25.00 %"


@given(st.dictionaries(st.tuples(st.sampled_from("12345"), st.sampled_from("ab")), DOLLARS))
def test_every_cell_of_a_map_has_its_figure(cells: dict[tuple[str, str], Decimal]) -> None:
    option = sent(heatmap("12345", "ab", cells, signed=True, dark=False))
    (series,) = option["series"]
    assert len(series["data"]) == len(cells)
    assert all(cell["label"]["formatter"] for cell in series["data"])
    scale = option["visualMap"]
    assert scale["min"] == -scale["max"], "zero is in the middle"


def test_a_calendar_sums_bots_by_day_from_the_months_first() -> None:
    days = by_day(read(figures.DAILY * 2, list[DailyPnl]))
    assert days == {"2026-09-27": Decimal("-7.0"), "2026-09-28": Decimal("14.50")}
    assert sent(calendar(days))["calendar"]["range"] == ["2026-09-01", "2026-09-28"]


def test_lines_and_points_are_named() -> None:
    option = sent(lines([Line("05", [1, 2], [0.0, -1.0])], unit="{value} %", form="%.2f"))
    assert option["series"][0]["data"] == [[1, 0.0], [2, -1.0]]
    (series,) = sent(scatter([Point("05", 0.01, -0.02, 12)], x="risk", y="ROI"))["series"]
    assert series["data"][0]["value"] == [1.0, -2.0]
    assert series["data"][0]["label"]["formatter"] == "05"


def test_depth_adds_up_from_the_best_and_marks_our_orders() -> None:
    bids, asks, ours = sent(depth_chart(read(figures.BOOK, Book), ("Bids", "Asks", "Our orders")))[
        "series"
    ]
    assert bids["data"] == [[41.0, 120.0], [40.0, 420.0]]
    assert asks["data"] == [[43.0, 80.0]]
    assert ours["data"] == [[41.0, 20.0]]


def test_no_bought_is_drawn_as_yes_sold_at_its_mirror() -> None:
    yes = read(figures.TRADES[0], Trade)
    no = read({**figures.TRADES[0], "side": "NO", "price": "0.60"}, Trade)
    option = price_chart(read(figures.BARS, list[PriceBar]), [yes, no], ("Mid", "Long", "Short"))
    mid, long, short = sent(option)["series"]
    assert len(mid["data"]) == 3
    assert long["data"] == [[yes.executed_at, 42.0]]
    assert short["data"] == [[no.executed_at, 40.0]]


def test_the_slow_stage_is_the_coloured_one() -> None:
    stages = read(STAGES, list[Stage])
    slow = msgspec.structs.replace(stages[0], lag=900)
    dead = msgspec.structs.replace(stages[1], age_s=40.0)
    picture = pipeline([slow, dead, *stages[2:]])
    assert f'{slow.component}["{slow.component}<br/>900 behind"]:::slow' in picture
    assert f'{dead.component}["{dead.component}<br/>silent 40 s"]:::dead' in picture
    assert 'relay_books["relay-books<br/>not heard"]:::unknown' in picture
    assert grade(stages[2]) == "fine"
    assert picture.count("-->") == len(EDGES)


def test_the_present_state_is_marked_in_a_bots_life() -> None:
    assert 'PAUSED("Paused"):::here' in life("PAUSED")
    assert life("PAUSED").count(":::here") == 1


def test_latency_is_of_orders_that_reached_the_venue() -> None:
    orders = [
        read({**figures.ORDER, "placed_at": figures.ORDER["created_at"] + wait}, Order)
        for wait in range(100)
    ]
    assert quantiles(orders) == {"p50": 50.0, "p95": 95.0, "p99": 99.0}
