"""Prometheus sees money, risk and the pipeline; what is unknown has no sample."""

from decimal import Decimal

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from schemas.ops import ClockTick
from schemas.risk import BreakerKind, BreakerState
from tests.api.running import NOW, Database, Running, beat, dead_letter
from tests.sinks.messages import ACCOUNT, BOT, at, equity, listed, position, top

Samples = dict[tuple[str, tuple[str, ...]], float]


async def scrape(client: httpx.AsyncClient) -> Samples:
    reply = await client.get("/api/v1/metrics/prometheus")
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(reply.text)
        for sample in family.samples
    }


async def test_what_is_unknown_has_no_sample(client: httpx.AsyncClient) -> None:
    samples = await scrape(client)
    names = {name for name, _ in samples}
    assert not [name for name in names if name.startswith("pets_portfolio")]
    assert "pets_risk_trading_state" not in names
    assert "pets_ops_market_data_age_seconds" not in names
    assert samples["pets_api_database_up", ()] == 0
    assert samples["pets_ops_dead_letters", ()] == 0


async def test_the_present_as_gauges(running: Running, client: httpx.AsyncClient) -> None:
    running.fund(BOT)
    running.log.tell(ClockTick(**at(0, "tick")))
    running.use(Database({}))
    running.tell(
        listed(0),
        top(NOW - 2_000),
        equity(5, "10010.5", realised="12.25"),
        equity(5, "20010.5", bot=None),
        position(5, "10"),
        beat(NOW - 3_000, "gate", lag=7),
        dead_letter(9),
        BreakerState(
            **at(6, "breaker"),
            account_id=ACCOUNT,
            scope="bot_05",
            kind=BreakerKind.BOT_DRAWDOWN,
            value=Decimal("0.2"),
            limit=Decimal("0.25"),
            open=False,
        ),
    )
    samples = await scrape(client)
    expected = {
        ("pets_portfolio_equity_dollars", ("portfolio",)): 20010.5,
        ("pets_portfolio_equity_dollars", ("bot_05",)): 10010.5,
        ("pets_portfolio_realised_pnl_dollars", ("bot_05",)): 12.25,
        ("pets_portfolio_unrealised_pnl_dollars", ("portfolio",)): -0.5,
        ("pets_portfolio_drawdown_ratio", ("portfolio",)): 0.0125,
        ("pets_portfolio_exposure_dollars", ("portfolio",)): 1000,
        ("pets_risk_trading_state", ("ACTIVE",)): 1,
        ("pets_risk_trading_state", ("HALTED",)): 0,
        ("pets_risk_open_orders", ()): 0,
        ("pets_risk_open_positions", ("bot_05",)): 1,
        ("pets_risk_open_positions", ("bot_01",)): 0,
        ("pets_risk_bot_active", ("bot_05",)): 0,
        ("pets_risk_breaker_used_ratio", ("BOT_DRAWDOWN", "bot_05")): 0.8,
        ("pets_risk_breaker_open", ("BOT_DRAWDOWN", "bot_05")): 0,
        ("pets_ops_lag_records", ("gate",)): 7,
        ("pets_ops_markets", ()): 1,
        ("pets_ops_dead_letters", ()): 1,
        ("pets_api_database_up", ()): 1,
        ("pets_api_log_read", ()): 1,
    }
    assert {key: samples.get(key) for key in expected} == expected
    assert samples["pets_ops_heartbeat_age_seconds", ("gate",)] == pytest.approx(3, abs=2)
    assert samples["pets_ops_market_data_age_seconds", ()] == pytest.approx(2, abs=2)


async def test_answers_are_counted_by_route_not_by_address(client: httpx.AsyncClient) -> None:
    for path in ("/bots/bot_01", "/bots/bot_05", "/bots/nobody", "/nowhere/at/all"):
        await client.get(f"/api/v1{path}")
    await client.request("MADE-UP", "/api/v1/bots")
    samples = await scrape(client)
    counted = {
        labels: value
        for (name, labels), value in samples.items()
        if name == "pets_api_request_seconds_count"
    }
    assert counted == {
        ("GET", "/bots/{bot_id}", "200"): 2,
        ("GET", "/bots/{bot_id}", "404"): 1,
        ("GET", "unknown", "404"): 1,
        ("other", "/bots", "405"): 1,
    }


async def test_a_halt_is_seen(running: Running, client: httpx.AsyncClient) -> None:
    running.log.tell(ClockTick(**at(0, "tick")))
    await client.post("/api/v1/risk/halt", json={"reason": "drill"})
    samples = await scrape(client)
    assert samples["pets_risk_trading_state", ("HALTED",)] == 1
    assert samples["pets_risk_trading_state", ("ACTIVE",)] == 0
