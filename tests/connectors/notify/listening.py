"""Servers on loopback that take what a channel sends: HTTP with one answer, and plain SMTP."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from connectors.notify.channel import Notice
from schemas.ops import Severity

Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]
NOTICE = Notice(
    alert_id="a1",
    rule="stage-silent",
    scope="gate",
    severity=Severity.CRITICAL,
    title="CRITICAL stage-silent\r\nBcc: everybody",
    text="The gate is silent.",
    action="Run pets doctor.",
    at=0,
    mode="simulated 10x, paper",
)


@asynccontextmanager
async def listening(handle: Handle) -> AsyncIterator[int]:
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def http_answering(status: int, body: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Yields the address and the requests that came, head and body."""
    requests: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1])
            for line in head.lower().splitlines()
            if line.startswith(b"content-length")
        )
        requests.append(head + await reader.readexactly(length))
        writer.write(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body))
        await writer.drain()
        writer.close()

    async with listening(handle) as port:
        yield f"http://127.0.0.1:{port}", requests


@asynccontextmanager
async def smtp_server(*, takes: bool) -> AsyncIterator[tuple[int, list[str]]]:
    """Yields the port and the letters that were taken."""
    letters: list[str] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := (await reader.readline()).decode().strip().upper():
            if line.startswith("DATA"):
                writer.write(b"354 go on\r\n")
                letters.append((await reader.readuntil(b"\r\n.\r\n")).decode())
            if line.startswith("QUIT"):
                writer.write(b"221 bye\r\n")
                break
            refused = line.startswith("RCPT") and not takes
            writer.write(b"550 no such box\r\n" if refused else b"250 ok\r\n")
        writer.close()

    async with listening(handle) as port:
        yield port, letters
