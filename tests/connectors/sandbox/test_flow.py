"""A flow told to another engine makes the same book; a copied book has the same queues."""

from connectors.sandbox.accounts import Accounts
from connectors.sandbox.engine import MatchingEngine
from connectors.sandbox.events import Filled
from connectors.sandbox.flow import Flow
from connectors.sandbox.mirror import ASK, BID, YES
from connectors.sandbox.orders import Order
from connectors.sandbox.questions import SLOTS
from connectors.sandbox.stories import Wire
from connectors.sandbox.tenure import SlotSeat
from connectors.sandbox.world_market import Surroundings, WorldMarket
from schemas.values import MICRO, Action

START_MS = 1_790_586_000_000
Queues = dict[tuple[int, int], list[tuple[str, int]]]


def queues(engine: MatchingEngine) -> Queues:
    return {
        (side, pips): [(each.order.order_id, each.left) for each in level.queue.values()]
        for side, ladder in ((BID, engine.bids), (ASK, engine.asks))
        for pips, level in ladder.levels.items()
    }


def sweep(engine: MatchingEngine, pips: int) -> list[tuple[str, int]]:
    order = Order(
        order_id="sweep",
        owner="x",
        leg=YES,
        action=Action.SELL,
        pips=pips,
        size=10_000 * MICRO,
    )
    events = engine.place(order, START_MS)
    return [(each.maker.order_id, each.size) for each in events if isinstance(each, Filled)]


def played(minutes: int) -> tuple[WorldMarket, Flow]:
    flow = Flow()
    around = Surroundings(5, 1.0, Accounts(flow), None, Wire())
    market = WorldMarket(SlotSeat(SLOTS[0]).tenancy(5, START_MS), START_MS, around)
    market.advance(START_MS + minutes * 60_000)
    return market, flow


def test_the_commands_of_a_market_rebuild_its_book_order_by_order() -> None:
    market, flow = played(10)
    engine = MatchingEngine(market.spec.tick, market.spec.min_size, market.spec.fee)
    fills = [event for each in flow.commands for event in each.tell(engine)]
    assert sum(isinstance(event, Filled) for event in fills) > 50
    assert len(engine.resting) > 10
    assert set(engine.resting) == set(market.resting)
    assert {name: each.left for name, each in engine.resting.items()} == {
        name: each.left for name, each in market.resting.items()
    }


def test_a_copy_has_the_same_queues_and_goes_its_own_way() -> None:
    market, flow = played(2)
    engine = MatchingEngine(market.spec.tick, market.spec.min_size, market.spec.fee)
    for command in flow.commands:
        command.tell(engine)
    before = queues(engine)
    copy = engine.copy()
    assert queues(copy) == before
    worst = engine.bids.prices[0]
    taken = sweep(copy, worst)
    assert len(taken) > 5
    assert queues(engine) == before
    assert sweep(engine, worst) == taken
