"""How much rests near the touch, and its median over an hour (STRATEGIES.md D.8)."""

from decimal import Decimal
from itertools import islice
from statistics import median

import msgspec

from schemas.values import PIPS
from streams.book import ASK, BID, YES, Book
from streams.prices import to_shares
from streams.top import OwnSizes, net_levels

LEVELS = 5
SAMPLE_MS = 60_000
WINDOW_MS = 3_600_000


def resting_dollars(book: Book, own: OwnSizes, levels: int = LEVELS) -> Decimal:
    """Σ price · size of other people's best levels of both sides, in the YES view alone.

    The NO book shows the same orders once more; adding both would count them twice.
    """
    units = sum(
        ticks * size
        for side in (BID, ASK)
        for ticks, size in islice(net_levels(book, own, YES, side), levels)
    )
    return to_shares(units) * book.tick / PIPS


class Sample(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Dollars at a time in ms."""

    at: int
    dollars: Decimal


class Samples(msgspec.Struct):
    """One sample a minute over the last hour, oldest first."""

    kept: list[Sample] = []


def is_due(samples: Samples, now: int) -> bool:
    """Whether a minute has passed since the last sample."""
    return not samples.kept or now - samples.kept[-1].at >= SAMPLE_MS


def sample(samples: Samples, dollars: Decimal, now: int) -> None:
    """Take a sample and forget what is older than an hour.

    Args:
        samples: Changed in place.
        dollars: What rests now.
        now: The fold's `now`, ms.
    """
    samples.kept.append(Sample(now, dollars))
    while now - samples.kept[0].at > WINDOW_MS:
        del samples.kept[0]


def hourly_median(samples: Samples, now: int) -> Decimal | None:
    """Median of the last hour; None before the samples reach back to its first minutes."""
    counted = [each for each in samples.kept if now - each.at <= WINDOW_MS]
    if not counted or now - counted[0].at < WINDOW_MS - 2 * SAMPLE_MS:
        return None
    return median(each.dollars for each in counted)
