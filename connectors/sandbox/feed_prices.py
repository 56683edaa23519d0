"""The live-data WebSocket v2, `/ws/live` (PROTOCOL.md 6.5): reference prices, spot and 60-s mean.

A client sends `{"op": "auth", "auth": {"apiKey", "secret", "passphrase"}, "rid"}` and then
`{"op": "subscribe", "subscriptions": [{"channel": "price.crypto", "filter": {"symbol"}}], "rid"}`;
each is answered under its `rid`. A subscription begins with a snapshot, a price a second follows,
with gaps of some seconds now and then.

Only the simulated coin has a price. The recorded markets are about Bitcoin, but their recording
holds order books alone: no reference price is served for them, and none is made up.
"""

import asyncio
from collections.abc import Callable, Iterator
from decimal import Decimal

import msgspec
from starlette.websockets import WebSocket

from connectors.sandbox.coin import SYMBOL, TWAP_S, Coin
from connectors.sandbox.frames import Frame, encode
from connectors.sandbox.hub import Subscriber
from connectors.sandbox.sandbox import Sandbox
from connectors.sandbox.sockets import serve_socket

LOOK_S = 0.02
PING_S = 25.0
HISTORY_S = 60
MOST = 64
"""Subscriptions a socket may hold."""
UNAUTHORIZED = 4001
SPOT, MEAN = "price.crypto", "price.crypto.twap"
DECIMALS = Decimal("1e-18")
"""The exact value is written with the eighteen decimals of a data stream."""


class _Filter(msgspec.Struct, frozen=True):
    symbol: str
    window_seconds: int = TWAP_S
    provider: str = ""


class _Subscription(msgspec.Struct, frozen=True):
    channel: str
    filter: _Filter


class Login(msgspec.Struct, frozen=True, rename={"api_key": "apiKey"}):  # pragma: allowlist secret
    """Credentials as a client gives them."""

    api_key: str
    secret: str
    passphrase: str


class _Request(msgspec.Struct, frozen=True):
    op: str
    rid: str = ""
    auth: Login | None = None
    subscriptions: tuple[_Subscription, ...] = ()


class PriceSubscriber(Subscriber):
    """One socket.

    Attributes:
        is_known: Whether it has said who it is.
        wanted: Its subscriptions with the next sequence number of each.
    """

    def __init__(self) -> None:
        super().__init__()
        self.is_known = False
        self.wanted: dict[_Subscription, int] = {}


