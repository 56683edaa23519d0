"""What the wallet does by itself on the local chain, so that a new installation shows all of it.

Approvals, a wrap, a split, a merge; and once the market has resolved, its redemption. Every job
follows from the chain's first block, so that it is done once, however often the sender starts.
"""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import structlog

from connectors.polygon import jobs
from connectors.polygon.approvals import NEEDED
from connectors.polygon.conditions import held, yes_payout
from connectors.polygon.nodes import Nodes
from connectors.polygon.rpc import NodeAwayError
from connectors.polygon.watch import SOURCE, ChainWatch
from connectors.sandbox.chain.known import QUESTION, condition_id
from schemas.envelope import Message
from schemas.ids import MarketId, derive_id
from schemas.wallet import JobRequested
from streams.settlement import payout

log = structlog.get_logger(__name__)

MARKET = MarketId(condition_id(QUESTION))
WRAPPED = Decimal(3_000)
SPLIT = Decimal(100)
MERGED = Decimal(40)
BEFORE = len(NEEDED) + 3
"""Transactions before the redemption."""
LOOK_S = 5.0


async def story(
    watch: ChainWatch, nodes: Nodes, wallet: str, now_ms: int
) -> AsyncIterator[JobRequested]:
    """The jobs, each when its time has come; it ends with the redemption.

    Args:
        watch: Reads the chain.
        nodes: The chain.
        wallet: Who acts.
        now_ms: Session time of their request.
    """
    cause = await _beginning(nodes, now_ms)
    for approval in jobs.approve(wallet, NEEDED, cause):
        yield approval
    yield jobs.wrap(wallet, WRAPPED, cause)
    yield jobs.split(wallet, MARKET, SPLIT, cause)
    yield jobs.merge(wallet, MARKET, MERGED, cause)
    frees = await _worth(watch, nodes, wallet)
    if frees:
        yield jobs.redeem(wallet, MARKET, cause, frees=frees)


async def _worth(watch: ChainWatch, nodes: Nodes, wallet: str) -> Decimal:
    """Dollars that the market's redemption pays, once it has resolved and the merge is done."""
    while True:
        try:
            yes = await yes_payout(watch, MARKET)
            if yes is not None and (await nodes.nonces(wallet)).latest >= BEFORE:
                return payout(await held(watch, wallet, MARKET), yes)
        except NodeAwayError as error:
            log.warning("chain-away", reason=str(error))
        await asyncio.sleep(LOOK_S)


async def _beginning(nodes: Nodes, now_ms: int) -> Message:
    """The chain's first block as the message that the jobs follow from."""
    while True:
        try:
            born = await nodes.first(lambda node: node.block_hash(0))
        except NodeAwayError as error:
            log.warning("chain-away", reason=str(error))
            await asyncio.sleep(LOOK_S)
            continue
        return Message(
            event_id=derive_id("local-chain", born),
            event_time=now_ms,
            ingest_time=now_ms,
            source=SOURCE,
        )
