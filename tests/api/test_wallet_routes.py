"""`/wallet`: what is shown of it, and what moves money only when it was typed."""

from typing import Any

import httpx
import pytest

from connectors.polymarket import contracts
from connectors.sandbox.chain.known import COLD
from schemas.wallet import CallKind, JobKind, JobRequested
from tests.api.running import NOW, Running, beats
from tests.api.wallet_messages import ADDRESS, ended, wallet_state
from topics.catalog_wallet import WALLET_INPUTS


async def get(client: httpx.AsyncClient, path: str) -> Any:
    reply = await client.get(f"/api/v1/wallet/{path}")
    assert reply.status_code == 200, reply.text
    return reply.json()


async def post(client: httpx.AsyncClient, path: str, body: dict[str, str]) -> httpx.Response:
    return await client.post(f"/api/v1/wallet/{path}", json=body)


async def test_a_wallet_shows_money_share_gas_and_what_is_under_way(
    running: Running, client: httpx.AsyncClient
) -> None:
    running.tell(wallet_state(NOW))
    (wallet,) = (await get(client, "balance"))["data"]
    assert wallet["balances"] == {"pUSD": "3000", "USDC.e": "2000", "POL": "99.5"}
    assert (wallet["share"], wallet["cold"], wallet["freed"]) == ("0.142857", "30000", "100")
    assert [pending["kind"] for pending in wallet["pending"]] == ["REDEEM"]


async def test_before_anything_is_known_it_says_so(
    running: Running, client: httpx.AsyncClient
) -> None:
    answer = await get(client, "balance")
    assert answer["data"] == []
    assert answer["stale"] is True
    assert "wallet" in answer["behind"]
    for path, body in (("topup", {"amount": "5"}), ("rebalance", {"phrase": "REBALANCE"})):
        reply = await post(client, path, body)
        assert (reply.status_code, reply.json()["code"]) == (409, "no-wallet")


async def test_figures_of_a_silent_sender_are_stale(
    running: Running, client: httpx.AsyncClient
) -> None:
    running.tell(wallet_state(NOW - 60_000), *beats(NOW))
    answer = await get(client, "balance")
    assert answer["stale"] is True


async def test_transactions_come_newest_first_and_an_unknown_price_is_no_zero(
    running: Running, client: httpx.AsyncClient
) -> None:
    running.tell(*(ended(NOW + n, n) for n in range(3)))
    rows = (await get(client, "transactions?limit=2"))["data"]
    assert [row["nonce"] for row in rows] == [2, 1]
    everything = (await get(client, "transactions"))["data"]
    assert [row["cost_usd"] for row in everything] == ["0.0012", "0.0012", None]


async def test_a_top_up_is_a_persons_work(running: Running, client: httpx.AsyncClient) -> None:
    running.tell(wallet_state(NOW))
    reply = await post(client, "topup", {"amount": "2500"})
    assert f"Send 2500 USDC.e on Polygon from the cold wallet to {ADDRESS}" in reply.text
    assert running.log.written == []
    assert (await post(client, "topup", {"amount": "-1"})).status_code == 422


async def test_rebalancing_takes_a_phrase_and_sweeps_what_is_too_much(
    running: Running, client: httpx.AsyncClient
) -> None:
    running.tell(wallet_state(NOW, sweep="3100"))
    refused = await post(client, "rebalance", {"phrase": "yes"})
    assert (refused.status_code, refused.json()["code"]) == (403, "phrase-needed")
    assert running.log.written == []
    reply = await post(client, "rebalance", {"phrase": "REBALANCE"})
    ((topic, job),) = running.log.written
    assert topic is WALLET_INPUTS
    assert isinstance(job, JobRequested)
    assert reply.json()["data"]["job_id"] == job.job_id
    assert (job.kind, job.wallet) == (JobKind.SWEEP, ADDRESS)
    assert [(call.kind, call.token, call.to, call.amount) for call in job.calls] == [
        (CallKind.TRANSFER, contracts.COLLATERAL, COLD, 3_000_000_000),
        (CallKind.TRANSFER, contracts.USDC_E, COLD, 100_000_000),
    ]


@pytest.mark.parametrize("advice", ["", "Send 10 dollars from the cold wallet"])
async def test_rebalancing_what_needs_a_person_says_so_and_writes_nothing(
    running: Running, client: httpx.AsyncClient, advice: str
) -> None:
    running.tell(wallet_state(NOW, advice=advice))
    reply = await post(client, "rebalance", {"phrase": "REBALANCE"})
    view = reply.json()["data"]
    assert view["job_id"] is None
    assert view["detail"] == (
        advice or "The hot wallet is within its range: nothing is to be done."
    )
    assert running.log.written == []


async def test_more_than_there_is_cannot_be_swept(
    running: Running, client: httpx.AsyncClient
) -> None:
    running.tell(wallet_state(NOW, sweep="5000.01"))
    reply = await post(client, "rebalance", {"phrase": "REBALANCE"})
    assert (reply.status_code, reply.json()["code"]) == (409, "nothing-to-sweep")
    assert "at most 5000" in reply.json()["detail"]
