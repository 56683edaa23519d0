"""Bot 7, contrarian: buys what has fallen too far and too one-sidedly (STRATEGIES.md D.7).

It looks once for every completed bar. The evidence points against it: on this venue the direction
of trades is positively autocorrelated, and what looks exaggerated may be a repricing.
"""

from collections.abc import Sequence

import msgspec

from agents.bots.base import Bot, Interest, Note, Proposal, Reply
from agents.bots.bot_07_reading import HOUR_MS, Past, Reading, has_news, read
from agents.bots.directional import EntryRules, Stance, zones_of
from agents.bots.news_sense import Asked, NewsSense, asked
from agents.bots.plans import Plan, Spot, adopt, advance, learn
from agents.bots.view import Markets, View
from configs.bots_patient import ContrarianParameters
from configs.rules import TradingRules
from schemas.envelope import Message
from schemas.ids import MarketId
from schemas.market import (
    BookDelta,
    BookSnapshot,
    MarketListed,
    MarketResolved,
    MarketTrade,
    PriceHistory,
)
from schemas.outside import NewsItem
from schemas.values import Side


class ContrarianMarket(msgspec.Struct, kw_only=True):
    """What bot 7 keeps of one market."""

    past: Past = msgspec.field(default_factory=Past)
    spot: Spot = msgspec.field(default_factory=Spot)


class ContrarianState(msgspec.Struct, kw_only=True):
    """Bot 7's state.

    Attributes:
        questions: What markets ask, so that stories about them are found.
    """

    markets: dict[MarketId, ContrarianMarket] = msgspec.field(default_factory=dict)
    questions: dict[MarketId, Asked] = msgspec.field(default_factory=dict)


class Contrarian(Bot[ContrarianState]):
    """Half of the way back after an exaggeration."""

    state_type = ContrarianState
    interest = Interest(
        tops=True, trades=True, timer_s=60, outside=(NewsItem, MarketListed, PriceHistory)
    )

    def __init__(
        self, parameters: ContrarianParameters, rules: TradingRules, sense: NewsSense
    ) -> None:
        super().__init__(parameters)
        self._sense = sense
        self._parameters = parameters
        self._rules = rules
        self._how = EntryRules(
            rules.min_edge, parameters.cap, zones_of(parameters.zones), parameters.ttl_s
        )

    def on_outside(
        self, state: ContrarianState, event: Message, markets: Markets
    ) -> Sequence[Reply]:
        """Note confident stories; their markets are looked at, so that orders go."""
        if isinstance(event, MarketListed):
            market_id, question = event.market.market_id, asked(event.market)
            if state.questions.get(market_id) != question:
                state.questions[market_id] = question
                self._sense.add(market_id, question, state.questions)
            return ()
        if isinstance(event, PriceHistory):
            place = state.markets.setdefault(event.market_id, ContrarianMarket())
            place.past.remember(event.points, self._parameters)
        if not isinstance(event, NewsItem):
            return ()
        spoken_of: list[MarketId] = []
        for market_id, confidence in self._sense.mentions(event, state.questions):
            if confidence >= self._parameters.news_conf:
                place = state.markets.setdefault(market_id, ContrarianMarket())
                place.past.news_at = markets.now
                spoken_of.append(market_id)
        return spoken_of

    def on_event(self, state: ContrarianState, event: Message, view: View) -> list[Proposal]:
        """See `Bot.on_event`."""
        market_id = view.market.market_id
        place = state.markets.get(market_id)
        if place is None:
            place = state.markets[market_id] = ContrarianMarket()
        if isinstance(event, MarketTrade):
            place.past.trade(event, view.now)
            return []
        moved = isinstance(event, BookDelta | BookSnapshot) and not view.stale
        is_bar = place.past.look(view.top.rough_mid if moved else None, view.now, self._parameters)
        if dropped := learn(place.spot, event, view, self._rules):
            return dropped
        if view.is_emergency or isinstance(event, MarketResolved):
            return []
        adopt(place.spot, view)
        if place.spot.plan is not None:
            return self._follow(place, place.spot.plan, view)
        return self._seek(place, view) if is_bar else []

    def forget(self, state: ContrarianState, market_id: MarketId) -> None:
        """See `Bot.forget`."""
        state.markets.pop(market_id, None)
        if state.questions.pop(market_id, None) is not None:
            self._sense.remove(market_id, state.questions)

    def _seek(self, place: ContrarianMarket, view: View) -> list[Proposal]:
        """A bar is complete: is there a signal, and may it be followed."""
        found = read(place.past, view.now, view.time_left_ms, self._parameters)
        reason = found.reason
        if not reason:
            reason = view.opening_obstacle() or place.spot.waiting(view.now)
        if reason or found.side is None:
            return [self._note(found, reason, view)]
        hold_ms = self._parameters.hold_h * HOUR_MS
        place.spot.plan = Plan(
            stance=self._stance(found.side, found.fair_value),
            opened_at=view.now,
            leave_at=view.now + hold_ms,
            label="reversion",
        )
        return self._follow(place, place.spot.plan, view)

    def _stance(self, side: Side, fair_yes: float) -> Stance:
        return Stance(
            side=side,
            fair_value=fair_yes if side is Side.YES else 1.0 - fair_yes,
            sigma=self._parameters.sigma,
            multiplier=self._parameters.lambda_max,
        )

    def _follow(self, place: ContrarianMarket, plan: Plan, view: View) -> list[Proposal]:
        found = read(place.past, view.now, view.time_left_ms, self._parameters)
        return advance(
            place.spot,
            plan,
            view,
            self._how,
            self._rules,
            leave_for=self._leave_for(plan, found, view),
            blocked="news" if has_news(place.past, view.now, self._parameters) else "",
            features=found.features,
        )

    def _leave_for(self, plan: Plan, found: Reading, view: View) -> str:
        is_yes, mid = plan.stance.side is Side.YES, view.top.mid
        if mid is not None and (mid if is_yes else 1 - mid) >= plan.stance.declared:
            return "at-fair-value"
        if found.rsi is None:
            return ""
        middle = self._parameters.rsi_exit
        crossed = found.rsi >= middle if is_yes else found.rsi <= middle
        return "rsi-crossed" if crossed else ""

    def _note(self, found: Reading, reason: str, view: View) -> Note:
        has_value = found.side is not None
        yes = found.side is Side.YES
        return Note(
            decision="none",
            reason=reason,
            side=found.side,
            fair_value=(found.fair_value if yes else 1.0 - found.fair_value) if has_value else None,
            sigma=self._parameters.sigma if has_value else None,
            mid=view.top.rough_mid,
            features=found.features,
        )
