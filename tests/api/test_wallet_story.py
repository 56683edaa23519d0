"""What the wallet does by itself on the local chain, and that it does it once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

import httpx
import pytest

from api import wallet_story
from api.chain import begin, operate
from api.wallet_story import story
from connectors.polygon.addresses import LOCAL_CHAIN_ID
from connectors.polygon.gas_station import GasStation
from connectors.polygon.nodes import Nodes
from connectors.polygon.rpc import Rpc
from connectors.polygon.watch import ChainWatch
from connectors.polymarket import contracts
from connectors.polymarket.signer import Signer
from connectors.sandbox.chain.known import QUESTION, WALLET, WALLET_KEY
from connectors.sandbox.chain.network import FINAL_BLOCKS, Network
from connectors.sandbox.chain.server import ChainServer
from schemas.wallet import JobRequested
from tests.connectors.polygon.wallet_world import DirectProvider
from tests.connectors.sandbox.chain.test_journal import Clock
from tests.connectors.sandbox.chain.wallets import DOLLAR, dollars, done

FIRST = 13
NOW = 1_700_000_000_000


class Told:
    """A new local chain, and the jobs that its wallet is told."""

    def __init__(self, http: httpx.AsyncClient, began: int) -> None:
        self.network = Network(Clock(began), (WALLET,))
        begin(self.network)
        self.network.mine()
        self._node = ChainServer(self.network).nodes[0]
        rpc = Rpc("node", provider=DirectProvider(self._node))
        self._nodes = Nodes([rpc], LOCAL_CHAIN_ID, 1, lambda: 0.0)
        station = GasStation(http, "", self._nodes)
        self._watch = ChainWatch(self._nodes, station, lambda: NOW)

    def jobs(self, now_ms: int = NOW) -> AsyncIterator[JobRequested]:
        """As a sender's start tells them."""
        return story(self._watch, self._nodes, WALLET, now_ms)

    def carry_out(self, job: JobRequested) -> None:
        for call in job.calls:
            assert done(self.network, call, signer=Signer(WALLET_KEY)).succeeded, job


@asynccontextmanager
async def told(began: int = NOW // 1000) -> AsyncIterator[Told]:
    async with httpx.AsyncClient() as http:
        yield Told(http, began)


async def first(jobs: AsyncIterator[JobRequested]) -> list[JobRequested]:
    return [await anext(jobs) for _ in range(FIRST)]


async def test_it_goes_from_approval_to_redemption_and_says_what_is_freed() -> None:
    async with told() as local:
        jobs = local.jobs()
        for job in await first(jobs):
            local.carry_out(job)
        local.network.resolve(QUESTION, (1, 0))
        local.network.mine()
        redeem = await anext(jobs)
        assert redeem.frees == Decimal(60)
        local.carry_out(redeem)
        assert [job async for job in jobs] == []
        assert dollars(local.network, WALLET) == 3_000 * DOLLAR
        assert dollars(local.network, WALLET, contracts.USDC_E) == 2_000 * DOLLAR


async def test_every_start_asks_for_the_same_jobs() -> None:
    async with told() as local:
        before = await first(local.jobs())
        after = await first(local.jobs(NOW + 60_000))
        assert [job.job_id for job in before] == [job.job_id for job in after]
        assert len({job.job_id for job in before}) == FIRST


async def test_a_chain_that_began_anew_is_another_story() -> None:
    async with told() as one, told(1_800_000_000) as other:
        names = [{job.job_id for job in await first(each.jobs())} for each in (one, other)]
        assert not names[0] & names[1]


async def test_what_was_redeemed_already_is_not_redeemed_again() -> None:
    async with told() as local:
        jobs = local.jobs()
        for job in await first(jobs):
            local.carry_out(job)
        local.network.resolve(QUESTION, (1, 0))
        local.network.mine()
        local.carry_out(await anext(jobs))
        assert len([job async for job in local.jobs()]) == FIRST


async def test_a_market_that_resolves_before_the_merge_is_redeemed_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wallet_story, "LOOK_S", 0.01)
    async with told() as local:
        local.network.resolve(QUESTION, (1, 0))
        local.network.mine()
        jobs = local.jobs()
        asked = await first(jobs)
        redeem = asyncio.ensure_future(anext(jobs))
        await asyncio.sleep(0.05)
        assert not redeem.done()
        for job in asked:
            local.carry_out(job)
        assert (await redeem).frees == Decimal(60)


async def test_a_silent_node_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wallet_story, "LOOK_S", 0.01)
    async with told() as local:
        local._node.faults.silent = True
        task = asyncio.create_task(first(local.jobs()))
        await asyncio.sleep(0.05)
        assert not task.done()
        local._node.faults.silent = False
        assert len(await task) == FIRST


async def test_the_market_is_resolved_when_the_wallets_first_acts_are_final(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("api.chain.LOOK_S", 0.0)
    async with told() as local:
        operating = asyncio.create_task(operate(local.network))
        local.network.mine(FINAL_BLOCKS)
        await asyncio.sleep(0.01)
        assert not local.network.is_busy, "a wallet that has done nothing is waited for"
        for job in await first(local.jobs()):
            local.carry_out(job)
        await asyncio.sleep(0.01)
        assert local.network.pool.size == 0
        local.network.mine(FINAL_BLOCKS)
        while not local.network.pool.size:  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0.01)
        local.network.mine()
        await operating
        assert local.network.is_resolved(QUESTION)
