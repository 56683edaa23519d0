"""The venue's side of the paper exchange: orders that arrived, where they rest, how they end.

Nothing here knows latency to the venue: `paper_exchange` calls each thing when it is due.
"""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from schemas.ids import AccountId, MarketId, OrderId, TokenId
from schemas.market import (
    BookDelta,
    BookSnapshot,
    BookTrustChanged,
    FeedStatus,
    LevelChange,
    Market,
    MarketListed,
    MarketResolved,
    MarketTrade,
    TickSizeChanged,
)
from schemas.pairs import SplitApproved
from schemas.reasons import DenialCode
from schemas.trading import Fill, MergeApproved
from schemas.values import MarketStatus, OrderStatus
from streams import paper_rebates
from streams import paper_reports as say
from streams.book import NO, Book
from streams.paper_agenda import Deed, Due, Mined
from streams.paper_market import Match, PaperMarket, PaperMarketState, closings
from streams.paper_orders import CancelRequest, EndedOrder, Ending, PaperOrder, refusal
from streams.paper_rules import PaperRules
from streams.paper_state import ExchangeState
from streams.prints import to_yes_space
from streams.queue_models import QueueModel

ENDED_KEPT_MS = 120_000
"""How long an ended order is remembered."""
RETIRED_KEPT_MS = 3_600_000
"""How long a resolved market is remembered, so that a late book message does not revive it."""
UNKNOWN = "unknown"
"""Why a cancel is refused whose order was never seen or was forgotten."""


