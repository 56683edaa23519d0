"""The market WebSocket: subscriptions in, frames out (PROTOCOL.md 6.1)."""

import asyncio
from typing import Literal

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from connectors.sandbox.hub import Subscriber
from connectors.sandbox.sandbox import Sandbox

CLOSE_WAIT_S = 2.0
"""How long a socket may take to accept its close frame before it is cut."""
BAD_MESSAGE = "INVALID MESSAGE"


class _Request(msgspec.Struct, frozen=True):
    """A frame of the client: the first one has a type, later ones an operation."""

    assets_ids: list[str]
    type: Literal["market", "Market", "MARKET"] | None = None
    operation: Literal["subscribe", "unsubscribe"] | None = None
    custom_feature_enabled: bool | None = None


_decoder = msgspec.json.Decoder(_Request)


class MarketSocket:
    """Serves one connection after another."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def endpoint(self, socket: WebSocket) -> None:
        """Serve a connection until either side closes it."""
        await socket.accept()
        subscriber = Subscriber()
        self._sandbox.hub.join(subscriber)
        reader = asyncio.create_task(self._read(socket, subscriber))
        writer = asyncio.create_task(self._write(socket, subscriber))
        closer = asyncio.create_task(subscriber.closing.wait())
        tasks = (reader, writer, closer)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._sandbox.hub.leave(subscriber)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if subscriber.close_code is not None:
            await self._close(socket, subscriber.close_code)

    async def _read(self, socket: WebSocket, subscriber: Subscriber) -> None:
        while True:
            try:
                text = await socket.receive_text()
            except WebSocketDisconnect:
                return
            self.handle(subscriber, text)

    async def _write(self, socket: WebSocket, subscriber: Subscriber) -> None:
        while True:
            await subscriber.wake.wait()
            message = subscriber.next_message()
            if message is None:
                continue
            try:
                await socket.send_text(message)
            except WebSocketDisconnect:
                return

    async def _close(self, socket: WebSocket, code: int) -> None:
        """Close with a code; a peer that does not read is cut when the endpoint returns."""
        try:
            await asyncio.wait_for(socket.close(code), CLOSE_WAIT_S)
        except (TimeoutError, RuntimeError, WebSocketDisconnect):
            return

    def handle(self, subscriber: Subscriber, text: str) -> None:
        """React to one message of a client."""
        if text == "PING":
            subscriber.send("PONG")
            return
        try:
            request = _decoder.decode(text)
        except (msgspec.DecodeError, msgspec.ValidationError):
            subscriber.send(BAD_MESSAGE)
            return
        hub = self._sandbox.hub
        if request.operation == "unsubscribe":
            hub.unsubscribe(subscriber, request.assets_ids)
        else:
            hub.subscribe(subscriber, request.assets_ids, custom=request.custom_feature_enabled)
