"""The outbox's calls as messages to the gateway."""

from collections.abc import Iterable, Iterator

from agents.stages.live_state import FormOrder, LiveRules, LiveState
from schemas.envelope import Message, header
from schemas.ids import OrderId
from schemas.venue import (
    BeatVenue,
    CancelOrders,
    CompareVenue,
    LookUpOrder,
    Named,
    Placement,
    PlaceOrders,
    VenueCall,
)
from streams.order_outbox import OrderOutbox
from streams.outbox_state import Call, CancelCall, LookUpCall, PlaceCall, Tracked
from streams.venue_reports import SOURCE

MOST_TOKENS = 100
"""Balances read in one comparison; each is a request."""


class CallWriter:
    """Makes calls of what the outbox wants done, and of the time that has passed."""

    def __init__(
        self, state: LiveState, outbox: OrderOutbox, form: FormOrder, rules: LiveRules
    ) -> None:
        """Take the state that it reads and in which it notes what was asked for."""
        self._state = state
        self._outbox = outbox
        self._form = form
        self._rules = rules

    def due(self, cause: Message) -> Iterator[VenueCall]:
        """What to call now; nothing while no gateway is there to make the calls.

        Args:
            cause: The message that was folded last.
        """
        state = self._state
        if not state.session:
            return
        yield from self._of_outbox(cause)
        if state.now - state.beat_at >= self._rules.beat_ms:
            state.beat_at = state.now
            yield BeatVenue(**header(SOURCE, cause, "beat", now=state.now), session=state.session)
        if state.now - state.compared_at >= self._rules.compare_ms:
            state.compared_at = state.now
            yield self._compare(cause)

    def _of_outbox(self, cause: Message) -> Iterator[VenueCall]:
        for index, call in enumerate(self._outbox.calls(self._state.now)):
            yield self._message(call, cause, index)

    def _message(self, call: Call, cause: Message, index: int) -> VenueCall:
        state = self._state
        head = header(SOURCE, cause, type(call).__name__, index, now=state.now)
        match call:
            case PlaceCall():
                placements = tuple(self._placements(call))
                return PlaceOrders(**head, session=state.session, placements=placements)
            case CancelCall():
                orders = tuple(map(_named, self._entries(call.order_ids)))
                return CancelOrders(**head, session=state.session, orders=orders)
            case LookUpCall():
                (entry,) = self._entries((call.order_id,))
                order, asked_at = _named(entry), call.asked_at
                return LookUpOrder(**head, session=state.session, order=order, asked_at=asked_at)

    def _placements(self, call: PlaceCall) -> Iterator[Placement]:
        account, markets = self._state.account, self._state.markets
        for entry, attempt in zip(self._entries(call.order_ids), call.attempts, strict=True):
            order = entry.order
            if account is not None:
                yield Placement(
                    order_id=order.order_id,
                    bot_id=order.bot_id,
                    attempt=attempt,
                    reduces=not entry.opens,
                    outgoing=self._form(account, order, markets[order.market_id].neg_risk),
                )

    def _entries(self, order_ids: Iterable[OrderId]) -> Iterator[Tracked]:
        found = map(self._outbox.find, order_ids)
        return (entry for entry in found if entry is not None)

    def _compare(self, cause: Message) -> CompareVenue:
        state = self._state
        unsettled = (b.trade.matched_at for b in state.trades.values())
        return CompareVenue(
            **header(SOURCE, cause, "compare", now=state.now),
            session=state.session,
            trades_since=min(state.now - self._rules.trades_ms, *unsettled, state.now),
            tokens=tuple(state.tokens)[:MOST_TOKENS],
        )


def _named(entry: Tracked) -> Named:
    order = entry.order
    return Named(order_id=order.order_id, bot_id=order.bot_id, venue_order_id=entry.venue_id)
