"""Other people's trades in YES space, each counted once (STRATEGIES.md E.3, mirror prints).

A market has one book seen through two tokens, and a mint or merge match may be reported on both.
"""

from typing import NamedTuple

import msgspec

from schemas.market import MarketTrade
from schemas.values import PIPS, Action
from streams.book import NO

KEPT = 32
"""Prints of one market that are remembered at most; at least the last half of them."""
HORIZON_MS = 5_000
"""How old a print may be when room is made; a mirror with the same transaction comes sooner."""


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


class SeenPrint(msgspec.Struct, kw_only=True, gc=False, array_like=True):
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
        pips, size, now = to_yes_space(trade).pips, trade.size, trade.event_time
        if len(self.seen) >= KEPT:
            late = self.seen[-KEPT // 2 :]
            self.seen = [old for old in late if now - old.venue_ms <= HORIZON_MS]
        mirror: SeenPrint | None = None
        for old in self.seen:
            if old.size == size and old.pips == pips:
                if old.event_id == trade.event_id:
                    return False
                if mirror is None and _is_mirror(old, trade, mirror_ms):
                    mirror = old
        if mirror is not None:
            mirror.paired = True
        self.seen.append(
            SeenPrint(
                event_id=trade.event_id,
                leg=trade.leg,
                pips=pips,
                size=size,
                venue_ms=now,
                transaction=trade.transaction,
                paired=mirror is not None,
            )
        )
        return mirror is None


def _is_mirror(old: SeenPrint, trade: MarketTrade, mirror_ms: int) -> bool:
    """Whether a trade of the same size and YES price is the other token's view of a print."""
    if old.paired or old.leg == trade.leg:
        return False
    if old.transaction and trade.transaction:
        return old.transaction == trade.transaction
    return abs(old.venue_ms - trade.event_time) <= mirror_ms
