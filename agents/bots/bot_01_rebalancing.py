"""Bot 1, rebalancing: rest bids on YES and NO of one question for less than a dollar together.

STRATEGIES.md D.1. In an ordinary market both books are views of one, so this is two-sided market
making with merging as the exit: what it locks is the spread, what it risks is one leg. Pairs that
are held are offered for more than a dollar before they are merged.
"""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from agents.bots.backoff import Backoff
from agents.bots.base import Bot, Interest, Merge, Note, Place, PlaceBundle, Proposal, Split
from agents.bots.bot_01_complements import ComplementTrader, Places, unhedged_cost
from agents.bots.bot_01_entry import PairChoice, PairFinder, ask_drafts, drafts
from agents.bots.bot_01_legs import Bundle, Step, adopt, advance, close, is_over, open_excess
from agents.bots.bot_01_sizing import (
    ZERO,
    LegStatistics,
    PairNumbers,
    pair_numbers,
)
from agents.bots.exits import cancel_all
from agents.bots.leg import Leg
from agents.bots.view import View
from configs.bots import RebalancingParameters
from configs.complements import Complement
from configs.rules import TradingRules
from schemas.envelope import Message
from schemas.ids import MarketId, derive_id
from schemas.market import MarketResolved
from schemas.trading import Fill, IntentDenied, OrderPlaced, OrderRejected
from streams.prices import floor_lot


class PairMarket(msgspec.Struct, kw_only=True):
    """What bot 1 keeps of one market.

    Attributes:
        split_at: When dollars were last split here, ms; what came of it is offered for a while.
    """

    bundle: Bundle | None = None
    split_at: int | None = None
    backoff: Backoff = msgspec.field(default_factory=Backoff)


class RebalancingState(msgspec.Struct, kw_only=True):
    """Bot 1's state.

    Attributes:
        measured: What touched pairs came to, per profile name; the standard numbers are "".
        complements: What is kept of pairs of two markets.
    """

    markets: dict[MarketId, PairMarket] = msgspec.field(default_factory=dict)
    measured: dict[str, LegStatistics] = msgspec.field(default_factory=dict)
    complements: Places = msgspec.field(default_factory=dict)


