"""What the paper exchange says about our orders, as messages.

Ids follow from the cause and the order, so that the same log gives the same ids.
"""

from decimal import Decimal
from typing import TypedDict

from schemas.envelope import Header
from schemas.ids import AccountId, BotId, MarketId, OrderId, TokenId, derive_id
from schemas.pairs import (
    ConvertApproved,
    PairsSplit,
    PositionsConverted,
    RebatePaid,
    SplitApproved,
)
from schemas.trading import (
    CancelRefused,
    Fill,
    MergeApproved,
    OrderCanceled,
    OrderExpired,
    OrderPlaced,
    OrderRejected,
    PairsMerged,
)
from streams.book import YES, Book
from streams.paper_orders import CancelRequest, EndedOrder, PaperOrder
from streams.paper_rebates import Earned
from streams.paper_rules import PaperRules
from streams.prices import to_price, to_shares

SOURCE = "paper"
"""The `source` of every report."""

Report = (
    OrderPlaced
    | OrderRejected
    | OrderCanceled
    | OrderExpired
    | CancelRefused
    | Fill
    | PairsMerged
    | PairsSplit
    | PositionsConverted
    | RebatePaid
)
"""What execution says."""


class _Identity(TypedDict):
    order_id: OrderId
    bot_id: BotId
    account_id: AccountId
    market_id: MarketId
    token_id: TokenId
    ordered_at: int


def _identity(own: PaperOrder) -> _Identity:
    order = own.order
    return _Identity(
        order_id=order.order_id,
        bot_id=order.bot_id,
        account_id=order.account_id,
        market_id=order.market_id,
        token_id=order.token_id,
        ordered_at=order.ordered_at,
    )


def _header(kind: str, cause: str, key: str, at: int, known_at: int) -> Header:
    return Header(
        event_id=derive_id(SOURCE, cause, kind, key),
        event_time=at,
        ingest_time=known_at,
        source=SOURCE,
        causation_id=cause,
    )


def placed(own: PaperOrder, at: int, known_at: int) -> OrderPlaced:
    """The order rests.

    Args:
        own: With its queue set.
        at: When it happened, ms.
        known_at: When we hear of it, ms.
    """
    return OrderPlaced(
        **_header("placed", own.cause, own.order_id, at, known_at),
        **_identity(own),
        order=own.order,
        zone=own.zone,
        kind=own.kind,
        queue_ahead=to_shares(own.queue.front),
        venue_order_id=f"{SOURCE}-{own.order_id}",
    )


def rejected(own: PaperOrder, reason: str, at: int, known_at: int) -> OrderRejected:
    """The order was refused on arrival."""
    return OrderRejected(
        **_header("rejected", own.cause, own.order_id, at, known_at),
        **_identity(own),
        order=own.order,
        reason=reason,
    )


def canceled(own: PaperOrder, cause: str, reason: str, at: int, known_at: int) -> OrderCanceled:
    """The order left the book before it was filled."""
    return OrderCanceled(
        **_header("canceled", cause, own.order_id, at, known_at),
        **_identity(own),
        filled=to_shares(own.filled),
        reason=reason,
    )


def expired(own: PaperOrder, at: int, known_at: int) -> OrderExpired:
    """The order's time came."""
    return OrderExpired(
        **_header("expired", own.cause, own.order_id, at, known_at),
        **_identity(own),
        filled=to_shares(own.filled),
    )


def cancel_refused(
    request: CancelRequest, ended: EndedOrder, at: int, known_at: int
) -> CancelRefused:
    """There was nothing to cancel; the reason is how the order ended, or "unknown"."""
    return CancelRefused(
        **_header("cancel-refused", request.cause, request.order_id, at, known_at),
        order_id=request.order_id,
        bot_id=request.bot_id,
        account_id=ended.account_id,
        market_id=request.market_id,
        token_id=ended.token_id,
        ordered_at=ended.ordered_at,
        reason=ended.status,
    )


def fill(
    own: PaperOrder, size: int, inferred: bool, book: Book, cause: str, at: int, known_at: int
) -> Fill:
    """The order was matched; it counts `size` already.

    Args:
        own: After the match.
        size: Micro-shares of this match.
        inferred: No print proves it.
        book: For the mid at the fill.
        cause: `event_id` of the market event.
        at: When it happened, ms.
        known_at: When we hear of it, ms.
    """
    order = own.order
    key = f"{own.order_id}/{own.fills}"
    return Fill(
        **_header("fill", cause, key, at, known_at),
        **_identity(own),
        trade_id=derive_id(SOURCE, "trade", key),
        venue_event_id=order.venue_event_id,
        side=order.side,
        action=order.action,
        kind=own.kind,
        price=order.price,
        size=to_shares(size),
        cumulative=to_shares(own.filled),
        fee=Decimal(0),
        status=own.status,
        zone=own.zone,
        bundle_id=order.bundle_id,
        inferred=inferred,
        mid=mid(book),
    )


def merged(approved: MergeApproved, rules: PaperRules, at: int, known_at: int) -> PairsMerged:
    """Pairs became collateral."""
    return PairsMerged(
        **_header("merged", approved.event_id, approved.intent_id, at, known_at),
        bot_id=approved.bot_id,
        account_id=approved.account_id,
        market_id=approved.market_id,
        venue_event_id=approved.venue_event_id,
        pairs=approved.pairs,
        gas=rules.gas,
    )


def split(approved: SplitApproved, rules: PaperRules, at: int, known_at: int) -> PairsSplit:
    """Collateral became pairs."""
    return PairsSplit(
        **_header("split", approved.event_id, approved.intent_id, at, known_at),
        **approved.terms,
        intent_id=approved.intent_id,
        gas=rules.gas,
    )


def converted(
    approved: ConvertApproved, rules: PaperRules, at: int, known_at: int
) -> PositionsConverted:
    """NO tokens became YES tokens of the other outcomes, and collateral."""
    return PositionsConverted(
        **_header("converted", approved.event_id, approved.intent_id, at, known_at),
        **approved.terms,
        intent_id=approved.intent_id,
        gas=rules.gas,
    )


def rebate(
    earned: Earned, account_id: AccountId, amount: Decimal, day: int, at: int, known_at: int
) -> RebatePaid:
    """A day's rebate of one bot in one market."""
    return RebatePaid(
        **_header("rebate", f"day-{day}", f"{earned.bot_id}/{earned.market_id}", at, known_at),
        bot_id=earned.bot_id,
        account_id=account_id,
        market_id=earned.market_id,
        venue_event_id=earned.venue_event_id,
        day=day,
        amount=amount,
    )


def mid(book: Book) -> Decimal | None:
    """The YES mid in dollars; None when one side is empty. Simulated orders are not in the book."""
    bid, ask = book.best_bid(YES), book.best_ask(YES)
    if bid is None or ask is None:
        return None
    return (to_price(bid, book.tick) + to_price(ask, book.tick)) / 2
