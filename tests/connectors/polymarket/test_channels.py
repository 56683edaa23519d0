import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from websockets.asyncio.server import ServerConnection, serve

from connectors.polymarket.auth import ApiCredentials
from connectors.polymarket.channels import ActivitySocket, SportsSocket, UserSocket
from connectors.polymarket.subscriptions import UserSubscription
from connectors.polymarket.venue_ws import VenueSocket

CREDENTIALS = ApiCredentials("key-id", "c2VjcmV0", "phrase")


class Heard:
    """What both ends heard."""

    def __init__(self, greeting: list[str], close_first: bool = False) -> None:
        self.server: list[str] = []
        self.client: list[str | bytes] = []
        self.states: list[bool] = []
        self.connections = 0
        self._greeting = greeting
        self._close_first = close_first

    async def serve(self, connection: ServerConnection) -> None:
        self.connections += 1
        for text in self._greeting:
            await connection.send(text)
        async for frame in connection:
            self.server.append(str(frame))
            if frame == "PING":
                await connection.send("PONG")
            if self._close_first and self.connections == 1:
                await connection.close()

    async def on_frame(self, frame: str | bytes) -> None:
        self.client.append(frame)

    async def on_state(self, connected: bool, reason: str) -> None:
        self.states.append(connected)


async def until(condition: Callable[[], object]) -> None:
    for _ in range(400):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come to that")


@asynccontextmanager
async def running(heard: Heard, make: Callable[[str], VenueSocket]) -> AsyncIterator[VenueSocket]:
    async with serve(heard.serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        socket: VenueSocket = make(f"ws://127.0.0.1:{port}")
        task = asyncio.create_task(socket.run())
        try:
            yield socket
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def test_the_user_channel_says_who_we_are_again_after_a_loss() -> None:
    heard = Heard(['{"event_type":"order"}'], close_first=True)

    def make(url: str) -> UserSocket:
        return UserSocket("user", url, CREDENTIALS, heard.on_frame, heard.on_state)

    async with running(heard, make) as socket:
        await until(lambda: heard.connections == 2 and len(heard.server) >= 2)
        assert heard.states == [True, False, True]
        assert isinstance(socket, UserSocket)
        await socket.follow(UserSubscription(every=False, markets=frozenset({"0xc"})))
        await until(lambda: any("subscribe" in said for said in heard.server))
    first = json.loads(heard.server[0])
    assert list(first["auth"].values()) == ["key-id", "c2VjcmV0", "phrase"]
    assert "markets" not in first
    assert "c2VjcmV0" not in repr(socket)


async def test_the_sports_channel_answers_pings_and_says_nothing_else() -> None:
    heard = Heard(["ping", '{"gameId":1}'])

    def make(url: str) -> SportsSocket:
        return SportsSocket("sports", url, heard.on_frame, heard.on_state)

    async with running(heard, make):
        await until(lambda: heard.client and heard.server)
    assert heard.server == ["pong"]
    assert heard.client == ['{"gameId":1}']


async def test_the_activity_channel_asks_for_everybodys_trades() -> None:
    heard = Heard([])

    def make(url: str) -> ActivitySocket:
        return ActivitySocket("rtds", url, heard.on_frame, heard.on_state, '{"event_slug":"e"}')

    async with running(heard, make):
        await until(lambda: heard.server)
    subscription = {"topic": "activity", "type": "trades", "filters": '{"event_slug":"e"}'}
    assert json.loads(heard.server[0]) == {
        "action": "subscribe",
        "subscriptions": [subscription],
    }
