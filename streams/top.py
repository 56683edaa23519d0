"""The best prices of a book net of our own orders: what strategies and marks look at.

Own orders are not market data (STRATEGIES.md Conventions, D-33). The venue shows an order in both
legs, a YES bid at p also as a NO ask at 1 − p, and both views are cleaned. A best price whose whole
size is ours falls through to the next level that holds somebody else's.

Pass the own orders only of a book that contains them: a live one or the sandbox's, not a recording.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

import msgspec

from schemas.market import Level
from schemas.values import PIPS, Action, Side
from streams.book import ASK, BID, NO, YES, Book
from streams.lazy import Lazy
from streams.prices import to_micro, to_price, to_shares


class OwnOrder(NamedTuple):
    """One live order of ours as the book shows it.

    Attributes:
        price: Dollars per token of `side`.
        size: Shares still open.
    """

    side: Side
    action: Action
    price: Decimal
    size: Decimal


OwnSizes = Mapping[tuple[int, int, int], int]
"""Our own micro-shares by (leg, side, ticks)."""


class Top(msgspec.Struct, frozen=True, dict=True):
    """Best prices of one token in dollars, None on an empty side, and the shares there.

    What follows from them is worked out once, at the first look.
    """

    bid: Decimal | None
    bid_size: Decimal
    ask: Decimal | None
    ask_size: Decimal

    @Lazy
    def mid(self) -> Decimal | None:
        """Half way between bid and ask; None when a side is empty."""
        if self.bid is None or self.ask is None:
            return None
        return (self.bid + self.ask) / 2

    @Lazy
    def spread(self) -> Decimal | None:
        """Ask minus bid; None when a side is empty."""
        if self.bid is None or self.ask is None:
            return None
        return self.ask - self.bid

    @Lazy
    def microprice(self) -> Decimal | None:
        """The mid weighted towards the side with less size (STRATEGIES.md A.3)."""
        if self.bid is None or self.ask is None:
            return None
        weighted = self.bid * self.ask_size + self.ask * self.bid_size
        return weighted / (self.bid_size + self.ask_size)

    @Lazy
    def rough_mid(self) -> float | None:
        """The mid as a float, for formulas that work in floats."""
        return None if self.mid is None else float(self.mid)

    @Lazy
    def rough_microprice(self) -> float | None:
        """The microprice as a float."""
        return None if self.microprice is None else float(self.microprice)

    @property
    def imbalance(self) -> Decimal | None:
        """(bid size − ask size) / (bid size + ask size), −1 to 1; None when both are empty."""
        total = self.bid_size + self.ask_size
        return (self.bid_size - self.ask_size) / total if total else None

    def complement(self) -> "Top":
        """The same market seen from the other token."""
        return Top(
            None if self.ask is None else 1 - self.ask,
            self.ask_size,
            None if self.bid is None else 1 - self.bid,
            self.bid_size,
        )


EMPTY_TOP = Top(None, Decimal(0), None, Decimal(0))
"""Nothing is quoted."""


def own_sizes(orders: Iterable[tuple[Side, Action, Decimal, Decimal]], tick: int) -> OwnSizes:
    """Where our orders show in the two legs of a book.

    Args:
        orders: Side, action, price in dollars and open shares of each live order.
        tick: The book's tick in pips; an order that is not on this grid shows nowhere.
    """
    sizes: dict[tuple[int, int, int], int] = {}
    for side, action, price, size in orders:
        ticks, rest = divmod(price * PIPS, tick)
        if rest:
            continue
        leg = YES if side is Side.YES else NO
        shown = BID if action is Action.BUY else ASK
        for key in (
            (leg, shown, int(ticks)),
            (1 - leg, 1 - shown, PIPS // tick - int(ticks)),
        ):
            sizes[key] = sizes.get(key, 0) + to_micro(size)
    return sizes


def net_levels(book: Book, own: OwnSizes, leg: int, side: int) -> Iterator[Level]:
    """Other people's levels of one side, best first."""
    for ticks, size in book.walk(leg, side):
        rest = size - own.get((leg, side, ticks), 0)
        if rest > 0:
            yield ticks, rest


def net_depth(book: Book, own: OwnSizes, leg: int, side: int, within: int, around: int) -> int:
    """Other people's micro-shares at most `within` ticks from `around`, on both sides of it."""
    ours = sum(
        min(size, book.size_at(leg, side, ticks))
        for (at, shown, ticks), size in own.items()
        if at == leg and shown == side and abs(ticks - around) <= within
    )
    return book.depth(leg, side, within, around) - ours


def top_of(book: Book, own: OwnSizes, leg: int = YES) -> Top:
    """The best prices of a leg net of our own orders, in that leg's own prices."""
    grid, (bid, bid_size, ask, ask_size) = book.grid, book.touch(leg)
    if (leg, BID, bid) in own:
        bid, bid_size = next(net_levels(book, own, leg, BID), (0, 0))
    if (leg, ASK, ask) in own:
        ask, ask_size = next(net_levels(book, own, leg, ASK), (grid, 0))
    return Top(
        to_price(bid, book.tick) if bid else None,
        to_shares(bid_size),
        to_price(ask, book.tick) if ask < grid else None,
        to_shares(ask_size),
    )


def notional(book: Book, leg: int, side: int, levels: int) -> Decimal:
    """Dollars resting within a side's best levels: Σ price · size."""
    return to_shares(book.notional(leg, side, levels) * book.tick) / PIPS
