"""What the API reads from the database: normal, empty, away, and away in the middle of it."""

import asyncio
from decimal import Decimal
from typing import Any

import asyncpg
import httpx
import pytest

from api import context
from sinks.queries.equity import EQUITY
from sinks.queries.orders import DECISION, ORDER, ORDERS, TRADES
from tests.api.running import NOW, Database, Running, beats
from tests.sinks.messages import BOT, MARKET, T0

PATHS = ("/orders", "/orders/o1", "/metrics/portfolio", "/metrics/bots/bot_05")
ORDER_ROW: dict[str, Any] = {
    "order_id": "o1",
    "created_at": T0,
    "updated_at": T0 + 40,
    "account_id": "main",
    "bot_id": BOT,
    "venue_event_id": "event-1",
    "market_id": MARKET,
    "token_id": "1111",
    "side": "YES",
    "action": "BUY",
    "kind": "MM",
    "zone": "ZONE_3",
    "status": "FILLED",
    "price": Decimal("0.45"),
    "size": Decimal("10.000000"),
    "filled_size": Decimal("10.000000"),
    "time_in_force": "GTD",
    "expires_at": None,
    "operator": False,
    "bundle_id": None,
    "fair_value": None,
    "sigma": None,
    "edge": None,
    "queue_ahead": None,
    "venue_order_id": None,
    "reason": None,
    "placed_at": T0 + 20,
    "closed_at": T0 + 40,
}
VERDICT_ROW: dict[str, Any] = {
    "decision_id": "d1",
    "leg": 0,
    "decided_at": T0 + 10,
    "intent_id": "i1",
    "bot_id": BOT,
    "market_id": MARKET,
    "verdict": "APPROVED",
    "subject": "ORDER",
    "order_id": "o1",
    "side": "YES",
    "action": "BUY",
    "kind": "MM",
    "zone": "ZONE_3",
    "price": Decimal("0.45"),
    "size": Decimal(10),
    "ordered_at": T0,
    "code": None,
    "rule": None,
    "limit_value": None,
    "value": None,
}
FILL_ROW: dict[str, Any] = {
    "trade_id": "t1",
    "order_id": "o1",
    "executed_at": T0 + 40,
    "account_id": "main",
    "bot_id": BOT,
    "market_id": MARKET,
    "side": "YES",
    "action": "BUY",
    "kind": "MM",
    "zone": "ZONE_3",
    "price": Decimal("0.45"),
    "size": Decimal(10),
    "fee": Decimal(0),
    "gas": Decimal(0),
    "trade_status": "CONFIRMED",
    "bundle_id": None,
    "liquidity": "maker",
    "inferred": False,
    "mid": Decimal("0.5"),
    "slippage": None,
}


def point(at: int, equity: str) -> dict[str, Any]:
    zero = dict.fromkeys(
        ("equity_mid", "cash", "realised_pnl", "unrealised_pnl", "fees", "gas", "nav", "exposure"),
        Decimal(0),
    )
    return {"at": at, "equity": Decimal(equity), "drawdown": Decimal("0.01"), **zero}


async def get(client: httpx.AsyncClient, path: str) -> Any:
    reply = await client.get(f"/api/v1{path}")
    assert reply.status_code == 200, reply.text
    return reply.json()


async def test_orders_with_their_numbers(running: Running, client: httpx.AsyncClient) -> None:
    database = Database({ORDERS: [ORDER_ROW]})
    running.use(database)
    body = await get(
        client,
        f"/orders?bot_id={BOT}&market_id={MARKET}&status=FILLED&status=PENDING&hours=2&limit=7",
    )
    (order,) = body["data"]["orders"]
    assert (order["price"], order["size"], order["status"]) == ("0.45", "10", "FILLED")
    assert (order["reason"], body["data"]["next_cursor"]) == ("", None)
    assert body["as_of"] == T0 + 40
    ((_, arguments),) = database.asked
    since, until, bot, market, statuses = arguments[:5]
    assert since == pytest.approx(T0 + NOW - 7_200_000, abs=5_000)
    assert isinstance(until, int)
    assert until > T0 + NOW
    assert (bot, market, statuses) == (BOT, MARKET, ["FILLED", "PENDING"])
    assert arguments[-1] == 8, "one more tells whether there is a next page"


async def test_pages_follow_one_another(running: Running, client: httpx.AsyncClient) -> None:
    rows = [{**ORDER_ROW, "order_id": f"o{n}", "created_at": T0 + n} for n in (3, 2, 1)]
    database = Database({ORDERS: rows})
    running.use(database)
    page = (await get(client, "/orders?limit=2"))["data"]
    assert [order["order_id"] for order in page["orders"]] == ["o3", "o2"]
    assert page["next_cursor"] == f"{T0 + 2}~o2"
    await get(client, f"/orders?limit=2&cursor={page['next_cursor']}")
    assert database.asked[-1][1][5:7] == (T0 + 2, "o2")