class PaperVenue:
    """Orders, markets and matching.

    Attributes:
        state: Shared with the exchange, which owns its time.
        markets: By market id.
        reports: Said and not yet taken away.
    """

    def __init__(
        self, rules: PaperRules, model: QueueModel, account_id: AccountId, state: ExchangeState
    ) -> None:
        """Start, or continue from a checkpoint.

        Args:
            rules: Guards and the venue's habits.
            model: The queue model.
            account_id: Stands in reports on orders that nobody knows.
            state: New, or decoded.
        """
        self._rules = rules
        self._model = model
        self._account_id = account_id
        self._nobody = EndedOrder(at=0, status=UNKNOWN, account_id=account_id, token_id=TokenId(""))
        self.state = state
        self.reports: list[say.Report] = []
        self.markets = {
            market_id: PaperMarket(rules, model, market)
            for market_id, market in state.markets.items()
        }
        self._where = {
            own.order_id: market_id
            for market_id, market in state.markets.items()
            for own in (*market.resting, *market.waiting)
        }

    # ------------------------------------------------------------------ market data

    def on_snapshot(self, message: BookSnapshot) -> None:
        """Replace a leg of a book."""
        market = self._market(message.market_id)
        if market is None:
            return
        market.book.apply_snapshot(message)
        believed = self._is_believed(market)
        market.state.epoch = self.state.feeds.get(message.feed, 0)
        self._follow(market, message, believed, moves=message.leg != NO)

    def on_delta(self, message: BookDelta) -> None:
        """Change levels of a book."""
        market = self.markets.get(message.market_id) or self._market(message.market_id)
        if market is None:
            return
        market.book.apply_delta(message)
        state = market.state
        is_as_before = message.trust is state.trust and message.feed == state.feed
        if is_as_before and market.book.is_ready and self._is_believed(market):
            if message.event_time > state.venue_ms:
                state.venue_ms = message.event_time
            if market.has_orders:
                self._match_book(market, message.event_id, message.changes)
            return
        self._follow(market, message, self._is_believed(market), moves=True)

    def on_trust(self, message: BookTrustChanged) -> None:
        """Freeze fills, or end the freeze."""
        market = self._market(message.market_id)
        if market is not None:
            self._follow(market, message, self._is_believed(market), moves=False)

    def on_feed(self, message: FeedStatus) -> None:
        """A disconnect freezes every market of the feed until its next snapshot."""
        if not message.connected:
            self.state.feeds[message.feed] = self.state.feeds.get(message.feed, 0) + 1

    def on_trade(self, message: MarketTrade) -> None:
        """Match a print, unless it was counted already or fills are frozen."""
        market = self._market(message.market_id)
        if market is None:
            return
        if not market.state.prints.is_news(message, self._rules.mirror_ms):
            self.state.counts.mirrors += 1
        elif market.state.resting and self._is_believed(market):
            matches = market.fill_print(to_yes_space(message), self.state.now)
            self._report_matches(market, matches, message.event_id)

    def on_listed(self, message: MarketListed) -> None:
        """Take over metadata; a market that is proposed or disputed loses its orders."""
        market = self._market(message.market.market_id)
        if market is None:
            return
        market.describe(message.market)
        for at, _ in closings(message.market):
            due = at + self._rules.feed_ms
            if due > self.state.now and at not in market.state.closings:
                market.state.closings = [t for t in market.state.closings if t > self.state.now]
                market.state.closings.append(at)
                self.state.agenda.plan(due, Deed.CLOSE, message.market.market_id, at)
        if message.market.status not in (MarketStatus.ACTIVE, MarketStatus.PAUSED):
            self.cancel_all((market,), Ending.PROPOSED, message.event_id)

    def on_tick_size(self, message: TickSizeChanged) -> None:
        """The book starts anew, unless the snapshot on the new grid was faster."""
        market = self._market(message.market_id)
        if market is None:
            return
        if market.state.market is not None:
            market.state.market = replace(market.state.market, tick=message.new_tick)
        if market.book.tick != message.new_tick:
            market.book.drop()
            market.state.believed = market.state.synced = False

    def on_resolved(self, message: MarketResolved) -> None:
        """Cancel what rests, and forget the market."""
        market = self.markets.get(message.market_id)
        if market is not None:
            self.cancel_all((market,), Ending.RESOLVED, message.event_id)
            del self.markets[message.market_id], self.state.markets[message.market_id]
        retired = self.state.retired
        retired[message.market_id] = self.state.now
        while next(iter(retired.values())) < self.state.now - RETIRED_KEPT_MS:
            del retired[next(iter(retired))]

    # ------------------------------------------------------------------ what is due

    def arrive(self, order_id: OrderId) -> None:
        """An order reaches the venue; judged by the book as it is, or as soon as there is one."""
        own = self.state.flying.pop(order_id)
        rules, now = self._rules, self.state.now
        market = self.markets.get(own.order.market_id)
        metadata = None if market is None else market.state.market
        book = Book() if market is None else market.book
        reason = refusal(own.order, metadata, book, now - rules.feed_ms, rules)
        if market is None or reason is not None:
            self._reject(own, reason or DenialCode.MARKET_CLOSED)
            return
        if own.order.expires_at is not None:
            drop_at = own.order.expires_at - rules.gtd_early_ms + rules.feed_ms
            self.state.agenda.plan(max(now, drop_at), Deed.EXPIRE, order_id)
        if market.snapshots_only or not self._is_believed(market):
            market.state.waiting.append(own)
            self._where[order_id] = own.order.market_id
        else:
            self._judge(market, own)

    def cancel(self, request: CancelRequest) -> None:
        """A cancel reaches the venue."""
        own = self.find(request.order_id)
        if own is None:
            ended = self.state.ended.get(request.order_id, self._nobody)
            self._say(say.cancel_refused(request, ended, *self._times))
        else:
            self._cancel(own, request.cause, request.reason)

    def expire(self, order_id: OrderId) -> None:
        """An order's GTD time came."""
        own = self.find(order_id)
        if own is not None:
            self._end(own, OrderStatus.EXPIRED)
            self._say(say.expired(own, *self._times))

    def close(self, due: Due) -> None:
        """A scheduled closing came: the book is cleared, or the window is over."""
        market = self.markets.get(MarketId(due.key))
        if market is not None and market.state.market is not None:
            for at, ending in closings(market.state.market):
                if at == due.since:
                    self.cancel_all((market,), ending, "")

    def cross(self, due: Due) -> None:
        """The book has crossed an order long enough, if it still does since then."""
        own = self.find(OrderId(due.key))
        if own is None or own.crossed_at != due.since:
            return
        market = self.markets[own.order.market_id]
        if self._is_believed(market):
            match = market.fill_lasting(own, self.state.now)
            if match is not None:
                self._report_matches(market, (match,), own.crossed_by)

    def mine(self, approved: Mined) -> None:
        """A merge, a split or a conversion is mined."""
        match approved:
            case MergeApproved():
                self._say(say.merged(approved, self._rules, *self._times))
            case SplitApproved():
                self._say(say.split(approved, self._rules, *self._times))
            case _:
                self._say(say.converted(approved, self._rules, *self._times))

    def pay_rebates(self) -> None:
        """A UTC day is over: the venue pays what its fills have earned (A.5)."""
        rebates, (at, known_at) = self.state.rebates, self._times
        for entry, amount in paper_rebates.settle(rebates):
            self._say(say.rebate(entry, self._account_id, amount, rebates.day, at, known_at))

    def cancel_all(self, markets: Iterable[PaperMarket], ending: Ending, cause: str) -> None:
        """Cancel all that rests or waits in some markets.

        Args:
            markets: Which.
            ending: Why.
            cause: `event_id` of what led to it; empty takes each order's approval.
        """
        for market in markets:
            for own in (*market.state.resting, *market.state.waiting):
                self._cancel(own, cause or own.cause, ending)

    # ------------------------------------------------------------------ inside

    def find(self, order_id: OrderId) -> PaperOrder | None:
        """Our order at the venue, resting or waiting."""
        market_id = self._where.get(order_id)
        return None if market_id is None else self.markets[market_id].find(order_id)

    def _market(self, market_id: MarketId) -> PaperMarket | None:
        """The market, new if need be; None when it was resolved."""
        market = self.markets.get(market_id)
        if market is None and market_id not in self.state.retired:
            state = self.state.markets[market_id] = PaperMarketState()
            market = self.markets[market_id] = PaperMarket(self._rules, self._model, state)
        return market

    def _is_believed(self, market: PaperMarket) -> bool:
        """Whether fills are free: a good grade, and no disconnect since the last snapshot."""
        state = market.state
        return state.believed and state.epoch == self.state.feeds.get(state.feed, 0)

    def _follow(
        self,
        market: PaperMarket,
        message: BookSnapshot | BookDelta | BookTrustChanged,
        believed_before: bool,
        moves: bool,
    ) -> None:
        """Draw the consequences of a book message.

        Args:
            market: Its book has the message applied already.
            message: For feed, grade and time.
            believed_before: Fills were free before it.
            moves: It can have changed the YES leg, which is the book we match on.
        """
        state = market.state
        state.feed, state.trust = message.feed, message.trust
        state.venue_ms = max(state.venue_ms, message.event_time)
        state.believed = market.book.is_ready and message.trust.may_open
        if not self._is_believed(market):
            return
        if not believed_before:
            self._thaw(market, message.event_id)
        if not market.has_orders or not (moves or not believed_before):
            return
        self._match_book(market, message.event_id, None)

    def _thaw(self, market: PaperMarket, cause: str) -> None:
        self.state.counts.gaps += market.state.synced
        market.state.synced = True
        for own in market.resync():
            self._cancel(own, cause, Ending.TICK)

    def _match_book(
        self, market: PaperMarket, cause: str, changes: Sequence[LevelChange] | None
    ) -> None:
        """Advance queues, fill what the book crosses now or when it lasts, judge who waited."""
        now, state = self.state.now, market.state
        if state.resting:
            market.follow_levels(changes)
            if market.snapshots_only:
                self._report_matches(market, market.fill_snapshot(now), cause)
            else:
                due = now + self._rules.feed_ms
                for own in market.watch_crossings(now, cause):
                    self.state.agenda.plan(due, Deed.CROSS, own.order_id, now)
        if state.waiting:
            waiting, state.waiting = state.waiting, []
            for own in waiting:
                self._judge(market, own)

    def _judge(self, market: PaperMarket, own: PaperOrder) -> None:
        """Post-only, by the book as it is: rest, or be rejected."""
        off_grid = own.pips % market.book.tick
        if off_grid or market.would_cross(own):
            self._where.pop(own.order_id, None)
            self._reject(own, DenialCode.BAD_TICK if off_grid else DenialCode.WOULD_CROSS)
            return
        self.state.seniority += 1
        market.accept(own, self.state.seniority)
        self._where[own.order_id] = own.order.market_id
        self.state.counts.placed += 1
        self._say(say.placed(own, *self._times))

    def _reject(self, own: PaperOrder, reason: str) -> None:
        self.state.counts.rejected += 1
        self._remember(own, OrderStatus.REJECTED)
        self._say(say.rejected(own, reason, *self._times))

    def _cancel(self, own: PaperOrder, cause: str, reason: str) -> None:
        self._end(own, OrderStatus.CANCELED)
        self._say(say.canceled(own, cause, reason, *self._times))

    def _end(self, own: PaperOrder, status: OrderStatus) -> None:
        self.markets[self._where.pop(own.order_id)].remove(own)
        self._remember(own, status)

    def _is_resting(self, order_id: str) -> bool:
        return order_id in self._where

    def _remember(self, own: PaperOrder, status: OrderStatus) -> None:
        order, ended, now = own.order, self.state.ended, self.state.now
        ended[own.order_id] = EndedOrder(
            at=now,
            status=status.lower(),
            account_id=order.account_id,
            token_id=order.token_id,
            ordered_at=order.ordered_at,
        )
        while next(iter(ended.values())).at < now - ENDED_KEPT_MS:
            del ended[next(iter(ended))]
        self.state.agenda.order_ended(self._is_resting)

    def _report_matches(self, market: PaperMarket, matches: Iterable[Match], cause: str) -> None:
        for match in matches:
            self.state.counts.fills += 1
            self.state.counts.inferred_fills += match.inferred
            fill = say.fill(match.own, match.size, match.inferred, market.book, cause, *self._times)
            self._say(fill)
            if market.state.market is not None:
                self._earn(fill, market.state.market)
            if match.own.status is OrderStatus.FILLED:
                self._end(match.own, OrderStatus.FILLED)

    def _earn(self, fill: Fill, market: Market) -> None:
        """Owe the rebate of a fill until its day is over."""
        rebates, day = self.state.rebates, paper_rebates.midnight(fill.event_time)
        if day != rebates.day:
            self.pay_rebates()
            rebates.day = day
            self.state.agenda.plan(rebates.due_at, Deed.REBATE, since=day)
        paper_rebates.earn(rebates, fill, market)

    @property
    def _times(self) -> tuple[int, int]:
        """When it happens in log time, and when we hear of it."""
        now = self.state.now
        return now, max(now, now - self._rules.feed_ms + self._rules.ack_ms)

    def _say(self, report: say.Report) -> None:
        """Report at once, or when the acknowledgement arrives."""
        if report.ingest_time <= self.state.now:
            self.reports.append(report)
        else:
            self.state.agenda.plan(report.ingest_time, Deed.TELL, what=report)
