"""Today's results and the bots' lines: from answers of their own, each as old as it is."""

from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.panels import frame
from tests.dashboard.fake_api import TODAY, FakeApi, envelope, problem, refused
from tests.dashboard.test_overview import metrics, run, shown


def bots_table(app: AppTest) -> Any:
    return next(each.value for each in app.dataframe if "Last event" in each.value)


def test_each_bot_has_its_day_and_its_line(app: AppTest, fake: FakeApi) -> None:
    run(app)
    bots = bots_table(app)
    assert list(bots["Today"]) == [9.25, -2.95]
    assert [list(line) for line in bots["Last 6 h"]] == [[17.5, 18.75], []]
    words = shown(app)
    assert "Today: realised and unrealised since 00:00:00 UTC; as of 09:10:00 UTC" in words
    assert "each bot on its own scale; as of 09:10:00 UTC" in words
    (card,) = [each for each in app.metric if each.label == "Realised today"]
    assert card.delta == "P&L +$6.30"


def test_without_a_database_the_day_is_unknown_and_the_present_goes_on(
    app: AppTest, fake: FakeApi
) -> None:
    def away(request: httpx.Request) -> httpx.Response:
        return problem(503, "database-away", "Expected the database to answer.", "A hint.")

    fake.failing |= {"/performance/today": away, "/metrics/bots": away}
    run(app)
    assert metrics(app)["Realised today"] == "–"
    assert metrics(app)["Equity"] == "$20,015.80"
    assert "Today's result is not current: Expected the database to answer. A hint." in shown(app)
    bots = bots_table(app)
    assert bots["Today"].isna().all()
    assert "Last 6 h" not in bots


def test_an_old_day_is_grey_while_the_present_is_not(app: AppTest, fake: FakeApi) -> None:
    fake.data["/performance/today"] = envelope(TODAY, age_s=48.0, stale=True, behind="Late.")
    run(app)
    assert metrics(app)["Realised today"] == ":gray[+$10.37]"
    assert metrics(app)["Equity"] == "$20,015.80"


def test_the_day_is_asked_for_less_often_and_grows_older_meanwhile(
    app: AppTest, fake: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def counting(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, json=envelope(TODAY))

    fake.failing["/performance/today"] = counting
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(frame, "time", SimpleNamespace(monotonic=lambda: clock.now))
    run(app)
    clock.now = 8.0
    run(app)
    assert len(asked) == 1
    assert "Today: realised and unrealised since 00:00:00 UTC; as of 09:10:00 UTC · 8 s" in shown(
        app
    )
    clock.now = 11.0
    run(app)
    assert len(asked) == 2
    fake.failing["/performance/today"] = refused
    clock.now = 30.0
    run(app)
    assert metrics(app)["Realised today"] == ":gray[+$10.37]"
