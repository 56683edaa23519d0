"""Credentials, request signatures and order signatures at a venue that checks them."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from connectors.sandbox.intake import PostOrder, read_post
from connectors.sandbox.market import PROTOCOL_V2, MarketSpec, VenueEvent
from connectors.sandbox.mirror import YES
from connectors.sandbox.register import Caller
from connectors.sandbox.sandbox import Sandbox, SandboxSettings
from connectors.sandbox.server import create_app
from connectors.sandbox.signatures import BAD_SIGNATURE, SignedIdentity, SigningCheck
from connectors.sandbox.signed import Refused
from tests.connectors.sandbox.builders import NOW_MS, spec
from tests.connectors.sandbox.conftest import StillClock
from tests.connectors.sandbox.rest_bodies import wide_market
from tests.connectors.sandbox.signing import Trader

VECTORS = Path(__file__).parents[4] / "shared" / "polymarket" / "vectors"


def cases(name: str) -> list[dict[str, Any]]:
    path = VECTORS / name
    if not path.exists():
        pytest.skip(f"{path} is not at hand")
    found: list[dict[str, Any]] = json.loads(path.read_text())["cases"]
    return found


@pytest.fixture
def strict() -> Sandbox:
    return Sandbox(SandboxSettings(source="world"), StillClock(NOW_MS))


@pytest.fixture
async def trader(strict: Sandbox) -> AsyncIterator[Trader]:
    transport = httpx.ASGITransport(create_app(strict))
    async with httpx.AsyncClient(transport=transport, base_url="http://venue") as client:
        trader = Trader(client)
        await trader.sign_in()
        yield trader


async def test_a_key_is_made_once_and_derived_again(trader: Trader) -> None:
    again = await trader.client.post("/auth/api-key", headers=trader.l1_headers())
    assert again.status_code == 400
    derived = await trader.client.get("/auth/derive-api-key", headers=trader.l1_headers())
    assert derived.json() == trader.keys
    other = await trader.client.get("/auth/derive-api-key", headers=trader.l1_headers(nonce=9))
    assert other.status_code == 400
    listed = await trader.send("GET", "/auth/api-keys")
    assert listed.json() == {"apiKeys": [trader.keys["apiKey"]]}
    assert (await trader.send("DELETE", "/auth/api-key")).json() == "OK"
    assert (await trader.send("GET", "/auth/api-keys")).status_code == 401


@pytest.mark.parametrize("change", ["POLY_ADDRESS", "POLY_SIGNATURE", "POLY_TIMESTAMP"])
async def test_l1_headers_must_fit_each_other(trader: Trader, change: str) -> None:
    wrong = {
        "POLY_ADDRESS": "0x" + "1" * 40,
        "POLY_SIGNATURE": "0x12",
        "POLY_TIMESTAMP": str(NOW_MS // 1000 - 301),
    }
    headers = trader.l1_headers() | {change: wrong[change]}
    answer = await trader.client.get("/auth/derive-api-key", headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"error": "Invalid L1 Request headers"})


async def test_l2_signs_method_path_and_body_but_not_the_query(trader: Trader) -> None:
    assert (await trader.send("GET", "/data/orders?market=0x7")).status_code == 200
    headers = trader.l2_headers("GET", "/data/orders")
    for method, path, changed in (
        ("DELETE", "/cancel-all", {}),
        ("GET", "/data/trades", {}),
        ("GET", "/data/orders", {"POLY_PASSPHRASE": "x"}),  # pragma: allowlist secret
        ("GET", "/data/orders", {"POLY_ADDRESS": "0x" + "1" * 40}),
        ("GET", "/data/orders", {"POLY_API_KEY": "nobody"}),  # pragma: allowlist secret
    ):
        answer = await trader.client.request(method, path, headers=headers | changed)
        assert (answer.status_code, answer.json()) == (
            401,
            {"error": "Unauthorized/Invalid api key"},
        )
    old = trader.l2_headers("GET", "/data/orders", at_s=NOW_MS // 1000 - 301)
    assert (await trader.client.get("/data/orders", headers=old)).status_code == 401


async def test_an_order_id_is_the_digest_and_the_signature_counts(
    trader: Trader, strict: Sandbox
) -> None:
    listing = wide_market(strict)
    body, expected = trader.order(listing, YES, "BUY", 100, 10)
    placed = (await trader.send("POST", "/order", body)).json()
    assert placed["orderID"] == expected
    bad, _ = trader.order(listing, YES, "BUY", 100, 10)
    bad["order"]["takerAmount"] = "9000000"
    refused = await trader.send("POST", "/order", bad)
    assert (refused.status_code, refused.json()) == (400, {"error": BAD_SIGNATURE})
    other_exchange, _ = trader.order(listing, YES, "BUY", 100, 10, neg_risk=True)
    assert (await trader.send("POST", "/order", other_exchange)).json() == {"error": BAD_SIGNATURE}
    stranger = Trader(trader.client, 2)
    stranger.keys = trader.keys
    theirs, _ = stranger.order(listing, YES, "BUY", 100, 10)
    answer = (await trader.send("POST", "/order", theirs)).json()
    assert answer["error"] == "the order signer address has to be the address of the API KEY"


async def test_read_only_keys_read(trader: Trader, strict: Sandbox) -> None:
    made = (await trader.send("POST", "/auth/readonly-api-key")).json()
    body, _ = trader.order(wide_market(strict), YES, "BUY", 100, 10)
    trader.keys = made
    assert (await trader.send("GET", "/data/orders")).status_code == 200
    assert (await trader.send("POST", "/order", body)).status_code == 401


def test_all_order_vectors_verify_and_none_verifies_when_touched() -> None:
    for case in cases("orders_signed.json"):
        given, expected = case["input"], case["expected"]
        post = read_post(expected["post_order_body"])
        assert isinstance(post, PostOrder)
        market = _market(given["domain_version"], neg_risk=given["neg_risk"])
        caller = Caller("key", given["signer_address"].lower())
        identity = SignedIdentity()
        assert identity.order_id(post, market, caller) == expected["order_hash"], case["id"]
        assert identity.wallet(caller, given["signature_type"]).lower() == given["maker"].lower()
        salted = msgspec.structs.replace(post.order, salt=post.order.salt + 1)
        touched = msgspec.structs.replace(post, order=salted)
        assert isinstance(SignedIdentity().order_id(touched, market, caller), Refused)


def test_l1_and_l2_vectors() -> None:
    check = SigningCheck()
    for case in cases("l1_auth_headers.json"):
        if case["input"]["chain_id"] == 137:
            row = case["expected"]["headers"]
            keys = ("POLY_ADDRESS", "POLY_TIMESTAMP", "POLY_NONCE", "POLY_SIGNATURE")
            signer = check.l1_signer(*(row[key] for key in keys))
            assert signer == row["POLY_ADDRESS"].lower()
    for case in cases("l2_hmac_headers.json"):
        given = case["input"]
        padded = given["secret"] + "=" * (-len(given["secret"]) % 4)
        made = check.l2_signature(
            padded,
            str(given["timestamp"]),
            given["method"],
            given["path"],
            (given["body"] or "").encode(),
        )
        if case["both_official_clients_agree"]:
            assert made == case["expected"]["signature"], case["id"]


def _market(version: str, *, neg_risk: bool) -> MarketSpec:
    event = VenueEvent(slug="e", title="e", neg_risk=neg_risk)
    layer = PROTOCOL_V2 if version == "3" else "v1"
    return msgspec.structs.replace(spec(), event=event, version=layer)
