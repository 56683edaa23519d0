"""Data API v2 and the other public reads."""

from typing import Any

import httpx

from connectors.sandbox.mirror import YES
from connectors.sandbox.sandbox import Sandbox
from schemas.values import MICRO
from tests.connectors.sandbox.builders import NOW_MS
from tests.connectors.sandbox.rest_bodies import KEY, MAKER, buy, wide_market

OWNER = {"POLY_API_KEY": KEY, "POLY_ADDRESS": MAKER}


async def rows(client: httpx.AsyncClient, path: str, **params: Any) -> list[dict[str, Any]]:
    answer = await client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def test_a_trade_shows_in_trades_positions_holders_and_leaderboard(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    listing = wide_market(sandbox)
    ask = listing.top(YES)[1] or 0
    await client.post("/order", json=buy(listing, YES, ask, 10), headers=OWNER)
    condition = listing.spec.condition_id
    (trade,) = await rows(client, "/v2/trades", condition_id=condition, user=MAKER)
    assert (trade["proxy_wallet"], trade["side"], trade["size"]) == (MAKER, "BUY", 10)
    assert trade["token_id"] == listing.spec.token_ids[YES]
    assert len(await rows(client, "/v2/trades", taker_only="false", condition_id=condition)) == 2
    (activity,) = await rows(client, "/v2/activity", user=MAKER)
    assert activity["usdc_size"] == 10 * ask / 10_000
    (position,) = await rows(client, "/v2/positions", user=MAKER.lower())
    assert (position["current_size"], position["status"]) == (10, "OPEN")
    holders = await rows(client, "/v2/holders", condition_id=condition)
    assert MAKER in {row["proxy_wallet"] for row in holders}
    (leader,) = await rows(client, "/v2/leaderboard", user=MAKER)
    assert leader["volume"] == 10
    value = (await client.get("/v2/value", params={"user": MAKER})).json()["data"]
    assert value["value"] == position["current_value"]


async def test_the_record_is_paged_and_filtered(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    for at_ms in range(NOW_MS, NOW_MS + 60_000, 10_000):
        sandbox.step(at_ms)
    everything = await rows(client, "/v2/trades", limit=1_000)
    assert len(everything) > 20
    seen: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await client.get("/v2/trades", params={"limit": 9, **cursor})).json()
        seen += page["data"]
        if not page["pagination"]["has_more"]:
            break
        cursor = {"cursor": page["pagination"]["next_cursor"]}
    assert seen == everything
    large = await rows(client, "/v2/trades", filter_amount=20, limit=1_000)
    assert 0 < len(large) < len(everything)
    assert all(row["size"] * row["price"] >= 20 for row in large)
    many: Any = [("condition_id", f"0x{n}") for n in range(21)]
    assert (await client.get("/v2/trades", params=many)).status_code == 400
    assert (await client.get("/v2/positions")).json() == {"error": "user is required"}


async def test_balances_are_in_six_decimals(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    listing = wide_market(sandbox)
    ask = listing.top(YES)[1] or 0
    await client.post("/order", json=buy(listing, YES, ask, 10), headers=OWNER)
    params = {"asset_type": "CONDITIONAL", "token_id": listing.spec.token_ids[YES]}
    held = (await client.get("/balance-allowance", params=params, headers=OWNER)).json()
    assert held["balance"] == str(10 * MICRO)
    assert len(held["allowances"]) == 3
    wrong = await client.get("/balance-allowance", params={"token_id": "7"}, headers=OWNER)
    assert wrong.status_code == 400
