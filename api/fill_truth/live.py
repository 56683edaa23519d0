"""The same rule for orders inside the world, where everybody behaves as they do, us among them."""

from typing import NamedTuple

from api.fill_truth.market import Played, world_market
from api.fill_truth.orders import OWNER, Looks, Planned
from api.fill_truth.results import Execution, Executions
from connectors.sandbox.events import Filled
from connectors.sandbox.journal import Journal
from connectors.sandbox.mirror import ASK, BID
from connectors.sandbox.world_market import WorldMarket


class Lived(NamedTuple):
    """Orders that were decided on the book as it was with us in it, and their fills."""

    orders: list[Planned]
    fills: Executions


def live_fills(seed: int, key: str, played: Played, looks: Looks, feed_ms: int) -> Lived:
    """Play the market again with our orders in it.

    Its flow is another one from the first difference on, so single orders have no twins in the
    session that was played without us; sums over many seeds can be compared.

    Args:
        seed: Of the world.
        key: The market's place.
        played: The session without us.
        looks: Fresh.
        feed_ms: From the venue to our log.
    """
    journal = Journal()
    world, start_ms = world_market(seed, key, journal)
    alive: dict[int, Planned] = {}
    now = start_ms + feed_ms
    while now < played.end_ms + feed_ms:
        now += 1_000
        world.advance(now - feed_ms)
        ended = len(looks.ended)
        for side in (BID, ASK):
            looks.look(side, _best(world, side), now)
        for gone in looks.ended[ended:]:
            world.advance(gone.gone_ms)
            world.cancel(gone.order_id, gone.gone_ms)
        for order in looks.open.values():
            if order.number not in alive:
                alive[order.number] = order
                world.advance(order.arrives_ms)
                world.place(order.to_venue(), order.arrives_ms)
    numbers = {order.order_id: number for number, order in alive.items()}
    fills: dict[int, list[Execution]] = {}
    for entry in journal.read():
        if isinstance(entry.event, Filled) and entry.event.maker.order_id in numbers:
            number = numbers[entry.event.maker.order_id]
            fills.setdefault(number, []).append(Execution(entry.at_ms, entry.event.size))
    return Lived(looks.all(), fills)


def _best(world: WorldMarket, side: int) -> int | None:
    """The best price of a side in YES space, without our own orders."""
    prices = [
        resting.order.yes_pips
        for resting in world.resting.values()
        if resting.order.side == side and resting.order.owner != OWNER
    ]
    if not prices:
        return None
    return max(prices) if side == BID else min(prices)
