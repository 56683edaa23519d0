import json
from collections.abc import Callable

import httpx
import pytest

from connectors.polymarket.auth import ApiCredentials
from connectors.polymarket.drift import DriftSentinel
from connectors.polymarket.failures import Reaction, Restriction
from connectors.polymarket.order_replies import Accepted, Refusal, Refused, UnexpectedReplyError
from connectors.polymarket.public_reads import PublicReads
from connectors.polymarket.signer import Signer
from connectors.polymarket.trading_rest import (
    MOST_CANCELS,
    TradingRest,
    obtain_credentials,
    private_headers,
)
from connectors.polymarket.venue_http import (
    OutcomeUnknownError,
    VenueHttp,
    VenueRefusedError,
    VenueUnavailableError,
)

SIGNER = Signer(b"\x11" * 32)
CREDENTIALS = ApiCredentials("key-id", "c2VjcmV0", "phrase")
ORDER = {
    "id": "0x01",
    "market": "0xc",
    "asset_id": "1",
    "owner": "key-id",
    "maker_address": SIGNER.address,
    "side": "BUY",
    "price": "0.5",
    "original_size": "10",
    "size_matched": "4",
    "status": "LIVE",
}
LIVE = {
    "success": True,
    "errorMsg": "",
    "orderID": "0x01",
    "status": "live",
    "makingAmount": "",
    "takingAmount": "",
}
Answer = Callable[[httpx.Request], httpx.Response]


def http(answer: Answer) -> VenueHttp:
    headers = private_headers(SIGNER.address, CREDENTIALS, lambda: 7)
    return VenueHttp("http://venue", headers, transport=httpx.MockTransport(answer))


def trading(answer: Answer) -> TradingRest:
    return TradingRest(http(answer), DriftSentinel())


async def test_an_order_is_sent_once_with_the_bytes_that_were_signed() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=LIVE, headers={"Poly-RateLimit-Remaining": "57"})

    venue = http(answer)
    found = await TradingRest(venue, DriftSentinel()).place(b'{"order":1}')
    assert isinstance(found, Accepted)
    (request,) = seen
    signature = CREDENTIALS.signature(7, "POST", "/order", request.content)
    assert request.content == b'{"order":1}'
    assert request.headers["POLY_SIGNATURE"] == signature
    assert venue.rate is not None
    assert venue.rate.remaining == 57


async def test_a_batch_is_answered_order_by_order() -> None:
    refused = {**LIVE, "errorMsg": "invalid expiration"}
    rest = trading(lambda _: httpx.Response(200, json=[LIVE, refused]))
    first, second = await rest.place_batch([b"{}", b"{}"])
    assert isinstance(first, Accepted)
    assert isinstance(second, Refused)
    assert second.code is Refusal.INVALID_EXPIRATION
    with pytest.raises(UnexpectedReplyError, match="by their hashes"):
        await rest.place_batch([b"{}"])


@pytest.mark.parametrize("error", [httpx.ReadTimeout, httpx.WriteError, httpx.RemoteProtocolError])
async def test_no_answer_after_sending_is_an_unknown_outcome(error: type[httpx.HTTPError]) -> None:
    calls = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        raise error("gone")

    with pytest.raises(OutcomeUnknownError, match="hash"):
        await trading(answer).place(b"{}")
    assert calls == 1


