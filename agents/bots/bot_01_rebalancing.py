"""Bot 1, rebalancing: rest bids on YES and NO of one question for less than a dollar together.

STRATEGIES.md D.1. In an ordinary market both books are views of one, so this is two-sided market
making with merging as the exit: what it locks is the spread, what it risks is one leg.
"""

from decimal import Decimal

import msgspec

from agents.bots.backoff import Backoff
from agents.bots.base import Bot, Merge, Note, OrderDraft, Place, PlaceBundle, Proposal
from agents.bots.bot_01_legs import Bundle, Leg, Step, advance, close, is_over, open_excess
from agents.bots.bot_01_sizing import (
    ZERO,
    LegStatistics,
    PairNumbers,
    PairSignal,
    displayed_share,
    pair_numbers,
    pair_signal,
    price_pairs,
)
from agents.bots.view import View
from configs.bots import RebalancingParameters
from configs.rules import TradingRules
from schemas.envelope import Message
from schemas.ids import MarketId, derive_id
from schemas.market import MarketResolved
from schemas.trading import Fill, IntentDenied, OrderPlaced, OrderRejected
from schemas.values import Action, IntentKind, Side
from streams.book import NO, YES, Book
from streams.prices import floor_lot


class PairMarket(msgspec.Struct, kw_only=True):
    """What bot 1 keeps of one market."""

    bundle: Bundle | None = None
    backoff: Backoff = msgspec.field(default_factory=Backoff)


class RebalancingState(msgspec.Struct, kw_only=True):
    """Bot 1's state.

    Attributes:
        measured: What touched pairs came to, per profile name; the standard numbers are "".
    """

    markets: dict[MarketId, PairMarket] = msgspec.field(default_factory=dict)
    measured: dict[str, LegStatistics] = msgspec.field(default_factory=dict)


class PairChoice(msgspec.Struct, frozen=True, kw_only=True):
    """The pair of bids that was found, or why there is none."""

    reason: str
    yes: Decimal = ZERO
    no: Decimal = ZERO
    signal: PairSignal | None = None
    offset: int = 0


