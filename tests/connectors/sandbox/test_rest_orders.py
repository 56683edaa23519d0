import httpx
import pytest

from connectors.sandbox.desk import OPENING_DOLLARS
from connectors.sandbox.mirror import NO, YES
from connectors.sandbox.sandbox import Sandbox
from connectors.sandbox.server import create_app
from connectors.sandbox.units import DOLLAR
from schemas.values import MICRO, PIPS
from tests.connectors.sandbox.builders import NOW_MS
from tests.connectors.sandbox.rest_bodies import KEY, MAKER, body, buy, wide_market
from tests.connectors.sandbox.trusting import Trusting


async def test_bad_bodies_are_refused(client: httpx.AsyncClient) -> None:
    assert (await client.post("/books", json=[{"token": 1}])).status_code == 400
    assert (await client.post("/order", content=b"{")).json() == {"error": "Invalid order payload"}
    assert (await client.post("/order", json={})).json() == {"error": "Invalid order payload"}
    old = body("7", "BUY", 5, 10)
    old["order"] |= {"nonce": "0", "feeRateBps": "0"}
    del old["order"]["timestamp"]
    assert (await client.post("/order", json=old)).json() == {"error": "order_version_mismatch"}
    answer = await client.get("/price", params={"token_id": "7", "side": "HOLD"})
    assert answer.status_code == 400


