"""Operators' jobs, carried out on a chain."""

from decimal import Decimal

import pytest

from connectors.polygon import jobs
from connectors.polygon.conditions import held, yes_payout
from connectors.polymarket import contracts
from schemas.envelope import Message
from schemas.errors import InsufficientGasError, InsufficientUSDCError
from schemas.wallet import JobRequested
from tests.connectors.polygon.wallet_world import WalletWorld, split, wallet_world
from tests.connectors.sandbox.chain.wallets import (
    DOLLAR,
    ME,
    OTHER,
    QUESTION,
    dollars,
    market,
    shares,
    token,
)

COLD = OTHER.address


def wish(world: WalletWorld, name: str) -> Message:
    return Message(**world.head(name))


async def carry_out(world: WalletWorld, *wanted: JobRequested) -> None:
    before = len(world.ended())
    for each in wanted:
        world.say(each)
    await world.settled(before + len(wanted))
    assert all(world.ended().values()), world.told


async def test_an_operator_goes_from_approval_to_redemption() -> None:
    async with wallet_world(dollars=0) as world:
        me = ME.address
        world.chain.fund(me, 0, 500 * DOLLAR)
        condition = market(world.chain)
        missing = await jobs.missing_approvals(world.watch, me)
        assert len(missing) == 10
        await carry_out(
            world,
            *jobs.approve(me, missing, wish(world, "approve")),
            jobs.wrap(me, Decimal("400.5"), wish(world, "wrap")),
            jobs.unwrap(me, Decimal("0.5"), wish(world, "unwrap")),
            jobs.split(me, condition, Decimal(100), wish(world, "split")),
            jobs.merge(me, condition, Decimal(40), wish(world, "merge")),
        )
        assert await jobs.missing_approvals(world.watch, me) == ()
        assert await held(world.watch, me, condition) == (Decimal(60), Decimal(60))
        assert await yes_payout(world.watch, condition) is None
        world.chain.resolve(QUESTION, (1, 3))
        world.chain.mine()
        assert await yes_payout(world.watch, condition) == Decimal("0.25")
        await carry_out(world, jobs.redeem(me, condition, wish(world, "redeem")))
        assert await held(world.watch, me, condition) == (Decimal(0), Decimal(0))
        assert dollars(world.chain) == 400 * DOLLAR
        assert dollars(world.chain, token=contracts.USDC_E) == 100 * DOLLAR


async def test_a_sweep_takes_what_the_venue_uses_first_and_no_more_than_there_is() -> None:
    async with wallet_world(dollars=100) as world:
        world.chain.fund(ME.address, 0, 50 * DOLLAR)
        world.chain.mine()
        seen = await world.watch.wallet(ME.address)
        with pytest.raises(InsufficientUSDCError, match="at most 150"):
            jobs.sweep(ME.address, COLD, Decimal("150.01"), seen.balances, wish(world, "much"))
        await carry_out(
            world,
            jobs.sweep(ME.address, COLD, Decimal(120), seen.balances, wish(world, "sweep")),
        )
        left = [
            dollars(world.chain, token=token) for token in (contracts.COLLATERAL, contracts.USDC_E)
        ]
        assert left == [0, 30 * DOLLAR]
        assert dollars(world.chain, COLD) == 100 * DOLLAR
        assert dollars(world.chain, COLD, contracts.USDC_E) == 20 * DOLLAR


async def test_a_withdrawal_leaves_nothing_but_the_gas_it_needs() -> None:
    async with wallet_world(dollars=100) as world:
        seen = await world.watch.wallet(ME.address)
        await carry_out(
            world, *jobs.withdraw(ME.address, COLD, seen.balances, wish(world, "withdraw"))
        )
        after = await world.watch.wallet(ME.address)
        assert after.balances["pUSD"] == after.balances["USDC.e"] == 0
        assert 0 < after.balances["POL"] < jobs.GAS_KEPT
        assert dollars(world.chain, COLD) == 100 * DOLLAR


async def test_outcome_tokens_go_along_with_a_withdrawal() -> None:
    async with wallet_world(dollars=100) as world:
        condition = market(world.chain)
        world.request(split(condition, 10))
        await world.settled(1)
        names = [str(token(world.chain, condition, outcome)) for outcome in (0, 1)]
        held = {name: await world.watch.shares(name, ME.address) for name in names}
        assert set(held.values()) == {Decimal(10)}
        seen = await world.watch.wallet(ME.address)
        wished = wish(world, "withdraw")
        await carry_out(world, *jobs.withdraw(ME.address, COLD, seen.balances, wished, held))
        assert shares(world.chain, condition) == (0, 0)
        assert shares(world.chain, condition, COLD) == (10 * DOLLAR, 10 * DOLLAR)
        assert dollars(world.chain, COLD) == 90 * DOLLAR


async def test_without_gas_a_withdrawal_says_what_is_missing() -> None:
    cause = Message(event_id="w", event_time=1, ingest_time=1, source="test")
    with pytest.raises(InsufficientGasError, match="no POL"):
        jobs.withdraw(ME.address, COLD, {"pUSD": Decimal(5)}, cause)
