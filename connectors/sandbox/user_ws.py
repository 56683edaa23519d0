"""The user WebSocket: credentials in the first frame, orders and trades out (PROTOCOL.md 6.2)."""

from typing import Literal

import msgspec
from starlette.websockets import WebSocket

from connectors.sandbox.sandbox import Sandbox
from connectors.sandbox.sockets import BAD_MESSAGE, serve_socket
from connectors.sandbox.user_hub import UserSubscriber

UNAUTHORIZED = 4001
"""Close code of a socket whose credentials are not known."""


class _Auth(msgspec.Struct, frozen=True, rename={"api_key": "apiKey"}):  # pragma: allowlist secret
    api_key: str
    secret: str
    passphrase: str


class _Request(msgspec.Struct, frozen=True):
    """A frame of the client: the first has a type and credentials, later ones an operation."""

    type: Literal["user", "User", "USER"] | None = None
    auth: _Auth | None = None
    markets: list[str] | None = None
    operation: Literal["subscribe", "unsubscribe"] | None = None


_decoder = msgspec.json.Decoder(_Request)


class UserSocket:
    """Serves one connection after another."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def endpoint(self, socket: WebSocket) -> None:
        """Serve a connection until either side closes it."""
        await socket.accept()
        subscriber = UserSubscriber()
        subscribers = self._sandbox.user_hub.subscribers
        subscribers.add(subscriber)
        try:
            await serve_socket(socket, subscriber, lambda text: self.handle(subscriber, text))
        finally:
            subscribers.discard(subscriber)

    def handle(self, subscriber: UserSubscriber, text: str) -> None:
        """React to one message of a client."""
        if text == "PING":
            subscriber.send("PONG")
            return
        try:
            request = _decoder.decode(text)
        except (msgspec.DecodeError, msgspec.ValidationError):
            subscriber.send(BAD_MESSAGE)
            return
        if request.auth is not None:
            self._enter(subscriber, request.auth, request.markets)
        elif not subscriber.api_key:
            subscriber.close(UNAUTHORIZED)
        elif request.markets is not None and request.operation == "unsubscribe":
            subscriber.markets = (subscriber.markets or set()) - set(request.markets) or None
        elif request.markets is not None:
            subscriber.markets = (subscriber.markets or set()) | set(request.markets)

    def _enter(self, subscriber: UserSubscriber, auth: _Auth, markets: list[str] | None) -> None:
        known = self._sandbox.authenticator.socket_owner(auth.api_key, auth.secret, auth.passphrase)
        if known is None:
            subscriber.close(UNAUTHORIZED)
            return
        subscriber.api_key = known.api_key
        subscriber.markets = set(markets) if markets else None
