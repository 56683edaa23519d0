"""Bot 6, multi-outcome: bundles, portfolios and hedges over an event (STRATEGIES.md D.6)."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from agents.bots.backoff import Backoff
from agents.bots.base import Bot, Convert, Interest, Note, Place, PlaceBundle, Proposal, Reply
from agents.bots.bot_06_entry import SetFinder, event_obstacle
from agents.bots.bot_06_portfolio import Estimates, Portfolio, take
from agents.bots.bot_06_sets import SetBundle, advance, is_over
from agents.bots.leg import Leg
from agents.bots.view import ZERO, Markets, View
from configs.bots_directional import MultiOutcomeParameters
from configs.rules import TradingRules
from schemas.envelope import Message
from schemas.ids import MarketId, VenueEventId, derive_id
from schemas.market import Market, MarketResolved, PriceHistory
from schemas.outside import OutsideEstimate
from schemas.pairs import ConvertDenied, PositionsConverted
from schemas.trading import Fill, IntentDenied, OrderPlaced, OrderRejected
from schemas.values import Side
from streams.correlation import Bars, add_mid, preceded
from streams.prices import floor_lot


class EventState(msgspec.Struct, kw_only=True):
    """What bot 6 keeps of one event.

    Attributes:
        trimmed: Positions that were reduced because their hedge may not be bought.
    """

    bundle: SetBundle | None = None
    trimmed: list[MarketId] = msgspec.field(default_factory=list)
    tries: Backoff = msgspec.field(default_factory=Backoff)


class MultiOutcomeState(msgspec.Struct, kw_only=True):
    """Bot 6's state."""

    events: dict[VenueEventId, EventState] = msgspec.field(default_factory=dict)
    estimates: Estimates = msgspec.field(default_factory=dict)
    bars: dict[MarketId, Bars] = msgspec.field(default_factory=dict)


