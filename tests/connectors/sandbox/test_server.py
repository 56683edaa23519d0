import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import websockets

from configs.clock import SessionClock
from connectors.sandbox.hub import RESTARTING
from connectors.sandbox.recording import Recording
from connectors.sandbox.sandbox import Sandbox, SandboxSettings
from connectors.sandbox.server import listen, serve_on
from schemas.errors import InfrastructureError
from tests.connectors.sandbox.builders import NOW_MS
from tests.connectors.sandbox.replica import Follower, follow

SPEED = 10.0


def clock() -> SessionClock:
    return SessionClock(time.time_ns() // 1_000_000, NOW_MS, SPEED)


class Running:
    """A served venue and where to find it."""

    def __init__(self, sandbox: Sandbox, port: int) -> None:
        self.sandbox = sandbox
        self.http = f"http://127.0.0.1:{port}"
        self.ws = f"ws://127.0.0.1:{port}/ws/market"


@asynccontextmanager
async def served(source: Any = "both") -> AsyncIterator[Running]:
    sandbox = Sandbox(SandboxSettings(source=source, speed=SPEED), clock())
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    serving = asyncio.create_task(serve_on(listener, sandbox))
    try:
        async with httpx.AsyncClient() as probe:
            for _ in range(1_500):
                try:
                    await probe.get(f"http://127.0.0.1:{port}/version")
                    break
                except httpx.HTTPError:
                    await asyncio.sleep(0.02)
        yield Running(sandbox, port)
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def next_frames(socket: Any) -> list[dict[str, Any]]:
    message = await asyncio.wait_for(socket.recv(), 5)
    decoded = json.loads(message)
    return decoded if isinstance(decoded, list) else [decoded]


async def open_tokens(running: Running) -> list[str]:
    async with httpx.AsyncClient(base_url=running.http) as client:
        page = (
            await client.get("/markets/keyset", params={"limit": 500, "closed": "false"})
        ).json()
    return [token for market in page["markets"] for token in json.loads(market["clobTokenIds"])]


async def test_a_client_rebuilds_the_books_that_rest_shows() -> None:
    async with served("world") as running:
        tokens = await open_tokens(running)
        follower = Follower()
        async with websockets.connect(running.ws, max_size=None) as socket:
            await socket.send(
                json.dumps({"type": "market", "assets_ids": tokens, "custom_feature_enabled": True})
            )
            follow(await next_frames(socket), follower)
            until = time.monotonic() + 2
            while time.monotonic() < until:
                follow(await next_frames(socket), follower)
            await compare_with_rest(running, socket, follower, tokens)
        assert len(follower.books) == len(tokens)
        assert follower.checked > 300


async def compare_with_rest(
    running: Running, socket: Any, follower: Follower, tokens: list[str]
) -> None:
    """Read on, moment by moment; each REST book must be the stream's book of its moment."""
    async with httpx.AsyncClient(base_url=running.http) as client:
        books = (await client.post("/books", json=[{"token_id": t} for t in tokens])).json()
    waiting = {book["asset_id"]: book for book in books}
    compare(follower, waiting)
    while waiting:
        frames = await next_frames(socket)
        for _, moment in itertools.groupby(frames, key=lambda frame: frame["timestamp"]):
            follow(list(moment), follower)
            compare(follower, waiting)


def compare(follower: Follower, waiting: dict[str, dict[str, Any]]) -> None:
    for token, book in list(waiting.items()):
        seen = follower.books[token]
        assert int(seen.head["timestamp"]) <= int(book["timestamp"])
        if seen.head["timestamp"] == book["timestamp"]:
            assert {**seen.wire(), "hash": seen.hash()} == book
            del waiting[token]


async def test_time_is_virtual_and_frames_carry_it() -> None:
    async with served("recorded") as running, httpx.AsyncClient(base_url=running.http) as client:
        asked = time.monotonic()
        first = (await client.get("/time")).json()
        answered = time.monotonic()
        await asyncio.sleep(0.6)
        at_least = (time.monotonic() - answered) * SPEED
        second = (await client.get("/time")).json()
        at_most = (time.monotonic() - asked) * SPEED
        assert first >= NOW_MS // 1000
        assert at_least - 1 <= second - first <= at_most + 1
        async with websockets.connect(running.ws) as socket:
            tokens = await open_tokens(running)
            await socket.send(json.dumps({"type": "market", "assets_ids": tokens}))
            frames = await next_frames(socket)
        assert {frame["event_type"] for frame in frames} == {"book"}
        assert all(abs(int(f["timestamp"]) / 1000 - second) < 600 for f in frames)


async def test_the_socket_answers_ping_and_tells_bad_messages() -> None:
    async with served("world") as running, websockets.connect(running.ws) as socket:
        await socket.send("PING")
        assert await asyncio.wait_for(socket.recv(), 5) == "PONG"
        await socket.send("{")
        assert await asyncio.wait_for(socket.recv(), 5) == "INVALID MESSAGE"
        token, *_ = await open_tokens(running)
        await socket.send(json.dumps({"operation": "subscribe", "assets_ids": [token]}))
        book, *_ = await next_frames(socket)
        assert book["asset_id"] == token
        await socket.send(json.dumps({"operation": "unsubscribe", "assets_ids": [token]}))
        await asyncio.sleep(0.1)
        assert not running.sandbox.hub._by_token


async def test_a_frozen_socket_is_silent_and_dropped_ones_get_a_code() -> None:
    async with served("world") as running, websockets.connect(running.ws) as socket:
        tokens = await open_tokens(running)
        await socket.send(json.dumps({"type": "market", "assets_ids": tokens}))
        await next_frames(socket)
        running.sandbox.hub.freeze_all()
        await drained(socket)
        await socket.send("PING")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.recv(), 0.3)
        running.sandbox.hub.close_all(RESTARTING)
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await asyncio.wait_for(socket.recv(), 5)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == RESTARTING