class Rebalancing(Bot[RebalancingState]):
    """Paired arbitrage with resting orders."""

    state_type = RebalancingState
    reads_trades = False

    def __init__(self, parameters: RebalancingParameters, rules: TradingRules) -> None:
        super().__init__(parameters)
        self._parameters = parameters
        self._rules = rules
        self._numbers: dict[str, PairNumbers] = {}

    def on_event(self, state: RebalancingState, event: Message, view: View) -> list[Proposal]:
        """See `Bot.on_event`."""
        market_id = view.market.market_id
        place = state.markets.get(market_id)
        if place is None:
            place = state.markets[market_id] = PairMarket()
        bundle = place.bundle
        if isinstance(event, IntentDenied):
            self._refuse(place, event.code, view.now)
        elif isinstance(event, OrderRejected):
            self._refuse(place, event.reason, view.now)
        elif isinstance(event, OrderPlaced):
            place.backoff.accept()
        elif bundle is not None:
            if isinstance(event, Fill) and event.bundle_id == bundle.bundle_id:
                bundle.book(event, view.now)
            elif isinstance(event, MarketResolved):
                left = open_excess(bundle, view)
                dust = left < view.market.min_size
                self._close(state, place, ZERO if dust else left, event.yes_payout)
        if view.is_emergency or isinstance(event, MarketResolved):
            return []
        return self._decide(state, place, event, view)

    def forget(self, state: RebalancingState, market_id: MarketId) -> None:
        """See `Bot.forget`."""
        state.markets.pop(market_id, None)

    def _decide(
        self, state: RebalancingState, place: PairMarket, event: Message, view: View
    ) -> list[Proposal]:
        bundle, numbers = place.bundle, self._numbers_of(view)
        if bundle is not None:
            live = tuple(o for o in view.orders if o.order.bundle_id == bundle.bundle_id)
            if not is_over(bundle, live, view):
                step = advance(bundle, live, view, numbers, self._rules)
                return self._move(place, step, view.now)
            self._close(state, place, ZERO, ZERO)
        if merge := self._merge(view):
            return merge
        return self._seek(state, place, event, view, numbers)

    def _move(self, place: PairMarket, step: Step, now: int) -> list[Proposal]:
        proposals, reason = step
        if place.backoff.is_waiting(now):
            proposals = [each for each in proposals if not isinstance(each, Place)]
            reason = f"waiting-after-{place.backoff.reason.lower()}"
        decision = type(proposals[-1]).__name__.lower() if proposals else "none"
        return [*proposals, Note(decision=decision, reason=reason)]

    def _merge(self, view: View) -> list[Proposal]:
        """Merge what is matched once it is worth ten times the gas."""
        pairs = view.free_pairs
        if pairs <= 0 or view.account is None:
            return []
        if pairs < self._parameters.merge_gas_multiple * self._parameters.gas:
            return []
        note = Note(decision="merge", reason="pair-complete", features={"pairs": float(pairs)})
        return [Merge(pairs), note]

    def _seek(
        self,
        state: RebalancingState,
        place: PairMarket,
        event: Message,
        view: View,
        numbers: PairNumbers,
    ) -> list[Proposal]:
        reason = self._obstacle(state, place, view, numbers)
        if reason:
            return [Note(decision="none", reason=reason)]
        choice = self._choose(state, view, numbers)
        note = self._note(choice, view)
        if choice.reason:
            return [note]
        bundle_id = derive_id(self.identity.bot_id, event.event_id, "bundle", view.market.market_id)
        place.bundle = Bundle(
            bundle_id=bundle_id,
            profile=view.profile_name,
            asked_at=view.now,
            yes=Leg(price=choice.yes),
            no=Leg(price=choice.no),
        )
        return [PlaceBundle(bundle_id, self._drafts(choice, bundle_id, numbers)), note]

    def _obstacle(
        self, state: RebalancingState, place: PairMarket, view: View, numbers: PairNumbers
    ) -> str:
        """Why no bundle may be opened here now, whatever the prices; empty when it may."""
        if obstacle := view.opening_obstacle():
            return obstacle
        if place.backoff.is_waiting(view.now):
            return f"waiting-after-{place.backoff.reason.lower()}"
        started, left = view.market.window_start_at, view.time_left_ms
        if started is not None and view.now < started + numbers.start_ms:
            return "window-not-open"
        if left is not None and left <= numbers.stop_ms:
            return "near-the-end"
        if view.orders:
            return "orders-left"
        equity = view.account.equity if view.account is not None else ZERO
        unhedged = ZERO
        for other in state.markets.values():
            if other.bundle is not None and other.bundle.touched_at is not None:
                unhedged += other.bundle.unhedged_cost
        return "unhedged-legs" if unhedged > self._parameters.unhedged * equity else ""

    def _choose(self, state: RebalancingState, view: View, numbers: PairNumbers) -> PairChoice:
        """The first pair of prices that pays, and its size."""
        low, high = self._parameters.focus
        last = PairChoice(reason="one-sided-book")
        for yes, no, offset in price_pairs(
            view, numbers.max_offset, improve=self._rules.improve_entry
        ):
            signal = self._signal(state, view, numbers, yes, no)
            if signal.drift < self._parameters.drift:
                reason = "drift-below-threshold"
            elif not signal.enter:
                reason = "no-edge-after-leg-risk"
            elif not low <= min(yes, no) <= high:
                reason = "outside-focus"
            else:
                reason = self._size_obstacle(view, yes, no, signal.pairs)
            last = PairChoice(reason=reason, yes=yes, no=no, signal=signal, offset=offset)
            if signal.enter:
                return last
        return last

    def _signal(
        self,
        state: RebalancingState,
        view: View,
        numbers: PairNumbers,
        yes: Decimal,
        no: Decimal,
    ) -> PairSignal:
        standard, account = self._parameters, view.account
        if account is None:
            return PairSignal(1 - yes - no, False, ZERO, ZERO)
        measured = state.measured.get(view.profile_name)
        after = standard.measured_after
        pi, loss = numbers.fill_prob, numbers.leg_loss
        if measured is not None:
            pi = measured.fill_prob(pi, after)
            loss = measured.leg_loss(loss, after, standard.leg_loss_floor)
        allowed = displayed_share(view, yes, no, standard.depth_ticks, standard.depth_divisor)
        return pair_signal(
            yes,
            no,
            account.equity,
            fill_prob=pi,
            leg_loss=loss,
            threshold=standard.drift,
            cap=numbers.bundle,
            multiplier=min(standard.lambda_max, account.sizing_lambda),
            depth=min(allowed, floor_lot(max(account.free_cash, ZERO) / (yes + no))),
        )

    def _size_obstacle(self, view: View, yes: Decimal, no: Decimal, pairs: Decimal) -> str:
        """The venue's minimum binds shares and dollars of each opening leg."""
        least = view.market.min_size
        return "size-below-minimum" if pairs < least or pairs * min(yes, no) < least else ""

    def _drafts(
        self, choice: PairChoice, bundle_id: str, numbers: PairNumbers
    ) -> tuple[OrderDraft, ...]:
        pairs = choice.signal.pairs if choice.signal is not None else ZERO
        return tuple(
            OrderDraft(
                side=side,
                action=Action.BUY,
                price=price,
                size=pairs,
                kind=IntentKind.ARB,
                ttl_s=numbers.ttl_s,
                bundle_id=bundle_id,
            )
            for side, price in ((Side.YES, choice.yes), (Side.NO, choice.no))
        )

    def _note(self, choice: PairChoice, view: View) -> Note:
        decision = "none" if choice.reason else "bundle"
        signal, mid = choice.signal, view.top.mid
        if signal is None:
            return Note(decision=decision, reason=choice.reason)
        return Note(
            decision=decision,
            reason=choice.reason or "drift-locked",
            mid=None if mid is None else float(mid),
            limit_price=choice.yes,
            edge=float(signal.drift),
            sizing_lambda=float(self._parameters.lambda_max),
            features={
                "yes": float(choice.yes),
                "no": float(choice.no),
                "drift_mid": _drift_mid(view.book),
                "full_kelly": float(signal.full_kelly),
                "pairs": float(signal.pairs),
                "offset": float(choice.offset),
            },
        )

    def _refuse(self, place: PairMarket, reason: str, now: int) -> None:
        place.backoff.refuse(reason, now, self._rules, self._parameters.backoff_s * 1000)

    def _close(
        self, state: RebalancingState, place: PairMarket, left: Decimal, yes_payout: Decimal
    ) -> None:
        bundle = place.bundle
        if bundle is None:
            return
        statistics = state.measured.setdefault(bundle.profile, LegStatistics())
        payout = yes_payout if bundle.excess > 0 else 1 - yes_payout
        close(bundle, statistics, left, payout)
        place.bundle = None

    def _numbers_of(self, view: View) -> PairNumbers:
        numbers = self._numbers.get(view.profile_name)
        if numbers is None:
            numbers = pair_numbers(self._parameters, view.profile)
            self._numbers[view.profile_name] = numbers
        return numbers


def _drift_mid(book: Book) -> float:
    """`|mid_A + mid_B − 1|` of the two legs as the venue shows them, dollars; for the record."""
    edges = [book.best_bid(YES), book.best_ask(YES), book.best_bid(NO), book.best_ask(NO)]
    known = [edge for edge in edges if edge is not None]
    return abs(sum(known) / (2 * book.grid) - 1) if len(known) == len(edges) else 0.0
