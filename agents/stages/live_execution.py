"""Live execution: the order outbox between the gate's verdicts and what the venue is heard to say.

A fold like every other: approvals, cancels, the venue's facts and the clock come in by one log,
calls and reports go out. It touches no network; `connectors.polymarket.gateway` makes the calls.
"""

from collections.abc import Iterable
from itertools import compress
from typing import TypeVar

from msgspec.structs import replace

from agents.stages.execution import ExecutionReport
from agents.stages.live_calls import CallWriter
from agents.stages.live_compare import compare, trades_of
from agents.stages.live_ends import filled_of, overdue, released
from agents.stages.live_markets import MarketMessage, learn, misfit
from agents.stages.live_state import FormOrder, Held, LiveRules, LiveState
from agents.stages.live_trades import advance, book, forget
from schemas.alert_rules import rule_of
from schemas.envelope import Message, header
from schemas.ids import AccountId, MarketId, OrderId
from schemas.ops import Alert, AlertHandled
from schemas.pairs import ConvertApproved, SplitApproved
from schemas.trading import CancelOrder, IntentApproved, MergeApproved, Order
from schemas.values import TradeStatus
from schemas.venue import (
    CancelAnswered,
    OrderAbsent,
    OrderAnswered,
    OrderSeen,
    OwnTrade,
    TradeSeen,
    VenueCall,
    VenueCompared,
    VenueLink,
    VenueReconciled,
    VenueSession,
    Verdict,
)
from streams import venue_reports as say
from streams.order_outbox import OrderOutbox
from streams.outbox_state import (
    Answer,
    CancelStep,
    CancelVoid,
    Fact,
    OrderAccepted,
    OrderEnded,
    Seen,
    Step,
    Tracked,
)

STALE = "stale"
"""Why an order is withdrawn that the venue was not seen to have in time."""

VenueFact = (
    VenueSession
    | VenueLink
    | OrderAnswered
    | CancelAnswered
    | OrderSeen
    | OrderAbsent
    | TradeSeen
    | VenueCompared
)
Note = Alert | AlertHandled | VenueReconciled
Item = TypeVar("Item")


