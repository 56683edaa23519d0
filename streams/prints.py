"""Other people's trades in YES space, each counted once (STRATEGIES.md E.3, mirror prints).

A market has one book seen through two tokens, and a mint or merge match may be reported on both.
"""

from typing import NamedTuple

import msgspec

from schemas.market import MarketTrade
from schemas.values import PIPS, Action
from streams.book import NO

KEPT = 64
"""Prints of one market that are remembered at most."""
HORIZON_MS = 5_000
"""How long a print is remembered; a mirror with the same transaction comes sooner."""


class YesPrint(NamedTuple):
    """A trade as it hits the YES book.

    Attributes:
        hits_bids: Whether resting bids were hit, else resting asks.
        pips: YES price in pips.
        size: Micro-shares.
        venue_ms: When, by the venue's clock.
    """

    hits_bids: bool
    pips: int
    size: int
    venue_ms: int


def to_yes_space(trade: MarketTrade) -> YesPrint:
    """Map a trade of either token to the YES book.

    A taker's BUY YES at p hits asks at p and SELL YES at p hits bids at p; BUY NO at c hits YES
    bids at 1 − c and SELL NO at c hits YES asks at 1 − c.
    """
    pips = trade.ticks * trade.tick
    if trade.leg == NO:
        return YesPrint(trade.action is Action.BUY, PIPS - pips, trade.size, trade.event_time)
    return YesPrint(trade.action is Action.SELL, pips, trade.size, trade.event_time)


class SeenPrint(msgspec.Struct, kw_only=True, gc=False):
    """A print that was counted, or the mirror of one.

    Attributes:
        pips: YES price.
        paired: Its mirror on the other token was seen.
    """

    event_id: str
    leg: int
    pips: int
    size: int
    venue_ms: int
    transaction: str
    paired: bool = False


class PrintMemory(msgspec.Struct, kw_only=True):
    """One market's recent prints, so that a mirrored or repeated one is not counted again."""

    seen: list[SeenPrint] = msgspec.field(default_factory=list)

    def is_news(self, trade: MarketTrade, mirror_ms: int) -> bool:
        """Whether this print has not been counted; it is remembered.

        A mirror is on the other token, of the same size and at the complementary price, and has the
        same transaction hash; where one of the two has none, its time differs by at most
        `mirror_ms`. Each print has one mirror at most: two equal trades stay two.

        Args:
            trade: The print as reported.
            mirror_ms: Greatest difference of venue times without a hash, ms.
        """
        new = SeenPrint(
            event_id=trade.event_id,
            leg=trade.leg,
            pips=to_yes_space(trade).pips,
            size=trade.size,
            venue_ms=trade.event_time,
            transaction=trade.transaction,
        )
        self.seen = [
            seen for seen in self.seen[-KEPT:] if new.venue_ms - seen.venue_ms <= HORIZON_MS
        ]
        if any(seen.event_id == new.event_id for seen in self.seen):
            return False
        mirror = next((seen for seen in self.seen if _is_mirror(seen, new, mirror_ms)), None)
        if mirror is not None:
            mirror.paired = new.paired = True
        self.seen.append(new)
        return mirror is None


def _is_mirror(seen: SeenPrint, new: SeenPrint, mirror_ms: int) -> bool:
    if seen.paired or seen.leg == new.leg or (seen.pips, seen.size) != (new.pips, new.size):
        return False
    if seen.transaction and new.transaction:
        return seen.transaction == new.transaction
    return abs(seen.venue_ms - new.venue_ms) <= mirror_ms
