"""Requests sent twice, and answers that have not changed."""

import asyncio

import httpx
import pytest

from api import operator, repeats
from schemas.ops import ClockTick
from tests.api.running import NOW, Running, beats
from tests.sinks.messages import BOT, at, equity, listed, top

HALT = "/api/v1/risk/halt"
WHY = {"reason": "drill"}
KEY = {"Idempotency-Key": "abc-1"}


@pytest.fixture(autouse=True)
def brief(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    running.log.tell(ClockTick(**at(0, "tick")))
    monkeypatch.setattr(operator, "ANSWER_S", 0.1)


async def test_the_same_key_is_one_command(running: Running, client: httpx.AsyncClient) -> None:
    first = await client.post(HALT, json=WHY, headers=KEY)
    second = await client.post(HALT, json=WHY, headers=KEY)
    assert first.json() == second.json()
    assert (second.headers["idempotency-replayed"], len(running.log.written)) == ("true", 2)
    assert "idempotency-replayed" not in first.headers


async def test_at_the_same_time_too(running: Running, client: httpx.AsyncClient) -> None:
    replies = await asyncio.gather(*(client.post(HALT, json=WHY, headers=KEY) for _ in range(5)))
    assert len({reply.json()["command_id"] for reply in replies}) == 1
    assert len(running.log.written) == 2


async def test_another_request_under_the_same_key_is_refused(client: httpx.AsyncClient) -> None:
    await client.post(HALT, json=WHY, headers=KEY)
    other = await client.post(HALT, json={"reason": "another"}, headers=KEY)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-mismatch")


async def test_after_a_restart_the_same_key_is_the_same_command(running: Running) -> None:
    async with running.client() as client:
        first = await client.post(HALT, json=WHY, headers=KEY)
    again = Running()
    again.log.tell(ClockTick(**at(0, "tick")))
    async with again.client() as client:
        second = await client.post(HALT, json=WHY, headers=KEY)
    assert first.json()["command_id"] == second.json()["command_id"]


async def test_a_failure_of_ours_may_be_tried_again(
    running: Running, client: httpx.AsyncClient
) -> None:
    running.log.away = True
    assert (await client.post(HALT, json=WHY, headers=KEY)).status_code == 503
    running.log.away = False
    assert (await client.post(HALT, json=WHY, headers=KEY)).status_code == 200


async def test_a_body_without_end_is_refused(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeats, "LARGEST_BODY", 10)
    reply = await client.post(HALT, json={"reason": "x" * 50}, headers=KEY)
    assert (reply.status_code, reply.json()["code"]) == (413, "body-too-large")


async def test_what_has_not_changed_is_304_with_its_age(
    running: Running, client: httpx.AsyncClient
) -> None:
    running.tell(listed(0), top(NOW), equity(NOW), *beats(NOW))
    first = await client.get(f"/api/v1/bots/{BOT}")
    # The age moves, the data rests.
    running.tell(*beats(NOW + 50))
    same = {"If-None-Match": first.headers["ETag"]}
    second = await client.get(f"/api/v1/bots/{BOT}/config")
    assert second.headers["ETag"] != first.headers["ETag"]
    markets = await client.get("/api/v1/markets")
    running.tell(*beats(NOW + 60))
    unchanged = await client.get(
        "/api/v1/markets", headers={"If-None-Match": markets.headers["ETag"]}
    )
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert int(unchanged.headers["X-As-Of"]) >= int(markets.headers["X-As-Of"])
    running.tell(equity(NOW + 70, "9990"))
    changed = await client.get(f"/api/v1/bots/{BOT}", headers=same)
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]
