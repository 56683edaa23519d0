"""The wallet against a chain: settlement, and everything that can go wrong with it."""

import pytest

from connectors.polygon.approvals import NEEDED
from connectors.polymarket import contracts
from connectors.sandbox.chain.genesis import address_of
from connectors.sandbox.chain.node import NodeFaults
from schemas.wallet import CallKind, ChainCall, JobKind, JobRequested, TransactionVoided
from tests.connectors.polygon.wallet_world import (
    Killed,
    WalletWorld,
    served_world,
    split,
    wallet_world,
)
from tests.connectors.sandbox.chain.wallets import (
    DOLLAR,
    GWEI,
    ME,
    OTHER,
    QUESTION,
    dollars,
    market,
    shares,
    signed,
    submit,
)

PAY = ChainCall(kind=CallKind.SEND, to=OTHER.address, amount=GWEI)


async def test_a_wallet_goes_the_whole_way_from_approval_to_redemption() -> None:
    async with served_world(dollars=0) as world:
        world.chain.fund(ME.address, 0, 500 * DOLLAR)
        condition = market(world.chain)
        for approval in NEEDED:
            world.request(approval.call(), kind=JobKind.APPROVE)
        before = len(NEEDED)
        await world.settled(before)
        wrap = ChainCall(kind=CallKind.WRAP, token=contracts.USDC_E, amount=500 * DOLLAR)
        world.request(wrap, kind=JobKind.WRAP)
        await world.settled(before + 1)
        world.request(split(condition, 100))
        await world.settled(before + 2)
        merge = ChainCall(kind=CallKind.MERGE, market_id=condition, amount=40 * DOLLAR)
        world.request(merge, kind=JobKind.MERGE)
        await world.settled(before + 3)
        world.chain.resolve(QUESTION, (1, 0))
        redeem = ChainCall(kind=CallKind.REDEEM, market_id=condition)
        world.request(redeem, kind=JobKind.REDEEM)
        await world.settled(before + 4)
        assert set(world.ended().values()) == {True}
        assert (dollars(world.chain), shares(world.chain, condition)) == (500 * DOLLAR, (0, 0))
        ended = world.transactions()
        assert [tx.nonce for tx in ended] == list(range(len(NEEDED) + 4))
        assert all(tx.cost_usd is not None and 0 < tx.cost_usd < 1 for tx in ended)


async def test_a_refused_call_fails_its_job_and_the_next_goes_on() -> None:
    async with wallet_world(dollars=10) as world:
        condition = market(world.chain)
        bad = world.request(split(condition, 11), split(condition, 1))
        good = world.request(split(condition, 10))
        await world.settled(2)
        assert world.ended() == {bad: False, good: True}
        assert shares(world.chain, condition) == (10 * DOLLAR, 10 * DOLLAR)
        assert "job-failed" in world.alerts()


@pytest.mark.parametrize("keep", [True, False], ids=["back to the pool", "lost"])
async def test_a_reorganisation_is_waited_out(keep: bool) -> None:
    async with wallet_world() as world:
        condition = market(world.chain)
        world.request(split(condition, 5))
        await world.round()
        await world.round(blocks=0)
        assert shares(world.chain, condition)[0] == 5 * DOLLAR
        world.chain.reorganise(2, keep=keep)
        assert shares(world.chain, condition)[0] == 0
        await world.settled(1)
        assert shares(world.chain, condition)[0] == 5 * DOLLAR


async def test_a_dropped_transaction_is_sent_again() -> None:
    async with wallet_world() as world:
        condition = market(world.chain)
        world.request(split(condition, 5))
        await world.round(blocks=0)
        await world.round(blocks=0)
        assert world.chain.pool.drop() == 1
        await world.settled(1)
        assert shares(world.chain, condition)[0] == 5 * DOLLAR
        assert [tx.attempt for tx in world.transactions()] == [1]


async def test_a_transaction_that_pends_is_replaced_and_done_once() -> None:
    async with wallet_world() as world:
        condition = market(world.chain)
        world.request(split(condition, 5))
        for _ in range(4):
            await world.round(ms=50_000, blocks=0)
        await world.settled(1)
        (ended,) = world.transactions()
        assert ended.attempt == 2
        assert shares(world.chain, condition)[0] == 5 * DOLLAR


