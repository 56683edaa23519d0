"""Positions: what nets in an event, and whether the outside agrees."""

from typing import Any

import msgspec
from streamlit.testing.v1 import AppTest

from dashboard.answers.overview import Position
from dashboard.answers.risk import EventPosition
from dashboard.rows.holdings import checked_rows, difference_rows, event_rows
from tests.dashboard import figures
from tests.dashboard.fake_api import NOW, POSITIONS, FakeApi, envelope
from tests.dashboard.test_pages import open_page, shown

TRUTH: dict[str, Any] = {
    "checked_at": NOW - 30_000,
    "state": "matches",
    "since_s": None,
    "ours": "240.66",
    "venue": "240.66",
    "data_api": "240.66",
    "chain": None,
}
GHOST = {**TRUTH, "state": "ghost", "since_s": 45.0, "venue": "200"}


def held(*truths: dict[str, Any] | None) -> list[Position]:
    told = [{**POSITIONS[0], "truth": truth} for truth in truths]
    return msgspec.convert(told, list[Position], strict=False)


def test_a_position_says_whether_it_matches_and_when_it_was_asked() -> None:
    rows = checked_rows(held(TRUTH, GHOST, None), NOW)
    assert [row["Check"] for row in rows] == [
        "matches, 30 s ago",
        "ghost, 30 s ago",
        "not compared",
    ]


def test_differences_say_what_each_said_and_a_dash_for_silence() -> None:
    (row,) = difference_rows(held(TRUTH, GHOST, None))
    assert (row["Kind"], row["For"]) == ("ghost", "45 s")
    assert (row["We say"], row["Venue"], row["Chain"]) == ("240.66 sh", "200.00 sh", "–")


def test_an_event_is_called_by_its_first_question() -> None:
    (event,) = msgspec.convert(figures.EVENTS, list[EventPosition], strict=False)
    unknown = msgspec.structs.replace(event, questions=[], exclusive=False)
    first, second = event_rows([event, unknown])
    assert (first["Event"], first["Bot"]) == ("Will it rain? (+1)", "01, 05")
    assert (first["Outcomes"], second["Outcomes"]) == ("one wins", "independent")
    assert second["Event"] == "event-1"


def test_paper_money_has_nothing_to_be_compared_with(app: AppTest, fake: FakeApi) -> None:
    open_page(app, "positions")
    assert "Not applicable: paper money is held nowhere but in this log" in shown(app)
    (table,) = (each.value for each in app.dataframe if "Worst loss" in each.value)
    assert list(table["Event"]) == ["Will it rain? (+1)"]


def test_other_money_shows_differences_and_what_was_not_compared(
    app: AppTest, fake: FakeApi
) -> None:
    told = [{**POSITIONS[0], "truth": GHOST}, POSITIONS[1]]
    fake.data["/positions"] = {**envelope(told), "money": "live"}
    open_page(app, "positions")
    (table,) = (each.value for each in app.dataframe if "We say" in each.value)
    assert list(table["Kind"]) == ["ghost"]
    assert "Not compared yet: 1." in shown(app)
    fake.data["/positions"] = {
        **envelope([{**POSITIONS[0], "truth": TRUTH}]),
        "money": "live",
    }
    app.run()
    assert "venue and chain match us in all positions compared: 1." in shown(app)
