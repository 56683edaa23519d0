"""Look-ups, comparisons and signs of life: what the gateway asks the venue, and what it heard."""

import asyncio
from decimal import Decimal

import structlog

from connectors.polymarket.gateway_facts import FactWriter
from connectors.polymarket.gateway_words import ending, ending_of, own_trades
from connectors.polymarket.order_replies import UnexpectedReplyError
from connectors.polymarket.trading_rest import TradingRest
from connectors.polymarket.user_events import UserTrade
from connectors.polymarket.user_feed import OrderStep, Step, UserFeed
from connectors.polymarket.venue_http import (
    OutcomeUnknownError,
    VenueRefusedError,
    VenueUnavailableError,
)
from schemas.ids import TokenId
from schemas.values import MICRO
from schemas.venue import CompareVenue, LookUpOrder, OwnTrade

log = structlog.get_logger(__name__)

NOT_FOUND = 404
AT_ONCE = 8
"""Reads at the same time; the venue counts them by address."""
COLLATERAL = TokenId("")
TROUBLE = (VenueUnavailableError, VenueRefusedError, UnexpectedReplyError, OutcomeUnknownError)


class Asker:
    """Asks the venue what it has of ours.

    Attributes:
        failures: Reads that gave nothing; they are asked for again.
        beats: Signs of life that the venue took.
    """

    def __init__(
        self,
        rest: TradingRest,
        feed: UserFeed,
        facts: FactWriter,
        api_key: str,
        signature_type: int,
    ) -> None:
        """Take the way to the venue and the way back to the log.

        Args:
            rest: Private calls.
            feed: The fold of the user channel; what REST tells goes through it too.
            facts: The way back.
            api_key: The owner of our orders.
            signature_type: Of the account.
        """
        self._rest = rest
        self._feed = feed
        self._facts = facts
        self._api_key = api_key
        self._signature_type = signature_type
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._beating = asyncio.Lock()
        self._beat_id = ""
        self.failures = self.beats = 0

    async def look_up(self, call: LookUpOrder) -> None:
        """Ask for one order by its hash; no answer is no fact, and it is asked for again."""
        try:
            known = await self.tell(call.order.venue_order_id)
        except TROUBLE as error:
            self._failed("look-up", error)
            return
        if not known:
            await self._facts.absent(call)

    async def tell(self, venue_order_id: str) -> bool:
        """Tell what the venue says of an order.

        Returns:
            Whether it knows the order.

        Raises:
            InfrastructureError: It gave no answer.
        """
        try:
            async with self._slots:
                found = await self._rest.order(venue_order_id)
        except VenueRefusedError as error:
            if error.failure.status != NOT_FOUND:
                raise
            found = None
        if found is not None:
            ended = ending_of(found)
            await self._facts.seen(venue_order_id, found.size_matched, ended, found.status)
        return found is not None

    async def compare(self, call: CompareVenue) -> None:
        """Read open orders, trades and balances; what the user channel missed is told first."""
        asked_at = self._facts.now_ms()
        try:
            async with self._slots:
                orders = await self._rest.open_orders()
                trades = await self._rest.trades(after=call.trades_since // 1000)
                balances = await self._balances(call.tokens)
        except TROUBLE as error:
            self._failed("comparison", error)
            return
        for step in self._feed.close_gap(orders, trades).steps:
            await self.told(step)
        await self._facts.compared(
            asked_at,
            call.trades_since // 1000 * 1000,
            {order.id: order.size_matched for order in orders},
            tuple(own for trade in trades for own in own_trades(trade, self._api_key)),
            balances,
        )

    async def told(self, step: Step) -> None:
        """A step that the user channel, or REST in its place, told of."""
        if isinstance(step, OrderStep):
            ended = ending(step.status) if step.ended else None
            await self._facts.seen(step.order_id, step.matched, ended, step.status)
            return
        for own in self.own(step.trade):
            await self._facts.traded(own)

    def own(self, trade: UserTrade) -> tuple[OwnTrade, ...]:
        """The parts of a trade that our orders had."""
        return tuple(own_trades(trade, self._api_key))

    async def beat(self) -> None:
        """Send a sign of life, unless one is still under way."""
        if self._beating.locked():
            return
        async with self._beating:
            try:
                await self._beat()
            except TROUBLE as error:
                self._failed("heartbeat", error)

    async def _beat(self) -> None:
        """One sign of life; a new session does not know the id to send and is told it."""
        try:
            self._beat_id = await self._rest.heartbeat(self._beat_id)
        except VenueRefusedError as error:
            if not error.failure.heartbeat_id:
                raise
            self._beat_id = await self._rest.heartbeat(error.failure.heartbeat_id)
        self.beats += 1

    async def _balances(self, tokens: tuple[TokenId, ...]) -> dict[str, Decimal]:
        found: dict[str, Decimal] = {}
        for token in (COLLATERAL, *tokens):
            try:
                balance = await self._rest.balance(self._signature_type, token)
            except VenueRefusedError as error:
                if token == COLLATERAL:
                    raise
                self._failed("balance", error)  # a token whose market is gone has none
                continue
            found[token] = Decimal(balance.balance) / MICRO
        return found

    def _failed(self, what: str, error: Exception) -> None:
        self.failures += 1
        log.warning("venue-not-read", what=what, reason=str(error))