async def drained(socket: Any) -> None:
    """Read what was on the way; returns once nothing came for half a second."""
    while True:
        try:
            await asyncio.wait_for(socket.recv(), 0.5)
        except TimeoutError:
            return


async def test_a_client_that_leaves_is_forgotten() -> None:
    async with served("world") as running:
        async with websockets.connect(running.ws) as socket:
            await socket.send("PING")
            await socket.recv()
            assert len(running.sandbox.hub.subscribers) == 1
        for _ in range(1_000):
            if not running.sandbox.hub.subscribers:
                break
            await asyncio.sleep(0.02)
        assert not running.sandbox.hub.subscribers


async def test_a_clock_that_slept_starts_the_venue_anew(recording: Recording) -> None:
    class Waking:
        now = NOW_MS

        def now_ms(self) -> int:
            return self.now

    waking = Waking()
    sandbox = Sandbox(SandboxSettings(source="both", speed=SPEED), waking, recording=recording)
    before = sandbox.venue
    waking.now += 5_000
    await sandbox.catch_up()
    assert sandbox.venue is before
    assert sandbox.venue.now_ms == waking.now
    waking.now += 8 * 3_600_000
    await sandbox.catch_up()
    assert sandbox.venue is not before
    assert sandbox.hub.venue is sandbox.venue
    assert sandbox.venue.now_ms == waking.now


async def test_an_error_of_the_venue_ends_the_server() -> None:
    class Broken:
        calls = 0

        def now_ms(self) -> int:
            self.calls += 1
            if self.calls > 3:
                raise InfrastructureError("the clock is gone")
            return NOW_MS

    sandbox = Sandbox(SandboxSettings(source="world"), Broken())
    with pytest.raises(InfrastructureError, match="the clock is gone"):
        await asyncio.wait_for(serve_on(listen("127.0.0.1", 0), sandbox), 10)


def test_a_taken_port_is_told_in_a_sentence() -> None:
    taken = listen("127.0.0.1", 0)
    taken.listen()
    with pytest.raises(InfrastructureError, match="PETS_SANDBOX_PORT"):
        listen("127.0.0.1", taken.getsockname()[1])
    taken.close()
