"""What the API says from the log alone: nothing yet, normal, stale. The database is away."""

from decimal import Decimal
from typing import Any

import httpx
import msgspec
import pytest

from agents.registry import BOTS
from api.models import written
from schemas.control import BotStateChanged
from schemas.ids import BotId
from schemas.ops import ClockTick
from schemas.risk import BreakerKind, BreakerState
from schemas.values import BotState
from tests.api.running import NOW, Running, beat, beats, dead_letter
from tests.api.test_live import risk_state
from tests.sinks.messages import (
    ACCOUNT,
    BOT,
    MARKET,
    T0,
    at,
    denied,
    equity,
    listed,
    order,
    position,
    resolved,
    top,
)

FRESH = NOW - 500
LIVE_ROUTES = ("/bots", "/positions", "/risk/metrics", "/risk/circuit-breakers", "/risk/denials")


async def get(client: httpx.AsyncClient, path: str) -> Any:
    reply = await client.get(f"/api/v1{path}")
    assert reply.status_code == 200, reply.text
    return reply.json()


def trade(running: Running, ms: int) -> None:
    """A running system that has just spoken."""
    running.fund(BOT)
    running.tell(
        listed(0),
        equity(ms, "10010.5", realised="12.25"),
        equity(ms, "20010.5", bot=None, realised="12.25"),
        position(ms, "10"),
        top(ms),
        denied(order("o9"), ms),
        *beats(ms),
    )


@pytest.mark.parametrize("path", LIVE_ROUTES)
async def test_before_anything_was_said_nothing_is_known(
    client: httpx.AsyncClient, path: str
) -> None:
    body = await get(client, path)
    assert (body["as_of"], body["stale"]) == (0, True)
    assert "has not reported" in body["behind"]


@pytest.mark.parametrize("path", LIVE_ROUTES)
async def test_fresh_figures_say_their_age_and_their_modes(
    running: Running, client: httpx.AsyncClient, path: str
) -> None:
    trade(running, FRESH)
    body = await get(client, path)
    assert body["as_of"] == T0 + FRESH
    assert 0.4 < body["age_s"] < 5
    assert (body["stale"], body["behind"]) == (False, "")
    assert (body["source"], body["money"]) == ("simulated", "paper")


@pytest.mark.parametrize("path", LIVE_ROUTES)
async def test_old_figures_are_stale_and_say_who_stopped(
    running: Running, client: httpx.AsyncClient, path: str
) -> None:
    trade(running, -60_000)
    running.tell(beat(FRESH, "connector"), beat(FRESH, "paper"))
    body = await get(client, path)
    assert body["stale"] is True
    assert 69 < body["age_s"] < 80
    assert body["behind"] in (
        "No book has changed since.",
        "The stage gate has not reported since.",
        "The stage ledger has not reported since.",
    )


async def test_figures_at_rest_are_fresh_while_their_stages_live(
    running: Running, client: httpx.AsyncClient
) -> None:
    """A halted account without orders tells no new equity for hours; that is no fault."""
    trade(running, -3_600_000)
    running.tell(top(FRESH), *beats(FRESH))
    for path in LIVE_ROUTES:
        assert (await get(client, path))["stale"] is False, path


async def test_dead_books_make_money_stale_but_not_the_breakers(
    running: Running, client: httpx.AsyncClient
) -> None:
    trade(running, -60_000)
    running.tell(*beats(FRESH))
    assert (await get(client, "/risk/metrics"))["behind"] == "No book has changed since."
    assert (await get(client, "/positions"))["stale"] is True
    assert (await get(client, "/risk/circuit-breakers"))["stale"] is False


async def test_no_positions_is_a_fact_when_the_ledger_lives(
    running: Running, client: httpx.AsyncClient
) -> None:
    running.tell(beat(FRESH, "ledger"))
    body = await get(client, "/positions")
    assert (body["data"], body["stale"]) == ([], False)