async def test_a_transaction_given_up_does_nothing() -> None:
    async with wallet_world() as world:
        condition = market(world.chain)
        job = world.request(split(condition, 5))
        await world.round(blocks=0)
        await world.round(blocks=0)
        nonce = world.chain.evm.nonce(address_of(ME.address))
        world.say(
            TransactionVoided(
                **world.head("void"), wallet=ME.address, nonce=nonce, reason="test", by="test"
            )
        )
        await world.settled(1)
        assert world.ended() == {job: False}
        assert shares(world.chain, condition)[0] == 0
        assert [tx.status for tx in world.transactions()] == ["voided"]


async def test_a_full_pool_is_waited_out() -> None:
    async with wallet_world() as world:
        condition = market(world.chain)
        world.chain.pool.limit = 0
        world.request(split(condition, 5))
        for _ in range(3):
            await world.round()
        assert world.ended() == {}
        world.chain.pool.limit = 100
        await world.settled(1)
        assert shares(world.chain, condition)[0] == 5 * DOLLAR


@pytest.mark.parametrize(
    ("faults", "word"),
    [
        (NodeFaults(chain_id=1), "chain"),
        (NodeFaults(extra_nonce=3), "disagree"),
        (NodeFaults(lag=11), "lag"),
    ],
    ids=["wrong chain", "disagreement", "lag"],
)
async def test_a_doubtful_node_stops_new_transactions(faults: NodeFaults, word: str) -> None:
    async with wallet_world() as world:
        condition = market(world.chain)
        world.server.nodes[1].faults = faults
        world.request(split(condition, 5))
        for _ in range(3):
            await world.round()
        assert world.chain.pool.pending_nonce(address_of(ME.address)) == world.chain.evm.nonce(
            address_of(ME.address)
        )
        assert world.ended() == {}
        told = world.details("wallet-doubt")
        assert word in told[0]
        world.server.nodes[1].faults = NodeFaults()
        await world.settled(1)


async def test_one_node_is_enough_and_a_station_is_not_needed() -> None:
    async with wallet_world() as world:
        condition = market(world.chain)
        world.server.nodes[1].faults.silent = True
        world.request(split(condition, 5))
        await world.settled(1)


async def test_a_node_that_loses_transactions_does_not_matter() -> None:
    async with wallet_world() as world:
        condition = market(world.chain)
        world.server.nodes[0].faults.loses = True
        world.request(split(condition, 5))
        await world.settled(1)
        assert shares(world.chain, condition)[0] == 5 * DOLLAR


async def test_somebody_else_with_our_key_is_noticed_and_the_job_done_once() -> None:
    async with wallet_world() as world:
        condition = market(world.chain)
        world.request(split(condition, 5))
        world.now += 6_000
        await world.look()
        nonce = world.chain.evm.nonce(address_of(ME.address))
        submit(world.chain, signed(world.chain, PAY, nonce=nonce, tip=400))
        world.chain.mine()
        await world.settled(1)
        assert shares(world.chain, condition)[0] == 5 * DOLLAR
        assert {"nonce-out-of-sync", "nonce-used-by-another"} & set(world.alerts())


async def test_a_hundred_jobs_at_once_collide_nowhere() -> None:
    async with wallet_world() as world:
        condition = market(world.chain)
        first = world.chain.evm.nonce(address_of(ME.address))
        for _ in range(100):
            world.request(split(condition, 1))
        await world.settled(100)
        assert set(world.ended().values()) == {True}
        assert shares(world.chain, condition) == (100 * DOLLAR, 100 * DOLLAR)
        assert [tx.nonce for tx in world.transactions()] == list(range(first, first + 100))


def wanted(world: WalletWorld) -> int:
    """What all jobs on the log together split."""
    jobs = [message for message in world.log if isinstance(message, JobRequested)]
    return sum(call.amount for job in jobs for call in job.calls)


async def two_jobs(world: WalletWorld, condition: str) -> None:
    world.request(split(condition, 1))
    world.request(split(condition, 2))
    await world.until(world.is_idle)


async def test_killed_at_every_step_nothing_is_spent_twice_and_nothing_forgotten() -> None:
    async with wallet_world() as world:
        condition = market(world.chain)
        await two_jobs(world, condition)
        every = world.steps
        for kill_at in range(1, every + 1):
            world.steps, world.kill_at = 0, kill_at
            if kill_at % 3 == 0:
                world.checkpoint()
            try:
                await two_jobs(world, condition)
            except Killed:
                world.kill_at = None
                world.kill()
                await world.until(world.is_idle)
            held = shares(world.chain, condition)
            assert held == (wanted(world), wanted(world)), f"killed at step {kill_at}"
        assert every > 30
