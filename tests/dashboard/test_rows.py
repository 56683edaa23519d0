"""Rows of tables keep their numbers, so that columns sort."""

from decimal import Decimal
from typing import Any, TypeVar

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from dashboard.answers.overview import Bot, Denial, Position, Stage
from dashboard.rows.columns import FORMATS
from dashboard.rows.overview import FLOW, bot_rows, denial_rows, position_rows, stage_rows
from tests.dashboard.fake_api import BOTS, DENIALS, IDLE, NOW, POSITIONS, STAGES

T = TypeVar("T")


def read(data: Any, kind: type[T]) -> list[T]:
    return [msgspec.convert(item, kind, strict=False) for item in data]


def test_bots() -> None:
    rows = bot_rows(read([BOTS[0], IDLE[1]], Bot))
    assert rows[0]["Bot"] == "01 rebalancing"
    assert (rows[0]["P&L"], rows[0]["State"]) == (Decimal("18.75"), "ACTIVE")
    assert (rows[1]["Equity"], rows[1]["P&L"], rows[1]["Last event"]) == (None, None, None)


def test_a_bot_in_error_says_what_stopped_it() -> None:
    (bot,) = read([{**BOTS[0], "state": "ERROR", "reason": "ZeroDivisionError: x"}], Bot)
    assert bot_rows([bot])[0]["State"] == "ERROR: ZeroDivisionError: x"


def test_positions_say_how_long_they_are_held_and_which_data_they_rest_on() -> None:
    young, old = position_rows(read(POSITIONS, Position), NOW)
    assert (young["Held"], old["Held"]) == (90.0, 7_200.0)
    assert (young["Data"], old["Data"]) == ("SIMULATED", "RECORDED, book STALE")
    assert (young["Zone"], old["Zone"]) == ("3", "none")
    assert (young["Bot"], old["Best bid"]) == ("05", None)


def test_a_position_opened_after_the_answers_time_is_held_for_no_time() -> None:
    (row,) = position_rows(read(POSITIONS[:1], Position), NOW - 600_000)
    assert row["Held"] == 0


def test_an_unlabelled_position_says_so() -> None:
    (row,) = position_rows(read([{**POSITIONS[0], "label": None, "trust": None}], Position), NOW)
    assert row["Data"] == "unknown"


def test_equal_denials_are_one_row_with_the_newest_values() -> None:
    other = {**DENIALS[2], "market_id": "0xcd", "code": "RATE_LIMIT"}
    rows = denial_rows(read([*DENIALS[:2], other, DENIALS[2]], Denial))
    assert [(row["Code"], row["Times"], row["Value"]) for row in rows] == [
        ("NO_EDGE", 3, "0.001"),
        ("RATE_LIMIT", 1, "0.003"),
    ]
    assert rows[0]["Last"] == "09:09:59"


@given(st.lists(st.sampled_from(range(len(DENIALS))), max_size=30))
def test_no_denial_is_lost_in_the_counting(chosen: list[int]) -> None:
    denials = read(
        [{**DENIALS[0], "market_id": str(number), "time": NOW - number} for number in chosen],
        Denial,
    )
    rows = denial_rows(denials)
    assert sum(row["Times"] for row in rows) == len(chosen)  # type: ignore[misc]
    assert len(rows) == len(set(chosen))


def test_stages_follow_the_datas_way_and_unknown_ones_come_last() -> None:
    names = ["sinks", "archive", "gate", "connector", "alerts"]
    stages = read([{**STAGES[0], "component": name} for name in names], Stage)
    rows = stage_rows(stages)
    assert [row["Stage"] for row in rows] == ["connector", "gate", "sinks", "alerts", "archive"]
    assert list(FLOW).index("connector") == 0


def test_every_number_has_a_written_form() -> None:
    rows = [
        *bot_rows(read(BOTS, Bot)),
        *position_rows(read(POSITIONS, Position), NOW),
        *denial_rows(read(DENIALS, Denial)),
        *stage_rows(read(STAGES, Stage)),
    ]
    for row in rows:
        for name, cell in row.items():
            if not isinstance(cell, str | None):
                assert FORMATS[name](float(cell)), name
