"""What became of planned orders, under the truth or under a model."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import NamedTuple

import msgspec

from api.fill_truth.orders import Planned
from connectors.sandbox.mirror import BID
from schemas.values import MICRO, PIPS


class Execution(NamedTuple):
    """One fill of a planned order.

    Attributes:
        at_ms: Venue time.
        size: Micro-shares.
    """

    at_ms: int
    size: int


Executions = Mapping[int, Sequence[Execution]]
"""Fills by the order's number; an order that was never filled may lack."""


class Outcome(NamedTuple):
    """One order's end.

    Attributes:
        wait_ms: From its arrival to its first fill; None without one.
        shares: Filled.
        pnl: Dollars by the last mid of its market.
    """

    wait_ms: int | None
    shares: float
    pnl: float


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What the orders of a seed came to.

    Attributes:
        filled: Orders with a fill.
        shares: Filled.
        wait_s: Median time from arrival to the first fill, seconds; 0 where nothing was filled.
        pnl: Dollars, inventory at the last mid of its market.
    """

    filled: float
    shares: float
    wait_s: float
    pnl: float

    def middle(self, other: "Figures") -> "Figures":
        """Half-way between two."""
        mine, others = msgspec.structs.astuple(self), msgspec.structs.astuple(other)
        return Figures(
            **{
                name: (a + b) / 2
                for name, a, b in zip(self.__struct_fields__, mine, others, strict=True)
            }
        )


def outcomes(orders: Sequence[Planned], done: Executions, last_mid: float) -> list[Outcome]:
    """Each order's end, in their order.

    Args:
        orders: All that were sent in one market.
        done: Their fills.
        last_mid: YES mid at the end, dollars.
    """
    found = []
    for order in orders:
        fills = done.get(order.number) or ()
        shares = sum(each.size for each in fills) / MICRO
        gain = last_mid - order.pips / PIPS
        found.append(
            Outcome(
                wait_ms=fills[0].at_ms - order.arrives_ms if fills else None,
                shares=shares,
                pnl=shares * (gain if order.side == BID else -gain),
            )
        )
    return found


def figures(ends: Iterable[Outcome]) -> Figures:
    """Sum up."""
    hit = [each for each in ends if each.wait_ms is not None]
    return Figures(
        filled=len(hit),
        shares=sum(each.shares for each in hit),
        wait_s=_median_s(each.wait_ms for each in hit if each.wait_ms is not None),
        pnl=sum(each.pnl for each in hit),
    )


def interval(least: Sequence[Outcome], most: Sequence[Outcome]) -> tuple[Figures, Figures]:
    """Lowest and highest figures between two ends of each order.

    What both models fill is filled. What only the generous one fills may be filled or not, and an
    order's time to fill lies between what the two say.

    Args:
        least: Under the model that errs low.
        most: Under the one that errs high, of the same orders.
    """
    low, high = figures(least), figures(most)
    pairs = list(zip(least, most, strict=True))
    sure = [(a.wait_ms, b.wait_ms) for a, b in pairs if a.wait_ms is not None]
    early = [min(a, a if b is None else b) for a, b in sure]
    late = [max(a, a if b is None else b) for a, b in sure]
    maybe = sorted(b.wait_ms for a, b in pairs if a.wait_ms is None and b.wait_ms is not None)
    lows = [_median_s(early + maybe[:count]) for count in range(len(maybe) + 1)]
    highs = [_median_s(late + maybe[count:]) for count in range(len(maybe) + 1)]
    return (
        Figures(
            filled=min(low.filled, high.filled),
            shares=min(low.shares, high.shares),
            wait_s=min(lows),
            pnl=sum(min(a.pnl, b.pnl) for a, b in pairs),
        ),
        Figures(
            filled=max(low.filled, high.filled),
            shares=max(low.shares, high.shares),
            wait_s=max(highs),
            pnl=sum(max(a.pnl, b.pnl) for a, b in pairs),
        ),
    )


def _median_s(waits_ms: Iterable[int]) -> float:
    found = list(waits_ms)
    return median(found) / 1000 if found else 0.0