class MultiOutcome(Bot[MultiOutcomeState]):
    """Complete sets of exclusive outcomes for less than they pay."""

    state_type = MultiOutcomeState
    interest = Interest(trades=False, timer_s=5, outside=(OutsideEstimate, PriceHistory))

    def __init__(self, parameters: MultiOutcomeParameters, rules: TradingRules) -> None:
        super().__init__(parameters)
        self._parameters = parameters
        self._rules = rules
        self._finder = SetFinder(parameters, rules)
        self._portfolio = Portfolio(parameters, rules)
        self._bar_ms = parameters.bar_min * 60_000

    def watches(self, market: Market) -> bool:
        """Markets of neg-risk events."""
        return market.neg_risk

    def on_event(self, state: MultiOutcomeState, event: Message, view: View) -> list[Proposal]:
        """See `Bot.on_event`."""
        venue_event = view.market.venue_event_id
        place = state.events.setdefault(venue_event, EventState())
        match event:
            case IntentDenied(code=code):
                self._refuse(place, str(code), view.now)
            case OrderRejected(reason=reason):
                self._refuse(place, reason, view.now)
            case ConvertDenied():
                self._refuse(place, "convert-denied", view.now)
            case OrderPlaced() | PositionsConverted():
                place.tries.accept()
            case Fill() if place.bundle is not None and (event.bundle_id == place.bundle.bundle_id):
                place.bundle.book(event, view.now)
            case _:
                pass
        if view.is_emergency or isinstance(event, MarketResolved):
            return []
        closed = self._take_mid(state, view)
        bundle = place.bundle
        if bundle is not None:
            if not is_over(bundle, view.others, view.market.min_size):
                return self._work(place, bundle, view)
            place.bundle = None
        if proposals := self._convert(place, view):
            return proposals
        if proposals := self._single(state, place, event, view, bar_closed=closed):
            return proposals
        return self._seek(state, place, event, view)

    def forget(self, state: MultiOutcomeState, market_id: MarketId) -> None:
        """See `Bot.forget`; with one outcome resolved the event carries no bundle any more."""
        state.estimates.pop(market_id, None)
        state.bars.pop(market_id, None)
        for venue_event, place in list(state.events.items()):
            if place.bundle is not None and market_id in place.bundle.legs:
                del state.events[venue_event]

    def _take_mid(self, state: MultiOutcomeState, view: View) -> bool:
        """Keep the bars that links are found by; whether one was closed."""
        mid, market_id = view.top.rough_mid, view.market.market_id
        before = state.bars.get(market_id, Bars())
        if mid is None or not self._parameters.hedge:
            return False
        bars = add_mid(before, mid, view.now, self._bar_ms, self._parameters.window_bars)
        state.bars[market_id] = bars
        return bars.number != before.number

    def _convert(self, place: EventState, view: View) -> list[Proposal]:
        """Convert complete sets of NO tokens: they pay the same whoever wins, so take it now.

        What is matched, rests or is converted already stays.
        """
        if not view.holding.no or view.converting or place.tries.is_waiting(view.now):
            return []
        markets = view.others.of_event(view.market.venue_event_id)
        if event_obstacle(view, markets, len(markets)):
            return []
        holdings = [view.others.holding(each) for each in markets]
        sets = floor_lot(min(-holding.net for holding in holdings))
        gas = self._parameters.convert_gas_multiple * self._parameters.gas
        if sets <= 0 or (len(markets) - 1) * sets < gas or _has_orders(view, markets):
            return []
        features = {"sets": float(sets), "outcomes": float(len(markets))}
        note = Note(decision="convert", reason="set-complete", side=Side.NO, features=features)
        return [Convert(tuple(markets), sets), note]

    def _remember(self, state: MultiOutcomeState, event: PriceHistory, markets: Markets) -> None:
        market = markets.market(event.market_id)
        if market is None or market.neg_risk:
            bars = state.bars.get(event.market_id, Bars())
            window = self._parameters.window_bars
            state.bars[event.market_id] = preceded(bars, event.points, self._bar_ms, window)

    def _single(
        self,
        state: MultiOutcomeState,
        place: EventState,
        event: Message,
        view: View,
        *,
        bar_closed: bool,
    ) -> list[Proposal]:
        """Single legs: what is old goes, an estimate may open one, a bar's end may hedge it."""
        if expired := self._portfolio.expire(view):
            return [*expired, Note(decision="cancel", reason="ttl")]
        if place.tries.is_waiting(view.now):
            return []
        markets = view.others.of_event(view.market.venue_event_id)
        if isinstance(event, OutsideEstimate):
            return self._portfolio.enter(state.estimates, state.bars, view, markets)
        if not bar_closed:
            return []
        return self._portfolio.hedge(state.bars, place.trimmed, view, markets)

    def _work(self, place: EventState, bundle: SetBundle, view: View) -> list[Proposal]:
        move = advance(bundle, view, self._parameters, self._rules)
        proposals, reason = move.proposals, move.reason
        if place.tries.is_waiting(view.now):
            proposals = [each for each in proposals if not isinstance(each, Place)]
            reason = f"waiting-after-{place.tries.reason.lower()}"
        decision = type(proposals[-1]).__name__.lower() if proposals else "none"
        return [*proposals, Note(decision=decision, reason=reason, side=bundle.side)]

    def _seek(
        self, state: MultiOutcomeState, place: EventState, event: Message, view: View
    ) -> list[Proposal]:
        markets = view.others.of_event(view.market.venue_event_id)
        reason = self._obstacle(state, place, view, markets)
        if reason:
            return [Note(decision="none", reason=reason)]
        choice = self._finder.choose(view, markets)
        note = self._finder.note(choice)
        if choice.reason or choice.signal is None:
            return [note]
        bundle_id = derive_id(
            self.identity.bot_id, event.event_id, "bundle", view.market.venue_event_id
        )
        legs = {
            market_id: Leg(price=price)
            for market_id, price in zip(markets, choice.prices, strict=True)
        }
        place.bundle = SetBundle(
            bundle_id=bundle_id, side=choice.side, asked_at=view.now, legs=legs
        )
        drafts = place.bundle.drafts(choice.signal.sets, self._parameters.ttl_s)
        return [PlaceBundle(bundle_id, drafts), note]

    def _obstacle(
        self,
        state: MultiOutcomeState,
        place: EventState,
        view: View,
        markets: Sequence[MarketId],
    ) -> str:
        """Why no bundle may be opened in this event now; empty when it may."""
        if reason := event_obstacle(view, markets, self._parameters.max_outcomes):
            return reason
        if place.tries.is_waiting(view.now):
            return f"waiting-after-{place.tries.reason.lower()}"
        left = view.time_left_ms
        if left is not None and left <= self._parameters.stop_s * 1000:
            return "near-the-end"
        return view.opening_obstacle() or self._unhedged_obstacle(state, view)

    def _unhedged_obstacle(self, state: MultiOutcomeState, view: View) -> str:
        equity = ZERO if view.account is None else view.account.equity
        return "unhedged-legs" if _unhedged(state) > self._parameters.unhedged * equity else ""

    def _refuse(self, place: EventState, reason: str, now: int) -> None:
        place.tries.refuse(reason, now, self._rules, self._parameters.backoff_s * 1000)

    def on_outside(
        self, state: MultiOutcomeState, event: Message, markets: Markets
    ) -> Sequence[Reply]:
        """Take an estimate in; the whole event is looked at, for its legs hang together.

        Past prices lengthen what is known of how outcomes move together.
        """
        if isinstance(event, PriceHistory):
            self._remember(state, event, markets)
        if not isinstance(event, OutsideEstimate):
            return ()
        market = markets.market(event.market_id)
        if market is None or not market.neg_risk:
            return ()
        take(state.estimates, event)
        return markets.of_event(market.venue_event_id)


def _has_orders(view: View, markets: Sequence[MarketId]) -> bool:
    """Whether an own order rests in an event."""
    seen = (view.others.view(each) for each in markets)
    return any(each is None or each.orders for each in seen)


def _unhedged(state: MultiOutcomeState) -> Decimal:
    """What the shares outside complete sets cost over all events, dollars."""
    bundles = (place.bundle for place in state.events.values())
    return sum((each.unhedged_cost for each in bundles if each is not None), ZERO)
