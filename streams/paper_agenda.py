"""What is due at the paper exchange, in the order of STRATEGIES.md E.1."""

import heapq
from collections.abc import Callable
from enum import IntEnum

import msgspec

from schemas.pairs import ConvertApproved, SplitApproved
from schemas.trading import MergeApproved
from streams.paper_orders import CancelRequest
from streams.paper_reports import Report

IDLE_KEPT = 32
"""Idle expirations that are not worth a sweep."""


Mined = MergeApproved | SplitApproved | ConvertApproved
"""What a transaction does, not an order."""
Errand = CancelRequest | Mined | Report
"""What a thing to do may carry."""


class Deed(IntEnum):
    """What is done; at the same time the lower comes first."""

    CROSS = 0
    CLOSE = 1
    EXPIRE = 2
    CANCEL = 3
    PLACE = 4
    MINE = 5
    TELL = 6
    REBATE = 7


class Due(msgspec.Struct, frozen=True, order=True, array_like=True):
    """One thing to do.

    Attributes:
        at: Log time, ms.
        sequence: Breaks ties: what was planned first is done first.
        key: Order id or market id it is about.
        since: When the crossing began, or the venue time of the closing, ms.
        what: The cancel that arrives, what is mined, the report that reaches us.
    """

    at: int
    deed: Deed
    sequence: int
    key: str = ""
    since: int = 0
    what: Errand | None = None


class Agenda(msgspec.Struct, kw_only=True):
    """Everything planned, the next thing first.

    Attributes:
        planned: A heap.
        sequence: Things planned so far.
        idle: Expirations still planned for orders that ended otherwise; an upper bound.
    """

    planned: list[Due] = msgspec.field(default_factory=list)
    sequence: int = 0
    idle: int = 0

    def plan(
        self,
        at: int,
        deed: Deed,
        key: str = "",
        since: int = 0,
        what: Errand | None = None,
    ) -> None:
        """Put something on the agenda."""
        self.sequence += 1
        heapq.heappush(self.planned, Due(at, deed, self.sequence, key, since, what))

    def pop(self) -> Due:
        """Take the next thing."""
        return heapq.heappop(self.planned)

    def order_ended(self, is_alive: Callable[[str], bool]) -> None:
        """An order's expiration may be idle now; forget the idle ones when they are the most.

        Args:
            is_alive: Whether an order still needs its expiration.
        """
        self.idle += 1
        if self.idle > IDLE_KEPT and self.idle > len(self.planned) // 2:
            self.planned[:] = [
                due for due in self.planned if due.deed is not Deed.EXPIRE or is_alive(due.key)
            ]
            heapq.heapify(self.planned)
            self.idle = 0
