"""Bot 8, tail risk: calibrated tails, and quotes where little rests (STRATEGIES.md D.8).

Without a fitted calibration there is no tail: longshots are too dear on average. Quotes stand in
wide, thin books, which are wide because they are dangerous; so sizes stay small.
"""

import msgspec

from agents.bots.base import Bot, Interest, Merge, Note, Proposal
from agents.bots.bets import Bet, bet_scale
from agents.bots.bot_05_quotes import OrderBudget, Reconciler
from agents.bots.bot_08_quotes import Wanted, wanted_quotes
from agents.bots.bot_08_tails import (
    IDENTITY,
    calibration_of,
    has_multiplied,
    stance_of,
    tail_obstacle,
)
from agents.bots.bot_08_universe import TailMarket, observe_book, observe_mid, observe_trade, screen
from agents.bots.directional import EntryRules, find_entry, note_of, zones_of
from agents.bots.exits import cancel_all
from agents.bots.plans import Plan, advance, learn
from agents.bots.position import held_side, leave
from agents.bots.view import View
from configs.bots_patient import TailParameters
from configs.rules import TradingRules
from schemas.envelope import Message
from schemas.ids import MarketId
from schemas.market import MarketResolved, MarketTrade
from schemas.ops import ClockTick
from schemas.trading import IntentDenied, OrderPlaced, OrderRejected
from schemas.values import IntentKind
from streams.orders import is_bid

KEEP = frozenset({"liquidity-unknown", "one-sided-book"})
"""Screens that say nothing of the market itself: quotes go, inventory stays."""


class TailRiskState(msgspec.Struct, kw_only=True):
    """Bot 8's state.

    Attributes:
        budget: Orders it may still send.
    """

    markets: dict[MarketId, TailMarket] = msgspec.field(default_factory=dict)
    budget: OrderBudget = msgspec.field(default_factory=OrderBudget)


