from typing import Any

import msgspec
import pytest

from configs.redaction import know_secret
from connectors.polygon.addresses import LOCAL_CHAIN_ID
from connectors.polymarket import contracts
from connectors.polymarket.calldata import Call
from connectors.polymarket.relayer_payload import Batch, payload, relayed_wallet
from connectors.sandbox.chain.relayer_checks import RelayRefused, Submission
from schemas.errors import ConfigurationError
from schemas.ids import MarketId
from schemas.wallet import CallKind, ChainCall, JobKind
from tests.connectors.polygon.gasless_world import (
    KEY,
    KINDS,
    GaslessWorld,
    beginning,
    gasless_world,
)
from tests.connectors.polygon.wallet_world import Killed, split
from tests.connectors.sandbox.chain.wallets import DOLLAR, ME, OTHER, dollars, market, shares

EVERY = pytest.mark.parametrize("kind", sorted(KINDS))


def held(world: GaslessWorld, condition: MarketId) -> tuple[int, int]:
    yes, no = shares(world.chain, condition, world.address)
    return yes // DOLLAR, no // DOLLAR


async def begun(world: GaslessWorld) -> MarketId:
    condition = market(world.chain)
    world.request(*beginning(), kind=JobKind.APPROVE)
    await world.settled(1)
    assert list(world.ended().values()) == [True]
    return condition


@EVERY
async def test_a_wallet_goes_the_whole_way_by_the_relayer(kind: str) -> None:
    async with gasless_world(kind) as world:
        condition = await begun(world)
        world.request(split(condition, 10))
        await world.settled(2)
        assert held(world, condition) == (10, 10)
        merge = ChainCall(kind=CallKind.MERGE, market_id=condition, amount=4 * DOLLAR)
        allow = approval_of_positions()
        world.request(allow, merge, kind=JobKind.MERGE)
        await world.settled(3)
        assert held(world, condition) == (6, 6)
        assert dollars(world.chain, world.address) == 94 * DOLLAR
        assert all(world.ended().values())
        assert {tx.cost_pol for tx in world.transactions()} == {0}


@EVERY
async def test_a_batch_that_is_undone_fails_its_job_and_the_next_goes_on(kind: str) -> None:
    async with gasless_world(kind) as world:
        condition = await begun(world)
        failing = world.request(split(condition, 1_000))
        good = world.request(split(condition, 5))
        await world.settled(3)
        ended = world.ended()
        assert (ended[failing], ended[good]) == (False, True)
        assert held(world, condition) == (5, 5)


@EVERY
@pytest.mark.parametrize(
    "fault", ["lost_replies", "busy", "limited", "invalid"], ids=lambda name: name
)
async def test_whatever_the_relayer_does_nothing_is_done_twice(kind: str, fault: str) -> None:
    async with gasless_world(kind) as world:
        condition = await begun(world)
        setattr(world.relayer.faults, fault, 1)
        job = world.request(split(condition, 10))
        await world.until(lambda: job in world.ended())
        done = world.ended()[job]
        lost_proxy = kind == "PROXY" and fault == "lost_replies"
        assert done is (fault != "invalid" and not lost_proxy)
        effect = 0 if fault == "invalid" else 10
        assert held(world, condition) == (effect, effect)
        if not done:
            assert world.details("job-failed")
        again = world.request(split(condition, 1))
        await world.until(lambda: again in world.ended(), rounds=80)
        assert held(world, condition) == (effect + 1, effect + 1)


async def test_a_batch_that_is_never_executed_lapses_and_is_signed_anew() -> None:
    async with gasless_world("WALLET") as world:
        condition = await begun(world)
        world.relayer.faults.stalled = 1
        job = world.request(split(condition, 10))
        for _ in range(12):
            await world.round(ms=60_000)
        await world.until(lambda: job in world.ended())
        assert world.ended()[job]
        assert held(world, condition) == (10, 10)
        assert world.details("transaction-stuck"), "a person was asked after ten minutes"