async def test_an_order_rests_shows_on_both_books_and_is_cancelled(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    listing = wide_market(sandbox)
    yes, no = listing.spec.token_ids
    pips = (listing.top(YES)[0] or 0) + listing.tick
    sent = buy(listing, YES, pips, 20, postOnly=True)
    placed = (await client.post("/order", json=sent)).json()
    assert placed["success"] is True
    assert (placed["errorMsg"], placed["status"]) == ("", "live")
    assert (placed["makingAmount"], placed["takingAmount"]) == ("", "")
    assert len(placed["orderID"]) == 66
    books = [(await client.get("/book", params={"token_id": t})).json() for t in (yes, no)]
    assert books[0]["bids"][-1] == {"price": f"{pips / PIPS:g}", "size": "20"}
    assert books[1]["asks"][-1] == {"price": f"{1 - pips / PIPS:.4g}", "size": "20"}
    again = await client.post("/order", json=sent)
    assert again.status_code == 400
    assert "Duplicated" in again.json()["error"]
    (row,) = (await client.get("/data/orders")).json()["data"]
    assert row["id"] == placed["orderID"]
    assert (row["status"], row["side"], row["size_matched"]) == ("LIVE", "BUY", "0")
    assert (row["owner"], row["maker_address"]) == (KEY, MAKER)
    gone = await client.request("DELETE", "/order", json={"orderID": placed["orderID"]})
    assert gone.json() == {"canceled": [placed["orderID"]], "not_canceled": {}}
    twice = await client.request("DELETE", "/order", json={"orderID": placed["orderID"]})
    assert list(twice.json()["not_canceled"]) == [placed["orderID"]]
    frames = [dispatch.frame["event_type"] for dispatch in sandbox.venue.advance(NOW_MS)]
    assert frames.count("price_change") == 2


async def test_a_crossing_order_matches_at_the_makers_price(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    listing = wide_market(sandbox)
    ask = listing.top(YES)[1] or 0
    refused = await client.post("/order", json=buy(listing, YES, ask, 10, postOnly=True))
    assert refused.status_code == 400
    assert refused.json() == {"error": "invalid post-only order: order crosses book"}
    taken = buy(listing, YES, ask + 2 * listing.tick, 10)
    placed = (await client.post("/order", json=taken)).json()
    assert placed["status"] == "matched"
    assert placed["takingAmount"] == "10"
    assert float(placed["makingAmount"]) == pytest.approx(10 * ask / PIPS)
    assert placed["tradeIDs"]
    assert sandbox.venue.accounts.held(MAKER, listing.spec.condition_id, YES) == 10 * MICRO
    kinds = [dispatch.frame["event_type"] for dispatch in sandbox.venue.advance(NOW_MS)]
    assert kinds[0] == "last_trade_price"
    answer = await client.get("/last-trade-price", params={"token_id": listing.spec.token_ids[0]})
    assert answer.json() == {"price": f"{ask / PIPS:g}", "side": "BUY"}


async def test_a_market_order_spends_its_collateral_and_sells_what_it_bought(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    listing = wide_market(sandbox)
    token = listing.spec.token_ids[YES]
    ask = listing.top(YES)[1] or 0
    # Five dollars at the best ask, rounded as the official client rounds: four decimals down.
    shares = 5 * MICRO * PIPS // ask // 100 * 100
    bought = body(token, "BUY", 5 * MICRO, shares, kind="FAK")
    placed = (await client.post("/order", json=bought)).json()
    assert placed["success"] is True
    assert float(placed["makingAmount"]) == pytest.approx(5, abs=1e-5)
    bid = listing.top(YES)[0] or 0
    sold = body(token, "SELL", 5 * MICRO, 5 * MICRO * bid // PIPS, kind="FOK")
    answer = (await client.post("/order", json=sold)).json()
    assert (answer["status"], answer["makingAmount"]) == ("matched", "5")
    nobody = body(token, "SELL", MICRO, MICRO * 99 // 100, kind="FAK", salt=2)
    refused = await client.post("/order", json=nobody)
    assert refused.json()["error"].startswith("no orders found to match with FAK order")


async def test_what_is_not_held_cannot_be_sold_and_cash_is_reserved(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    listing = wide_market(sandbox)
    token = listing.spec.token_ids[NO]
    short = body(token, "SELL", 10 * MICRO, 5 * MICRO)
    answer = await client.post("/order", json=short)
    assert answer.json() == {"error": "not enough balance / allowance"}
    half = OPENING_DOLLARS * 60 // 100 * 100
    first = buy(listing, YES, 100, half)
    assert (await client.post("/order", json=first)).json()["status"] == "live"
    second = await client.post("/order", json=buy(listing, YES, 100, half, salt=2))
    assert second.json() == {"error": "not enough balance / allowance"}
    assert sandbox.venue.accounts.cash[MAKER] == OPENING_DOLLARS * DOLLAR


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"makerAmount": "4850001"}, "breaks minimum tick size rule"),
        ({"makerAmount": "4855000"}, "breaks minimum tick size rule"),
        ({"makerAmount": "0"}, "Invalid order payload"),
        ({"makerAmount": "1e3"}, "Invalid order payload"),
        ({"expiration": "1795383999"}, "invalid expiration"),
        ({"makerAmount": "400000", "takerAmount": "1000000"}, "lower than the minimum"),
        ({"tokenId": "7"}, "No orderbook exists"),
    ],
)
async def test_wrong_orders_are_refused(
    client: httpx.AsyncClient, sandbox: Sandbox, change: dict[str, str], text: str
) -> None:
    sent = body(wide_market(sandbox).spec.token_ids[YES], "BUY", 4_800_000, 10_000_000)
    sent["order"] |= change
    answer = await client.post("/order", json=sent)
    assert answer.status_code == 400
    assert text in answer.json()["error"]


async def test_dated_orders_are_listed_with_their_expiration_and_leave_by_themselves(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    listing = wide_market(sandbox)
    expiration = NOW_MS // 1000 + 200
    sent = buy(listing, YES, 100, 10, kind="GTD", expiration=str(expiration))
    assert (await client.post("/order", json=sent)).json()["status"] == "live"
    (row,) = (await client.get("/data/orders")).json()["data"]
    assert (row["expiration"], row["order_type"]) == (str(expiration), "GTD")
    sandbox.venue.advance((expiration - 60) * 1000 + 1_000)
    assert (await client.get("/data/orders")).json()["data"] == []
    early = buy(listing, YES, 100, 10, kind="GTD", salt=2, expiration=str(expiration))
    assert (await client.post("/order", json=early)).json() == {"error": "invalid expiration"}


async def test_batches_answer_each_order_and_are_limited(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    listing = wide_market(sandbox)
    good, bad = buy(listing, YES, 100, 10), buy(listing, YES, 100, 1, salt=2)
    first, second = (await client.post("/orders", json=[good, bad])).json()
    assert first["success"] is True
    assert second["success"] is False
    assert "lower than the minimum" in second["errorMsg"]
    many = [buy(listing, YES, 100, 10, salt=salt) for salt in range(3, 19)]
    answer = await client.post("/orders", json=many)
    assert answer.json() == {"error": "Too many orders in payload: 16, max allowed: 15"}


async def test_cancelling_many_all_and_by_market(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    listing = wide_market(sandbox)
    other = sandbox.venue.listings()[0]
    sent = [buy(listing, YES, 100, 10, salt=n) for n in range(3)]
    sent += [buy(listing, NO, 100, 10, salt=9), buy(other, YES, 100, 10, salt=10)]
    ids = [row["orderID"] for row in (await client.post("/orders", json=sent)).json()]
    one = await client.request("DELETE", "/orders", json=[ids[0], ids[0], "0x7"])
    assert one.json()["canceled"] == [ids[0]]
    assert list(one.json()["not_canceled"]) == ["0x7"]
    token = listing.spec.token_ids[NO]
    by_token = await client.request("DELETE", "/cancel-market-orders", json={"asset_id": token})
    assert by_token.json()["canceled"] == [ids[3]]
    by_market = await client.request(
        "DELETE", "/cancel-market-orders", json={"market": listing.spec.condition_id}
    )
    assert by_market.json()["canceled"] == ids[1:3]
    rest = await client.delete("/cancel-all")
    assert rest.json() == {"canceled": [ids[4]], "not_canceled": {}}
    too_many = await client.request("DELETE", "/orders", json=["0x1"] * 1001)
    assert too_many.status_code == 400


async def test_a_credential_sees_its_own_orders_only(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    sent = buy(wide_market(sandbox), YES, 100, 10)
    stranger, owner = {"POLY_API_KEY": "somebody-else"}, {"POLY_API_KEY": KEY}
    refused = await client.post("/order", json=sent, headers=stranger)
    assert "owner of the API KEY" in refused.json()["error"]
    order_id = (await client.post("/order", json=sent, headers=owner)).json()["orderID"]
    assert (await client.get("/data/orders", headers=stranger)).json()["data"] == []
    kept = await client.request("DELETE", "/order", json={"orderID": order_id}, headers=stranger)
    assert kept.json()["canceled"] == []
    mine = (await client.get("/data/orders", headers=owner)).json()
    assert [row["id"] for row in mine["data"]] == [order_id]
    assert mine["next_cursor"] == "LTE="
    elsewhere = await client.get("/data/orders", params={"market": "0x7"}, headers=owner)
    assert elsewhere.json()["data"] == []


async def test_the_authenticator_is_a_seam(sandbox: Sandbox) -> None:
    class Nobody(Trusting):
        def caller(self, *_: object) -> None:
            return None

    sandbox.authenticator = Nobody()
    transport = httpx.ASGITransport(create_app(sandbox))
    async with httpx.AsyncClient(transport=transport, base_url="http://venue") as closed:
        answer = await closed.delete("/cancel-all")
    assert answer.status_code == 401
    assert answer.json() == {"error": "Unauthorized/Invalid api key"}
