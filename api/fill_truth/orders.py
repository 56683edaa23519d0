"""The orders that are sent to the venue and to every model: the same to all, whatever fills.

They follow from the public book alone. Once a second each side looks at the best price of its side:
an order that stands elsewhere, or has stood long enough, is cancelled and a new one joins the best
price. An order that was filled is not replaced before that, so that one model's fills do not change
what the next order is.
"""

from decimal import Decimal
from typing import NamedTuple

from api.fill_truth.market import Played
from connectors.sandbox.mirror import ASK, BID, NO, YES
from connectors.sandbox.orders import Order as VenueOrder
from schemas.market import BookDelta, BookSnapshot
from schemas.ops import ClockTick
from schemas.values import MICRO, PIPS, Action
from streams.book import YES as YES_LEG
from streams.book import Book

OWNER = "ours"
REST_MS = 60_000
"""How long an order stands at most."""
STOP_MS = 5_000
"""So long before the end all orders are taken back."""


class Planned(NamedTuple):
    """One order, as long as nothing fills it; times are venue times in ms.

    Attributes:
        number: Counts the orders of a market.
        side: `BID` or `ASK` in YES space; a bid buys YES, an ask buys NO.
        pips: Price in YES space.
        size: Micro-shares.
        decided_ms: When it was decided, by the log's clock.
        arrives_ms: When it reaches the venue.
        cancelled_ms: When its cancel was decided, by the log's clock.
        gone_ms: When the cancel reaches the venue.
    """

    number: int
    side: int
    pips: int
    size: int
    decided_ms: int
    arrives_ms: int
    cancelled_ms: int
    gone_ms: int

    @property
    def order_id(self) -> str:
        """Names it in every report."""
        return f"{OWNER}-{self.number}"

    @property
    def price(self) -> Decimal:
        """Dollars of the token that is bought."""
        return Decimal(self.token_pips) / PIPS

    @property
    def token_pips(self) -> int:
        """Price of the token that is bought."""
        return self.pips if self.side == BID else PIPS - self.pips

    def to_venue(self) -> VenueOrder:
        """As the matching engine takes it."""
        return VenueOrder(
            order_id=self.order_id,
            owner=OWNER,
            leg=YES if self.side == BID else NO,
            action=Action.BUY,
            pips=self.token_pips,
            size=self.size,
            post_only=True,
            placed_ms=self.arrives_ms,
        )


class Latency(NamedTuple):
    """From a decision to the venue, ms."""

    entry_ms: int
    cancel_ms: int


class Looks:
    """Both sides' looks at the book, and the orders that follow.

    Attributes:
        open: The order of each side that is not ended.
        ended: The others, by the time of their cancel.
    """

    def __init__(self, shares: int, latency: Latency, last_ms: int) -> None:
        """Begin without orders.

        Args:
            shares: Size of every order.
            latency: Of orders and cancels.
            last_ms: When no more orders are sent and those that rest are cancelled.
        """
        self.open: dict[int, Planned] = {}
        self.ended: list[Planned] = []
        self._size = shares * MICRO
        self._latency = latency
        self._last_ms = last_ms

    def look(self, side: int, best: int | None, now: int) -> None:
        """One side's look.

        Args:
            side: `BID` or `ASK`.
            best: Best price of that side in pips, without our own order.
            now: The log's clock, ms.
        """
        mine = self.open.get(side)
        if mine is not None:
            stays = mine.pips == best and now - mine.decided_ms < REST_MS
            if stays and now < self._last_ms:
                return
            self._end(side, now)
        if best is not None and now < self._last_ms:
            self.open[side] = Planned(
                number=len(self.ended) + len(self.open),
                side=side,
                pips=best,
                size=self._size,
                decided_ms=now,
                arrives_ms=now + self._latency.entry_ms,
                cancelled_ms=0,
                gone_ms=0,
            )

    def all(self) -> list[Planned]:
        """Every order, by number."""
        return sorted([*self.ended, *self.open.values()])

    def _end(self, side: int, now: int) -> None:
        gone_ms = now + self._latency.cancel_ms
        mine = self.open.pop(side)
        self.ended.append(mine._replace(cancelled_ms=now, gone_ms=gone_ms))


def looks_at(played: Played, shares: int, latency: Latency) -> Looks:
    """Looks that end with a session."""
    return Looks(shares, latency, played.end_ms - STOP_MS)


def plan(played: Played, looks: Looks) -> list[Planned]:
    """All orders of a session that was played without us, by number."""
    book = Book()
    for message in played.messages:
        match message:
            case BookSnapshot():
                book.apply_snapshot(message)
            case BookDelta():
                book.apply_delta(message)
            case ClockTick():
                bid, ask = book.best_bid(YES_LEG), book.best_ask(YES_LEG)
                for side, best in ((BID, bid), (ASK, ask)):
                    pips = None if best is None else best * book.tick
                    looks.look(side, pips, message.ingest_time)
            case _:
                pass
    return looks.all()