async def test_a_relayer_that_forgets_is_not_given_the_batch_again() -> None:
    async with gasless_world("SAFE") as world:
        condition = await begun(world)
        job = world.request(split(condition, 10))
        await world.round()
        world.relayer.faults.forgets = 3
        await world.until(lambda: job in world.ended())
        assert held(world, condition) == (10, 10)
        assert len(world.relayer.taken) == 2


@EVERY
async def test_an_undone_block_is_waited_out(kind: str) -> None:
    async with gasless_world(kind) as world:
        condition = await begun(world)
        job = world.request(split(condition, 10))
        await world.round(blocks=1)
        await world.round(blocks=0)
        world.chain.reorganise(1)
        assert held(world, condition) == (0, 0)
        await world.until(lambda: job in world.ended())
        assert held(world, condition) == (10, 10)


async def test_killed_at_every_step_nothing_is_done_twice_and_nothing_forgotten() -> None:
    kill_at, steps = 1, 1
    while kill_at <= steps:
        async with gasless_world("SAFE") as world:
            condition = await begun(world)
            begin = world.steps
            world.kill_at = begin + kill_at
            asked = False
            while not asked or not world.is_idle():
                try:
                    if not asked:
                        asked = True
                        world.request(split(condition, 10))
                    await world.round(blocks=4)
                except Killed:
                    world.kill()
            assert held(world, condition) == (10, 10), f"killed at step {kill_at}"
            steps = world.steps - begin
        kill_at += 1


@EVERY
async def test_what_was_signed_cannot_be_changed_on_the_way(kind: str) -> None:
    async with gasless_world(kind) as world:
        body = submission(kind, Call(contracts.COLLATERAL, "0x" + "ab" * 4))
        for change in (
            {"nonce": "7"},
            {"from": OTHER.address},
            {"signature": "0x" + "11" * 65},
            {"signature": "0x" + "00" * 65},
            {"data": "0x" + "cd" * 4},
            {"proxyWallet": OTHER.address},
            {"type": "UNHEARD"},
        ):
            if kind == "WALLET" and change.keys() & {"data", "proxyWallet"}:
                continue
            with pytest.raises(RelayRefused):
                world.relayer.submit(read({**body, **change}))
        assert world.relayer.submit(read(body))


def test_only_an_owners_wallet_is_moved() -> None:
    with pytest.raises(ConfigurationError, match="proxy, Safe or deposit wallet"):
        relayed_wallet(ME, OTHER.address, LOCAL_CHAIN_ID)
    with pytest.raises(ConfigurationError, match="proxy, Safe or deposit wallet"):
        relayed_wallet(ME, ME.address, LOCAL_CHAIN_ID)


async def test_another_key_is_refused_and_nothing_is_sent() -> None:
    async with gasless_world("SAFE") as world:
        know_secret(KEY)
        world.relayer._key = "another"
        world.request(*beginning(), kind=JobKind.APPROVE)
        for _ in range(3):
            await world.round()
        assert not world.relayer.taken
        assert "the relayer refuses" in world.details("wallet-doubt")[0]
        assert not any(KEY in repr(message) for message in (*world.log, *world.told))


def approval_of_positions() -> ChainCall:
    adapter = contracts.COLLATERAL_ADAPTER
    return ChainCall(kind=CallKind.APPROVE_ALL, token=contracts.CONDITIONAL_TOKENS, to=adapter)


def submission(kind: str, *calls: Call) -> dict[str, Any]:
    wallet = relayed_wallet(ME, KINDS[kind], LOCAL_CHAIN_ID)
    relay = "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF"
    batch = Batch(calls, 0, 2_000_000_000, 500_000, relay)
    found: dict[str, Any] = msgspec.json.decode(payload(wallet, batch))
    return found


def read(body: dict[str, Any]) -> Submission:
    return msgspec.json.decode(msgspec.json.encode(body), type=Submission)