class Rebalancing(Bot[RebalancingState]):
    """Paired arbitrage with resting orders."""

    state_type = RebalancingState
    interest = Interest(trades=False, timer_s=5)

    def __init__(
        self,
        parameters: RebalancingParameters,
        rules: TradingRules,
        complements: Mapping[MarketId, Complement] | None = None,
    ) -> None:
        """Make the bot.

        Args:
            parameters: Its file.
            rules: Common rules.
            complements: What completes each market of the operator's list.
        """
        super().__init__(parameters)
        self._parameters = parameters
        self._rules = rules
        self._finder = PairFinder(parameters, rules)
        self._complements = ComplementTrader(
            self.identity.bot_id, parameters, rules, complements or {}
        )
        self._numbers: dict[str, PairNumbers] = {}
        self._unhedged: tuple[RebalancingState, Decimal] | None = None

    def on_event(self, state: RebalancingState, event: Message, view: View) -> list[Proposal]:
        """See `Bot.on_event`."""
        market_id = view.market.market_id
        if self._complements.serves(market_id):
            return self._complements.on_event(
                state.complements, state.measured, event, view, lambda: self._unhedged_cost(state)
            )
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
                bundle.book(event, view.now, self._numbers_of(view).abort_ms)
                self._unhedged = None
            elif isinstance(event, MarketResolved):
                left = open_excess(bundle, view)
                dust = left < view.market.min_size
                self._close(state, place, ZERO if dust else left, event.yes_payout)
        if view.is_emergency or isinstance(event, MarketResolved):
            return []
        return self._decide(state, place, event, view)

    def forget(self, state: RebalancingState, market_id: MarketId) -> None:
        """See `Bot.forget`."""
        self._complements.forget(state.complements, market_id)
        state.markets.pop(market_id, None)
        self._unhedged = None

    def _decide(
        self, state: RebalancingState, place: PairMarket, event: Message, view: View
    ) -> list[Proposal]:
        if strays := self._strays(place, view):
            return strays
        bundle, numbers = place.bundle, self._numbers_of(view)
        is_touched = bundle is not None and bundle.touched_at is not None
        if bundle is None and (bundle := adopt(view)):
            place.bundle, self._unhedged = bundle, None
        elif bundle is None and (sale := self._sell_pairs(state, place, event, view, numbers)):
            return sale
        if not is_touched and (merge := self._merge(place, view, numbers)):
            return merge
        if bundle is not None:
            live = tuple(o for o in view.orders if o.order.bundle_id == bundle.bundle_id)
            if not is_over(bundle, live, view):
                step = advance(bundle, live, view, numbers, self._rules)
                return self._move(place, step, view.now)
            self._close(state, place, ZERO, ZERO)
        if merge := self._merge(place, view, numbers):
            return merge
        return self._seek(state, place, event, view, numbers)

    def _strays(self, place: PairMarket, view: View) -> list[Proposal]:
        """Cancel orders that no bundle counts: an approval that came after it was given up."""
        known = "" if place.bundle is None else place.bundle.bundle_id
        strays = [order for order in view.orders if order.order.bundle_id != known]
        if not strays:
            return []
        note = Note(decision="cancel", reason="stray-order")
        return [*cancel_all(strays, view.now, "stray-order"), note]

    def _move(self, place: PairMarket, step: Step, now: int) -> list[Proposal]:
        proposals, reason = step
        if place.backoff.is_waiting(now):
            proposals = [each for each in proposals if not isinstance(each, Place)]
            reason = f"waiting-after-{place.backoff.reason.lower()}"
        decision = type(proposals[-1]).__name__.lower() if proposals else "none"
        return [*proposals, Note(decision=decision, reason=reason)]

    def _sell_pairs(
        self,
        state: RebalancingState,
        place: PairMarket,
        event: Message,
        view: View,
        numbers: PairNumbers,
    ) -> list[Proposal]:
        """Offer pairs that are held for more than a dollar; nothing where that does not pay."""
        pairs = view.free_pairs
        if self._parameters.mirror == "off" or pairs < view.market.min_size or view.orders:
            return []
        if self._obstacle(state, place, view, numbers):
            return []
        measured = state.measured.get(view.profile_name)
        choice = self._finder.choose(view, numbers, measured, pairs)
        if choice.reason:
            return []
        yes, no = choice.asks
        bundle_id = self._open(place, event, view, Leg(price=yes), Leg(price=no), sells=True)
        offers = ask_drafts(choice, bundle_id, numbers)
        return [PlaceBundle(bundle_id, offers), self._finder.note(choice, view, "sell-pairs")]

    def _open(
        self, place: PairMarket, event: Message, view: View, yes: Leg, no: Leg, *, sells: bool
    ) -> str:
        bundle_id = derive_id(self.identity.bot_id, event.event_id, "bundle", view.market.market_id)
        place.bundle = Bundle(
            bundle_id=bundle_id,
            profile=view.profile_name,
            asked_at=view.now,
            yes=yes,
            no=no,
            sells=sells,
        )
        return bundle_id

    def _merge(self, place: PairMarket, view: View, numbers: PairNumbers) -> list[Proposal]:
        """Merge what is matched once it is worth ten times the gas."""
        pairs, split_at = view.free_pairs, place.split_at
        if split_at is not None and view.now - split_at < numbers.ttl_s * 1000:
            return []
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
        choice = self._finder.choose(view, numbers, state.measured.get(view.profile_name))
        if not choice.reason and self._parameters.mirror == "split":
            return self._split(place, choice, view, numbers)
        note = self._finder.note(choice, view)
        if choice.reason:
            return [note]
        yes, no = Leg(price=choice.yes), Leg(price=choice.no)
        bundle_id = self._open(place, event, view, yes, no, sells=False)
        return [PlaceBundle(bundle_id, drafts(choice, bundle_id, numbers)), note]

    def _split(
        self, place: PairMarket, choice: PairChoice, view: View, numbers: PairNumbers
    ) -> list[Proposal]:
        """Split dollars into the pairs that are to be sold: a dollar each, and the gas."""
        waits = place.split_at is not None and view.now - place.split_at < numbers.ttl_s * 1000
        if view.splitting or waits:
            return [Note(decision="none", reason="pairs-on-their-way")]
        cash = ZERO if view.account is None else view.account.free_cash - self._parameters.gas
        wanted = ZERO if choice.signal is None else choice.signal.pairs
        pairs = floor_lot(min(wanted, max(cash, ZERO)))
        gain = ZERO if choice.signal is None else choice.signal.drift * pairs
        if pairs < view.market.min_size or gain <= self._parameters.gas:
            return [Note(decision="none", reason="split-does-not-pay")]
        place.split_at = view.now
        return [Split(pairs), self._finder.note(choice, view, "split")]

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
        equity = view.account.equity if view.account is not None else ZERO
        limit = self._parameters.unhedged * equity
        return "unhedged-legs" if self._unhedged_cost(state) > limit else ""

    def _unhedged_cost(self, state: RebalancingState) -> Decimal:
        """What the unmatched shares of all bundles cost; in one market summed after a change."""
        if self._unhedged is None or self._unhedged[0] is not state:
            cost = ZERO
            for place in state.markets.values():
                if place.bundle is not None and place.bundle.touched_at is not None:
                    cost += place.bundle.unhedged_cost
            self._unhedged = (state, cost)
        return self._unhedged[1] + unhedged_cost(state.complements)

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
        self._unhedged = None

    def _numbers_of(self, view: View) -> PairNumbers:
        numbers = self._numbers.get(view.profile_name)
        if numbers is None:
            numbers = pair_numbers(self._parameters, view.profile)
            self._numbers[view.profile_name] = numbers
        return numbers