async def test_no_connection_is_no_unknown_outcome_and_500_is_one() -> None:
    def unreachable(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(VenueUnavailableError, match="Nothing was sent"):
        await trading(unreachable).place(b"{}")
    with pytest.raises(OutcomeUnknownError):
        await trading(lambda _: httpx.Response(500)).place(b"{}")


@pytest.mark.parametrize(
    ("reply", "reaction", "restriction"),
    [
        (httpx.Response(425), Reaction.WAIT, Restriction.RESTARTING),
        (
            httpx.Response(503, json={"code": "post_only_mode"}),
            Reaction.WAIT,
            Restriction.POST_ONLY,
        ),
        (
            httpx.Response(503, json={"error": "cancel-only"}),
            Reaction.WAIT,
            Restriction.CANCEL_ONLY,
        ),
        (httpx.Response(503, json={"error": "trading is disabled"}), Reaction.WAIT, None),
        (httpx.Response(429), Reaction.WAIT, None),
        (httpx.Response(401), Reaction.AUTHENTICATE, None),
        (
            httpx.Response(400, json={"error": "order_version_mismatch"}),
            Reaction.STOP_SIGNING,
            None,
        ),
        (
            httpx.Response(400, json={"error": "order x is invalid. Duplicated."}),
            Reaction.UNKNOWN_OUTCOME,
            None,
        ),
        (
            httpx.Response(400, json={"error": "address in closed only mode"}),
            Reaction.STOP_OPENING,
            None,
        ),
        (httpx.Response(400, text="something new"), Reaction.REJECTED, None),
    ],
)
async def test_every_refusal_has_one_reaction(
    reply: httpx.Response, reaction: Reaction, restriction: Restriction | None
) -> None:
    with pytest.raises(VenueRefusedError) as told:
        await trading(lambda _: reply).place(b"{}")
    assert told.value.failure.reaction is reaction
    assert told.value.failure.restriction is restriction


async def test_pages_are_read_to_the_end_without_the_query_in_the_signature() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        signature = CREDENTIALS.signature(7, "GET", "/data/orders")
        assert request.headers["POLY_SIGNATURE"] == signature
        last = request.url.params.get("next_cursor") == "Mg=="
        return httpx.Response(
            200, json={"data": [ORDER], "next_cursor": "LTE=" if last else "Mg=="}
        )

    assert len(await trading(answer).open_orders()) == 2


async def test_all_cancels_go_where_they_belong() -> None:
    seen: list[tuple[str, object]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append((request.url.path, json.loads(request.content or b"null")))
        return httpx.Response(200, json={"canceled": ["a"], "not_canceled": {"b": "filled"}})

    rest = trading(answer)
    await rest.cancel("0x1")
    many = await rest.cancel_many(["0x1"] * (MOST_CANCELS + 1))
    await rest.cancel_all()
    await rest.cancel_market("0xc")
    assert many.canceled == ("a", "a")
    assert many.not_canceled == {"b": "filled"}
    assert seen[0] == ("/order", {"orderID": "0x1"})
    assert [path for path, _ in seen[1:3]] == ["/orders", "/orders"]
    assert seen[3:] == [("/cancel-all", None), ("/cancel-market-orders", {"market": "0xc"})]


async def test_a_stale_heartbeat_names_the_next_id() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if json.loads(request.content)["heartbeat_id"] == "right":
            return httpx.Response(200, json={"heartbeat_id": "next"})
        return httpx.Response(
            400, json={"error_msg": "Invalid Heartbeat ID", "heartbeat_id": "right"}
        )

    rest = trading(answer)
    with pytest.raises(VenueRefusedError) as told:
        await rest.heartbeat("wrong")
    assert told.value.failure.reaction is Reaction.HEARTBEAT
    assert await rest.heartbeat(told.value.failure.heartbeat_id or "") == "next"


async def test_a_key_is_derived_and_made_where_there_is_none() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["POLY_NONCE"] == "0"
        if request.method == "GET":
            return httpx.Response(400, json={"error": "no key"})
        return httpx.Response(200, json={"apiKey": "k", "secret": "c2VjcmV0", "passphrase": "p"})

    found = await obtain_credentials(http(answer), SIGNER, 7, DriftSentinel())
    assert found.key == "k"


async def test_a_read_is_tried_again_while_the_venue_restarts() -> None:
    replies = iter([httpx.Response(425), httpx.Response(200, json={"closed_only": True})])
    assert await trading(lambda _: next(replies)).closed_only()


async def test_new_fields_are_counted_and_changed_ones_stop_opening() -> None:
    drift = DriftSentinel()
    replies = iter(
        [
            httpx.Response(200, json={"data": [{**ORDER, "colour": "red"}]}),
            httpx.Response(200, json={"data": [{**ORDER, "price": {"cents": 50}}]}),
        ]
    )
    rest = TradingRest(http(lambda _: next(replies)), drift)
    await rest.open_orders()
    assert drift.unknown["order", "colour"] == 1
    assert not drift.reasons
    with pytest.raises(UnexpectedReplyError, match="No order is opened"):
        await rest.open_orders()
    assert "price" in drift.reasons["order"]


async def test_the_venues_order_version_decides_whether_we_open() -> None:
    versions = iter([3, 2])
    drift = DriftSentinel()
    host = http(lambda _: httpx.Response(200, json={"version": next(versions)}))
    reads = PublicReads(host, host, host, drift)
    seen = []
    for _ in range(2):
        await reads.version()
        seen.append(not drift.reasons)
    assert seen == [False, True]


async def test_a_market_of_clob_and_a_wallets_trades_are_typed() -> None:
    trade = {
        "proxy_wallet": "0xw",
        "token_id": "1",
        "condition_id": "0xc",
        "side": "BUY",
        "size": "10",
        "price": 0.5,
        "timestamp": 1795383383,
    }

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/clob-markets/0x01"):
            assert len(request.url.path.rsplit("/", 1)[1]) == 66
            fee = {"r": 0.07, "e": 1, "to": True}
            tokens = [{"t": "1", "o": "Yes"}, {"t": "2", "o": "No"}]
            return httpx.Response(200, json={"t": tokens, "mts": 0.01, "mos": 5, "fd": fee})
        more = "cursor" not in request.url.params
        pagination = {"has_more": more, "next_cursor": "c" if more else None}
        return httpx.Response(200, json={"data": [trade], "pagination": pagination})

    host = http(answer)
    reads = PublicReads(host, host, host, DriftSentinel())
    market = await reads.market("0x01" + "00" * 30)
    assert market.fee is not None
    assert (str(market.tick), str(market.fee.rate)) == ("0.01", "0.07")
    assert len(await reads.wallet_trades("0xw")) == 2
