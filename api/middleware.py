"""What every request passes: a correlation id, a line in the log, the key, the quota."""

import re
import time
from uuid import uuid4

import structlog
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.callers import KEY_HEADER, READS, Caller, Callers, role_needed
from api.conditional import AS_OF_HEADER, Conditional
from api.keys import KeyFile, Role
from api.problems import CORRELATION_HEADER, problem
from api.quotas import Quotas
from api.repeats import Repeats
from api.request_metrics import RequestMetrics
from configs.settings import Settings

log = structlog.get_logger(__name__)

PREFIX = "/api/v1"
OPEN_PATHS = (f"{PREFIX}/health/", "/docs", "/openapi.json")
HALTS = (f"{PREFIX}/risk/halt", f"{PREFIX}/risk/emergency-halt")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
REFUSED = 1008
"""Close code of a WebSocket that may not be opened."""
SLOW_MS = 250.0
_CORRELATION = re.compile(r"[\w.:-]{1,128}", re.ASCII)


class RequestLog:
    """Gives every request a correlation id, a line in the log and a place in the metrics."""

    def __init__(self, app: ASGIApp, metrics: RequestMetrics) -> None:
        """Wrap the app.

        Args:
            app: What answers.
            metrics: Counts the answers.
        """
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        given = request.headers.get(CORRELATION_HEADER, "")
        correlation = given if _CORRELATION.fullmatch(given) else str(uuid4())
        request.state.correlation_id = correlation
        status = 500
        started = time.perf_counter()

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[CORRELATION_HEADER] = correlation
            await send(message)

        with structlog.contextvars.bound_contextvars(correlation_id=correlation):
            try:
                await self._app(scope, receive, send_on)
            finally:
                self._tell(request, status, time.perf_counter() - started)

    def _tell(self, request: Request, status: int, seconds: float) -> None:
        """A read that went well says nothing at INFO: screens ask several times a second."""
        route = getattr(request.scope.get("route"), "path", "unknown").removeprefix(PREFIX)
        self._metrics.observe(request.method, route, status, seconds)
        ms = round(seconds * 1000, 2)
        quiet = request.method in READS and status < 400 and ms < SLOW_MS
        (log.debug if quiet else log.info)(
            "request", method=request.method, path=request.url.path, status=status, ms=ms
        )


class Admission:
    """Lets a request in: from this machine's own pages, within its quota, with the key."""

    def __init__(self, app: ASGIApp, settings: Settings, origins: frozenset[str]) -> None:
        """Wrap the app.

        Args:
            app: What answers.
            settings: The key, and where requests are counted.
            origins: Pages that may send commands.
        """
        key = settings.api_key.get_secret_value()
        self._app = app
        self._callers = Callers(key, KeyFile(settings.home))
        self._quotas = Quotas(settings.redis_url)
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or say why not."""
        answer: ASGIApp = self._app
        if scope["type"] == "http":
            answer = await self._refusal(Request(scope), scope["method"]) or answer
        elif scope["type"] == "websocket" and await self._refusal(HTTPConnection(scope), "POST"):
            await send({"type": "websocket.close", "code": REFUSED})
            return
        await answer(scope, receive, send)

    async def _refusal(self, request: HTTPConnection, method: str) -> Response | None:
        """Why a request may not come in; for a WebSocket pages are told apart as for a write."""
        if not self._callers.ask_for_keys() and (foreign := self._foreign(request, method)):
            return foreign
        if request.url.path.startswith(OPEN_PATHS):
            return None
        caller = self._callers.of(request)
        request.state.caller = caller
        refusal = await self._over_quota(request, caller) or self._without_key(request, caller)
        if refusal is not None or request.scope["type"] == "websocket":
            return refusal
        return _without_role(caller, role_needed(method, request.url.path))

    async def _over_quota(self, request: HTTPConnection, caller: Caller) -> Response | None:
        """A halt has a quota of its own: a script that reads too much must not prevent it."""
        purpose = "halt" if request.url.path in HALTS else "any"
        limit = await self._quotas.spend(caller, purpose)
        if limit is None:
            return None
        reply = problem(
            429,
            "rate-limit",
            f"Expected at most {limit.amount} requests a minute, received more.",
            "Wait a minute. A halt is counted apart.",
        )
        reply.headers["Retry-After"] = "60"
        return reply

    def _without_key(self, request: HTTPConnection, caller: Caller) -> Response | None:
        if caller.role is not None:
            return None
        received = "another" if KEY_HEADER in request.headers else "none"
        return problem(
            401,
            "key-needed",
            f"Expected the key of this API in {KEY_HEADER}, received {received}.",
            "It is PETS_API_KEY, or one that `pets keys create` made.",
        )

    def _foreign(self, request: HTTPConnection, method: str) -> Response | None:
        """Without a key, other web pages in the operator's browser are kept out by name."""
        host = request.headers.get("host", "")
        if host.rsplit(":", 1)[0] not in LOOPBACK and host not in LOOPBACK:
            return problem(
                421, "wrong-host", f"Expected this machine's own name, received {host[:80]!r}."
            )
        origin = request.headers.get("origin")
        own = {f"http://{host}", *self._origins}
        if method not in READS and origin is not None and origin not in own:
            return problem(
                403, "wrong-origin", f"Expected a page of PETS, received one of {origin[:80]!r}."
            )
        return None


def _without_role(caller: Caller, needed: Role) -> Response | None:
    if caller.role is None or caller.role.may(needed):
        return None
    return problem(
        403,
        "role-needed",
        f"Expected a key that may {needed}, received one that may {caller.role}.",
        "`pets keys create NAME --role ROLE` makes one.",
    )


def add_middleware(app: FastAPI, settings: Settings, metrics: RequestMetrics) -> None:
    """Add them, the last added being the first that a request meets."""
    port = settings.dashboard_port
    origins = frozenset({f"http://127.0.0.1:{port}", f"http://localhost:{port}"})
    app.add_middleware(Conditional)
    app.add_middleware(Repeats)
    app.add_middleware(Admission, settings=settings, origins=origins)
    app.add_middleware(RequestLog, metrics=metrics)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=sorted(origins),
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=[CORRELATION_HEADER, AS_OF_HEADER, "ETag", "X-Next-Cursor", "Retry-After"],
    )
