"""The FastAPI application: routes, middleware and error form over one `Context`."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI

from api.context import Context
from api.middleware import add_middleware
from api.problems import add_handlers
from api.routes import bots, health, metrics, orders, positions, risk, status

PREFIX = "/api/v1"
ROUTERS = (health, status, bots, positions, orders, metrics, risk)

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
    )
    app.state.context = context
    add_handlers(app)
    add_middleware(app, context.settings)
    for module in ROUTERS:
        app.include_router(module.router, prefix=PREFIX)
    return app
