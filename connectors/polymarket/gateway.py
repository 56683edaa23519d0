"""The gateway: makes the calls that execution wrote to the log, and writes back what it hears.

It decides nothing and remembers nothing that the log does not. A session begins with a record on
the log; the stage then holds everything under way for doubtful and looks it up by its hash. Calls
of another session are left alone, so a gateway that was replaced, or a call from before a crash,
sends nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress

import structlog

from connectors.polymarket.channels import UserSocket
from connectors.polymarket.gateway_facts import FactWriter
from connectors.polymarket.gateway_reads import Asker
from connectors.polymarket.gateway_send import Sender
from connectors.polymarket.trading_rest import TradingRest
from connectors.polymarket.user_feed import UserFeed
from schemas.envelope import Message
from schemas.errors import ApplicationError, InfrastructureError
from schemas.venue import (
    BeatVenue,
    CancelOrders,
    CompareVenue,
    LookUpOrder,
    PlaceOrders,
    VenueReconciled,
)

log = structlog.get_logger(__name__)

IN_FLIGHT_S = 5.0
CANCEL_ATTEMPTS = 5
CANCEL_PAUSE_S = 0.5


class VenueGateway:
    """One session of one account.

    Attributes:
        reconciled: The last comparison's differences; None before the first.
        connected: Whether the user channel is.
    """

    def __init__(
        self,
        rest: TradingRest,
        sender: Sender,
        asker: Asker,
        feed: UserFeed,
        facts: FactWriter,
    ) -> None:
        """Take the parts."""
        self._rest = rest
        self._sender = sender
        self._asker = asker
        self._feed = feed
        self._facts = facts
        self._tasks: set[asyncio.Task[None]] = set()
        self.reconciled: VenueReconciled | None = None
        self.connected = False

    async def run(self, socket: UserSocket, calls: AsyncIterator[Message]) -> None:
        """Announce the session and do what the log says; ends by cancellation.

        Args:
            socket: The user channel, which reports to `on_frame` and `on_state`.
            calls: From where the log ended before the session is announced.

        Raises:
            ApplicationError: A later session took over.
            InfrastructureError: The broker is away.
        """
        await self._facts.began(running=True)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(socket.run())
            tasks.create_task(self._sender.run())
            async for call in calls:
                self.take(call)

    def take(self, call: Message) -> None:
        """Begin one call.

        Raises:
            ApplicationError: It is meant for a later session.
        """
        match call:
            case VenueReconciled():
                self.reconciled = call
            case PlaceOrders() | CancelOrders() | LookUpOrder() | BeatVenue() | CompareVenue():
                if call.session > self._facts.session:
                    raise ApplicationError(
                        f"Expected to be the only gateway of this account, received a call for "
                        f"session {call.session}: another one took over. Run one gateway."
                    )
                if call.session == self._facts.session:
                    self._begin(call)
            case _:
                pass

    async def on_frame(self, frame: str | bytes) -> None:
        """One message of the user channel; one that cannot be read is a gap, which REST closes."""
        unread = self._feed.unread
        for step in self._feed.on_frame(frame):
            await self._asker.told(step)
        if self._feed.unread > unread:
            log.error("user-channel-unread", reason=self._feed.trouble)
            await self._facts.linked(False, self._feed.trouble)
            await self._facts.linked(True, "the gap is read over REST")

    async def on_state(self, connected: bool, reason: str) -> None:
        """The user channel came or went; execution compares before it places again."""
        self.connected = connected
        await self._facts.linked(connected, reason)

    async def leave(self) -> None:
        """End in good order: nothing more is sent, everything open is cancelled, and said so."""
        await self._sender.close(IN_FLIGHT_S)
        if not await self._cancel_all():
            log.critical(
                "orders-may-be-open",
                what="The venue did not confirm that everything is cancelled. Its heartbeat cancels"
                " all orders 10 to 15 s from now; look at its own page.",
            )
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._facts.began(running=False)

    @property
    def is_busy(self) -> bool:
        """Whether a call is under way or waits."""
        return bool(self._tasks) or self._sender.is_busy

    def _begin(
        self, call: PlaceOrders | CancelOrders | LookUpOrder | BeatVenue | CompareVenue
    ) -> None:
        match call:
            case PlaceOrders():
                self._sender.place(call)
            case CancelOrders():
                self._sender.cancel(call)
            case LookUpOrder():
                self._spawn(self._asker.look_up(call))
            case BeatVenue():
                self._spawn(self._asker.beat())
            case CompareVenue():
                self._spawn(self._asker.compare(call))

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _cancel_all(self) -> bool:
        """Cancel until the venue lists no open order; tell what became of each."""
        for _ in range(CANCEL_ATTEMPTS):
            with suppress(InfrastructureError):
                canceled = (await self._rest.cancel_all()).canceled
                for venue_order_id in canceled:
                    await self._asker.tell(venue_order_id)
                if not await self._rest.open_orders():
                    return True
            await asyncio.sleep(CANCEL_PAUSE_S)
        return False