class LiveExecution:
    """Execution at a venue, by way of a gateway.

    Attributes:
        state: What a checkpoint holds; changed in place.
    """

    def __init__(
        self,
        account_id: AccountId,
        form: FormOrder,
        rules: LiveRules | None = None,
        state: LiveState | None = None,
    ) -> None:
        """Start without orders, or continue.

        Args:
            account_id: Whose orders it sends.
            form: Makes the order that is sent, and with it the hash.
            rules: Waiting times.
            state: Of an earlier run.
        """
        self.state = LiveState() if state is None else state
        self._account_id = account_id
        self._form = form
        self._rules = LiveRules() if rules is None else rules
        self._outbox = OrderOutbox(self._identify, self._rules.outbox, self.state.outbox)
        self._calls = CallWriter(self.state, self._outbox, form, self._rules)
        self._reports: list[ExecutionReport] = []
        self._notes: list[Note] = []
        both = (self.state.outbox.ended, self.state.outbox.open)
        self._by_hash = {e.venue_id: e.order_id for each in both for e in each.values()}

    # ------------------------------------------------------------------ the port

    def place(self, approved: IntentApproved) -> None:
        """Take approved orders; those that cannot be sent as they are are rejected here."""
        self._now(approved)
        fit = [self._is_fit(approved, order) for order in approved.orders]
        if not any(fit):
            return
        chosen = replace(
            approved,
            orders=_chosen(approved.orders, fit),
            zones=_chosen(approved.zones, fit),
            kinds=_chosen(approved.kinds, fit),
        )
        self._outbox.intend(chosen)
        for order in chosen.orders:
            entry = self._outbox.find(order.order_id)
            if entry is not None:
                self._by_hash[entry.venue_id] = order.order_id
        self._tell()

    def cancel(self, request: CancelOrder) -> None:
        """Cancel an order; one under way is cancelled once the venue has it."""
        self._now(request)
        entry = self.state.outbox.open.get(request.order_id)
        if entry is not None and entry.cancel is not CancelStep.NONE:
            again = self.state.again.setdefault(request.order_id, [])
            if request.event_id not in (entry.cancel_cause, *again):
                again.append(request.event_id)
            return
        self._outbox.ask_cancel(request)
        self._tell(request.market_id)

    def merge(self, approved: MergeApproved) -> None:
        """Not possible by way of orders: say so, as the gate should have."""
        self._pairs(approved)

    def split(self, approved: SplitApproved) -> None:
        """Not possible by way of orders: say so, as the gate should have."""
        self._pairs(approved)

    def convert(self, approved: ConvertApproved) -> None:
        """Not possible by way of orders: say so, as the gate should have."""
        self._pairs(approved)

    def reports(self) -> Iterable[ExecutionReport]:
        """Take away what was said since the last call, in its order."""
        reports, self._reports = self._reports, []
        return reports

    def notes(self) -> Iterable[Note]:
        """Take away alerts and the results of comparisons."""
        notes, self._notes = self._notes, []
        return notes

    def calls(self, cause: Message) -> tuple[VenueCall, ...]:
        """What the gateway is to do now; what it returns counts as sent."""
        due = tuple(self._calls.due(cause))
        self._tell()
        return due

    # ------------------------------------------------------------------ the venue

    def hear(self, fact: VenueFact) -> None:
        """Fold what the gateway heard."""
        self._now(fact)
        match fact:
            case VenueSession():
                self._session(fact)
            case VenueLink() if fact.session == self.state.session:
                self._link(fact)
            case OrderAnswered():
                self._outbox.on_answer(_answer(fact), self.state.now)
            case CancelAnswered():
                self._on_cancel(fact)
            case OrderSeen(venue_order_id=venue_id) if venue_id in self._by_hash:
                self._outbox.on_seen(_seen(self._by_hash[venue_id], fact), self.state.now)
            case OrderAbsent():
                self._outbox.on_absent(fact.order_id, fact.asked_at, self.state.now)
            case TradeSeen():
                self._on_trade(fact.trade, fact)
            case VenueCompared() if fact.session == self.state.session:
                for trade in trades_of(fact):
                    self._on_trade(trade, fact)
                self._notes.extend(compare(self.state, self._outbox, fact))
            case _:
                pass
        self._tell()

    def learn(self, message: MarketMessage) -> None:
        """Take a market's metadata, its new grid, or its resolution."""
        self._now(message)
        learn(self.state, message)

    def tick(self, message: Message) -> None:
        """Let time pass: withdraw what was not seen in time, forget what is over."""
        self._now(message)
        state = self.state
        for entry in tuple(state.outbox.open.values()):
            if entry.placed or entry.cancel is not CancelStep.NONE:
                continue
            if state.now - entry.order.ordered_at >= self._rules.fresh_ms:
                self._outbox.ask_cancel(_withdrawal(entry, message, state.now))
        self._tell()
        self._release_overdue(message)
        self._forget()

    # ------------------------------------------------------------------ inside

    def _now(self, message: Message) -> None:
        self.state.now = max(self.state.now, message.ingest_time)

    def _identify(self, order: Order) -> str:
        account, market = self.state.account, self.state.markets[order.market_id]
        if account is None:
            raise LookupError(f"No account is known to send {order.order_id} by.")
        return self._form(account, order, market.neg_risk).venue_order_id

    def _is_fit(self, approved: IntentApproved, order: Order) -> bool:
        """Whether an order can be sent; one that cannot is rejected, once."""
        state = self.state
        if order.order_id in state.refused:
            return False
        reason = misfit(state, order)
        if reason is None or self._outbox.find(order.order_id) is not None:
            return True
        state.refused[order.order_id] = state.now
        self._reports.append(say.refused(approved, order, reason))
        return False

    def _session(self, fact: VenueSession) -> None:
        state = self.state
        if fact.account_id != self._account_id or fact.session < state.session:
            return
        if not fact.running:
            if fact.session == state.session:
                state.session, state.linked, state.outbox.blocked = "", False, True
            return
        if state.account is not None and state.account != fact.account and state.outbox.open:
            self._alert(
                fact,
                "venue-account-changed",
                fact.account.maker,
                f"The gateway trades for {fact.account.maker}, open orders are those of "
                f"{state.account.maker}: nothing is sent. Start with the earlier key, cancel "
                "there, then change it.",
            )
            return
        state.session, state.account, state.linked = fact.session, fact.account, False
        self._outbox.recover(state.now)
        state.beat_at = state.compared_at = 0

    def _link(self, fact: VenueLink) -> None:
        """Nothing is placed unseen; after a gap everything is compared first."""
        state = self.state
        state.linked = fact.connected
        state.outbox.blocked = True
        if fact.connected:
            state.compared_at = 0

    def _on_cancel(self, fact: CancelAnswered) -> None:
        order_id, now = fact.order_id, self.state.now
        if fact.verdict is Verdict.ACCEPTED and order_id in self.state.outbox.open:
            self._outbox.look_up(order_id, now, later=True)
        else:
            self._outbox.on_cancel_answer(order_id, fact.verdict, fact.reason, now)

    def _on_trade(self, trade: OwnTrade, cause: Message) -> None:
        booked = self.state.trades.get(trade.key)
        if booked is not None:
            changed = advance(self.state, booked, trade, cause.event_id)
            if changed is not None:
                self._reports.append(changed)
            return
        order_id = self._by_hash.get(trade.venue_order_id)
        entry = None if order_id is None else self._outbox.find(order_id)
        if entry is None:
            return
        if trade.status is TradeStatus.FAILED:
            entry.matched = max(filled_of(self.state, entry), entry.matched - trade.size)
            self._reports.extend(released(self.state, entry))
            return
        matched = filled_of(self.state, entry) + trade.size
        if entry.step is not Step.ENDED:
            seen = Seen(order_id=entry.order_id, matched=matched)
            self._outbox.on_seen(seen, self.state.now)
        facts = self._outbox.facts()
        self._say(fact for fact in facts if isinstance(fact, OrderAccepted))
        self._reports.append(book(self.state, entry, trade, cause.event_id))
        self._say(fact for fact in facts if not isinstance(fact, OrderAccepted))
        self._reports.extend(released(self.state, entry))

    def _pairs(self, approved: MergeApproved | SplitApproved | ConvertApproved) -> None:
        self._now(approved)
        self._alert(
            approved,
            "pairs-not-sent",
            approved.bot_id,
            f"Pairs of {approved.market_id} were approved to be merged, split or converted, which "
            "this venue does on the chain only: nothing happened.",
        )

    def _alert(self, cause: Message, rule: str, scope: str, detail: str) -> None:
        head = header(say.SOURCE, cause, "alert", rule, scope, now=self.state.now)
        severity = rule_of(rule).severity
        self._notes.append(Alert(**head, rule=rule, severity=severity, scope=scope, detail=detail))

    def _tell(self, market_id: MarketId | None = None) -> None:
        self._say(self._outbox.facts(), market_id)

    def _say(self, facts: Iterable[Fact], market_id: MarketId | None = None) -> None:
        for fact in facts:
            match fact:
                case OrderAccepted(entry):
                    self._reports.append(say.placed(entry, self.state.now))
                case OrderEnded(entry, status, reason):
                    self.state.held[entry.order_id] = Held(status, reason)
                    self._reports.extend(released(self.state, entry))
                case CancelVoid():
                    named = MarketId("") if market_id is None else market_id
                    void = say.cancel_refused(fact, named, self._account_id, self.state.now)
                    self._reports.append(void)

    def _release_overdue(self, cause: Message) -> None:
        """An end whose fills do not come is told without them, and that they are missing."""
        for entry in overdue(self.state, self._outbox, 2 * self._rules.compare_ms):
            self._alert(
                cause,
                "fills-missing",
                entry.venue_id[:18],
                f"The venue matched {entry.matched} shares of {entry.venue_id} and told trades of "
                f"{filled_of(self.state, entry)}: compare its trades with the ledger.",
            )
            self._reports.extend(released(self.state, entry, unproven=True))

    def _forget(self) -> None:
        state, find = self.state, self._outbox.find
        forget(state, self._rules)
        for order_id in [each for each in state.filled if find(each) is None]:
            del state.filled[order_id]
        old = state.now - self._rules.outbox.kept_ms
        for order_id in [each for each, at in state.refused.items() if at < old]:
            del state.refused[order_id]
        gone = [venue_id for venue_id, order_id in self._by_hash.items() if find(order_id) is None]
        for venue_id in gone:
            del self._by_hash[venue_id]


def _chosen(each: tuple[Item, ...], fit: list[bool]) -> tuple[Item, ...]:
    return tuple(compress(each, fit))


def _answer(fact: OrderAnswered) -> Answer:
    return Answer(
        order_id=fact.order_id,
        attempt=fact.attempt,
        verdict=fact.verdict,
        reason=fact.reason,
        retry_ms=fact.retry_ms,
    )


def _seen(order_id: OrderId, fact: OrderSeen) -> Seen:
    return Seen(order_id=order_id, matched=fact.matched, ended=fact.ended, reason=fact.reason)


def _withdrawal(entry: Tracked, cause: Message, now: int) -> CancelOrder:
    order = entry.order
    return CancelOrder(
        **header(say.SOURCE, cause, STALE, order.order_id, now=now),
        order_id=order.order_id,
        bot_id=order.bot_id,
        market_id=order.market_id,
        reason=STALE,
    )
