"""From a model's quote to two orders: sizes, skew, and which token each side trades (D.5)."""

from decimal import Decimal
from typing import NamedTuple, Protocol

import msgspec

from agents.bots.base import OrderDraft
from agents.bots.view import Account, View
from schemas.values import Action, IntentKind, Side
from streams.prices import floor_lot
from streams.quoting import adding_size, inventory_skew

ZERO, ONE = Decimal(0), Decimal(1)
HALF = Decimal("0.5")
CAP_SLACK = Decimal("0.98")
"""Of the market's limit: marks move between our view and the gate's."""


class MakerPrices(Protocol):
    """Where a maker would stand in YES space; None where no passive price exists."""

    @property
    def bid(self) -> Decimal | None:
        """Dollars, on tick."""

    @property
    def ask(self) -> Decimal | None:
        """Dollars, on tick."""


class MakerLimits(Protocol):
    """What both sides keep to."""

    @property
    def market_cap(self) -> Decimal:
        """Worst-case loss in the market, of E_b."""

    @property
    def ttl_s(self) -> int:
        """A quote is refreshed after this."""


class Targets(NamedTuple):
    """The two orders that should rest; None where a side is not quoted.

    Attributes:
        skew: Share of the equity that net inventory is worth.
        reason: "quoting", or why a side is missing, a stable word.
    """

    bid: OrderDraft | None
    ask: OrderDraft | None
    skew: Decimal
    reason: str


class _Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What both sides share: dollars a side, room in the market, cash, what the skew leaves."""

    dollars: Decimal
    room: Decimal
    cash: Decimal
    left: Decimal


def lots_held(view: View, dollars: Decimal) -> float:
    """Inventory q in lots of the base size, positive when YES is held."""
    net, mid = view.holding.net, view.top.mid
    if not net or mid is None or dollars <= 0:
        return 0.0
    held_mid = mid if net > 0 else 1 - mid
    return float(net * held_mid / dollars)


def targets(
    view: View,
    account: Account,
    quote: MakerPrices,
    dollars: Decimal,
    numbers: MakerLimits,
    max_skew: Decimal,
    *,
    is_toxic: bool,
) -> Targets:
    """What should rest on both sides.

    The ask in YES space is one order: SELL YES of what is held unmatched if that reaches the
    minimum size, otherwise BUY NO at 1 − ask; the bid mirrors it. Tokens of a pair are not sold: a
    pair is merged, and breaking it would raise the exposure. The side that adds inventory shrinks
    with the skew. A side that would stand alone is quoted only if it reduces, and only up to q.

    Args:
        view: Now.
        account: The bot's.
        quote: The model's prices.
        dollars: Base size in dollars a side.
        numbers: Limits in force.
        max_skew: From here on only the reducing side is quoted.
        is_toxic: Halve both sizes.
    """
    mid = view.top.mid
    if quote.bid is None or quote.ask is None or mid is None:
        return Targets(None, None, ZERO, "no-passive-price")
    net = view.holding.net
    skew = inventory_skew(net, mid if net > 0 else 1 - mid, account.equity)
    limits = _Limits(
        dollars=dollars * HALF if is_toxic else dollars,
        room=numbers.market_cap * account.equity * CAP_SLACK - view.holding.exposure,
        cash=spendable(view, account),
        left=adding_size(ONE, skew, max_skew),
    )
    bid = _side(view, quote.bid, limits, numbers.ttl_s, is_bid=True)
    ask = _side(view, quote.ask, limits, numbers.ttl_s, is_bid=False)
    if bid is not None and ask is not None:
        return Targets(bid, ask, skew, "quoting")
    reason = "max-skew" if skew >= max_skew else "one-side-too-small"
    return Targets(
        None if bid is None else alone(bid, view),
        None if ask is None else alone(ask, view),
        skew,
        reason,
    )


def spendable(view: View, account: Account) -> Decimal:
    """Dollars that one side may spend: half of the cash that is free or reserved by bids here."""
    cash = ZERO
    for own in view.orders:
        if own.order.action is Action.BUY:
            cash += own.remaining * own.order.price
    return (account.free_cash + cash) * HALF


def alone(draft: OrderDraft, view: View) -> OrderDraft | None:
    """A side without the other: only a REDUCE, of at most |q|; None when it would add inventory."""
    net = view.holding.net
    is_bid = (draft.side is Side.YES) == (draft.action is Action.BUY)
    if net >= 0 if is_bid else net <= 0:
        return None
    size = min(draft.size, floor_lot(abs(net)))
    if size < view.market.min_size:
        return None
    return msgspec.structs.replace(draft, size=size, kind=IntentKind.REDUCE)


def _side(
    view: View, price: Decimal, limits: _Limits, ttl_s: int, *, is_bid: bool
) -> OrderDraft | None:
    net, least = view.holding.net, view.market.min_size
    cost = price if is_bid else 1 - price
    size = limits.dollars / cost
    if net >= 0 if is_bid else net <= 0:
        size = min(size * limits.left, limits.room / cost)
    acquired, other_held = (Side.YES, -net) if is_bid else (Side.NO, net)
    if other_held > 0:
        sold = floor_lot(min(size, other_held))
        if sold >= least:
            return _draft(acquired.complement, Action.SELL, 1 - cost, sold, ttl_s)
    size = floor_lot(min(size, limits.cash / cost))
    if size < least or size * cost < least:
        return None
    return _draft(acquired, Action.BUY, cost, size, ttl_s)


def _draft(side: Side, action: Action, price: Decimal, size: Decimal, ttl_s: int) -> OrderDraft:
    return OrderDraft(
        side=side, action=action, price=price, size=size, kind=IntentKind.MM, ttl_s=ttl_s
    )
