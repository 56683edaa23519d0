"""An API behind a real socket, in the loop of the test."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

from api.service import WEBSOCKETS
from tests.api.running import Running


@asynccontextmanager
async def serving(running: Running) -> AsyncIterator[str]:
    """Serve an API; gives its address without a scheme."""
    listener = socket.create_server(("127.0.0.1", 0))
    # Little room, so that a client that does not read is noticed soon.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    config = uvicorn.Config(running.app, log_config=None, lifespan="off", ws=WEBSOCKETS)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve([listener]))
    try:
        async with asyncio.timeout(20):
            while not server.started:  # noqa: ASYNC110 - asks the server
                await asyncio.sleep(0.01)
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listener.close()