class TailRisk(Bot[TailRiskState]):
    """Tails by calibration, quotes by spread."""

    state_type = TailRiskState
    interest = Interest(tops=True, trades=True, timer_s=5)

    def __init__(self, parameters: TailParameters, rules: TradingRules) -> None:
        super().__init__(parameters)
        self._parameters = parameters
        self._rules = rules
        self._how = EntryRules(
            parameters.tail_min_edge,
            parameters.cap,
            zones_of(parameters.zones),
            parameters.ttl_s,
        )

    def on_event(self, state: TailRiskState, event: Message, view: View) -> list[Proposal]:
        """See `Bot.on_event`."""
        market_id, own = view.market.market_id, self._parameters
        market = state.markets.get(market_id)
        if market is None:
            market = state.markets[market_id] = TailMarket()
        if isinstance(event, MarketTrade):
            observe_trade(market, event, view.now, own)
            return []
        is_minute = observe_book(market, view)
        if is_minute and calibration_of(view.market.category, own) != IDENTITY:
            observe_mid(market, view, own)
        dropped = self._learn(market, event, view)
        if view.is_emergency or isinstance(event, MarketResolved):
            return dropped
        if market.spot.plan is not None:
            return [*dropped, *self._follow(market, market.spot.plan, view)]
        if dropped:
            return dropped
        reason = screen(market, view, own)
        if reason and held_side(view) is None and not view.orders:
            if not isinstance(event, ClockTick):
                return []
            return [Note(decision="none", reason=reason, mid=view.top.rough_mid)]
        seen: list[Proposal] = []
        if not reason and (is_minute or market.tail_next):
            seen = self._seek(state, market, view)
            if market.is_taken:
                return seen
        return [*seen, *self._make_market(state, market, reason, event, view)]

    def forget(self, state: TailRiskState, market_id: MarketId) -> None:
        """See `Bot.forget`."""
        state.markets.pop(market_id, None)

    def _learn(self, market: TailMarket, event: Message, view: View) -> list[Proposal]:
        """An answer to a quote concerns its side, any other the tail."""
        match event:
            case OrderPlaced() if event.order.kind is IntentKind.MM:
                market.backoff(is_bid(event.order)).accept()
                return []
            case IntentDenied() if event.order.kind is IntentKind.MM:
                wait_ms = self._parameters.backoff_s * 1000
                backoff = market.backoff(is_bid(event.order))
                backoff.refuse(str(event.code), view.now, self._rules, wait_ms)
                return []
            case OrderRejected() if event.order.kind is IntentKind.MM:
                wait_ms = self._parameters.backoff_s * 1000
                backoff = market.backoff(is_bid(event.order))
                backoff.refuse(event.reason, view.now, self._rules, wait_ms)
                return []
            case _:
                return learn(market.spot, event, view, self._rules)

    # ------------------------------------------------------------------ tails

    def _seek(self, state: TailRiskState, market: TailMarket, view: View) -> list[Proposal]:
        """Plan a tail where the calibration finds one; quotes are cancelled first."""
        market.tail_next = False
        if view.holding.net or market.spot.waiting(view.now) or view.opening_obstacle():
            return []
        tails = {
            market_id: Bet(known.spot.plan.stance.side, known.bars)
            for market_id, known in state.markets.items()
            if known.spot.plan is not None
        }
        stance = stance_of(view, self._parameters)
        if stance is None:
            return [Note(decision="none", reason="tail-without-edge", mid=view.top.rough_mid)]
        entry = find_entry(stance, view, self._how, self._rules)
        if not entry.reason:
            new, least = Bet(stance.side, market.bars), self._parameters.min_bars
            scale = bet_scale(new, tails, view, least)
            stance = msgspec.structs.replace(stance, corr_scale=scale)
            entry = find_entry(stance, view, self._how, self._rules)
        reason = entry.reason or tail_obstacle(view, tails, self._parameters)
        if reason:
            return [note_of(entry, view, "none", reason)]
        if view.orders:
            market.tail_next = True
            return cancel_all(view.orders, view.now, "tail-instead")
        market.spot.plan = Plan(stance=stance, opened_at=view.now, label="tail")
        return self._follow(market, market.spot.plan, view)

    def _follow(self, market: TailMarket, plan: Plan, view: View) -> list[Proposal]:
        multiplied = has_multiplied(view, plan.stance.side, self._parameters.take_multiple)
        return advance(
            market.spot,
            plan,
            view,
            self._how,
            self._rules,
            leave_for="take-multiple" if multiplied else "",
        )

    # ------------------------------------------------------------------ quotes

    def _make_market(
        self, state: TailRiskState, market: TailMarket, reason: str, event: Message, view: View
    ) -> list[Proposal]:
        own = self._parameters
        if view.free_pairs >= own.merge_pairs:
            note = Note(decision="merge", reason="pairs-matched")
            return [Merge(view.free_pairs), note]
        obstacle = view.opening_obstacle() or ("" if own.mm else "not-making-markets")
        account = view.account
        if obstacle or account is None or reason in KEEP:
            proposals = cancel_all(view.orders, view.now, obstacle or reason)
            return [*proposals, self._note(proposals, obstacle or reason, view)]
        if reason:
            move = leave(view, self._rules, reason, own.mm_ttl_s)
            return [*move.proposals, self._note(move.proposals, reason, view)]
        wanted = wanted_quotes(view, account, own)
        if wanted is None:
            proposals = cancel_all(view.orders, view.now, "one-sided-book")
            return [*proposals, self._note(proposals, "one-sided-book", view)]
        reconciler = Reconciler(view, own, self._rules, own.mm_ttl_s, state.budget)
        proposals = reconciler.reconcile(wanted.targets, event.event_id, market.bid, market.ask)
        return [*proposals, self._note(proposals, wanted.targets.reason, view, wanted)]

    def _note(
        self, proposals: list[Proposal], reason: str, view: View, wanted: Wanted | None = None
    ) -> Note:
        decision = type(proposals[-1]).__name__.lower() if proposals else "none"
        features = {"inventory": float(view.holding.net)}
        if wanted is not None:
            features |= {"half": float(wanted.quote.half), "shift": float(wanted.quote.shift)}
        return Note(
            decision="bundle" if decision == "placebundle" else decision,
            reason=reason,
            fair_value=view.top.rough_microprice,
            mid=view.top.rough_mid,
            limit_price=None if wanted is None else wanted.quote.bid,
            features=features,
        )
