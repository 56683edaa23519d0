"""The market WebSocket: subscriptions in, frames out (PROTOCOL.md 6.1)."""

from typing import Literal

import msgspec
from starlette.websockets import WebSocket

from connectors.sandbox.hub import Subscriber
from connectors.sandbox.sandbox import Sandbox
from connectors.sandbox.sockets import BAD_MESSAGE, serve_socket


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
        try:
            await serve_socket(socket, subscriber, lambda text: self.handle(subscriber, text))
        finally:
            self._sandbox.hub.leave(subscriber)

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
