"""A WebSocket of the venue: keep alive, notice silence, reconnect with backoff."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from zlib import crc32

import msgspec
import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from connectors.polymarket.subscriptions import Frame

log = structlog.get_logger(__name__)

PING_AFTER_S = 1.0
"""Silence after which a PING asks for a sign of life; the venue answers PONG."""
FROZEN_AFTER_S = 3.0
"""Silence, PONG included, after which the connection counts as frozen and is replaced."""
BACKOFF_S = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)


def backoff_s(feed: str, attempt: int) -> float:
    """How long to wait before an attempt: exponential, spread by up to a quarter per feed.

    The spread comes from the feed's name, so that many sockets do not return at the same moment
    and a run can still be repeated.
    """
    base = BACKOFF_S[min(attempt, len(BACKOFF_S) - 1)]
    return base * (1 + (crc32(f"{feed}|{attempt}".encode()) % 256) / 1024)


class VenueSocket:
    """A connection that stays: it comes back by itself until it is cancelled.

    Attributes:
        feed: Its name in messages and logs.
        heard_wall: Loop time at which anything was last heard.
        connected: Whether it is open now.
        losses: How often a connection was lost, or could not be made.
    """

    ping_after_s: float | None = PING_AFTER_S
    """Silence after which it asks for a PONG; None where the server asks."""
    frozen_after_s: float = FROZEN_AFTER_S

    def __init__(
        self,
        feed: str,
        url: str,
        on_frame: Callable[[str | bytes], Awaitable[None]],
        on_state: Callable[[bool, str], Awaitable[None]],
    ) -> None:
        """Prepare; `run` connects.

        Args:
            feed: The connection's name.
            url: WebSocket address of the channel.
            on_frame: Called with each data frame, in order.
            on_state: Called with connected and a reason on every change.
        """
        self.feed = feed
        self.heard_wall = 0.0
        self.connected = False
        self.losses = 0
        self._url = url
        self._on_frame = on_frame
        self._on_state = on_state
        self._socket: ClientConnection | None = None

    def first_frames(self) -> Sequence[Frame]:
        """What is said first on every connection; nothing unless a channel wants it."""
        return ()

    def answer(self, frame: str | bytes) -> str | None:
        """The answer to a frame that is no data; empty when it wants none, None for data."""
        return "" if frame in ("PONG", b"PONG") else None

    async def run(self) -> None:
        """Connect, read, and come back after every loss; ends only by cancellation."""
        attempt = 0
        while True:
            reason = "connection closed by the venue"
            try:
                async with connect(
                    self._url, ping_interval=None, max_size=16 * 2**20, open_timeout=5
                ) as socket:
                    await self._open(socket)
                    attempt = 0
                    await self._read(socket)
            except TimeoutError:
                reason = f"nothing heard for {self.frozen_after_s:g} s"
            except (OSError, WebSocketException) as error:
                reason = repr(error)
            self._socket = None
            self.losses += 1
            if self.connected:
                self.connected = False
                await self._on_state(False, reason)
            log.warning("venue socket lost", feed=self.feed, reason=reason, attempt=attempt)
            await asyncio.sleep(backoff_s(self.feed, attempt))
            attempt += 1

    async def send(self, frame: Frame) -> None:
        """Say something, when connected."""
        if self._socket is not None:
            await self._socket.send(msgspec.json.encode(frame).decode())

    async def _open(self, socket: ClientConnection) -> None:
        self._socket = socket
        for frame in self.first_frames():
            await self.send(frame)
        self.heard_wall = asyncio.get_running_loop().time()
        self.connected = True
        await self._on_state(True, "connected")

    async def _read(self, socket: ClientConnection) -> None:
        """Hand on data frames until the connection ends.

        Raises:
            TimeoutError: The connection was silent, PONG included, and was given up.
        """
        loop = asyncio.get_running_loop()
        watchdog = asyncio.create_task(self._watch(socket))
        try:
            async for frame in socket:
                self.heard_wall = loop.time()
                said = self.answer(frame)
                if said is None:
                    await self._on_frame(frame)
                elif said:
                    await socket.send(said)
        finally:
            watchdog.cancel()
        if loop.time() - self.heard_wall >= self.frozen_after_s:
            raise TimeoutError

    async def _watch(self, socket: ClientConnection) -> None:
        """Ask for a PONG in silence; cut a frozen connection."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(PING_AFTER_S / 2)
            silence = loop.time() - self.heard_wall
            if silence >= self.frozen_after_s:
                socket.transport.abort()
                return
            if self.ping_after_s is not None and silence >= self.ping_after_s:
                await socket.send("PING")
