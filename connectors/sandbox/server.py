"""The sandbox as an ASGI application and as a process."""

import asyncio
import socket

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, WebSocketRoute

from connectors.sandbox.control import ControlRest
from connectors.sandbox.feed_attention import AttentionFeed
from connectors.sandbox.feed_esports import EsportsFeed
from connectors.sandbox.feed_news import NewsFeed
from connectors.sandbox.feed_prices import PriceSocket
from connectors.sandbox.feed_rtds import RtdsSocket
from connectors.sandbox.feed_sports import SportsSocket
from connectors.sandbox.http_faults import Edge
from connectors.sandbox.hub import RESTARTING
from connectors.sandbox.market_ws import MarketSocket
from connectors.sandbox.rest_account import AccountRest
from connectors.sandbox.rest_auth import AuthRest
from connectors.sandbox.rest_clob import ClobRest
from connectors.sandbox.rest_data import DataRest
from connectors.sandbox.rest_gamma import GammaRest
from connectors.sandbox.rest_orders import OrdersRest
from connectors.sandbox.rest_quotes import QuotesRest
from connectors.sandbox.sandbox import Clock, Sandbox, SandboxSettings
from connectors.sandbox.user_ws import UserSocket
from schemas.errors import InfrastructureError


def create_app(sandbox: Sandbox) -> Starlette:
    """The application: Gamma, CLOB, Data API and the WebSockets on one host.

    Below `/feeds` every outside feed stands under the name that `PETS_FEEDS_URL` expects.

    Args:
        sandbox: The venue; kept as `app.state.sandbox`, so that tests reach its faults. Whoever
            serves the application also lets it run.
    """
    feeds = [
        *NewsFeed(sandbox).routes(),
        *EsportsFeed(sandbox).routes(),
        *AttentionFeed(sandbox).routes(),
    ]
    app = Starlette(
        routes=[
            *GammaRest(sandbox).routes(),
            *ClobRest(sandbox).routes(),
            *AuthRest(sandbox).routes(),
            *OrdersRest(sandbox).routes(),
            *AccountRest(sandbox).routes(),
            *DataRest(sandbox).routes(),
            *QuotesRest(sandbox).routes(),
            *feeds,
            Mount("/feeds/leaders", routes=DataRest(sandbox).routes()),
            WebSocketRoute("/feeds/wallets", RtdsSocket(sandbox).endpoint),
            WebSocketRoute("/feeds/reference", PriceSocket(sandbox, lambda _: True).endpoint),
            Mount("/feeds", routes=feeds),
            *ControlRest(sandbox).routes(),
            WebSocketRoute("/ws/market", MarketSocket(sandbox).endpoint),
            WebSocketRoute("/ws/user", UserSocket(sandbox).endpoint),
            WebSocketRoute("/ws/sports", SportsSocket(sandbox).endpoint),
            WebSocketRoute("/ws/rtds", RtdsSocket(sandbox).endpoint),
            WebSocketRoute("/ws/live", PriceSocket(sandbox).endpoint),
        ],
        middleware=[
            Middleware(
                Edge,
                faults=sandbox.http_faults,
                limits=sandbox.addresses,
                now_ms=sandbox.clock_ms,
            )
        ],
    )
    app.state.sandbox = sandbox
    return app


def listen(
    host: str, port: int, who: str = "The sandbox venue", setting: str = "PETS_SANDBOX_PORT"
) -> socket.socket:
    """Bind an address; port 0 takes any free one.

    Args:
        host: Where.
        port: Which.
        who: Whose it is, for people.
        setting: What chooses another one.

    Raises:
        InfrastructureError: The address cannot be had.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise InfrastructureError(
            f"{who} needs {host}:{port}, which cannot be had: {error.strerror}. "
            f"Stop what uses it, or set {setting} to a free port."
        ) from error
    return listener


async def serve_on(listener: socket.socket, sandbox: Sandbox) -> None:
    """Serve a venue on a bound socket until the process is told to stop.

    Args:
        listener: From `listen`; closed at the end.
        sandbox: The venue. Should it fail, serving ends with its error.
    """
    config = uvicorn.Config(
        create_app(sandbox),
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        access_log=False,
        log_level="warning",
        lifespan="off",
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(sandbox.run())
    running.add_done_callback(lambda _: setattr(server, "should_exit", True))
    try:
        await server.serve(sockets=[listener])
    finally:
        sandbox.hub.close_all(RESTARTING)
        sandbox.user_hub.close_all(RESTARTING)
        sandbox.price_hub.close_all(RESTARTING)
        listener.close()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    if not running.cancelled():
        running.result()


async def serve(
    settings: SandboxSettings, clock: Clock, host: str = "127.0.0.1", port: int = 18080
) -> None:
    """Run the sandbox until it is told to stop.

    Args:
        settings: What it plays.
        clock: The session's clock; `/time` and every frame follow it.
        host: Address to bind to.
        port: Port to bind to.

    Raises:
        InfrastructureError: The address cannot be had.
        ConfigurationError: The recorded books are not installed.
    """
    await serve_on(listen(host, port), Sandbox(settings, clock))
