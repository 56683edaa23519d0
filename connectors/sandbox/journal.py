"""What the engines did to orders, for those who follow orders and not books.

The market channel shows levels and prints. The order desk, the trade settlement and the public
activity feed need to know whose orders moved: they read this.
"""

from collections.abc import Iterable
from typing import NamedTuple

from connectors.sandbox.events import Accepted, Cancelled, Event, Filled, Resolved


class Entry(NamedTuple):
    """One event of one market.

    Attributes:
        at_ms: The venue's clock, ms UTC.
    """

    at_ms: int
    condition_id: str
    event: Event


class Journal:
    """Events since the last reading, oldest first.

    All fills and resolutions are kept; acceptances and cancels only of owners that somebody
    watches, because those of simulated makers are many and nobody's business.
    """

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._watched: set[str] = set()

    def watch(self, owner: str) -> None:
        """Keep the acceptances and cancels of an owner from now on."""
        self._watched.add(owner)

    def record(self, condition_id: str, at_ms: int, events: Iterable[Event]) -> None:
        """Keep what matters of one action's events."""
        for event in events:
            match event:
                case Filled() | Resolved():
                    kept = True
                case Accepted(order) | Cancelled(order):
                    kept = order.owner in self._watched
                case _:
                    kept = False
            if kept:
                self._entries.append(Entry(at_ms, condition_id, event))

    def read(self) -> list[Entry]:
        """The entries since the last call."""
        entries, self._entries = self._entries, []
        return entries
