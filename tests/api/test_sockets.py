"""The WebSockets over a real connection: the present first, then what changes."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from api.routes import sockets
from tests.api.running import NOW, Running, beats
from tests.api.serving import serving
from tests.sinks.messages import BOT, MARKET, equity, listed, order, placed, position, top

pytestmark = pytest.mark.timeout(60)
SECRET = "secret-of-this-test"  # pragma: allowlist secret


@pytest.fixture
async def url(running: Running) -> AsyncIterator[str]:
    running.tell(listed(0), top(NOW), position(NOW, "10"), equity(NOW), *beats(NOW))
    async with serving(running) as address:
        yield f"ws://{address}"


async def received(client: ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(await client.recv())
    assert {"type", "key", "data", "as_of", "age_s", "source", "money", "stale"} <= set(message)
    return message


@pytest.mark.parametrize("root", ["", "/api/v1"])
async def test_a_book_and_our_own_orders_in_it(running: Running, url: str, root: str) -> None:
    async with connect(f"{url}{root}/ws/orderbook/{MARKET}") as client:
        first = await received(client)
        assert (first["type"], first["data"]["market_id"]) == ("book", MARKET)
        assert {level["own_size"] for level in first["data"]["bids"]} == {"0"}
        running.tell(placed(order("o1")))
        own = [each for each in (await received(client))["data"]["bids"] if each["own_size"] != "0"]
        assert [(level["price"], level["own_size"]) for level in own] == [("0.45", "10")]


async def test_positions_as_they_change(running: Running, url: str) -> None:
    async with (
        connect(f"{url}/ws/positions/{BOT}") as one,
        connect(f"{url}/ws/positions/all") as two,
    ):
        assert (await received(one))["data"]["size"] == "10"
        assert (await received(two))["data"]["size"] == "10"
        running.tell(position(NOW + 1, "7"))
        assert (await received(one))["data"]["size"] == "7"
        assert (await received(two))["data"]["size"] == "7"


async def test_all_bots_and_the_account(running: Running, url: str) -> None:
    async with connect(f"{url}/ws/bots/status") as client:
        first = [await received(client) for _ in range(11)]
        assert [each["type"] for each in first] == ["account"] + ["bot"] * 10
        running.tell(equity(NOW + 1, "9990"))
        changed = await received(client)
        assert (changed["key"], changed["data"]["equity"]) == (BOT, "9990")


async def test_a_heartbeat_says_that_nothing_changes(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "HEARTBEAT_S", 0.02)
    async with connect(f"{url}/ws/orderbook/{MARKET}") as client:
        assert (await received(client))["type"] == "book"
        beat = await received(client)
        assert (beat["type"], beat["data"], beat["source"]) == ("heartbeat", None, "simulated")


@pytest.mark.parametrize("path", ["/ws/orderbook/0xnone", "/ws/positions/bot_99"])
async def test_what_does_not_exist_closes_with_a_reason(url: str, path: str) -> None:
    async with connect(f"{url}{path}") as client:
        with pytest.raises(ConnectionClosed) as closed:
            await client.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == sockets.UNKNOWN
    assert closed.value.rcvd.reason.endswith(".")


async def test_a_client_that_goes_is_forgotten(running: Running, url: str) -> None:
    async with connect(f"{url}/ws/orderbook/{MARKET}") as client:
        await received(client)
        assert running.context.fanout.clients == 1
    await forgotten(running)


async def forgotten(running: Running) -> None:
    async with asyncio.timeout(20):
        while running.context.fanout.clients:  # noqa: ASYNC110 - asks the product, not the test
            await asyncio.sleep(0.01)


async def test_a_dead_client_is_dropped_and_holds_up_nobody(
    running: Running, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is connected and never reads: its socket fills up, its mailbox does not."""
    monkeypatch.setattr(sockets, "SEND_S", 0.2)
    path = f"{url}/ws/orderbook/{MARKET}"
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    narrow.connect(("127.0.0.1", int(url.rpartition(":")[2])))
    narrow.setblocking(False)
    async with (
        connect(path, compression=None) as live,
        connect(path, compression=None, sock=narrow) as dead,
    ):
        dead.transport.pause_reading()
        await received(live)
        async with asyncio.timeout(50):
            number = 0
            while running.context.fanout.clients == 2:
                number += 1
                running.tell(top(NOW + number))
                assert (await received(live))["type"] in ("book", "heartbeat")
        assert running.context.fanout.clients == 1
        dead.transport.abort()
    await forgotten(running)


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}])
async def test_other_pages_may_not_listen(url: str, headers: dict[str, str]) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"{url}/ws/bots/status", additional_headers=headers)
    assert refused.value.response.status_code == 403


async def test_with_keys_a_socket_needs_one() -> None:
    async with serving(Running(api_key=SECRET)) as address:
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://{address}/ws/bots/status")
        assert refused.value.response.status_code == 403
        headers = {"X-API-Key": SECRET}
        async with connect(f"ws://{address}/ws/bots/status", additional_headers=headers) as client:
            assert (await received(client))["type"] == "account"
