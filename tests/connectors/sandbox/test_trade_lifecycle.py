"""What happens to an order after its reply: fills, settlement, the user channel, heartbeats."""

import json
from typing import Any

import httpx

from connectors.sandbox.mirror import YES
from connectors.sandbox.register import Caller
from connectors.sandbox.sandbox import Sandbox
from connectors.sandbox.source import Listing
from connectors.sandbox.user_hub import UserSubscriber
from schemas.values import MICRO
from tests.connectors.sandbox.builders import NOW_MS
from tests.connectors.sandbox.rest_bodies import KEY, MAKER, buy, wide_market

OWNER = {"POLY_API_KEY": KEY, "POLY_ADDRESS": MAKER}


def listen(sandbox: Sandbox) -> UserSubscriber:
    subscriber = UserSubscriber()
    subscriber.api_key = KEY
    sandbox.user_hub.subscribers.add(subscriber)
    return subscriber


def heard(subscriber: UserSubscriber) -> list[dict[str, Any]]:
    frames = []
    while (text := subscriber.next_message()) is not None:
        frames.append(json.loads(text))
    return frames


async def taken(client: httpx.AsyncClient, listing: Listing, salt: int = 1) -> dict[str, Any]:
    ask = listing.top(YES)[1] or 0
    sent = buy(listing, YES, ask, 10, salt=salt)
    answer: dict[str, Any] = (await client.post("/order", json=sent, headers=OWNER)).json()
    return answer


async def test_a_trade_is_matched_mined_and_confirmed(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    socket, listing = listen(sandbox), wide_market(sandbox)
    placed = await taken(client, listing)
    sandbox.step(NOW_MS)
    kinds = [(row["event_type"], row["type"]) for row in heard(socket)]
    assert kinds == [("order", "PLACEMENT"), ("order", "UPDATE"), ("trade", "TRADE")]
    (trade,) = (await client.get("/data/trades", headers=OWNER)).json()["data"]
    assert trade["id"] == placed["tradeIDs"][0]
    assert trade["taker_order_id"] == placed["orderID"]
    assert (trade["status"], trade["trader_side"]) == ("TRADE_STATUS_MATCHED", "TAKER")
    row = (await client.get(f"/data/order/{placed['orderID']}", headers=OWNER)).json()
    assert (row["status"], row["size_matched"]) == ("MATCHED", "10")
    assert row["associate_trades"] == placed["tradeIDs"]
    sandbox.step(NOW_MS + 12_000)
    states = [row["status"] for row in heard(socket) if row["event_type"] == "trade"]
    assert states == ["MINED", "CONFIRMED"]


async def test_a_ghost_fill_fails_and_is_taken_back(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    armed = await client.post("/sandbox/faults", json={"kind": "ghost_fill"})
    assert armed.json() == {"ghost_fills": 1}
    listing, accounts = wide_market(sandbox), sandbox.venue.accounts
    total = accounts.total()
    await taken(client, listing)
    held = accounts.held(MAKER, listing.spec.condition_id, YES)
    assert held == 10 * MICRO
    socket = listen(sandbox)
    sandbox.desk.advance(NOW_MS + 12_000)
    assert accounts.held(MAKER, listing.spec.condition_id, YES) == 0
    opening = accounts.total() - total
    assert accounts.cash[MAKER] == opening
    sandbox.step(NOW_MS)
    states = [row["status"] for row in heard(socket) if row["event_type"] == "trade"]
    assert states == ["MATCHED", "RETRYING", "FAILED"]


async def test_a_late_fill_is_told_late_and_its_order_cannot_be_cancelled(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    await client.post("/sandbox/faults", json={"kind": "late_fill", "ms": 5_000})
    placed = await taken(client, wide_market(sandbox))
    body = {"orderID": placed["orderID"]}
    gone = await client.request("DELETE", "/order", json=body, headers=OWNER)
    assert list(gone.json()["not_canceled"]) == [placed["orderID"]]
    assert (await client.get("/data/trades", headers=OWNER)).json()["data"] == []
    sandbox.step(NOW_MS + 5_000)
    assert len((await client.get("/data/trades", headers=OWNER)).json()["data"]) == 1


async def test_a_credential_that_stops_beating_loses_its_orders(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    listing = wide_market(sandbox)
    await client.post("/order", json=buy(listing, YES, 100, 10), headers=OWNER)
    first = await client.post("/v1/heartbeats", json={"heartbeat_id": ""}, headers=OWNER)
    following = first.json()["heartbeat_id"]
    wrong = await client.post("/v1/heartbeats", json={"heartbeat_id": "x"}, headers=OWNER)
    assert wrong.status_code == 400
    assert wrong.json()["error_msg"] == "Invalid Heartbeat ID"
    assert wrong.json()["heartbeat_id"] == following
    sandbox.step(NOW_MS + 9_000)
    assert len(sandbox.desk.open_for(Caller(KEY))) == 1
    sandbox.step(NOW_MS + 15_000)
    assert sandbox.desk.open_for(Caller(KEY)) == []
    row = sandbox.desk.register.by_id.popitem()[1]
    assert row.status == "CANCELED"


async def test_makers_hear_of_their_fills_from_the_world(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    socket = listen(sandbox)
    for listing in sandbox.venue.listings():
        bid = listing.top(YES)[0]
        if listing.spec.label == "simulated" and bid:
            await client.post("/order", json=buy(listing, YES, bid, 6), headers=OWNER)
    sandbox.clock.now = NOW_MS + 240_000  # type: ignore[attr-defined]
    for at_ms in range(NOW_MS, NOW_MS + 240_000, 10_000):
        sandbox.step(at_ms)
    frames = heard(socket)
    trades = [row for row in frames if row["event_type"] == "trade"]
    assert {row["trader_side"] for row in trades} == {"MAKER"}
    assert {"MATCHED", "MINED", "CONFIRMED"} <= {row["status"] for row in trades}
    filled = [row for row in frames if row["event_type"] == "order" and row["type"] == "UPDATE"]
    assert any(row["status"] == "MATCHED" for row in filled)
    balance = await client.get(
        "/balance-allowance", params={"asset_type": "COLLATERAL"}, headers=OWNER
    )
    assert int(balance.json()["balance"]) < 100_000 * MICRO
