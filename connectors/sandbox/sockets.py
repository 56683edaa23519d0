"""Serves a WebSocket: reads into a handler, writes from a subscriber's outbox, closes on demand."""

import asyncio
from collections.abc import Callable, Coroutine

from starlette.websockets import WebSocket, WebSocketDisconnect

from connectors.sandbox.hub import Subscriber

CLOSE_WAIT_S = 2.0
"""How long a socket may take to accept its close frame before it is cut."""
BAD_MESSAGE = "INVALID MESSAGE"


async def serve_socket(
    socket: WebSocket,
    subscriber: Subscriber,
    handle: Callable[[str], None],
    *further: Coroutine[None, None, None],
) -> None:
    """Serve an accepted connection until either side closes it.

    Args:
        socket: The connection.
        subscriber: What is sent to it.
        handle: Takes each text of the client.
        further: Tasks that run beside, e.g. one that pings.
    """
    reader = asyncio.create_task(_read(socket, handle))
    writer = asyncio.create_task(_write(socket, subscriber))
    closer = asyncio.create_task(subscriber.closing.wait())
    beside = [asyncio.create_task(each) for each in further]
    tasks = (reader, writer, closer, *beside)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if subscriber.close_code is not None:
        await _close(socket, subscriber.close_code)


async def _read(socket: WebSocket, handle: Callable[[str], None]) -> None:
    while True:
        try:
            text = await socket.receive_text()
        except WebSocketDisconnect:
            return
        handle(text)


async def _write(socket: WebSocket, subscriber: Subscriber) -> None:
    while True:
        await subscriber.wake.wait()
        message = subscriber.next_message()
        if message is None:
            continue
        try:
            await socket.send_text(message)
        except WebSocketDisconnect:
            return


async def _close(socket: WebSocket, code: int) -> None:
    """Close with a code; a peer that does not read is cut when the endpoint returns."""
    try:
        await asyncio.wait_for(socket.close(code), CLOSE_WAIT_S)
    except (TimeoutError, RuntimeError, WebSocketDisconnect):
        return
