"""Bot 6, multi-outcome: bundles over a neg-risk event's outcomes (STRATEGIES.md D.6)."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from agents.bots.backoff import Backoff
from agents.bots.base import Bot, Interest, Note, Place, PlaceBundle, Proposal, Reply
from agents.bots.bot_06_entry import SetFinder, event_obstacle
from agents.bots.bot_06_sets import SetBundle, SetLeg, advance, is_over
from agents.bots.view import ZERO, Markets, View
from configs.bots_directional import MultiOutcomeParameters
from configs.rules import TradingRules
from schemas.envelope import Message
from schemas.ids import MarketId, VenueEventId, derive_id
from schemas.market import Market, MarketResolved
from schemas.outside import OutsideEstimate
from schemas.trading import Fill, IntentDenied, OrderPlaced, OrderRejected


class EventState(msgspec.Struct, kw_only=True):
    """What bot 6 keeps of one event."""

    bundle: SetBundle | None = None
    tries: Backoff = msgspec.field(default_factory=Backoff)


class MultiOutcomeState(msgspec.Struct, kw_only=True):
    """Bot 6's state."""

    events: dict[VenueEventId, EventState] = msgspec.field(default_factory=dict)


class MultiOutcome(Bot[MultiOutcomeState]):
    """Complete sets of exclusive outcomes for less than they pay."""

    state_type = MultiOutcomeState
    interest = Interest(trades=False, timer_s=5, outside=(OutsideEstimate,))

    def __init__(self, parameters: MultiOutcomeParameters, rules: TradingRules) -> None:
        super().__init__(parameters)
        self._parameters = parameters
        self._rules = rules
        self._finder = SetFinder(parameters, rules)

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
            case OrderPlaced():
                place.tries.accept()
            case Fill() if place.bundle is not None and (event.bundle_id == place.bundle.bundle_id):
                place.bundle.book(event, view.now)
            case _:
                pass
        if view.is_emergency or isinstance(event, MarketResolved):
            return []
        bundle = place.bundle
        if bundle is not None:
            if not is_over(bundle, view.others, view.market.min_size):
                return self._work(place, bundle, view)
            place.bundle = None
        return self._seek(state, place, event, view)

    def forget(self, state: MultiOutcomeState, market_id: MarketId) -> None:
        """See `Bot.forget`; with one outcome resolved the event carries no bundle any more."""
        for venue_event, place in list(state.events.items()):
            if place.bundle is not None and market_id in place.bundle.legs:
                del state.events[venue_event]

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
            market_id: SetLeg(price=price)
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
        """See `Bot.on_outside`."""
        return ()


def _unhedged(state: MultiOutcomeState) -> Decimal:
    """What the shares outside complete sets cost over all events, dollars."""
    bundles = (place.bundle for place in state.events.values())
    return sum((each.unhedged_cost for each in bundles if each is not None), ZERO)
