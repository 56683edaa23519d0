from decimal import Decimal

from schemas.wallet import JobRequested, WalletState
from schemas.wallet_truths import AssetTruth, TruthObserved
from tests.connectors.polygon.wallet_world import WalletWorld, split, wallet_world
from tests.connectors.sandbox.chain.wallets import (
    DOLLAR,
    ME,
    QUESTION,
    dollars,
    market,
    shares,
    token,
)


async def truth(world: WalletWorld, condition: str, yes_payout: str) -> TruthObserved:
    """What the chain says now, as the poller writes it."""
    assets = []
    for outcome in (0, 1):
        token_id = str(token(world.chain, condition, outcome))
        chain = await world.watch.shares(token_id, ME.address)
        won = Decimal(yes_payout) if outcome == 0 else 1 - Decimal(yes_payout)
        assets.append(
            AssetTruth(
                key=token_id,
                market_id=condition,
                ours=chain,
                venue=None,
                data_api=None,
                chain=chain,
                resolved=True,
                payout=won,
                outcome=outcome,
            )
        )
    return TruthObserved(
        **world.head("truth", world.steps), wallet=ME.address, assets=tuple(assets)
    )


def state(world: WalletWorld) -> WalletState:
    return [m for m in world.told if isinstance(m, WalletState)][-1]


def redemptions(world: WalletWorld) -> list[JobRequested]:
    return [m for m in world.told if isinstance(m, JobRequested)]


async def resolved_world(world: WalletWorld, payouts: tuple[int, int]) -> str:
    condition = market(world.chain)
    world.request(split(condition, 25))
    await world.settled(1)
    world.chain.resolve(QUESTION, payouts)
    world.chain.mine()
    return condition


async def test_what_won_is_redeemed_once_and_what_it_frees_is_shown() -> None:
    async with wallet_world(dollars=100) as world:
        condition = await resolved_world(world, (1, 0))
        before = await truth(world, condition, "1")
        world.say(before)
        assert state(world).freeing == 25
        for _ in range(3):
            world.now += 1_000
            world.say(await truth(world, condition, "1"))
        assert len(redemptions(world)) == 1, "one redemption at once"
        await world.settled(2)
        assert (state(world).freed, state(world).freeing) == (Decimal(25), Decimal(0))
        assert shares(world.chain, condition) == (0, 0)
        assert dollars(world.chain) == 100 * DOLLAR
        world.say(before)
        world.now += 1_000
        world.say(await truth(world, condition, "1"))
        assert len(redemptions(world)) == 1, "a look from before shows the old balance"


async def test_a_stage_killed_after_it_asked_redeems_once() -> None:
    async with wallet_world(dollars=100) as world:
        condition = await resolved_world(world, (1, 1))
        world.say(await truth(world, condition, "0.5"))
        world.kill()
        world.now += 1_000
        world.say(await truth(world, condition, "0.5"))
        await world.settled(2)
        assert dollars(world.chain) == 100 * DOLLAR
        assert len({tx.job_id for tx in world.transactions()}) == 2


async def test_what_lost_and_what_only_the_venue_lists_costs_no_gas() -> None:
    async with wallet_world(dollars=100) as world:
        condition = await resolved_world(world, (1, 0))
        seen = await truth(world, condition, "1")
        yes, no = seen.assets
        only_no = TruthObserved(**world.head("lost"), wallet=ME.address, assets=(no,))
        world.say(only_no)
        listed = AssetTruth(
            key=yes.key,
            market_id=condition,
            ours=Decimal(25),
            venue=Decimal(25),
            data_api=Decimal(25),
            chain=None,
            resolved=True,
            payout=Decimal(1),
        )
        world.say(TruthObserved(**world.head("venue"), wallet=ME.address, assets=(listed,)))
        assert not redemptions(world)
