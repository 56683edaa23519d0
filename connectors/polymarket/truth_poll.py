"""Asks venue, Data API and chain for all that an account holds, again and again, for the log."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from decimal import Decimal

import msgspec
import structlog

from connectors.polymarket.order_replies import UnexpectedReplyError
from connectors.polymarket.public_reads import PublicReads
from connectors.polymarket.trading_rest import TradingRest
from connectors.polymarket.venue_http import (
    OutcomeUnknownError,
    VenueRefusedError,
    VenueUnavailableError,
)
from schemas.envelope import Header
from schemas.errors import InfrastructureError
from schemas.ids import derive_id
from schemas.values import MICRO
from schemas.venue import VenueAccount
from schemas.wallet_truths import TruthObserved
from streams.held_tokens import COLLATERAL, HeldTokens, Said

log = structlog.get_logger(__name__)

SOURCE = "gateway"
ZERO = Decimal(0)
EVERY_S = 10.0
AT_ONCE = 8
"""Questions at the same time to one of the three."""
TROUBLE = (VenueUnavailableError, VenueRefusedError, UnexpectedReplyError, OutcomeUnknownError)

Balances = dict[str, Decimal]
AskChain = Callable[[str], Awaitable[Decimal]]
"""What the chain has of a token; of dollars under the empty name."""


class _Position(msgspec.Struct, frozen=True):
    """A row of the Data API's positions."""

    token_id: str
    current_size: Decimal


class TruthPoller:
    """One account's three truths.

    Attributes:
        looks: Comparisons published.
        failures: Sources that did not answer; what they say is unknown until they do.
    """

    def __init__(
        self,
        account: VenueAccount,
        held: HeldTokens,
        rest: TradingRest,
        reads: PublicReads,
        chain: AskChain | None,
        publish: Callable[[TruthObserved], Awaitable[None]],
        now_ms: Callable[[], int],
    ) -> None:
        """Take the three sources.

        Args:
            account: Whose.
            held: What our log says; fed by whoever reads it.
            rest: The venue, with the account's key.
            reads: The Data API.
            chain: The chain; None where the venue has none behind it.
            publish: The way to the log.
            now_ms: The session clock.
        """
        self._account = account
        self._held = held
        self._rest = rest
        self._reads = reads
        self._chain = chain
        self._publish = publish
        self._now_ms = now_ms
        self.looks = self.failures = 0

    async def run(self, every_s: float = EVERY_S) -> None:
        """Look until cancelled.

        Args:
            every_s: Wall seconds between two looks.
        """
        while True:
            await self.look()
            await asyncio.sleep(every_s)

    async def look(self) -> TruthObserved:
        """Ask all three once and publish what they say."""
        asked_at = self._now_ms()
        data = await self._answer("data-api", self._positions())
        listed = data or {}
        tokens = (COLLATERAL, *sorted({*self._held.tokens(), *listed}))
        venue = await self._answer("venue", _each(tokens, self._venue))
        chain = None
        if self._chain is not None:
            chain = await self._answer("chain", _each(tokens, self._chain))
        said = {
            token: Said(
                venue=None if venue is None else venue.get(token),
                data_api=None if data is None or token == COLLATERAL else data.get(token, ZERO),
                chain=None if chain is None else chain.get(token),
            )
            for token in tokens
        }
        truth = TruthObserved(
            **self._head(asked_at),
            wallet=self._account.maker,
            assets=self._held.assets(said, asked_at),
        )
        self.looks += 1
        await self._publish(truth)
        return truth

    async def _answer(self, source: str, asked: Awaitable[Balances]) -> Balances | None:
        try:
            return await asked
        except (*TROUBLE, InfrastructureError) as error:
            self.failures += 1
            log.warning("truth-not-read", source_asked=source, reason=str(error))
            return None

    async def _positions(self) -> Balances:
        found: Balances = {}
        async for raw in self._reads.data("/v2/positions", {"user": self._account.maker}):
            try:
                row = msgspec.json.decode(raw, type=_Position)
            except msgspec.DecodeError as error:
                raise UnexpectedReplyError(f"Expected a position's token and size: {error}.") from (
                    error
                )
            found[row.token_id] = found.get(row.token_id, ZERO) + row.current_size
        return found

    async def _venue(self, token_id: str) -> Decimal:
        balance = await self._rest.balance(self._account.signature_type, token_id)
        return Decimal(balance.balance) / MICRO

    def _head(self, asked_at: int) -> Header:
        return {
            "event_id": derive_id("truth", self._account.maker, asked_at, self.looks),
            "event_time": asked_at,
            "ingest_time": self._now_ms(),
            "source": SOURCE,
            "causation_id": "",
        }


async def _each(tokens: Iterable[str], ask: AskChain) -> Balances:
    """Ask for every token, a few at a time."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(token: str) -> tuple[str, Decimal]:
        async with slots:
            return token, await ask(token)

    return dict(await asyncio.gather(*(one(token) for token in tokens)))
