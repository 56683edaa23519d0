"""Our simulated orders as the paper exchange keeps them: in YES space, in pips and micro-shares."""

from decimal import Decimal
from enum import StrEnum

import msgspec

from schemas.ids import AccountId, BotId, MarketId, OrderId, TokenId
from schemas.market import Market
from schemas.reasons import DenialCode
from schemas.trading import Order
from schemas.values import (
    MICRO,
    PIPS,
    Action,
    IntentKind,
    MarketStatus,
    OrderStatus,
    Side,
    TimeInForce,
    Zone,
)
from streams.book import ASK, BID, YES, Book
from streams.paper_rules import PaperRules
from streams.prices import LOT
from streams.queue_models import Queue

LOT_MICRO = int(LOT * MICRO)
"""The smallest fill, micro-shares."""


class Ending(StrEnum):
    """Why an order was cancelled by something else than a cancel."""

    RESOLVED = "resolved"
    PROPOSED = "resolution-proposed"
    CLEARED = "book-cleared"
    ENDED = "scheduled-end"
    LAPSED = "heartbeat-lapse"
    TICK = "tick-size-changed"


class PaperOrder(msgspec.Struct, kw_only=True):
    """One of our orders on its way to the exchange or resting there.

    Attributes:
        cause: `event_id` of the approval.
        bids: It rests among the YES bids, else among the YES asks.
        pips: Its price in YES space.
        size: Micro-shares ordered.
        filled: Micro-shares matched so far.
        fills: How many matches that were.
        arrives_at: Log time at which it is judged at the venue, ms.
        seniority: Counts acceptances; the lower is the older.
        nearby: Most that was displayed near its price while it rested, for the share guard.
        crossed_at: Since when the book crosses it without a print, ms.
        crossed_by: `event_id` of the book event that began it.
        crossed_size: Least displayed crossing size since then.
    """

    order: Order
    zone: Zone | None
    kind: IntentKind
    cause: str
    bids: bool
    pips: int
    size: int
    arrives_at: int
    filled: int = 0
    fills: int = 0
    seniority: int = 0
    queue: Queue = msgspec.field(default_factory=Queue)
    nearby: int = 0
    crossed_at: int | None = None
    crossed_by: str = ""
    crossed_size: int = 0

    @property
    def order_id(self) -> OrderId:
        """Our id of it."""
        return self.order.order_id

    @property
    def left(self) -> int:
        """Micro-shares not matched yet."""
        return self.size - self.filled

    @property
    def status(self) -> OrderStatus:
        """What it is while nothing ended it but fills."""
        if self.left == 0:
            return OrderStatus.FILLED
        return OrderStatus.PARTIALLY_FILLED if self.filled else OrderStatus.PENDING

    @property
    def side(self) -> int:
        """Its side of the YES leg: 0 bids, 1 asks."""
        return BID if self.bids else ASK

    @property
    def priority(self) -> tuple[int, int]:
        """Sorts the orders of one side: best price first, then the oldest."""
        return (-self.pips if self.bids else self.pips, self.seniority)

    @property
    def token_pips(self) -> int:
        """Its price in pips of its own token."""
        return self.pips if self.order.side is Side.YES else PIPS - self.pips

    def is_better_than(self, pips: int) -> bool:
        """Whether its price stands before a YES price, seen from the other side."""
        return self.pips > pips if self.bids else self.pips < pips

    def is_crossed_by(self, pips: int | None) -> bool:
        """Whether the best opposite YES price locks or crosses it."""
        return pips is not None and (self.pips >= pips if self.bids else self.pips <= pips)


def to_paper_order(
    order: Order, zone: Zone | None, kind: IntentKind, cause: str, arrives_at: int
) -> PaperOrder:
    """Map an order to YES space: BUY YES and SELL NO are bids, SELL YES and BUY NO are asks."""
    pips = int(order.price * PIPS)
    return PaperOrder(
        order=order,
        zone=zone,
        kind=kind,
        cause=cause,
        bids=(order.side is Side.YES) is (order.action is Action.BUY),
        pips=pips if order.side is Side.YES else PIPS - pips,
        size=int(order.size * MICRO),
        arrives_at=arrives_at,
    )


def refusal(
    order: Order, market: Market | None, book: Book, venue_ms: int, rules: PaperRules
) -> str | None:
    """What the venue dislikes about an order on arrival, or None; crossing is not looked at.

    Args:
        order: As decided.
        market: Its metadata; None when it is unknown or gone.
        book: Its book, whose tick counts; the market's does while the book starts anew.
        venue_ms: The venue's time.
        rules: For the expiration.
    """
    if market is None or is_closed(market, venue_ms):
        return DenialCode.MARKET_CLOSED
    tick = Decimal(book.tick if book.is_ready else market.tick) / PIPS
    if not order.post_only or order.time_in_force not in (TimeInForce.GTC, TimeInForce.GTD):
        return DenialCode.POST_ONLY_REQUIRED
    if order.price % tick:
        return DenialCode.BAD_TICK
    if not tick <= order.price <= 1 - tick:
        return DenialCode.BAD_PRICE
    if order.size < market.min_size or order.size % LOT:
        return DenialCode.BAD_SIZE
    if (order.time_in_force is TimeInForce.GTD) is not (order.expires_at is not None):
        return DenialCode.BAD_EXPIRATION
    if order.expires_at is not None and order.expires_at - venue_ms < rules.gtd_min_ahead_ms:
        return DenialCode.BAD_EXPIRATION
    return None


def is_closed(market: Market, venue_ms: int) -> bool:
    """Whether the market accepts no orders: by its status, or by its scheduled end."""
    if market.status is not MarketStatus.ACTIVE:
        return True
    return (
        market.auto_resolved and market.resolves_at is not None and market.resolves_at <= venue_ms
    )


def displayed(book: Book, order: PaperOrder) -> int:
    """Micro-shares of others at the order's price; 0 off the book's grid."""
    ticks, rest = divmod(order.pips, book.tick)
    return 0 if rest else book.size_at(YES, order.side, ticks)


class CancelRequest(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """A cancel on its way to the exchange.

    Attributes:
        cause: `event_id` of what asked for it.
    """

    order_id: OrderId
    bot_id: BotId
    market_id: MarketId
    cause: str
    reason: str


class EndedOrder(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What is remembered of an order that ended, so that repeats and late cancels are recognised.

    Attributes:
        at: When it ended, ms.
        status: How, a word for `CancelRefused`.
        ordered_at: When it had been decided, ms.
    """

    at: int
    status: str
    account_id: AccountId
    token_id: TokenId
    ordered_at: int = 0
