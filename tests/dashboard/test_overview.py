"""The Overview in its six states: loading, empty, normal, stale, error, halted."""

from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.panels import frame
from tests.dashboard.fake_api import (
    IDLE,
    NO_ACCOUNT,
    STATUS,
    FakeApi,
    envelope,
    hanging,
    problem,
    refused,
)

HALTS = ["Halt", "Emergency halt …"]
LATE = "The stage ledger has not reported since."


def shown(app: AppTest) -> str:
    """All words on the page, one block a line."""
    blocks = [*app.subheader, *app.caption, *app.markdown, *app.info, *app.warning, *app.error]
    return "\n".join(str(block.value) for block in blocks)


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def buttons(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception, app.exception[0].message
    return app


def test_normal(app: AppTest, fake: FakeApi) -> None:
    run(app)
    assert metrics(app) == {
        "Equity": "$20,015.80",
        "P&L": "+$15.80",
        "Realised": "+$22.32",
        "Drawdown": "1.25 %",
        "Exposure": "$1,635.60",
        "Fees": "$0.00",
        "Realised today": "+$10.37",
    }
    assert list(metrics(app))[2:4] == ["Realised", "Realised today"]
    words = shown(app)
    assert ":blue-badge[PAPER MONEY] :violet-badge[RECORDED + SIMULATED 10X]" in words
    assert ":green-badge[ACTIVE]" in words
    assert "2 of 2 bots active · 14 orders · 2 positions · 2026-09-28 09:10 UTC" in words
    head = "as of 09:10:00 UTC · 0 s · paper · recorded + simulated 10x"
    assert words.count(head) == 12, "every panel, and the bots' lines, say age and modes"
    assert [head.value for head in app.subheader] == [
        "Account",
        "Equity and drawdown",
        "Bots",
        "What equity is made of",
        "Dollars at risk by zone and bot",
        "Positions",
        "Why was there no trade?",
        "Last executions",
        "Emergency",
        "Dataflow",
        "Pipeline",
    ]
    assert buttons(app) == HALTS
    assert not app.warning
    assert not app.error
    bots, positions, denials, stages = (element.value for element in app.dataframe)
    assert list(bots["Bot"]) == ["01 rebalancing", "05 market maker"]
    assert list(positions["Data"]) == ["SIMULATED", "RECORDED, book STALE"]
    assert list(denials["Times"]) == [3]
    assert list(stages["Stage"])[:3] == ["connector", "book", "bots"]
    assert len(app.get("echarts_chart")) == 3
    assert fake.keys == {"the-key"}


def test_loading(app: AppTest, fake: FakeApi) -> None:
    """The API reads the log; nothing is known, and nothing pretends to be."""
    nothing = {
        "as_of": 0,
        "age_s": 0.0,
        "stale": True,
        "behind": "The stage gate has not reported.",
    }
    empty_curve: dict[str, list[str]] = {"times": [], "equity": [], "pnl": [], "drawdown": []}
    reading = {"trading_state": "UNKNOWN", "reason": "The log is being read.", "stages": []}
    fake.empty()
    fake.change(**nothing)
    for path, data in {
        "/status": {**STATUS, **reading, "markets": {}, "active_bots": 0},
        "/risk/metrics": NO_ACCOUNT,
        "/metrics/portfolio": empty_curve,
        "/bots": IDLE,
        "/positions": [],
        "/risk/denials": [],
    }.items():
        fake.data[path] = {**envelope(data), **nothing}
    run(app)
    words = shown(app)
    assert ":gray-badge[UNKNOWN]" in words
    assert "Whether bots may trade is unknown: The log is being read." in words
    assert words.count("Not yet: waiting for the first figures.") == 11
    assert "None:" not in words.replace("None: no stage has reported yet.", "")
    assert not app.metric
    assert buttons(app) == HALTS, "a halt can be asked for before anything is known"


def test_empty(app: AppTest, fake: FakeApi) -> None:
    """Everything lives and nothing has happened: facts, not waiting."""
    fake.empty()
    run(app)
    assert set(metrics(app).values()) == {"–"}
    words = shown(app)
    assert "None: no bot holds a position. Denied intents are listed below." in words
    assert "None: the risk gate denied no intent lately." in words
    assert "Not yet: the first equity points are written within seconds" in words
    assert not app.get("echarts_chart")
    assert not app.warning


def test_stale(app: AppTest, fake: FakeApi) -> None:
    for path, answer in fake.data.items():
        if path != "/status":
            fake.data[path] = {**answer, "age_s": 48.0, "stale": True, "behind": LATE}
    late = [{**stage, "age_s": 48.0} for stage in STATUS["stages"][4:5]]
    fake.data["/status"] = envelope({**STATUS, "stages": late})
    run(app)
    words = shown(app)
    assert words.count(f"48 s old, not current. {LATE}") == 8
    assert ":orange-badge[ledger silent for 48 s]" in words
    assert metrics(app)["Equity"] == ":gray[$20,015.80]", "old figures are grey"


def test_error_from_the_start(app: AppTest, fake: FakeApi) -> None:
    fake.everything = refused
    run(app)
    words = shown(app)
    assert ":gray-badge[UNKNOWN]" in words
    assert "The API does not answer. Last known figures are grey." in words
    assert "`pets halt` halts without the API" in words
    assert words.count("Unknown: the API does not answer.") == 11
    assert len(app.error) == 1, "one place says it, not seven"
    assert not app.metric
    assert not app.dataframe
    assert buttons(app) == HALTS


@pytest.mark.parametrize("failure", [refused, hanging])
def test_error_later_keeps_the_last_figures_and_lets_them_age(
    app: AppTest, fake: FakeApi, failure: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter(range(0, 100_000, 60))
    clock = SimpleNamespace(monotonic=lambda: float(next(seconds)))
    monkeypatch.setattr(frame, "time", clock)
    run(app)
    fake.everything = failure
    run(app)
    words = shown(app)
    assert ":gray-badge[LAST KNOWN: ACTIVE]" in words
    assert ":green-badge[ACTIVE]" not in words
    assert metrics(app)["Equity"] == ":gray[$20,015.80]"
    assert "as of 09:10:00 UTC · 0 s" not in words, "never an old figure as a fresh one"
    assert "min" in words
    assert len(app.dataframe) == 4
    assert buttons(app) == HALTS


def test_error_of_the_database_alone(app: AppTest, fake: FakeApi) -> None:
    away = "Expected the database to answer, it does not."
    fake.failing["/metrics/portfolio"] = lambda _: problem(503, "database-away", away, "A hint.")
    fake.data["/status"] = envelope({**STATUS, "database": "The database does not answer."})
    run(app)
    words = shown(app)
    assert ":orange-badge[DATABASE AWAY]" in words
    assert f"{away} A hint." in words
    assert metrics(app)["Equity"] == "$20,015.80", "live figures go on"
    assert buttons(app) == HALTS


def test_error_in_a_form_from_another_version(app: AppTest, fake: FakeApi) -> None:
    fake.data["/bots"] = envelope([{"bot_id": "bot_01"}])
    fake.data["/positions"] = {"detail": "nothing of ours"}
    run(app)
    words = shown(app)
    assert words.count("in a form this dashboard does not know") == 2
    assert metrics(app)["Equity"] == "$20,015.80"


def test_halted(app: AppTest, fake: FakeApi) -> None:
    fake.set_state("HALTED", "drill", 3)
    run(app)
    words = shown(app)
    assert ":orange-badge[HALTED]" in words
    assert (
        "HALTED: drill. Open now: 3 orders, 2 positions. New orders can only reduce positions."
        in words
    )
    assert buttons(app) == ["Resume", "Emergency halt", "Emergency halt …"]


def test_in_emergency_halt_there_is_nothing_stricter(app: AppTest, fake: FakeApi) -> None:
    fake.set_state("EMERGENCY_HALT", "The portfolio drawdown reached its limit.")
    run(app)
    assert ":red-badge[EMERGENCY_HALT]" in shown(app)
    assert buttons(app) == ["Resume"]


def test_live_money_is_amber_and_never_green(app: AppTest, fake: FakeApi) -> None:
    fake.data["/status"] = {**envelope(STATUS), "money": "live", "source": "live"}
    run(app)
    assert ":orange-badge[LIVE MONEY] :violet-badge[LIVE]" in shown(app)


def test_what_is_wrong_is_on_the_bar(app: AppTest, fake: FakeApi) -> None:
    behind = [{**STATUS["stages"][0], "lag": 12_000}]
    fake.data["/status"] = envelope({**STATUS, "stages": behind, "dead_letters": 2})
    run(app)
    words = shown(app)
    assert ":orange-badge[book 12,000 behind]" in words
    assert ":red-badge[2 DEAD LETTERS]" in words
