import json
from typing import Any

import httpx
import pytest

from connectors.sandbox.sandbox import Sandbox
from tests.connectors.sandbox.builders import NOW_MS
from tests.connectors.sandbox.replica import Replica
from tests.connectors.sandbox.rest_bodies import wide_market


async def test_the_clock_is_the_venues_and_in_seconds(client: httpx.AsyncClient) -> None:
    assert (await client.get("/time")).json() == NOW_MS // 1000
    assert (await client.get("/version")).json() == {"version": 2}


async def test_keyset_pages_hold_every_open_market_once(client: httpx.AsyncClient) -> None:
    seen, cursor, pages = [], "", 0
    while True:
        query = {"limit": "6", "closed": "false"} | ({"after_cursor": cursor} if cursor else {})
        page = (await client.get("/markets/keyset", params=query)).json()
        seen += [market["conditionId"] for market in page["markets"]]
        pages += 1
        if "next_cursor" not in page:
            break
        cursor = page["next_cursor"]
    assert pages == 4
    assert len(seen) == len(set(seen)) >= 21


async def test_a_market_document_has_gammas_odd_types(client: httpx.AsyncClient) -> None:
    page = (await client.get("/markets/keyset", params={"limit": "100"})).json()
    for market in page["markets"]:
        assert json.loads(market["outcomes"]) in (["Yes", "No"], ["Up", "Down"])
        tokens = json.loads(market["clobTokenIds"])
        assert all(int(token).bit_length() > 200 for token in tokens)
        prices = [float(price) for price in json.loads(market["outcomePrices"])]
        assert sum(prices) == pytest.approx(1)
        assert market["orderPriceMinTickSize"] in (0.01, 0.001)
        assert market["orderMinSize"] == 5
        assert market["version"] == "v1"
        label = market["tags"][0]["slug"]
        assert label in ("simulated", "recorded")
        assert market["description"].startswith(label.upper())
        assert ("volume24hr" in market) is (label == "simulated")


@pytest.mark.parametrize("query", [{"limit": "x"}, {"after_cursor": "%%%"}, {"offset": "-1"}])
async def test_a_bad_page_is_refused(client: httpx.AsyncClient, query: dict[str, str]) -> None:
    path = "/markets" if "offset" in query else "/markets/keyset"
    assert (await client.get(path, params=query)).status_code == 400


async def test_filters_find_one_market(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    spec = sandbox.venue.listings()[3].spec
    for query in (
        {"condition_ids": spec.condition_id},
        {"clob_token_ids": ",".join(spec.token_ids)},
        {"slug": spec.slug},
        {"id": spec.market_id},
    ):
        rows = (await client.get("/markets", params=query)).json()
        assert [row["slug"] for row in rows] == [spec.slug]
    nothing = await client.get("/markets", params={"slug": spec.slug, "closed": "true"})
    assert nothing.json() == []


async def test_events_hold_their_markets_and_tags_are_listed(client: httpx.AsyncClient) -> None:
    page = (await client.get("/events/keyset", params={"limit": "500"})).json()
    rows = (await client.get("/events", params={"limit": "500"})).json()
    assert rows == page["events"]
    assert all(event["markets"] for event in rows)
    tags = {tag["slug"] for tag in (await client.get("/tags")).json()}
    assert {"simulated", "recorded", "crypto", "politics"} <= tags


async def test_books_quotes_and_parameters_agree(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    listing = wide_market(sandbox)
    yes, no = listing.spec.token_ids
    book = (await client.get("/book", params={"token_id": yes})).json()
    assert "event_type" not in book
    assert replica(book).hash() == book["hash"]
    several = (await client.post("/books", json=[{"token_id": yes}, {"token_id": "7"}])).json()
    assert several == [book]
    bid, ask = book["bids"][-1]["price"], book["asks"][-1]["price"]
    for side, price in (("BUY", bid), ("sell", ask)):
        answer = await client.get("/price", params={"token_id": yes, "side": side})
        assert answer.json() == {"price": price}
    middle = (await client.get("/midpoint", params={"token_id": no})).json()["mid"]
    assert float(middle) == pytest.approx(1 - (float(bid) + float(ask)) / 2)
    spread = (await client.get("/spread", params={"token_id": no})).json()["spread"]
    assert float(spread) == pytest.approx(float(ask) - float(bid))
    assert (await client.get("/tick-size", params={"token_id": yes})).json() == {
        "minimum_tick_size": 0.01
    }
    assert (await client.get("/neg-risk", params={"token_id": yes})).json() == {"neg_risk": False}
    by_token = (await client.get(f"/markets-by-token/{no}")).json()
    assert by_token["condition_id"] == listing.spec.condition_id
    short = (await client.get(f"/clob-markets/{listing.spec.condition_id}")).json()
    assert [row["t"] for row in short["t"]] == [yes, no]
    assert (short["mts"], short["mos"], short["ao"], short["nr"]) == (0.01, 5, True, False)
    assert short["fd"]["e"] == 1


def replica(book: dict[str, Any]) -> Replica:
    made = Replica()
    made.head = book
    made.bids = {row["price"]: row["size"] for row in book["bids"]}
    made.asks = {row["price"]: row["size"] for row in book["asks"]}
    made.last_trade_price = book["last_trade_price"]
    return made


@pytest.mark.parametrize(
    "path",
    [
        "/book?token_id=7",
        "/midpoint?token_id=7",
        "/spread?token_id=7",
        "/price?token_id=7&side=BUY",
        "/tick-size?token_id=7",
        "/neg-risk?token_id=7",
        "/last-trade-price?token_id=7",
        "/clob-markets/0x7",
        "/markets-by-token/7",
    ],
)
async def test_the_unknown_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.json()["error"]
