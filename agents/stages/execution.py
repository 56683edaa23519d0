"""Execution's one port: what the gate approved goes in, what the venue made of it comes out.

The paper exchange is one implementation; whatever sends orders over a network is another. All pass
the suite in tests/contracts/test_execution.py.
"""

from collections.abc import Iterable, Iterator
from typing import Protocol

from agents.stages.base import Emit
from schemas.pairs import (
    ConvertApproved,
    PairsSplit,
    PositionsConverted,
    RebatePaid,
    SplitApproved,
)
from schemas.trading import (
    CancelOrder,
    CancelRefused,
    Fill,
    IntentApproved,
    MergeApproved,
    OrderCanceled,
    OrderExpired,
    OrderPlaced,
    OrderRejected,
    PairsMerged,
    TradeStatusChanged,
)
from topics.catalog import DECIDE_INPUTS, FILLS, GATE_INPUTS, ORDERS

ExecutionReport = (
    OrderPlaced
    | OrderRejected
    | OrderCanceled
    | OrderExpired
    | CancelRefused
    | Fill
    | TradeStatusChanged
    | PairsMerged
    | PairsSplit
    | PositionsConverted
    | RebatePaid
)
"""What a venue says about our orders and pairs."""


BOOKED = (Fill, TradeStatusChanged, PairsMerged, PairsSplit, PositionsConverted, RebatePaid)
"""What moves money or tokens."""


class Execution(Protocol):
    """Sends what the gate approved to one venue and reports what became of it.

    An order id reaches the venue once, however often its approval comes. Of each order that was
    placed there is exactly one of these in the end: `OrderRejected`, `OrderCanceled`,
    `OrderExpired`, or a `Fill` with status FILLED; nothing follows it. A cancel is answered by
    `OrderCanceled` or `CancelRefused`. A `Fill` whose `trade_status` is not final is followed by
    `TradeStatusChanged` up to exactly one final one; an order's matched shares stay matched even
    where a fill FAILED.
    """

    def place(self, approved: IntentApproved) -> None:
        """Send the approved orders; the cancel of a replaced order goes before them."""

    def cancel(self, request: CancelOrder) -> None:
        """Send a cancel."""

    def merge(self, approved: MergeApproved) -> None:
        """Merge pairs into collateral; the same intent merges once."""

    def split(self, approved: SplitApproved) -> None:
        """Split collateral into pairs; the same intent splits once."""

    def convert(self, approved: ConvertApproved) -> None:
        """Convert NO tokens of a neg-risk event; the same intent converts once."""

    def reports(self) -> Iterable[ExecutionReport]:
        """Take away what the venue has said since the last call, in its order."""


def publish(reports: Iterable[ExecutionReport], shard: int) -> Iterator[Emit]:
    """Where reports go: their own topic, and back to bots, gate and ledger.

    Args:
        reports: In the order in which they were said.
        shard: The shard whose bots placed the orders.
    """
    for report in reports:
        topic = FILLS if isinstance(report, BOOKED) else ORDERS
        yield Emit(topic, report.account_id, report)
        yield Emit(DECIDE_INPUTS, str(shard), report)
        yield Emit(GATE_INPUTS, report.account_id, report)
