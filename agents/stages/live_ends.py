"""How orders end: told once, and only behind the fills that came before the end."""

from collections.abc import Iterator
from decimal import Decimal

from agents.stages.execution import ExecutionReport
from agents.stages.live_state import ZERO, Held, LiveState
from schemas.values import OrderStatus
from streams import venue_reports as say
from streams.order_outbox import OrderOutbox
from streams.outbox_state import CancelVoid, Tracked


def filled_of(state: LiveState, entry: Tracked) -> Decimal:
    """Shares of an order that were told as fills."""
    return state.filled.get(entry.order_id, ZERO)


def released(
    state: LiveState, entry: Tracked, *, unproven: bool = False
) -> Iterator[ExecutionReport]:
    """The end of an order, once all its fills are told.

    Args:
        state: Changed in place.
        entry: The order.
        unproven: Do not wait for fills any longer.
    """
    held = state.held.get(entry.order_id)
    if held is None:
        return
    whole = entry.order.size if held.status is OrderStatus.FILLED else entry.matched
    if unproven or filled_of(state, entry) >= whole:
        del state.held[entry.order_id]
        yield from _end(state, entry, held)
        yield from _further(state, entry)


def overdue(state: LiveState, outbox: OrderOutbox, patience_ms: int) -> Iterator[Tracked]:
    """Orders whose ends have waited for fills for too long."""
    for order_id in tuple(state.held):
        entry = outbox.find(order_id)
        if entry is None:
            del state.held[order_id]
        elif state.now - entry.since >= patience_ms:
            yield entry


def _further(state: LiveState, entry: Tracked) -> Iterator[ExecutionReport]:
    """Cancels that came while another was under way find nothing to cancel."""
    order, status = entry.order, entry.status.lower()
    for cause in state.again.pop(order.order_id, ()):
        void = CancelVoid(order.order_id, order.bot_id, cause, status, entry)
        yield say.cancel_refused(void, order.market_id, order.account_id, state.now)


def _end(state: LiveState, entry: Tracked, held: Held) -> Iterator[ExecutionReport]:
    filled = filled_of(state, entry)
    match held.status:
        case OrderStatus.CANCELED:
            yield say.canceled(entry, filled, held.reason, state.now)
        case OrderStatus.EXPIRED:
            yield say.expired(entry, filled, state.now)
        case OrderStatus.REJECTED:
            yield say.rejected(entry, held.reason, state.now)
        case _:
            pass  # the last fill has said it
