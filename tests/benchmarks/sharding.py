"""Inputs of one log for several shards, and the processes that work on them."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from multiprocessing.context import SpawnProcess

from api.tape import Input
from configs.settings import Settings
from schemas.ids import MarketId
from schemas.market import MarketListed
from tests.benchmarks.stage_process import Shell, work
from topics.partition import shard_of
from topics.spec import Scope

READY_S = 120.0
ACCOUNT_STAGES = ("gate", "ledger")
"""An account has one of each, however many shards."""


def spread(inputs: Iterable[Input], shards: int) -> Iterator[Input]:
    """Each input on the shard of its market's venue event; what is about no market on all."""
    homes: dict[MarketId, int] = {}
    for each in inputs:
        message = each.message
        if each.topic.scope is not Scope.SHARD:
            yield each
            continue
        market_id: MarketId | None = getattr(message, "market_id", None)
        if isinstance(message, MarketListed):
            market_id = message.market.market_id
            homes[market_id] = shard_of(message.market.venue_event_id, shards)
        home = None if market_id is None else homes.get(market_id)
        for shard in range(shards) if home is None else [home]:
            yield each._replace(key=str(shard))


@asynccontextmanager
async def workers(
    settings: Settings, stages: tuple[str, ...], shell: Shell | None = None
) -> AsyncIterator[list[SpawnProcess]]:
    """One process for each shard, ready; the account's stages run in the first. Ended afterwards.

    Raises:
        TimeoutError: One was not ready within two minutes.
    """
    context = multiprocessing.get_context("spawn")
    started: list[SpawnProcess] = []
    try:
        waiting = []
        for number in range(settings.shards):
            own = settings.model_copy(update={"instance": f"worker-{number}"})
            ready = context.Event()
            names = [name for name in stages if number == 0 or name not in ACCOUNT_STAGES]
            process = context.Process(target=work, args=(own, ready, names, shell), daemon=True)
            process.start()
            started.append(process)
            waiting.append(ready)
        for ready in waiting:
            if not await asyncio.to_thread(ready.wait, READY_S):
                raise TimeoutError(f"a worker was not ready within {READY_S:.0f} s")
        yield started
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.join()
