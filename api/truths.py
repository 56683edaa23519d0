"""Composes the comparison of truths: our log, the venue and its Data API, beside the gateway."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

from api.live_reader import LiveReader
from api.money.access import VenueAccess
from api.money.wallet import is_local
from api.wallet_chain import open_nodes, open_watch
from configs.settings import Settings
from connectors.polymarket.truth_poll import AskChain, TruthPoller
from schemas.values import Money
from schemas.wallet_truths import TruthObserved
from streams.held_tokens import COLLATERAL, SETTLE_MS, HeldTokens
from topics.catalog import FILLS, LIFECYCLE, POSITIONS
from topics.catalog_wallet import WALLET_INPUTS
from topics.producer import FrameProducer

FILLS_READ = 5_000
"""Of each partition: those that may still be taken back are among the last."""


async def compare_truths(settings: Settings, access: VenueAccess, producer: FrameProducer) -> None:
    """Publish what all say of everything that the account holds; ends by cancellation.

    Args:
        settings: The account and its log.
        access: The account's key at the venue.
        producer: The way to the log.
    """
    async with _chain(settings, access.account.maker) as chain:
        await _compare(settings, access, producer, chain)


@asynccontextmanager
async def _chain(settings: Settings, wallet: str) -> AsyncIterator[AskChain | None]:
    """What the chain has of the wallet; None for money that is on no chain."""
    if settings.money is not Money.LIVE or is_local(settings):
        yield None
        return
    async with open_nodes(settings) as nodes, open_watch(settings, nodes) as watch:

        async def ask(token_id: str) -> Decimal:
            if token_id == COLLATERAL:
                return await watch.dollars("pUSD", wallet)
            return await watch.shares(token_id, wallet)

        yield ask


async def _compare(
    settings: Settings, access: VenueAccess, producer: FrameProducer, chain: AskChain | None
) -> None:
    held = HeldTokens(round(SETTLE_MS * settings.speed))
    reader = LiveReader(
        settings.broker,
        settings.topic_prefix,
        settings.shards,
        (POSITIONS, LIFECYCLE),
        {FILLS: FILLS_READ},
        held.hear,
    )

    async def publish(truth: TruthObserved) -> None:
        await producer.publish(WALLET_INPUTS, settings.account, truth)

    now_ms = settings.clock().now_ms
    poller = TruthPoller(access.account, held, access.rest, access.reads, chain, publish, now_ms)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(reader.run())
        await reader.caught_up.wait()
        tasks.create_task(poller.run())
