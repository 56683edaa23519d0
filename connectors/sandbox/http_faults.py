"""Things that go wrong with HTTP requests: error statuses, replies that come too late or never."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.sandbox.armed import Armed
from connectors.sandbox.frames import Frame
from connectors.sandbox.identity import bytes32
from connectors.sandbox.limits import AddressLimits
from connectors.sandbox.replies import reply

CONTROL = "/sandbox"
"""Paths that start so are not the venue's and have no faults."""


@dataclass(frozen=True, slots=True)
class HttpFault:
    """A fault of some requests.

    Attributes:
        armed: How often it strikes.
        path: Beginning of the paths it strikes; empty for all.
        method: HTTP method; empty for all.
        status: Answer this without doing anything; 0 lets the request through.
        hold_s: Keep the reply back so long, wall seconds: the request is done, nobody hears of it.
    """

    armed: Armed
    path: str
    method: str
    status: int
    hold_s: float

    def strikes(self, method: str, path: str) -> bool:
        """Whether a request is hit."""
        if not path.startswith(self.path) or self.method not in ("", method):
            return False
        return self.armed.strikes()


class OrderFaults:
    """Replies to orders that are not what happened.

    Attributes:
        wrong_id: Accepted orders answered under another id.
    """

    def __init__(self, seed: int) -> None:
        self.wrong_id = Armed(seed, "wrong order id")

    def answer(self, answer: Frame) -> Frame:
        """The reply to one order as it is sent."""
        if answer["success"] and self.wrong_id.strikes():
            return {**answer, "orderID": bytes32("wrong", answer["orderID"])}
        return answer


class HttpFaults:
    """Armed faults of requests, in order of arming."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._faults: list[HttpFault] = []

    def arm(
        self,
        count: int,
        share: float = 1.0,
        *,
        path: str = "",
        method: str = "",
        status: int = 0,
        hold_s: float = 0.0,
    ) -> None:
        """Strike the next requests that fit (see `HttpFault`)."""
        armed = Armed(self._seed, f"http {method} {path} {status}")
        armed.arm(count, share)
        self._faults.append(HttpFault(armed, path, method, status, hold_s))

    def disarm(self) -> None:
        """Switch all off."""
        self._faults.clear()

    def armed(self) -> list[dict[str, object]]:
        """What is still armed."""
        return [
            {"path": f.path, "method": f.method, "status": f.status, "hold_s": f.hold_s,
             "left": f.armed.left}
            for f in self._faults
            if f.armed.left
        ]  # fmt: skip

    def strike(self, method: str, path: str) -> HttpFault | None:
        """The fault that hits a request; None for most."""
        self._faults = [fault for fault in self._faults if fault.armed.left]
        return next((fault for fault in self._faults if fault.strikes(method, path)), None)


class Edge:
    """What stands before the application: address limits and faults.

    Args:
        app: The venue.
        faults: Armed faults.
        limits: Sliding windows by address.
        now_ms: The venue's clock.
    """

    def __init__(
        self,
        app: ASGIApp,
        faults: HttpFaults,
        limits: AddressLimits,
        now_ms: Callable[[], int],
    ) -> None:
        self._app = app
        self._faults = faults
        self._limits = limits
        self._now_ms = now_ms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"].startswith(CONTROL):
            await self._app(scope, receive, send)
            return
        method, path = scope["method"], scope["path"]
        client = Request(scope).client
        address = client.host if client else ""
        wait_ms = self._limits.wait_ms(address, f"{method} {path}", self._now_ms())
        if wait_ms:
            headers = {"Retry-After": str(-(-wait_ms // 1000))}
            await reply({"error": "Too Many Requests"}, 429, headers)(scope, receive, send)
            return
        fault = self._faults.strike(method, path)
        if fault is None:
            await self._app(scope, receive, send)
        elif fault.status:
            await _refused(fault.status)(scope, receive, send)
        else:
            await self._app(scope, receive, _late(send, fault.hold_s))


def _refused(status: int) -> ASGIApp:
    texts = {425: "", 429: "rate limited", 500: "internal server error", 503: "trading is disabled"}
    headers = {"Retry-After": "1"} if status in (425, 429, 503) else None
    return reply({"error": texts.get(status, "error")}, status, headers)


def _late(send: Send, hold_s: float) -> Send:
    """A `send` that waits before the first byte of the reply."""
    waited = False

    async def delayed(message: Message) -> None:
        nonlocal waited
        if not waited:
            waited = True
            await asyncio.sleep(hold_s)
        await send(message)

    return delayed
