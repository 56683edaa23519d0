"""Sums over a moving window of time, kept in buckets of equal width.

The window ends with the bucket that is being filled: it covers the last `width · buckets` ms once
that bucket is full, and up to a width less before.
"""

from typing import NamedTuple

import msgspec


class Window(NamedTuple):
    """How a window is cut.

    Attributes:
        width_ms: Of a bucket.
        buckets: How many count, the current one included.
    """

    width_ms: int
    buckets: int


class Bucket(msgspec.Struct, array_like=True, gc=False):
    """Two sums, e.g. what takers bought and sold, or how many trades there were.

    Attributes:
        number: `now // width`.
    """

    number: int
    first: int = 0
    second: int = 0


class Rolling(msgspec.Struct):
    """The buckets that are not empty, oldest first; whole units of the caller's choice."""

    buckets: list[Bucket] = []


def add(rolling: Rolling, first: int, second: int, now: int, window: Window) -> None:
    """Add to the current bucket and forget those that count no more.

    Args:
        rolling: Changed in place.
        first: For the first sum.
        second: For the second.
        now: The fold's `now`, ms; never before an earlier one.
        window: How it is cut.
    """
    number, buckets = now // window.width_ms, rolling.buckets
    if not buckets or buckets[-1].number != number:
        buckets.append(Bucket(number))
        while buckets[0].number <= number - window.buckets:
            del buckets[0]
    buckets[-1].first += first
    buckets[-1].second += second


def totals(rolling: Rolling, now: int, window: Window) -> tuple[int, int]:
    """Both sums over the window that ends now."""
    oldest = now // window.width_ms - window.buckets
    counted = [bucket for bucket in rolling.buckets if bucket.number > oldest]
    return sum(each.first for each in counted), sum(each.second for each in counted)
