"""The paper exchange: approved orders against the real book, as a fold over the log of inputs.

A discrete-event loop on log time (STRATEGIES.md E.1). Commands take their latency to the venue, are
judged there by the book of that moment, and the answer takes its latency back. What is due between
two inputs is done at its own time before the later input; at the same time market data comes first,
then what happens at the venue (cancels before new orders), then acknowledgements.

The log shows the venue as it was `feed_ms` ago. An order that reaches the venue at t is therefore
judged when the log has reached t + feed_ms: judged earlier, it would stand in queues before trades
that in truth came first.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from schemas.envelope import Message
from schemas.ids import AccountId, OrderId
from schemas.market import (
    BookDelta,
    BookSnapshot,
    BookTrustChanged,
    FeedStatus,
    MarketListed,
    MarketResolved,
    MarketTrade,
    TickSizeChanged,
)
from schemas.ops import ClockTick
from schemas.pairs import ConvertApproved, SplitApproved
from schemas.trading import CancelOrder, IntentApproved, MergeApproved
from streams.paper_agenda import Deed, Due, Errand, Mined
from streams.paper_orders import CancelRequest, Ending, to_paper_order
from streams.paper_reports import Report
from streams.paper_rules import PaperRules
from streams.paper_state import Counts, ExchangeState
from streams.paper_venue import ENDED_KEPT_MS, PaperVenue
from streams.queue_models import QueueModel


class PaperExchange:
    """An execution that sends nothing anywhere."""

    def __init__(self, rules: PaperRules, model: QueueModel, account_id: AccountId) -> None:
        """Start empty.

        Args:
            rules: Latencies and guards.
            model: The queue model; a run under each gives the band of its result (E.2).
            account_id: The account whose orders it takes.
        """
        self._rules = rules
        self._model = model
        self._account_id = account_id
        self._begin(ExchangeState())

    def _begin(self, state: ExchangeState) -> None:
        self._state = state
        self._venue = venue = PaperVenue(self._rules, self._model, self._account_id, state)
        self._observers: dict[type, Callable[[Any], None]] = {
            BookDelta: venue.on_delta,
            BookSnapshot: venue.on_snapshot,
            BookTrustChanged: venue.on_trust,
            FeedStatus: venue.on_feed,
            MarketTrade: venue.on_trade,
            MarketListed: venue.on_listed,
            TickSizeChanged: venue.on_tick_size,
            MarketResolved: venue.on_resolved,
            ClockTick: self._beat,
        }

    @property
    def counts(self) -> Counts:
        """What a report on a run must say beside its orders and fills."""
        return self._state.counts

    # ------------------------------------------------------------------ the port

    def place(self, approved: IntentApproved) -> None:
        """Send what the gate approved; a replaced order's cancel goes first (D.0).

        An order that was sent already is not sent again.
        """
        self._advance(approved.ingest_time)
        self._beat(approved)
        if approved.cancel_first is not None:
            bot_id, market_id = approved.bot_id, approved.orders[0].market_id
            self._send_cancel(
                CancelRequest(
                    order_id=approved.cancel_first,
                    bot_id=bot_id,
                    market_id=market_id,
                    cause=approved.event_id,
                    reason="replaced",
                ),
                approved.ingest_time,
            )
        for order, zone, kind in zip(approved.orders, approved.zones, approved.kinds, strict=True):
            if self._is_known(order.order_id):
                self._state.counts.repeats += 1
                continue
            rules = self._rules
            sent_at = self._state.orders_pacer.send_at(
                approved.ingest_time, rules.orders_per_s, rules.orders_burst
            )
            arrives_at = self._not_past(sent_at + rules.entry_latency(order.order_id))
            own = to_paper_order(order, zone, kind, approved.event_id, arrives_at)
            self._state.flying[order.order_id] = own
            self._state.agenda.plan(arrives_at, Deed.PLACE, order.order_id)

    def cancel(self, request: CancelOrder) -> None:
        """Send a cancel. One for an order still on its way leaves when that is acknowledged."""
        self._advance(request.ingest_time)
        self._beat(request)
        self._send_cancel(
            CancelRequest(
                order_id=request.order_id,
                bot_id=request.bot_id,
                market_id=request.market_id,
                cause=request.event_id,
                reason=request.reason,
            ),
            request.ingest_time,
        )

    def merge(self, approved: MergeApproved) -> None:
        """Merge pairs into collateral; the same intent merges once."""
        self._mine(approved)

    def split(self, approved: SplitApproved) -> None:
        """Split collateral into pairs; the same intent splits once."""
        self._mine(approved)

    def convert(self, approved: ConvertApproved) -> None:
        """Convert NO tokens of a neg-risk event; the same intent converts once."""
        self._mine(approved)

    def observe(self, message: Message) -> None:
        """Follow the market and the clock; whatever else has a time moves `now`."""
        self._advance(message.ingest_time)
        observer = self._observers.get(type(message))
        if observer is not None:
            observer(message)

    def reports(self) -> tuple[Report, ...]:
        """Take away what happened to our orders since the last call, in order."""
        if not self._venue.reports:
            return ()
        reports = tuple(self._venue.reports)
        self._venue.reports.clear()
        return reports

    # ------------------------------------------------------------------ checkpoints

    def snapshot(self) -> bytes:
        """The whole state as JSON; reports must have been taken away."""
        for market in self._venue.markets.values():
            market.state.book = market.book.state()
        encoded = msgspec.json.encode(self._state)
        for market in self._venue.markets.values():
            market.state.book = None
        return encoded

    def restore(self, snapshot: bytes) -> None:
        """Continue from a checkpoint of an exchange with the same rules and model."""
        self._begin(msgspec.json.decode(snapshot, type=ExchangeState))

    # ------------------------------------------------------------------ time

    def _advance(self, until: int) -> None:
        """Do what is due before `until`, each thing at its own time, then make it now."""
        state = self._state
        planned = state.agenda.planned
        while True:
            lapse_at = until if state.beat is None else state.beat + self._rules.lapse_ms
            if planned and planned[0].at < min(until, lapse_at):
                due = state.agenda.pop()
                state.now = max(state.now, due.at)
                self._do(due)
            elif lapse_at < until:
                state.now = max(state.now, lapse_at)
                state.beat = None
                self._venue.cancel_all(tuple(self._venue.markets.values()), Ending.LAPSED, "")
            else:
                break
        state.now = max(state.now, until)

    def _do(self, due: Due) -> None:
        venue = self._venue
        match due.deed:
            case Deed.CROSS:
                venue.cross(due)
            case Deed.CLOSE:
                venue.close(due)
            case Deed.EXPIRE:
                venue.expire(OrderId(due.key))
            case Deed.PLACE:
                venue.arrive(OrderId(due.key))
            case Deed.REBATE:
                if due.since == self._state.rebates.day:
                    venue.pay_rebates()
            case _:
                self._deliver(due.what)

    def _mine(self, approved: Mined) -> None:
        self._advance(approved.ingest_time)
        self._beat(approved)
        if self._is_repeat(approved.intent_id):
            return
        at = self._not_past(approved.ingest_time + self._rules.entry_ms)
        self._state.agenda.plan(at, Deed.MINE, what=approved)

    def _deliver(self, what: Errand | None) -> None:
        match what:
            case CancelRequest():
                self._venue.cancel(what)
            case MergeApproved() | SplitApproved() | ConvertApproved():
                self._venue.mine(what)
            case None:
                pass
            case _:
                self._venue.reports.append(what)

    def _beat(self, message: Message) -> None:
        """We are alive: the venue's dead man's switch starts anew (C.1)."""
        self._state.beat = self._state.now

    def _not_past(self, venue_ms: int) -> int:
        """The log time of something at the venue; what comes too late happens now."""
        return max(self._state.now, venue_ms + self._rules.feed_ms)

    def _send_cancel(self, request: CancelRequest, decided_at: int) -> None:
        if self._is_repeat(request.cause):
            return
        rules = self._rules
        flying = self._state.flying.get(request.order_id)
        if flying is not None:
            decided_at = max(decided_at, flying.arrives_at - rules.feed_ms + rules.ack_ms)
        sent_at = self._state.cancels_pacer.send_at(
            decided_at, rules.cancels_per_s, rules.cancels_burst
        )
        at = self._not_past(sent_at + rules.cancel_latency(request.order_id))
        self._state.agenda.plan(at, Deed.CANCEL, what=request)

    def _is_repeat(self, request: str) -> bool:
        """Whether a cancel or a transaction was requested before; remembered for a while."""
        requested, now = self._state.requested, self._state.now
        if request in requested:
            self._state.counts.repeats += 1
            return True
        requested[request] = now
        while next(iter(requested.values())) < now - ENDED_KEPT_MS:
            del requested[next(iter(requested))]
        return False

    def _is_known(self, order_id: OrderId) -> bool:
        state = self._state
        return (
            order_id in state.flying
            or order_id in state.ended
            or self._venue.find(order_id) is not None
        )
