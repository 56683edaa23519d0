"""Facts on their way to the log that execution reads."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Protocol

from connectors.polymarket.gateway_words import Judged
from schemas.envelope import Header, Message
from schemas.ids import AccountId, derive_id
from schemas.values import OrderStatus
from schemas.venue import (
    CancelAnswered,
    LookUpOrder,
    Named,
    OrderAbsent,
    OrderAnswered,
    OrderSeen,
    OwnTrade,
    Placement,
    TradeSeen,
    VenueAccount,
    VenueCompared,
    VenueLink,
    VenueSession,
    Verdict,
)

SOURCE = "gateway"

Publish = Callable[[Message], Awaitable[object]]
"""Writes a message to the shard's log."""


class Clock(Protocol):
    """The session clock, such as `configs.clock.SessionClock`."""

    def now_ms(self) -> int:
        """Session time, ms UTC."""

    def wall_age_s(self, at_ms: int) -> float:
        """Wall seconds since a session time."""


class FactWriter:
    """Writes what was heard, with ids that follow from session and count.

    Attributes:
        session: The gateway session in whose name it speaks.
        told: Facts written.
    """

    def __init__(
        self, account_id: AccountId, account: VenueAccount, clock: Clock, publish: Publish
    ) -> None:
        """Begin a session.

        Args:
            account_id: Whose.
            account: Who trades.
            clock: The session clock.
            publish: The way to the log.
        """
        self._account_id = account_id
        self._account = account
        self._clock = clock
        self._publish = publish
        self.session = f"{clock.now_ms():015d}"
        self.told = 0

    def now_ms(self) -> int:
        """Session time, ms UTC."""
        return self._clock.now_ms()

    def age_s(self, at_ms: int) -> float:
        """Wall seconds since a session time."""
        return self._clock.wall_age_s(at_ms)

    async def began(self, *, running: bool) -> None:
        """The gateway takes over, or leaves in good order."""
        await self._tell(
            VenueSession(
                **self._header(),
                session=self.session,
                account_id=self._account_id,
                account=self._account,
                running=running,
            )
        )

    async def linked(self, connected: bool, reason: str) -> None:
        """The user channel came or went."""
        link = VenueLink(**self._header(), session=self.session, connected=connected, reason=reason)
        await self._tell(link)

    async def answered(self, placement: Placement, judged: Judged) -> None:
        """The reply to one order."""
        await self._tell(
            OrderAnswered(
                **self._header(),
                order_id=placement.order_id,
                attempt=placement.attempt,
                verdict=judged.verdict,
                reason=judged.reason,
                retry_ms=judged.retry_ms,
            )
        )

    async def cancel_answered(self, order: Named, verdict: Verdict, reason: str) -> None:
        """The reply to one cancel."""
        head, order_id = self._header(), order.order_id
        await self._tell(CancelAnswered(**head, order_id=order_id, verdict=verdict, reason=reason))

    async def seen(
        self, venue_order_id: str, matched: Decimal, ended: OrderStatus | None, reason: str
    ) -> None:
        """The venue told of an order."""
        await self._tell(
            OrderSeen(
                **self._header(),
                venue_order_id=venue_order_id,
                matched=matched,
                ended=ended,
                reason=reason,
            )
        )

    async def absent(self, call: LookUpOrder) -> None:
        """A look-up found no such order."""
        order_id = call.order.order_id
        await self._tell(OrderAbsent(**self._header(), order_id=order_id, asked_at=call.asked_at))

    async def traded(self, trade: OwnTrade) -> None:
        """A trade of ours is new, or got further."""
        await self._tell(TradeSeen(**self._header(), trade=trade))

    async def compared(
        self,
        asked_at: int,
        trades_since: int,
        open_orders: dict[str, Decimal],
        trades: tuple[OwnTrade, ...],
        balances: dict[str, Decimal],
    ) -> None:
        """What the venue says we have."""
        await self._tell(
            VenueCompared(
                **self._header(),
                session=self.session,
                asked_at=asked_at,
                trades_since=trades_since,
                open_orders=open_orders,
                trades=trades,
                balances=balances,
            )
        )

    def _header(self) -> Header:
        self.told += 1
        now = self._clock.now_ms()
        return Header(
            event_id=derive_id(SOURCE, self.session, self.told),
            event_time=now,
            ingest_time=now,
            source=SOURCE,
            causation_id="",
        )

    async def _tell(self, fact: Message) -> None:
        await self._publish(fact)