async def test_a_cursor_of_another_form_is_a_problem(
    running: Running, client: httpx.AsyncClient
) -> None:
    running.use(Database({}))
    reply = await client.get("/api/v1/orders?cursor=nonsense")
    assert (reply.status_code, reply.json()["code"]) == (400, "bad-request")
    assert "leave it out" in reply.json()["detail"]


async def test_an_order_with_its_verdict_and_fills(
    running: Running, client: httpx.AsyncClient
) -> None:
    running.use(Database({ORDER: [ORDER_ROW], DECISION: [VERDICT_ROW], TRADES: [FILL_ROW]}))
    story = (await get(client, "/orders/o1"))["data"]
    assert story["order"]["order_id"] == "o1"
    assert (story["verdict"]["verdict"], story["verdict"]["decided_at"]) == ("APPROVED", T0 + 10)
    assert [fill["trade_id"] for fill in story["fills"]] == ["t1"]


async def test_an_order_nobody_knows(running: Running, client: httpx.AsyncClient) -> None:
    running.use(Database({}))
    reply = await client.get("/api/v1/orders/nobody")
    assert (reply.status_code, reply.json()["code"]) == (404, "unknown-order")


@pytest.mark.parametrize("path", ["/metrics/portfolio", f"/metrics/bots/{BOT}"])
async def test_equity_over_time(running: Running, client: httpx.AsyncClient, path: str) -> None:
    database = Database({EQUITY: [point(T0, "10000"), point(T0 + 5_000, "10001.25")]})
    running.use(database)
    body = await get(client, f"{path}?hours=1&points=100")
    assert body["data"] == {
        "times": [T0, T0 + 5_000],
        "equity": ["10000", "10001.25"],
        "pnl": ["0", "0"],
        "drawdown": ["0.01", "0.01"],
    }
    assert body["as_of"] == T0 + 5_000
    account, scope, *_, points = database.asked[0][1]
    assert (account, points) == ("main", 100)
    assert scope == (BOT if "bots" in path else "portfolio")


@pytest.mark.parametrize("path", ["/orders", "/metrics/portfolio"])
async def test_nothing_stored_is_a_fact_once_the_sinks_have_caught_up(
    running: Running, client: httpx.AsyncClient, path: str
) -> None:
    running.use(Database({}))
    unknown = await get(client, path)
    assert (unknown["as_of"], unknown["stale"]) == (0, True)
    running.tell(*beats(NOW - 100))
    known = await get(client, path)
    assert (known["as_of"], known["stale"]) == (T0 + NOW - 100, False)


async def test_a_curve_that_the_sinks_no_longer_write_is_stale(
    running: Running, client: httpx.AsyncClient
) -> None:
    running.use(Database({EQUITY: [point(T0 - 60_000, "10000")]}))
    running.tell(*beats(-60_000), *beats(NOW, "sinks"))
    body = await get(client, "/metrics/portfolio")
    assert body["stale"] is True
    assert body["behind"] == "The stage sinks has not reported since."


@pytest.mark.parametrize("path", PATHS)
async def test_without_a_database_one_sentence_and_a_way_on(
    client: httpx.AsyncClient, path: str
) -> None:
    reply = await client.get(f"/api/v1{path}")
    assert (reply.status_code, reply.json()["code"]) == (503, "database-away")
    assert "halt work without it" in reply.json()["hint"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "error",
    [
        asyncpg.InterfaceError("pool is closing"),
        asyncpg.ConnectionDoesNotExistError("gone"),
        TimeoutError(),
        OSError("connection reset"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_database_that_goes_away_meanwhile_gives_the_same_error(
    running: Running, client: httpx.AsyncClient, path: str, error: Exception
) -> None:
    running.use(Database({}, error))
    reply = await client.get(f"/api/v1{path}")
    assert (reply.status_code, reply.json()["code"]) == (503, "database-away")
    assert reply.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", PATHS)
async def test_a_database_that_hangs_is_not_waited_for(
    running: Running, client: httpx.AsyncClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A screen that waits for one panel keeps its halt button waiting."""

    class Hanging(Database):
        async def fetch(self, query: str, *arguments: object) -> Any:
            await asyncio.Event().wait()

    monkeypatch.setattr(context, "DATABASE_ANSWER_S", 0.05)
    running.use(Hanging({}))
    reply = await client.get(f"/api/v1{path}")
    assert (reply.status_code, reply.json()["code"]) == (503, "database-away")
    assert "within 0.05 s" in reply.json()["detail"]
