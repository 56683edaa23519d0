"""Bot 2, esports: ratings before a match, kills and towers while it runs (STRATEGIES.md D.2).

Live momentum is off by default: others see the kill first, so that a resting order is filled
exactly when it is wrong.
"""

from collections.abc import Sequence

import msgspec

from agents.bots.base import Bot, Interest, Note, Proposal, Reply
from agents.bots.bot_02_fair import Match, Opinion, opinion
from agents.bots.directional import EntryRules, Stance, zones_of
from agents.bots.plans import Plan, Spot, adopt, advance, learn
from agents.bots.position import best_bid
from agents.bots.view import Markets, View
from configs.bots_directional import EsportsParameters
from configs.rules import TradingRules
from schemas.envelope import Message
from schemas.ids import MarketId
from schemas.market import Market, MarketResolved
from schemas.outside import GameState
from schemas.values import Side
from streams.esports import observe

PRE, LIVE = "pre", "live"
MINUTE_MS = 60_000


class EsportsState(msgspec.Struct, kw_only=True):
    """Bot 2's state."""

    matches: dict[str, Match] = msgspec.field(default_factory=dict)
    spots: dict[MarketId, Spot] = msgspec.field(default_factory=dict)


class Esports(Bot[EsportsState]):
    """Directional bets on esports matches."""

    state_type = EsportsState
    interest = Interest(tops=False, trades=False, timer_s=1, outside=(GameState,))

    def __init__(self, parameters: EsportsParameters, rules: TradingRules) -> None:
        super().__init__(parameters)
        self._parameters = parameters
        self._rules = rules
        self._how = EntryRules(
            rules.min_edge, parameters.cap, zones_of(parameters.zones), parameters.ttl_s
        )

    def watches(self, market: Market) -> bool:
        """Markets about a match."""
        return bool(market.match_id)

    def on_outside(self, state: EsportsState, event: Message, markets: Markets) -> Sequence[Reply]:
        """Fold a game state in; every market of the match is looked at."""
        if not isinstance(event, GameState):
            return ()
        concerned = markets.of_match(event.match_id)
        match = state.matches.setdefault(event.match_id, Match())
        if match.game is not None and event.event_time < match.game.event_time:
            return ()
        window_ms = self._parameters.swing_window_s * 1000
        match.history = observe(match.history, event, window_ms)
        match.ratings = match.ratings if event.ratings is None else event.ratings
        match.game, match.heard_at = event, markets.now
        return concerned

    def on_event(self, state: EsportsState, event: Message, view: View) -> list[Proposal]:
        """See `Bot.on_event`."""
        spot = state.spots.setdefault(view.market.market_id, Spot())
        if dropped := learn(spot, event, view, self._rules):
            return dropped
        if view.is_emergency or isinstance(event, MarketResolved):
            return []
        adopt(spot, view)
        found = opinion(state.matches.get(view.market.match_id), view, self._parameters)
        if spot.plan is None:
            if reason := self._reason(spot, found, event, view):
                return [Note(decision="none", reason=reason, features=found.features)]
            spot.plan = self._plan(found, view)
        return self._follow(spot, spot.plan, found, view)

    def forget(self, state: EsportsState, market_id: MarketId) -> None:
        """See `Bot.forget`; a match is forgotten when it has ended and is heard of no more."""
        state.spots.pop(market_id, None)
        newest = max((match.heard_at for match in state.matches.values()), default=0)
        for match_id in [
            match_id
            for match_id, match in state.matches.items()
            if match.has_ended and match.heard_at < newest - 60 * MINUTE_MS
        ]:
            del state.matches[match_id]

    def _reason(self, spot: Spot, found: Opinion, event: Message, view: View) -> str:
        """Why nothing is opened now, a stable word; empty when a plan is made."""
        if found.reason:
            return found.reason
        if obstacle := view.opening_obstacle():
            return obstacle
        if found.mode == LIVE and not isinstance(event, GameState):
            return "no-news-of-the-match"
        return spot.waiting(view.now)

    def _plan(self, found: Opinion, view: View) -> Plan:
        hold_ms = self._parameters.live_hold_s * 1000
        return Plan(
            stance=self._stance(found.side, found.fair_value),
            opened_at=view.now,
            leave_at=view.now + hold_ms if found.mode == LIVE else None,
            label=found.mode,
        )

    def _stance(self, side: Side, fair_yes: float) -> Stance:
        return Stance(
            side=side,
            fair_value=fair_yes if side is Side.YES else 1.0 - fair_yes,
            sigma=self._parameters.sigma,
            multiplier=self._parameters.lambda_max,
        )

    def _follow(self, spot: Spot, plan: Plan, found: Opinion, view: View) -> list[Proposal]:
        if found.mode == plan.label and not found.reason and found.side is plan.stance.side:
            plan.stance = self._stance(found.side, found.fair_value)
        blocked = ""
        if plan.label == PRE and found.until_start <= self._parameters.clear_s * 1000:
            blocked = "book-about-to-clear"
        return advance(
            spot,
            plan,
            view,
            self._how,
            self._rules,
            leave_for=self._leave_for(plan, found, view),
            blocked=blocked,
            features=found.features,
        )

    def _leave_for(self, plan: Plan, found: Opinion, view: View) -> str:
        bid = best_bid(view, plan.stance.side)
        if plan.label == LIVE:
            if bid is not None and bid >= plan.stance.declared - self._parameters.live_exit:
                return "near-fair-value"
            if found.trigger and (found.trigger > 0) is not (plan.stance.side is Side.YES):
                return "opposite-trigger"
            return ""
        if plan.label == PRE and bid is not None and bid >= plan.stance.declared:
            return "at-fair-value"
        return ""
