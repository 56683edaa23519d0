"""What every request passes: a correlation id, the key, the rate limit, a line in the log."""

import hmac
import time
from collections.abc import Awaitable, Callable
from hashlib import sha256
from uuid import uuid4

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from limits import parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from api.problems import problem
from configs.settings import Settings

log = structlog.get_logger(__name__)

Next = Callable[[Request], Awaitable[Response]]
LIMIT = parse("100/minute")
DASHBOARD_LIMIT = parse("3000/minute")
OPEN_PATHS = ("/api/v1/health/", "/docs", "/openapi.json")


def add_middleware(app: FastAPI, settings: Settings) -> None:
    """Add them in the order in which a request meets them, the last added first."""
    storage = RedisStorage(f"async+{settings.redis_url}") if settings.redis_url else MemoryStorage()
    limiter = SlidingWindowCounterRateLimiter(storage)
    key = settings.api_key.get_secret_value()
    dashboard = f"http://127.0.0.1:{settings.dashboard_port}"

    async def limited(request: Request, call_next: Next) -> Response:
        if request.url.path.startswith(OPEN_PATHS):
            return await call_next(request)
        client = _client(request)
        limit = DASHBOARD_LIMIT if client == "dashboard" else LIMIT
        if not await limiter.hit(limit, client):
            reply = problem(
                429, "rate-limit", f"Expected at most {limit}, received more.", "Wait a minute."
            )
            reply.headers["Retry-After"] = "60"
            return reply
        return await call_next(request)

    async def authenticated(request: Request, call_next: Next) -> Response:
        given = request.headers.get("X-API-Key", "")
        if key and not request.url.path.startswith(OPEN_PATHS):
            if not hmac.compare_digest(given.encode(), key.encode()):
                return problem(401, "key-needed", "Expected a valid X-API-Key, received none.")
        return await call_next(request)

    async def logged(request: Request, call_next: Next) -> Response:
        correlation = request.headers.get("X-Correlation-Id") or str(uuid4())
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(correlation_id=correlation):
            response = await call_next(request)
            log.info(
                "request",
                method=request.method,
                path=request.url.path,
                status=response.status_code,
                ms=round((time.perf_counter() - started) * 1000, 2),
            )
        response.headers["X-Correlation-Id"] = correlation
        return response

    app.middleware("http")(limited)
    app.middleware("http")(authenticated)
    app.middleware("http")(logged)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=[dashboard, dashboard.replace("127.0.0.1", "localhost")],
        allow_methods=["*"],
        allow_headers=["*"],
    )


def _client(request: Request) -> str:
    """Whose quota a request uses: the dashboard's, a key's, or an address's."""
    if request.headers.get("X-Client") == "dashboard":
        return "dashboard"
    given = request.headers.get("X-API-Key")
    if given:
        return sha256(given.encode()).hexdigest()
    return request.client.host if request.client else "unknown"