class PriceSocket:
    """Serves one connection after another.

    Args:
        sandbox: Whose world has the coin.
        admits: Whether credentials are good; those of the venue's own keys by default.
    """

    def __init__(self, sandbox: Sandbox, admits: Callable[[Login], bool] | None = None) -> None:
        self._sandbox = sandbox
        self._admits = admits or self._is_venue_key

    async def endpoint(self, socket: WebSocket) -> None:
        """Serve a connection until either side closes it."""
        await socket.accept()
        subscriber = PriceSubscriber()
        sockets = self._sandbox.price_hub.subscribers
        sockets.add(subscriber)
        try:
            await serve_socket(
                socket,
                subscriber,
                lambda text: self.handle(subscriber, text),
                self._tell(subscriber),
                _ping(subscriber),
            )
        finally:
            sockets.discard(subscriber)

    def handle(self, subscriber: PriceSubscriber, text: str) -> None:
        """React to one message of a client."""
        try:
            request = msgspec.json.decode(text, type=_Request)
        except (msgspec.DecodeError, msgspec.ValidationError):
            subscriber.send(encode({"op": "error", "code": "bad_request"}))
            return
        match request.op:
            case "auth":
                self._enter(subscriber, request)
            case "subscribe" | "unsubscribe" if not subscriber.is_known:
                subscriber.close(UNAUTHORIZED)
            case "subscribe":
                self._subscribe(subscriber, request)
            case "unsubscribe":
                for asked in request.subscriptions:
                    subscriber.wanted.pop(asked, None)
                    subscriber.send(_answer("unsubscribed", request.rid, channel=asked.channel))
            case "ping":
                subscriber.send(_answer("pong", request.rid))
            case _:
                subscriber.send(_answer("error", request.rid, code="bad_request"))

    def _enter(self, subscriber: PriceSubscriber, request: _Request) -> None:
        if request.auth is None or not self._admits(request.auth):
            subscriber.close(UNAUTHORIZED)
            return
        subscriber.is_known = True
        subscriber.send(_answer("authed", request.rid))

    def _is_venue_key(self, login: Login) -> bool:
        credentials = self._sandbox.authenticator
        return credentials.socket_owner(login.api_key, login.secret, login.passphrase) is not None

    def _subscribe(self, subscriber: PriceSubscriber, request: _Request) -> None:
        for asked in request.subscriptions:
            code = self._refusal(subscriber, asked)
            if code:
                refused = _answer("error", request.rid, channel=asked.channel, code=code)
                subscriber.send(refused)
                continue
            subscriber.send(_answer("subscribed", request.rid, channel=asked.channel))
            subscriber.wanted[asked] = 1
            subscriber.send(encode(self._snapshot(asked)))

    def _refusal(self, subscriber: PriceSubscriber, asked: _Subscription) -> str:
        if asked.channel not in (SPOT, MEAN) or asked.filter.window_seconds != TWAP_S:
            return "unknown_channel"
        if self._coin is None or asked.filter.symbol.lower() != SYMBOL:
            return "unknown_symbol"
        return "too_many_subscriptions" if len(subscriber.wanted) >= MOST else ""

    @property
    def _coin(self) -> Coin | None:
        world = self._sandbox.world
        return None if world is None else world.coin

    async def _tell(self, subscriber: PriceSubscriber) -> None:
        told_s = self._sandbox.venue.now_ms // 1000
        while True:
            now_s = self._sandbox.venue.now_ms // 1000
            coin = self._coin
            if now_s > told_s and coin is not None and coin.is_told(now_s * 1000):
                told_s = now_s
                for asked, seq in list(subscriber.wanted.items()):
                    subscriber.wanted[asked] = seq + 1
                    subscriber.send(encode(self._update(asked, seq, now_s * 1000)))
            await asyncio.sleep(LOOK_S)

    def _snapshot(self, asked: _Subscription) -> Frame:
        now_ms = self._sandbox.venue.now_ms // 1000 * 1000
        points: list[object] = list(self._points(asked, now_ms))
        payload = {**_about(asked), "data": points}
        return _frame(asked, 0, now_ms, payload, snapshot=True)

    def _points(self, asked: _Subscription, now_ms: int) -> Iterator[Frame]:
        for second in range(HISTORY_S):
            yield self._point(asked, now_ms - 1000 * (HISTORY_S - 1 - second))

    def _update(self, asked: _Subscription, seq: int, at_ms: int) -> Frame:
        payload = {**_about(asked), **self._point(asked, at_ms)}
        if asked.channel == SPOT:
            payload |= {"received_at": at_ms, "is_carried_forward": False}
        return _frame(asked, seq, at_ms, payload, snapshot=False)

    def _point(self, asked: _Subscription, at_ms: int) -> Frame:
        coin = self._coin
        if coin is None:
            return {}
        value = coin.price(at_ms) if asked.channel == SPOT else coin.twap(at_ms)
        exact = str(value.quantize(DECIMALS))
        return {"timestamp": at_ms, "value": float(value), "full_accuracy_value": exact}


def _about(asked: _Subscription) -> Frame:
    about: Frame = {"symbol": asked.filter.symbol.lower(), "source": "sandbox"}
    return about | ({"window_seconds": TWAP_S} if asked.channel == MEAN else {})


def _frame(asked: _Subscription, seq: int, at_ms: int, payload: Frame, *, snapshot: bool) -> Frame:
    return {
        "v": 1,
        "channel": asked.channel,
        "seq": seq,
        "ts": at_ms,
        "snapshot": snapshot,
        "dropped": 0,
        "payload": payload,
    }


def _answer(op: str, rid: str, **more: str) -> str:
    return encode({"op": op, "rid": rid, **more})


async def _ping(subscriber: Subscriber) -> None:
    while True:
        await asyncio.sleep(PING_S)
        subscriber.send(encode({"op": "ping"}))