async def test_bots_have_state_money_and_an_age(
    running: Running, client: httpx.AsyncClient
) -> None:
    trade(running, FRESH)
    bots = {bot["bot_id"]: bot for bot in (await get(client, "/bots"))["data"]}
    idle, maker = bots["bot_01"], bots["bot_05"]
    assert (idle["bot_id"], idle["state"], idle["equity"]) == ("bot_01", "IDLE", None)
    assert maker == {
        "bot_id": "bot_05",
        "name": "market maker",
        "state": "IDLE",
        "equity": "10010.5",
        "pnl": "11.75",
        "drawdown": "0.0125",
        "exposure": "1000",
        "reason": "",
        "open_positions": 1,
        "last_event_age_s": pytest.approx(0.5, abs=4),
    }
    assert (await get(client, "/bots/bot_05"))["data"]["equity"] == "10010.5"


async def test_a_bot_in_error_says_what_stopped_it(
    running: Running, client: httpx.AsyncClient
) -> None:
    told = BotStateChanged(
        **at(1, "bot-state"),
        account_id=ACCOUNT,
        bot_id=BOT,
        state=BotState.ERROR,
        previous=BotState.ACTIVE,
        reason="ZeroDivisionError: x",
    )
    running.tell(told)
    data = (await get(client, f"/bots/{BOT}"))["data"]
    assert (data["state"], data["reason"]) == ("ERROR", "ZeroDivisionError: x")


async def test_positions_name_their_market_its_data_and_its_trust(
    running: Running, client: httpx.AsyncClient
) -> None:
    trade(running, FRESH)
    (shown,) = (await get(client, "/positions"))["data"]
    assert (shown["question"], shown["label"], shown["trust"]) == (
        "Will it rain?",
        "SIMULATED",
        "VERIFIED",
    )
    assert (shown["size"], shown["entry_price"], shown["mark"]) == ("10", "0.45", "0.44")
    assert (await get(client, "/positions/p1"))["data"] == shown
    assert len((await get(client, "/positions?bot_id=bot_05"))["data"]) == 1
    assert (await get(client, "/positions?bot_id=bot_01"))["data"] == []


async def test_a_position_in_a_market_nobody_listed_has_no_label(
    running: Running, client: httpx.AsyncClient
) -> None:
    running.tell(position(FRESH, "10"))
    (shown,) = (await get(client, "/positions"))["data"]
    assert (shown["question"], shown["label"], shown["trust"]) == (MARKET, None, None)


async def test_the_account_with_what_a_halt_would_touch(
    running: Running, client: httpx.AsyncClient
) -> None:
    trade(running, FRESH)
    account = (await get(client, "/risk/metrics"))["data"]
    assert account["equity"] == "20010.5"
    assert (account["realised_pnl"], account["unrealised_pnl"]) == ("12.25", "-0.5")
    assert (account["open_orders"], account["open_positions"]) == (0, 1)
    assert account["position_cost"] == "4.5"


async def test_equity_is_unknown_rather_than_zero(
    running: Running, client: httpx.AsyncClient
) -> None:
    running.tell(*beats(FRESH))
    account = (await get(client, "/risk/metrics"))["data"]
    assert {account[name] for name in ("equity", "cash", "drawdown", "exposure")} == {None}


async def test_breakers_with_value_and_limit(running: Running, client: httpx.AsyncClient) -> None:
    running.tell(
        BreakerState(
            **at(FRESH, "breaker"),
            account_id=ACCOUNT,
            scope="bot_05",
            kind=BreakerKind.BOT_DRAWDOWN,
            value=Decimal("0.2"),
            limit=Decimal("0.25"),
            open=False,
        )
    )
    assert (await get(client, "/risk/circuit-breakers"))["data"] == [
        {
            "scope": "bot_05",
            "kind": "BOT_DRAWDOWN",
            "value": "0.2",
            "limit": "0.25",
            "open": False,
            "until": None,
        }
    ]


async def test_denials_newest_first_with_rule_limit_and_value(
    running: Running, client: httpx.AsyncClient
) -> None:
    running.tell(
        listed(0),
        denied(order("o1"), 10),
        denied(order("o2", bot=BotId("bot_01")), 20),
        resolved(30),
    )
    newest, oldest = (await get(client, "/risk/denials"))["data"]
    assert (newest["time"], oldest["time"]) == (T0 + 20, T0 + 10)
    assert (newest["code"], newest["limit"], newest["value"]) == ("NO_EDGE", "0.005", "0.002")
    assert newest["question"] == "Will it rain?", "also after the market was resolved"
    assert len((await get(client, "/risk/denials?limit=1"))["data"]) == 1
    (mine,) = (await get(client, "/risk/denials?bot_id=bot_05"))["data"]
    assert mine["time"] == T0 + 10


