"""The FastAPI application: routes, middleware and error form over one `Context`."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute
from fastapi.security import APIKeyHeader

from api.callers import KEY_HEADER
from api.context import Context
from api.middleware import PREFIX, add_middleware
from api.models import Problem
from api.present_metrics import PresentCollector
from api.problems import MEDIA_TYPE, add_handlers
from api.request_metrics import RequestMetrics
from api.routes import (
    alerts,
    bots,
    changefeed,
    commands,
    configs,
    decisions,
    graduation,
    health,
    logs,
    markets,
    metrics,
    orders,
    performance,
    positions,
    risk,
    sockets,
    status,
    traces,
    trades,
    wallet,
)

ROUTERS = (
    health,
    status,
    bots,
    configs,
    positions,
    orders,
    trades,
    decisions,
    traces,
    wallet,
    commands,
    markets,
    performance,
    graduation,
    metrics,
    risk,
    alerts,
    changefeed,
    logs,
)
PROBLEM: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "What was expected, what was received, what to do.",
        "content": {MEDIA_TYPE: {"schema": Problem.model_json_schema()}},
    }
}

Running = Callable[[], AbstractAsyncContextManager[None]]
"""Starts and stops what the app needs while it serves."""


def create_app(context: Context, running: Running) -> FastAPI:
    """Build the application.

    Args:
        context: What the routes share.
        running: Entered while the app serves.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with running():
            yield

    app = FastAPI(
        title="PETS",
        summary="A Polymarket trading dataflow. Every figure says how old it is.",
        version=status.VERSION,
        lifespan=lifespan,
        generate_unique_id_function=_operation_id,
    )
    requests = RequestMetrics()
    requests.registry.register(PresentCollector(context))
    app.state.context = context
    app.state.registry = requests.registry
    add_handlers(app)
    add_middleware(app, context.settings, requests)
    key = Depends(APIKeyHeader(name=KEY_HEADER, auto_error=False))
    for module in ROUTERS:
        app.include_router(module.router, prefix=PREFIX, dependencies=[key], responses=PROBLEM)
    for root in ("", PREFIX):
        app.include_router(sockets.router, prefix=root)
    return app


def _operation_id(route: APIRoute) -> str:
    """The function's name: every route has one of its own."""
    return route.name
