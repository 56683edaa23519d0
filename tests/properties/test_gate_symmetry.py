"""G.7: exchanging YES and NO everywhere changes no decision of the gate."""

from decimal import Decimal

import msgspec
from hypothesis import given, settings

from agents.stages.gate import GateStage
from schemas.envelope import Message
from schemas.ids import TokenId
from schemas.portfolio import Mark
from schemas.trading import (
    BundleIntent,
    Fill,
    IntentApproved,
    IntentDenied,
    MergeApproved,
    MergeDenied,
    Order,
    OrderCanceled,
    PlaceIntent,
    Stamp,
)
from tests.properties.gate_world import BOTS, MARKETS, STEPS, WORLD_RULES, Step, World
from tests.streams.account_messages import ACCOUNT
from topics.catalog import DECISIONS


def mirrored_order(order: Order) -> Order:
    side = order.side.complement
    token = TokenId(f"{order.market_id}-{side}")
    return msgspec.structs.replace(order, side=side, token_id=token)


def mirrored_stamp(stamp: Stamp) -> Stamp:
    return msgspec.structs.replace(
        stamp,
        bid=None if stamp.ask is None else 1 - stamp.ask,
        ask=None if stamp.bid is None else 1 - stamp.bid,
        bid_size=stamp.ask_size,
        ask_size=stamp.bid_size,
    )


def mirrored(message: Message) -> Message:
    match message:
        case PlaceIntent():
            return msgspec.structs.replace(
                message, order=mirrored_order(message.order), stamp=mirrored_stamp(message.stamp)
            )
        case BundleIntent():
            return msgspec.structs.replace(
                message,
                orders=tuple(mirrored_order(order) for order in message.orders),
                stamps=tuple(mirrored_stamp(stamp) for stamp in message.stamps),
            )
        case Fill():
            side = message.side.complement
            token = TokenId(f"{message.market_id}-{side}")
            return msgspec.structs.replace(message, side=side, token_id=token)
        case OrderCanceled():
            return message
        case Mark():
            return msgspec.structs.replace(message, yes_bid=message.no_bid, no_bid=message.yes_bid)
        case _:
            return message


def decisions(messages: list[Message]) -> list[tuple[object, ...]]:
    stage = GateStage(ACCOUNT, WORLD_RULES, BOTS)
    found: list[tuple[object, ...]] = []
    for message in messages:
        for emit in stage.apply(message):
            said = emit.message
            if emit.topic is not DECISIONS:
                continue
            if isinstance(said, IntentApproved):
                sizes = tuple(order.size for order in said.orders)
                found.append((said.kinds, said.zones, sizes, said.cancel_first))
            elif isinstance(said, IntentDenied):
                found.append((said.code, said.order.order_id))
            elif isinstance(said, MergeApproved | MergeDenied):
                found.append((type(said), said.pairs))
    equities = {bot: stage._account.state.ledger.bots[bot].equity for bot in BOTS}
    found.append(tuple(equities.items()))
    found.append((stage._account.exposure.total(),))
    return found


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_exchanging_the_tokens_changes_no_decision(steps: list[Step]) -> None:
    world = World()
    for step in steps:
        world.step(step)
    assert decisions([mirrored(message) for message in world.sent]) == decisions(world.sent)


def test_the_mirror_is_its_own_inverse() -> None:
    world = World()
    stamp = world.stamp(MARKETS[0])
    assert mirrored_stamp(mirrored_stamp(stamp)) == stamp
    assert mirrored_stamp(stamp).bid == Decimal("0.52")
