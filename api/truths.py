"""Composes the comparison of truths: our log, the venue and its Data API, beside the gateway."""

import asyncio

from api.live_reader import LiveReader
from api.money.access import VenueAccess
from configs.settings import Settings
from connectors.polymarket.truth_poll import AskChain, TruthPoller
from schemas.wallet_truths import TruthObserved
from streams.held_tokens import HeldTokens
from topics.catalog import FILLS, LIFECYCLE, POSITIONS
from topics.catalog_wallet import WALLET_INPUTS
from topics.producer import FrameProducer

FILLS_READ = 5_000
"""Of each partition: those that may still be taken back are among the last."""


async def compare_truths(
    settings: Settings,
    access: VenueAccess,
    producer: FrameProducer,
    chain: AskChain | None = None,
) -> None:
    """Publish what all say of everything that the account holds; ends by cancellation.

    Args:
        settings: The account and its log.
        access: The account's key at the venue.
        producer: The way to the log.
        chain: What the chain has; None where the venue has none behind it.
    """
    held = HeldTokens()
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