async def test_status_at_a_glance(running: Running, client: httpx.AsyncClient) -> None:
    trade(running, FRESH)
    running.log.tell(ClockTick(**at(NOW, "tick")))
    running.tell(dead_letter(5), beat(FRESH, "gate", lag=3))
    body = await get(client, "/status")
    status = body["data"]
    assert (status["trading_state"], status["database"]) == (
        "ACTIVE",
        "The database does not answer.",
    )
    assert status["markets"] == {"SIMULATED": 1}
    assert (status["dead_letters"], status["bots"], status["open_positions"]) == (
        1,
        len(BOTS),
        1,
    )
    gate = next(stage for stage in status["stages"] if stage["component"] == "gate")
    assert (gate["lag"], gate["status"]) == (3, "running")
    assert [stage["component"] for stage in status["stages"]] == sorted(
        stage["component"] for stage in status["stages"]
    )
    assert body["stale"] is False


async def test_status_while_the_log_is_read_and_before_the_gate_spoke(
    running: Running, client: httpx.AsyncClient
) -> None:
    running.reader.caught_up.clear()
    reading = (await get(client, "/status"))["data"]
    assert (reading["trading_state"], reading["reason"]) == ("UNKNOWN", "The log is being read.")
    running.reader.caught_up.set()
    read = (await get(client, "/status"))["data"]
    assert read["reason"] == "The risk gate has not spoken yet."


async def test_status_says_why_the_venue_lets_nobody_open(
    running: Running, client: httpx.AsyncClient
) -> None:
    obstacle = "Nothing is opened while the account may only close. Found: closed."
    running.tell(msgspec.structs.replace(risk_state(1, BotState.ACTIVE), obstacle=obstacle))
    assert (await get(client, "/status"))["data"]["reason"] == obstacle


async def test_the_source_carries_its_speed() -> None:
    fast = Running(source="both", speed=10.0)
    async with fast.client() as client:
        assert (await get(client, "/status"))["source"] == "recorded + simulated 10x"


async def test_active_bots_are_counted(running: Running, client: httpx.AsyncClient) -> None:
    running.state.bots.update({BOT: BotState.ACTIVE, BotId("bot_01"): BotState.PAUSED})
    assert (await get(client, "/status"))["data"]["active_bots"] == 1


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/bots/bot_99", "unknown-bot"),
        ("/positions/none", "unknown-position"),
        ("/positions?bot_id=bot_99", "unknown-bot"),
        ("/risk/denials?bot_id=x", "unknown-bot"),
        ("/metrics/bots/bot_99", "unknown-bot"),
        ("/nowhere", "not-found"),
    ],
)
async def test_what_does_not_exist_is_a_problem(
    client: httpx.AsyncClient, path: str, code: str
) -> None:
    reply = await client.get(f"/api/v1{path}")
    assert reply.status_code == 404
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["code"] == code


async def test_health(running: Running, client: httpx.AsyncClient) -> None:
    assert (await get(client, "/health/live")) == {"status": "ok"}
    assert (await get(client, "/health/startup")) == {"status": "ok"}
    away = await client.get("/api/v1/health/ready")
    assert (away.status_code, away.json()["code"]) == (503, "database-away")
    running.reader.caught_up.clear()
    starting = await client.get("/api/v1/health/startup")
    assert (starting.status_code, starting.json()["code"]) == (503, "starting")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("52.933900000000", "52.9339"),
        ("0.0002208314870424438276078040509", "0.000221"),
        ("1E+4", "10000"),
        ("-0.0000001", "0"),
        ("100", "100"),
        ("-4.50", "-4.5"),
    ],
)
def test_amounts_have_six_places_at_most(value: str, text: str) -> None:
    assert written(Decimal(value)) == text
