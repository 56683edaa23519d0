"""Asks the venue now and then whether it serves us and still means what it did; tells the gate."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from configs.clock import SessionClock
from connectors.polymarket.connector import Publisher
from connectors.polymarket.order_replies import UnexpectedReplyError
from connectors.polymarket.public_reads import PublicReads
from connectors.polymarket.venue_http import VenueRefusedError, VenueUnavailableError
from connectors.polymarket.venue_watch import VenueWatch
from schemas.ids import AccountId
from topics.catalog import GATE_INPUTS

log = structlog.get_logger(__name__)

CHECK_S = 60.0
"""Wall seconds between two checks; the first comes at the start (PROTOCOL.md 8.3)."""
TELL_S = 1.0
"""Wall seconds between two looks at what calls have shown meanwhile."""


class VenueChecks:
    """A reporter at work: geoblock, the form of orders, and what the account may do."""

    def __init__(
        self,
        reads: PublicReads,
        watch: VenueWatch,
        publisher: Publisher,
        clock: SessionClock,
        account_id: AccountId,
        every_s: float = CHECK_S,
        closed_only: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        """Wire it.

        Args:
            reads: The venue's public calls; read with the watch's sentinel.
            watch: Folds the answers.
            publisher: The log.
            clock: Session time.
            account_id: Whose gate is told.
            every_s: Wall seconds between two checks.
            closed_only: Asks whether the account may only close; None without an account.
        """
        self._reads = reads
        self._watch = watch
        self._publisher = publisher
        self._clock = clock
        self._account_id = account_id
        self._every_s = every_s
        self._closed_only = closed_only

    async def run(self) -> None:
        """Check now and then, and tell what changed in between, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await self.check()
            until = loop.time() + self._every_s
            while loop.time() < until:
                await asyncio.sleep(min(TELL_S, self._every_s))
                await self.tell()

    async def check(self) -> None:
        """Ask once; a question that is not answered leaves what was known."""
        try:
            self._watch.geoblock(await self._reads.geoblock())
            await self._reads.version()
            if self._closed_only is not None:
                self._watch.closed_only(await self._closed_only())
        except (VenueUnavailableError, VenueRefusedError) as error:
            log.warning("venue check failed", reason=str(error))
        except UnexpectedReplyError as error:
            log.error("the venue answers differently than it did", reason=str(error))
        await self.tell()

    async def tell(self) -> None:
        """Tell the gate what changed since it was told last."""
        status = self._watch.news(self._clock.now_ms())
        if status is not None:
            await self._publisher.publish(GATE_INPUTS, self._account_id, status)
