"""Performance: from gross to net, what records prove, paper money against the other."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard.answers.performance import Attribution, Graduation
from dashboard.charts.colours import SLATE
from dashboard.charts.waterfall import Step, waterfall
from dashboard.rows.evidence import evidence_rows, together, versus_rows
from tests.dashboard import figures
from tests.dashboard.fake_api import FakeApi, envelope
from tests.dashboard.test_pages import open_page, shown

DOLLARS = st.decimals("-1000", "1000", places=2)
(RECORD,) = msgspec.convert(figures.GRADUATION, list[Graduation], strict=False)
(EARNED,) = msgspec.convert(figures.ATTRIBUTION, list[Attribution], strict=False)


def drawn(steps: list[Step]) -> list[tuple[float, float]]:
    """The lowest and the highest point of each visible bar."""
    option: Any = waterfall(steps)
    under, above, below = (each["data"] for each in option["series"])
    return [
        (base, base + up["value"]) if base > 0 else (base + down["value"], base + up["value"])
        for base, up, down in zip(under, above, below, strict=True)
    ]


@given(st.lists(DOLLARS, min_size=1, max_size=8))
def test_each_bar_goes_from_where_the_one_before_ended(changes: list[Decimal]) -> None:
    steps = [Step(str(place), change) for place, change in enumerate(changes)]
    total = sum(changes, Decimal(0))
    at = Decimal(0)
    spans = drawn([*steps, Step("net", total, total=True)])
    for change, (low, high) in zip(changes, spans, strict=False):
        least, most = sorted((at, at + change))
        assert low == pytest.approx(float(least), abs=1e-9)
        assert high == pytest.approx(float(most), abs=1e-9)
        at += change
    assert spans[-1] == (float(min(total, Decimal(0))), float(max(total, Decimal(0))))


def test_a_bar_floats_above_or_below_zero_and_crosses_it() -> None:
    option: Any = waterfall(
        [
            Step("Gross", Decimal(10)),
            Step("Fees", Decimal(-4)),
            Step("Gas", Decimal(-9)),
            Step("More gas", Decimal(-1)),
            Step("Net", Decimal(-4), total=True),
        ]
    )
    under, above, below = (list(series["data"]) for series in option["series"])
    assert under == [0, 6, 0, -3, 0]
    assert [each["value"] for each in above] == [10, 4, 6, 0, 0]
    assert [each["value"] for each in below] == [0, 0, -3, -1, -4]
    assert above[-1]["itemStyle"]["color"] == SLATE
    assert option["xAxis"]["data"][1] == "Fees\n−$4.00"


def test_bots_add_up_and_unknown_slippage_stays_unknown() -> None:
    other = msgspec.structs.replace(EARNED, bot_id="bot_01", slippage=None)
    both = together([EARNED, other], "")
    assert both is not None
    assert both.gross - both.fees - both.gas + both.rebates == both.net == Decimal("17.5")
    assert both.slippage is None
    alone = together([EARNED, other], "bot_05")
    assert alone is not None
    assert (alone.net, alone.slippage) == (Decimal("8.75"), Decimal("-1.5"))
    assert together([EARNED], "bot_01") is None


def test_a_record_is_sufficient_only_when_nothing_is_lacking() -> None:
    complete = msgspec.structs.replace(RECORD, lacks=[])
    idle = msgspec.structs.replace(RECORD, days=0, fills=0, resolved=0)
    rows = evidence_rows([RECORD, complete, idle], {"bot_05": "market maker"})
    assert [row["Evidence"] for row in rows] == ["insufficient", "sufficient"]
    assert rows[0]["Bot"] == "05 market maker"
    assert rows[0]["Lacking"] == 2


def test_only_bots_with_both_records_are_compared(app: AppTest, fake: FakeApi) -> None:
    assert versus_rows([RECORD], "live") == []
    both = [{**figures.GRADUATION[0], "paper": figures.PAPER}]
    fake.data["/performance/graduation"] = {**envelope(both), "money": "live"}
    open_page(app, "performance")
    (table,) = (each.value for each in app.dataframe if "Money" in each.value)
    assert list(table["Money"]) == ["paper", "live"]
    assert "a difference alone proves nothing" in shown(app)


def test_a_system_with_paper_money_alone_says_so(app: AppTest, fake: FakeApi) -> None:
    open_page(app, "performance")
    words = shown(app)
    assert "Not comparable: this log is of paper money alone." in words
    assert "Realised in the range. Slippage −\\$1.50 is contained in gross." in words
    assert "- 12 of 28 days." in words
    fake.data["/performance/graduation"] = {**envelope(figures.GRADUATION), "money": "live"}
    app.run()
    assert "None: no bot has both a record with live money" in shown(app)


def test_results_are_told_by_zone_even_before_an_episode_has_ended(
    app: AppTest, fake: FakeApi
) -> None:
    zones = figures.DISTRIBUTION["by_zone"]
    fake.data["/performance/distribution"] = envelope({**figures.NO_DISTRIBUTION, "by_zone": zones})
    open_page(app, "performance")
    words = shown(app)
    assert "None: no episode ended in this range." in words
    assert "**By zone (won/closed)**" in words
