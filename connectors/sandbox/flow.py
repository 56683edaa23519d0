"""What the participants of a market told its engine, to tell another engine the same."""

from collections.abc import Iterable
from typing import NamedTuple

from connectors.sandbox.engine import MatchingEngine
from connectors.sandbox.events import Accepted, Cancelled, Ending, Event, Resolved, TickChanged
from connectors.sandbox.journal import Journal

Told = Accepted | Cancelled | TickChanged | Resolved


class Command(NamedTuple):
    """One command, by the event that answered it.

    Attributes:
        at_ms: The venue's clock, ms UTC.
    """

    at_ms: int
    told: Told

    def tell(self, engine: MatchingEngine) -> list[Event]:
        """Give the command to an engine; what it cancels may be gone there already."""
        match self.told:
            case Accepted(order):
                return engine.place(order, self.at_ms)
            case Cancelled(order, _, ending):
                return engine.cancel(order.order_id, ending)
            case TickChanged(_, tick):
                return engine.refine_tick(tick)
            case Resolved(yes_payout):
                return engine.resolve(yes_payout)


class Flow(Journal):
    """A journal of commands: orders that were taken, and cancels, of everybody.

    Refused orders left no trace in the book and are not kept.

    Attributes:
        commands: Oldest first, of all markets that write here.
    """

    def __init__(self) -> None:
        super().__init__()
        self.commands: list[Command] = []

    def record(self, condition_id: str, at_ms: int, events: Iterable[Event]) -> None:
        """Keep the commands behind one action's events; what followed from them is left out."""
        for event in events:
            match event:
                case Accepted() | TickChanged() | Resolved():
                    self.commands.append(Command(at_ms, event))
                case Cancelled(_, _, Ending.CANCELED | Ending.EXPIRED):
                    self.commands.append(Command(at_ms, event))
                case _:
                    pass
