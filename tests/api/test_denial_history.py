"""Denials over time: steps that fit a screen, aligned, asked of the database in one query."""

from typing import Any

import httpx
import pytest

from api.periods import MOST_STEPS, STEPS_S, step_of
from sinks.queries.counts import DENIAL_BUCKETS
from tests.api.running import NOW, Database, Running, beats
from tests.sinks.messages import BOT, T0

PATH = "/api/v1/risk/denials/history"
ROWS: list[dict[str, Any]] = [
    {"at": T0 - T0 % 60_000, "code": "NO_EDGE", "count": 3},
    {"at": T0 - T0 % 60_000, "code": "RATE_LIMIT", "count": 1},
]


@pytest.mark.parametrize(
    ("hours", "step_s"),
    [(0.01, 60), (1, 60), (6, 900), (24, 3_600), (720, 86_400), (8_760, 86_400)],
)
def test_a_range_has_as_many_steps_as_a_screen_shows(hours: float, step_s: int) -> None:
    assert step_of(hours) == step_s
    assert hours * 3600 / step_s <= MOST_STEPS or step_s == STEPS_S[-1]
    assert 86_400 % step_s == 0, "a step begins at midnight"


async def test_counts_by_step_and_code(running: Running, client: httpx.AsyncClient) -> None:
    database = Database({DENIAL_BUCKETS: ROWS})
    running.use(database)
    running.tell(*beats(NOW))
    body = (await client.get(f"{PATH}?hours=1&bot_id={BOT}")).json()
    view = body["data"]
    assert view["buckets"] == ROWS
    assert (view["step_ms"], view["since"] % 60_000) == (60_000, 0)
    assert view["since"] == pytest.approx(T0 + NOW - 3_600_000, abs=65_000)
    assert (body["as_of"], body["stale"]) == (T0 + NOW, False)
    ((_, arguments),) = database.asked
    since, until, bot, step_s = arguments
    assert (since, bot, step_s) == (view["since"], BOT, 60.0)
    assert isinstance(until, int)
    assert until > view["until"]


async def test_no_denial_is_a_fact_only_once_the_sinks_have_said_so(
    running: Running, client: httpx.AsyncClient
) -> None:
    running.use(Database({}))
    unknown = (await client.get(PATH)).json()
    assert (unknown["as_of"], unknown["data"]["buckets"]) == (0, [])
    running.tell(*beats(NOW))
    assert (await client.get(PATH)).json()["as_of"] == T0 + NOW


async def test_unknown_bots_and_an_absent_database_are_said(
    running: Running, client: httpx.AsyncClient
) -> None:
    reply = await client.get(PATH)
    assert (reply.status_code, reply.json()["code"]) == (503, "database-away")
    assert (await client.get(f"{PATH}?bot_id=nobody")).status_code == 404
