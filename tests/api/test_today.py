"""Results since midnight, and a line for each bot: what the database is asked, and for whom."""

from decimal import Decimal
from typing import Any

import httpx
import pytest

from api.context import NAMES
from sinks.queries.bots import SUMMARIES
from sinks.queries.equity import TRENDS
from tests.api.running import NOW, Database, Running, beats
from tests.sinks.messages import BOT, T0

DAY_MS = 86_400_000
ZERO = Decimal(0)
ROW: dict[str, Any] = {
    "bot_id": "portfolio",
    "pnl": Decimal("-1.5"),
    "realised_pnl": Decimal("2.25"),
    **dict.fromkeys(("equity", "drawdown", "exposure")),
    **dict.fromkeys(("volume", "fees", "gas"), ZERO),
    **dict.fromkeys(("fills", "closed", "wins"), 0),
}


async def test_today_begins_at_midnight_of_the_session(
    running: Running, client: httpx.AsyncClient
) -> None:
    database = Database(
        {SUMMARIES: [ROW, {**ROW, "bot_id": BOT, "pnl": None, "realised_pnl": None}]}
    )
    running.use(database)
    running.tell(*beats(NOW))
    body = (await client.get("/api/v1/performance/today")).json()
    midnight = (T0 + NOW) // DAY_MS * DAY_MS
    assert body["data"] == {
        "since": midnight,
        "results": [
            {"bot_id": "portfolio", "pnl": "-1.5", "realised_pnl": "2.25"},
            {"bot_id": BOT, "pnl": None, "realised_pnl": None},
        ],
    }
    assert (body["as_of"], body["stale"]) == (T0 + NOW, False)
    ((_, arguments),) = database.asked
    assert arguments[1] == ["portfolio", *NAMES]
    assert arguments[2] == midnight


async def test_every_bot_has_a_line_that_may_be_empty(
    running: Running, client: httpx.AsyncClient
) -> None:
    points = [{"scope": BOT, "at": T0 + step, "pnl": Decimal(step)} for step in (0, 1_000)]
    database = Database({TRENDS: points})
    running.use(database)
    body = (await client.get("/api/v1/metrics/bots?hours=2&points=30")).json()
    lines = {each["bot_id"]: each for each in body["data"]}
    assert list(lines) == [str(bot_id) for bot_id in NAMES]
    assert lines[str(BOT)] == {"bot_id": BOT, "times": [T0, T0 + 1_000], "pnl": ["0", "1000"]}
    assert sum(bool(each["times"]) for each in lines.values()) == 1
    assert body["as_of"] == T0 + 1_000
    ((_, arguments),) = database.asked
    account, _, since, until, count, whole = arguments
    assert (account, count, whole) == ("main", 30, "portfolio")
    assert since == pytest.approx(T0 + NOW - 7_200_000, abs=5_000)
    assert isinstance(until, int)
    assert until > T0 + NOW


@pytest.mark.parametrize("path", ["/performance/today", "/metrics/bots"])
async def test_without_a_database_it_is_said(client: httpx.AsyncClient, path: str) -> None:
    reply = await client.get(f"/api/v1{path}")
    assert (reply.status_code, reply.json()["code"]) == (503, "database-away")
