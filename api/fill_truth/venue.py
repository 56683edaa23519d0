"""The truth: each order in a copy of the venue's book that is told what the real one is told.

The copy is made when the order arrives and thrown away when it is gone, so the order stands in the
true queue, takes what takers bring, and nobody behaves differently because of it: what the public
saw is what the model sees, to the byte. What an order changes is only whom a taker meets.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from api.fill_truth.market import Played
from api.fill_truth.orders import Planned
from api.fill_truth.results import Execution, Executions
from connectors.sandbox.engine import MatchingEngine
from connectors.sandbox.events import Event, Filled


class _Copy(NamedTuple):
    order: Planned
    engine: MatchingEngine
    fills: list[Execution]


def true_fills(played: Played, orders: Sequence[Planned]) -> Executions:
    """Send every order to the venue, each on its own.

    At one millisecond others come first, then cancels of ours, then our new orders, as in the
    paper exchange.

    Args:
        played: The market.
        orders: Its orders by time.
    """
    engine, alive = played.engine(), list[_Copy]()
    done: dict[int, list[Execution]] = {}
    waiting = sorted(orders, key=lambda order: (order.arrives_ms, order.number), reverse=True)
    for command in played.commands:
        while waiting and waiting[-1].arrives_ms < command.at_ms:
            _arrive(waiting.pop(), engine, alive, done)
        alive = [each for each in alive if each.order.gone_ms >= command.at_ms]
        for each in alive:
            _keep(each, command.tell(each.engine), command.at_ms)
        alive = [each for each in alive if each.order.order_id in each.engine.resting]
        command.tell(engine)
    return done


def _arrive(
    order: Planned,
    engine: MatchingEngine,
    alive: list[_Copy],
    done: dict[int, list[Execution]],
) -> None:
    """The order comes; post-only, so it rests or is refused."""
    copy = _Copy(order, engine.copy(), done.setdefault(order.number, []))
    copy.engine.place(order.to_venue(), order.arrives_ms)
    if order.order_id in copy.engine.resting:
        alive.append(copy)


def _keep(copy: _Copy, events: Iterable[Event], at_ms: int) -> None:
    for event in events:
        if isinstance(event, Filled) and event.maker.order_id == copy.order.order_id:
            copy.fills.append(Execution(at_ms, event.size))
