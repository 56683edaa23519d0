"""The RTDS WebSocket, `/ws/rtds` (PROTOCOL.md 6.4): the topic `activity` with everybody's trades.

A client sends `{"action": "subscribe", "subscriptions": [{"topic": "activity", "type": "trades",
"filters": TEXT}]}`, where TEXT is empty or JSON with `event_slug` or `market_slug`; the type `*`
means takers' trades and makers' matches.
"""

import asyncio
from typing import Literal

import msgspec
from starlette.websockets import WebSocket

from connectors.sandbox.activity import PublicTrade
from connectors.sandbox.data_rows import rtds_trade
from connectors.sandbox.frames import encode
from connectors.sandbox.hub import Subscriber
from connectors.sandbox.sandbox import Sandbox
from connectors.sandbox.sockets import BAD_MESSAGE, serve_socket

LOOK_S = 0.1
ACTIVITY = "activity"


class _Subscription(msgspec.Struct, frozen=True):
    topic: str
    type: str = "*"
    filters: str = ""


class _Request(msgspec.Struct, frozen=True):
    action: Literal["subscribe", "unsubscribe"]
    subscriptions: list[_Subscription]


class _Filters(msgspec.Struct, frozen=True):
    event_slug: str = ""
    market_slug: str = ""


class ActivitySubscriber(Subscriber):
    """One socket and what it asked for.

    Attributes:
        wanted: Its subscriptions to the topic.
    """

    def __init__(self) -> None:
        super().__init__()
        self.wanted: dict[_Subscription, _Filters] = {}

    def wants(self, trade: PublicTrade) -> bool:
        """Whether a trade fits one of its subscriptions."""
        kind = "trades" if trade.takes else "orders_matched"
        return any(
            asked.type in ("*", kind)
            and filters.event_slug in ("", trade.spec.event.slug)
            and filters.market_slug in ("", trade.spec.slug)
            for asked, filters in self.wanted.items()
        )


class RtdsSocket:
    """Serves one connection after another."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def endpoint(self, socket: WebSocket) -> None:
        """Serve a connection until either side closes it."""
        await socket.accept()
        subscriber = ActivitySubscriber()
        await serve_socket(
            socket,
            subscriber,
            lambda text: self.handle(subscriber, text),
            self._tell(subscriber),
        )

    def handle(self, subscriber: ActivitySubscriber, text: str) -> None:
        """React to one message of a client."""
        if text.upper() == "PING":
            subscriber.send("PONG")
            return
        try:
            request = msgspec.json.decode(text, type=_Request)
            for asked in request.subscriptions:
                if asked.topic != ACTIVITY:
                    continue
                if request.action == "unsubscribe":
                    subscriber.wanted.pop(asked, None)
                else:
                    filters = msgspec.json.decode(asked.filters or "{}", type=_Filters)
                    subscriber.wanted[asked] = filters
        except (msgspec.DecodeError, msgspec.ValidationError):
            subscriber.send(BAD_MESSAGE)

    async def _tell(self, subscriber: ActivitySubscriber) -> None:
        told = self._sandbox.desk.follow_up.activity.last_number
        while True:
            activity = self._sandbox.desk.follow_up.activity
            told = min(told, activity.last_number)
            for trade in activity.since(told):
                if subscriber.wants(trade):
                    subscriber.send(encode(rtds_trade(trade)))
            told = activity.last_number
            await asyncio.sleep(LOOK_S)
