"""RTDS `activity`: every public trade with its wallet, over one WebSocket (PROTOCOL.md 6.4)."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from configs.clock import SessionClock
from connectors.feeds.feed import FeedFormatError
from connectors.polymarket.venue_ws import backoff_s
from connectors.social.wallet_trades import read_push
from schemas.outside import WalletTrade

log = structlog.get_logger(__name__)

NAME = "rtds"
SUBSCRIBE = (
    '{"action":"subscribe","subscriptions":[{"topic":"activity","type":"trades","filters":""}]}'
)
PING_EVERY_S = 5.0
FROZEN_AFTER_S = 30.0


class WalletSocket:
    """A connection that stays; it publishes the trades of the wallets that matter.

    Attributes:
        connected: Whether it is open now.
        published: Trades handed on.
    """

    def __init__(
        self,
        url: str,
        matters: Callable[[str], bool],
        publish: Callable[[WalletTrade], Awaitable[None]],
        clock: SessionClock,
    ) -> None:
        """Wire it.

        Args:
            url: Address of RTDS.
            matters: Whether a wallet (lower case) is one to follow.
            publish: The log.
            clock: Session time.
        """
        self.connected = False
        self.published = 0
        self._url = url
        self._matters = matters
        self._publish = publish
        self._clock = clock

    async def run(self) -> None:
        """Work until cancelled."""
        attempt = 0
        while True:
            try:
                async with connect(self._url, max_size=10_000_000) as socket:
                    await socket.send(SUBSCRIBE)
                    attempt, self.connected = 0, True
                    async with asyncio.TaskGroup() as tasks:
                        pinging = tasks.create_task(_ping(socket))
                        await self._read(socket)
                        pinging.cancel()
            except* (OSError, WebSocketException, TimeoutError) as errors:
                log.info("wallet socket lost", feed=NAME, reason=repr(errors.exceptions[0]))
            self.connected = False
            await asyncio.sleep(backoff_s(NAME, attempt))
            attempt += 1

    async def _read(self, socket: ClientConnection) -> None:
        while True:
            frame = await asyncio.wait_for(socket.recv(decode=False), FROZEN_AFTER_S)
            try:
                trade = read_push(frame, self._clock.now_ms())
            except FeedFormatError as error:
                log.warning("trade left out", feed=NAME, error=str(error))
                continue
            if trade is not None and self._matters(trade.wallet):
                await self._publish(trade)
                self.published += 1


async def _ping(socket: ClientConnection) -> None:
    while True:
        await asyncio.sleep(PING_EVERY_S)
        await socket.send("PING")
