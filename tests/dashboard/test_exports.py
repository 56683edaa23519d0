"""Exports say their modes, their range and their age, and hold no formula."""

import csv
import io
from decimal import Decimal

from dashboard.answers.envelope import Answer
from dashboard.exports import csv_text, tearsheet
from dashboard.rows.columns import Row
from tests.dashboard.figures import NOW

ROWS: list[Row] = [
    {"Market": "=HYPERLINK(1)", "Net P&L": Decimal("-1.25"), "Sharpe": None},
    {"Market": "Will it rain, or <b>snow</b>?", "Net P&L": Decimal("2"), "Sharpe": 1.5},
]


def answer(*, stale: bool) -> Answer[None]:
    return Answer(
        data=None, as_of=NOW, age_s=1, source="simulated", money="paper", stale=stale, behind=""
    )


def test_csv_has_a_head_with_modes_range_and_age() -> None:
    head, rest = csv_text(ROWS, answer(stale=True), "last 1 h").split("\n", 1)
    assert head == "# paper money; simulated data; last 1 h; as of 2026-09-28 09:10 UTC; STALE"
    first, second = csv.DictReader(io.StringIO(rest))
    assert first["Market"] == "'=HYPERLINK(1)", "a spreadsheet runs no market's question"
    assert (first["Net P&L"], first["Sharpe"]) == ("-1.25", ""), "numbers exact, unknown empty"
    assert second["Market"] == "Will it rain, or <b>snow</b>?"


def test_a_tearsheet_is_one_file_with_written_figures() -> None:
    page = tearsheet("Sheet", answer(stale=False), "last 1 h", {"All": ROWS, "None": []}, ["Note."])
    assert "−$1.25" in page
    assert "&lt;b&gt;snow" in page
    assert "as of 2026-09-28 09:10 UTC" in page
    assert "http" not in page.lower().replace("hyperlink", ""), "nothing comes from elsewhere"
    assert "<p>None.</p>" in page
    assert "Note." in page
