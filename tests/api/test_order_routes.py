"""Operators' orders: judged by the real gate, cancelled over the log, tried without effect."""

from typing import Any

import httpx
import pytest

from api import operator
from api.gate_checks import GateChecks
from schemas.ops import Checkpoint, ClockTick
from schemas.trading import CancelOrder, PlaceIntent
from tests.api.running import NOW, Running, beats
from tests.sinks.messages import BOT, MARKET, at, canceled, equity, listed, order, placed, top
from topics.catalog import DECIDE_INPUTS, GATE_INPUTS, INTENTS

BODY: dict[str, Any] = {
    "bot_id": BOT,
    "market_id": MARKET,
    "side": "YES",
    "action": "BUY",
    "price": "0.40",
    "size": "20",
}


@pytest.fixture(autouse=True)
def market(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    running.log.tell(ClockTick(**at(0, "tick")))
    running.fund(BOT)
    running.tell(listed(0), top(NOW), equity(NOW), *beats(NOW))
    monkeypatch.setattr(operator, "ANSWER_S", 0.2)


async def test_an_order_is_judged_and_the_verdict_read_back(
    running: Running, client: httpx.AsyncClient
) -> None:
    ticket = (await client.post("/api/v1/orders", json=BODY)).json()
    assert ticket["judgement"]["accepted"] is False
    assert ticket["judgement"]["code"]
    assert ticket["judgement"]["rule"].endswith(".")
    written = [(t, m) for t, m in running.log.written if isinstance(m, PlaceIntent)]
    assert [topic for topic, _ in written] == [GATE_INPUTS, INTENTS]
    assert all(message.order.operator for _, message in written)


@pytest.mark.parametrize("wrong", [{"price": 0.4}, {"price": "1"}, {"size": "0"}, {"size": "1e3"}])
async def test_amounts_are_exact_or_refused(client: httpx.AsyncClient, wrong: Any) -> None:
    reply = await client.post("/api/v1/orders", json=BODY | wrong)
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid-request")


async def test_a_cancel_is_on_the_log_and_told_as_unconfirmed_until_the_venue_answers(
    running: Running, client: httpx.AsyncClient
) -> None:
    what = order("o1")
    running.tell(placed(what))
    (view,) = (await client.get("/api/v1/orders/open")).json()["data"]
    assert (view["order_id"], view["status"]) == ("o1", "PENDING")
    reply = (await client.delete("/api/v1/orders/o1")).json()
    assert (reply["status"], reply["confirmed"]) == ("PENDING", False)
    topics = [topic for topic, message in running.log.written if isinstance(message, CancelOrder)]
    assert topics == [DECIDE_INPUTS, INTENTS]
    running.tell(canceled(what, NOW + 5))
    assert (await client.get("/api/v1/orders/open")).json()["data"] == []
    again = await client.delete("/api/v1/orders/o1")
    assert (again.status_code, again.json()["code"]) == (404, "not-resting")


async def test_what_if_without_a_state_of_the_gate_is_503(
    running: Running, client: httpx.AsyncClient
) -> None:
    async def none() -> Checkpoint | None:
        return None

    running.context.gate_checks = GateChecks(running.settings, none)
    reply = await client.post("/api/v1/risk/what-if", json=BODY)
    assert (reply.status_code, running.log.written) == (503, [])
