"""The sender as a process: requests from the log to the chain, and what is seen back to the log."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog

from connectors.polygon.rpc import NodeAwayError
from connectors.polygon.sender import TransactionSender
from connectors.polygon.watch import ChainWatch
from schemas.envelope import Message
from schemas.errors import ConfigurationError
from schemas.wallet import SendTransaction

log = structlog.get_logger(__name__)

GAS_S = 10.0
WALLET_S = 5.0
AT_ONCE = 8
"""Requests looked after at the same time."""

Publish = Callable[[Message], Awaitable[None]]


class SenderService:
    """Sees to what the stage asks for, and looks at gas and wallet now and then.

    Attributes:
        seen: Observations published since the start.
        away: The last looks failed: no node answers.
        address: Whose transactions.
        started: What it says first.
    """

    def __init__(
        self,
        sender: TransactionSender,
        watch: ChainWatch,
        requests: AsyncIterator[SendTransaction],
        publish: Publish,
        chain_id: int,
    ) -> None:
        """Set it up.

        Args:
            sender: Signs and sends.
            watch: Reads the chain.
            requests: From the log; one may come again and again.
            publish: Writes to the stage's log.
            chain_id: Of the chain.
        """
        self._sender = sender
        self._watch = watch
        self._requests = requests
        self._publish = publish
        self.address = sender.address
        self.started = watch.started(sender.address, chain_id)
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._room = asyncio.Semaphore(AT_ONCE)
        self.seen = 0
        self.away = False

    @property
    def busy(self) -> int:
        """Transactions that are looked after now."""
        return len(self._busy)

    async def run(self) -> None:
        """Work until cancelled.

        Raises:
            InfrastructureError: The broker took no more records.
        """
        await self._publish(self.started)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._repeat(self._look_at_gas, GAS_S))
            tasks.create_task(self._repeat(self._look_at_wallet, WALLET_S))
            async for request in self._requests:
                if request.wallet == self._sender.address:
                    self._take(tasks, request)

    def _take(self, tasks: asyncio.TaskGroup, request: SendTransaction) -> None:
        """See to the newest request of a nonce; one that is at work is not begun again."""
        busy = self._busy.get(request.nonce)
        if busy is not None and not busy.done():
            return
        self._busy[request.nonce] = task = tasks.create_task(self._see_to(request))
        task.add_done_callback(lambda _: self._busy.pop(request.nonce, None))

    async def _see_to(self, request: SendTransaction) -> None:
        async with self._room:
            try:
                found = await self._sender.see_to(request)
            except NodeAwayError as error:
                self._note(error)
                return
            except ConfigurationError as error:
                log.error("transaction-not-encodable", nonce=request.nonce, reason=str(error))
                return
        for seen in found:
            self.seen += 1
            await self._publish(self._watch.transaction(request, seen))

    async def _look_at_gas(self) -> Message:
        return await self._watch.gas()

    async def _look_at_wallet(self) -> Message:
        return await self._watch.wallet(self._sender.address)

    async def _repeat(self, look: Callable[[], Awaitable[Message]], every_s: float) -> None:
        while True:
            try:
                message = await look()
            except NodeAwayError as error:
                self._note(error)
            else:
                self.away = False
                await self._publish(message)
            await asyncio.sleep(every_s)

    def _note(self, error: NodeAwayError) -> None:
        if not self.away:
            log.warning("chain-away", reason=str(error))
        self.away = True
