"""Orders as the matching engine takes them, and the reasons for which it refuses one.

The texts are the venue's own (PROTOCOL.md section 9): connectors decide by them.
"""

from decimal import Decimal

import msgspec

from connectors.sandbox.mirror import BID, book_side, mirrored
from connectors.sandbox.units import price_text, size_text
from schemas.values import PIPS, Action, TimeInForce

EARLY_DROP_MS = 60_000
"""A GTD order leaves the book this long before its stated expiration."""
MIN_AHEAD_MS = 180_000
"""A stated expiration must lie at least this far ahead."""

POST_ONLY_CROSSES = "invalid post-only order: order crosses book"
FOK_KILLED = "order couldn't be fully filled. FOK orders are fully filled or killed."
FAK_KILLED = (
    "no orders found to match with FAK order. "
    "FAK orders are partially filled or killed if no match is found."
)
BAD_EXPIRATION = "invalid expiration"
BAD_PAYLOAD = "Invalid order payload"
NOT_READY = "the market is not yet ready to process new orders"
NO_BALANCE = "not enough balance / allowance"


class Order(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One order.

    Attributes:
        leg: Token, 0 YES or 1 NO.
        pips: Limit price of that token.
        size: Micro-shares wanted; 0 when the order is limited by `budget`.
        budget: Money a FOK or FAK buyer spends, in money units; 0 when limited by `size`.
        expires_ms: Stated expiration of a GTD order, ms UTC; 0 for all others.
        placed_ms: Arrival, ms of the venue's clock.
    """

    order_id: str
    owner: str
    leg: int
    action: Action
    pips: int
    size: int
    time_in_force: TimeInForce = TimeInForce.GTC
    budget: int = 0
    post_only: bool = False
    expires_ms: int = 0
    placed_ms: int = 0

    @property
    def side(self) -> int:
        """The side on which it rests in YES space."""
        return book_side(self.leg, self.action)

    @property
    def yes_pips(self) -> int:
        """The limit price in YES space."""
        return mirrored(self.leg, self.pips)

    @property
    def rests(self) -> bool:
        """Whether what is not filled at once stays in the book."""
        return self.time_in_force in (TimeInForce.GTC, TimeInForce.GTD)

    def accepts(self, yes_pips: int) -> bool:
        """Whether it may trade at a YES-space price."""
        if self.side == BID:
            return yes_pips <= self.yes_pips
        return yes_pips >= self.yes_pips


def malformed(order: Order, tick: int, min_size: int, now_ms: int) -> str | None:
    """Why the venue refuses an order whatever the book holds; None when it is well formed.

    Args:
        order: The order as it arrived.
        tick: The market's tick size in pips.
        min_size: The market's minimum order size in micro-shares; binds orders that may rest.
        now_ms: The venue's clock.

    Returns:
        The venue's error text, or None.
    """
    if order.pips % tick or not tick <= order.pips <= PIPS - tick:
        return (
            f"order {order.order_id} is invalid. Price ({refused_price_text(order.pips)}) "
            f"breaks minimum tick size rule: {price_text(tick)}"
        )
    if order.rests and order.size < min_size:
        return (
            f"order {order.order_id} is invalid. Size ({size_text(max(order.size, 0))}) "
            f"lower than the minimum: {size_text(min_size)}"
        )
    if (order.size > 0) is (order.budget > 0) or (order.post_only and not order.rests):
        return BAD_PAYLOAD
    if order.time_in_force is TimeInForce.GTD:
        return BAD_EXPIRATION if order.expires_ms < now_ms + MIN_AHEAD_MS else None
    return BAD_EXPIRATION if order.expires_ms else None


def refused_price_text(pips: int) -> str:
    """A price text for prices that may lie outside 0 to 1, as refused ones do."""
    return price_text(pips) if 0 <= pips <= PIPS else f"{Decimal(pips) / PIPS}"
