"""The venue's words as the facts that execution folds. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from connectors.polymarket.failures import Failure, Reaction, reaction_of
from connectors.polymarket.order_replies import Accepted, Refused
from connectors.polymarket.replies import VenueOrder
from connectors.polymarket.user_events import UserTrade
from schemas.reasons import DenialCode
from schemas.values import OrderStatus, TradeStatus
from schemas.venue import OwnTrade, Verdict

EXPIRED = "CANCELED_EXPIRED_ORDER"
NEVER_RESTED = frozenset({"INVALID"})
FULL = "MATCHED"
BAD_REQUEST = 400
SHORTEST_WAIT_MS = 1_000

_REASONS: Mapping[Reaction, str] = MappingProxyType(
    {
        Reaction.REQUOTE: DenialCode.WOULD_CROSS,
        Reaction.REFRESH_TICK: DenialCode.BAD_TICK,
        Reaction.RECONCILE: "NOT_ENOUGH_BALANCE",
        Reaction.STOP_OPENING: "CLOSED_ONLY",
        Reaction.FIX_CLOCK: "BAD_EXPIRATION",
        Reaction.DROP: "BELOW_MINIMUM",
    }
)
"""Codes of refusals that bots and people know; others keep the venue's words."""


class Judged:
    """What a reply means for one order.

    Attributes:
        verdict: Whether the venue has the order.
        reason: Why not.
        retry_ms: How long to wait.
        reaction: What else is to be done about it; None for an acceptance.
    """

    __slots__ = ("reaction", "reason", "retry_ms", "verdict")

    def __init__(
        self,
        verdict: Verdict,
        reason: str = "",
        retry_ms: int = 0,
        reaction: Reaction | None = None,
    ) -> None:
        """Say what it means."""
        self.verdict = verdict
        self.reason = reason
        self.retry_ms = retry_ms
        self.reaction = reaction


def judge_reply(reply: Accepted | Refused, expected: str) -> Judged:
    """What an answer to an order means.

    Args:
        reply: The venue's.
        expected: The hash we know the order by. Another one proves nothing about ours.
    """
    if isinstance(reply, Accepted):
        if reply.order_id == expected:
            return Judged(Verdict.ACCEPTED)
        return Judged(Verdict.UNKNOWN, f"answered as {reply.order_id}")
    return _judged(reaction_of(BAD_REQUEST, reply.message), reply.message, None)


def judge_failure(failure: Failure) -> Judged:
    """What a refused call means for each order in it."""
    return _judged(failure.reaction, failure.text or str(failure.status), failure.retry_after)


def ending(status: str) -> OrderStatus | None:
    """How an order ended, by its status; None while it is open."""
    if status == EXPIRED:
        return OrderStatus.EXPIRED
    if status in NEVER_RESTED:
        return OrderStatus.REJECTED
    if status.startswith("CANCELED") or status == "UNMATCHED":
        return OrderStatus.CANCELED
    return OrderStatus.FILLED if status == FULL else None


def ending_of(order: VenueOrder) -> OrderStatus | None:
    """How an order that REST tells of ended; one that is matched in part is open still."""
    found = ending(order.status)
    if found is OrderStatus.FILLED and order.size_matched < order.original_size:
        return None
    return found


def own_trades(trade: UserTrade, api_key: str) -> Iterator[OwnTrade]:
    """The parts of a trade that our orders had.

    Args:
        trade: From the user channel or from REST.
        api_key: The owner of our orders.
    """
    if trade.trader_side == "TAKER":
        yield _part(trade, trade.taker_order_id, trade.price, trade.size, takes=True)
    sizes: defaultdict[tuple[str, Decimal], Decimal] = defaultdict(Decimal)
    for maker in trade.maker_orders or ():
        if maker.owner == api_key:
            sizes[maker.order_id, maker.price] += maker.matched_amount
    for (order_id, price), size in sizes.items():
        yield _part(trade, order_id, price, size, takes=False)


def _part(
    trade: UserTrade, order_id: str, price: Decimal, size: Decimal, *, takes: bool
) -> OwnTrade:
    known = TradeStatus.__members__.get(trade.status, TradeStatus.MATCHED)
    return OwnTrade(
        trade_id=trade.id,
        venue_order_id=order_id,
        price=price,
        size=size,
        status=known,
        takes=takes,
        matched_at=_milliseconds(trade.matched_at or trade.timestamp),
        transaction=trade.transaction_hash or "",
    )


def _judged(reaction: Reaction, text: str, retry_after: float | None) -> Judged:
    if reaction is Reaction.WAIT or reaction is Reaction.AUTHENTICATE:
        wait = SHORTEST_WAIT_MS if retry_after is None else round(retry_after * 1000)
        return Judged(Verdict.WAIT, text, max(wait, SHORTEST_WAIT_MS), reaction)
    if reaction is Reaction.UNKNOWN_OUTCOME:
        return Judged(Verdict.UNKNOWN, text, reaction=reaction)
    return Judged(Verdict.REFUSED, str(_REASONS.get(reaction, text)), reaction=reaction)


def _milliseconds(at: datetime | None) -> int:
    return 0 if at is None else round(at.timestamp() * 1000)
