"""Bot 4, news: a story, the markets it is about, what it means for them (STRATEGIES.md D.4, F).

Stance matters more than sentiment: without one nothing is traded. A maker cannot take the stale
quote, so an order is filled only where the market disagrees.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from agents.bots.base import Bot, Interest, Note, Proposal, Reply
from agents.bots.bot_04_stories import Reader, Story
from agents.bots.directional import EntryRules, Stance, zones_of
from agents.bots.plans import Plan, Spot, adopt, advance, learn
from agents.bots.position import best_bid
from agents.bots.view import Markets, View
from configs.bots_news import NewsParameters
from configs.rules import TradingRules
from schemas.envelope import Message
from schemas.ids import MarketId
from schemas.market import Market, MarketListed, MarketResolved
from schemas.outside import NewsItem
from schemas.values import Side
from streams.news_match import MarketIndex, Match
from streams.news_score import Analyzer, Scorer, stance
from streams.news_signal import NewsSignal, hold_hours, news_signal
from streams.news_text import first_sentences

HOUR_MS, MINUTE_MS = 3_600_000, 60_000
BEFORE_MS = 1_000
"""The mid that counts is that of a second before the story."""


class Question(msgspec.Struct, frozen=True, array_like=True):
    """What a market asks."""

    text: str
    resolves_at: int | None


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a story said about a market.

    Attributes:
        at: When, ms.
        direction: Sign of `g·s`.
        before: The mid before the story.
        strength: |s|·r, so that a confirmation can raise the weight.
        weight: w.
    """

    at: int
    direction: int
    before: float
    strength: float
    weight: float


class NewsState(msgspec.Struct, kw_only=True):
    """Bot 4's state.

    Attributes:
        stories: Read in the last day, oldest first.
        matches: Of the item being looked at, by market.
        verdicts: The last one that could be traded, by market.
        passed: Items that led to no market, by reason.
    """

    stories: list[Story] = msgspec.field(default_factory=list)
    questions: dict[MarketId, Question] = msgspec.field(default_factory=dict)
    matches: dict[MarketId, float] = msgspec.field(default_factory=dict)
    verdicts: dict[MarketId, Verdict] = msgspec.field(default_factory=dict)
    spots: dict[MarketId, Spot] = msgspec.field(default_factory=dict)
    passed: dict[str, int] = msgspec.field(default_factory=dict)


class News(Bot[NewsState]):
    """Directional bets on what a story means."""

    state_type = NewsState

    def __init__(self, parameters: NewsParameters, rules: TradingRules, analyzer: Analyzer) -> None:
        self.interest = Interest(  # type: ignore[misc]
            tops=False,
            trades=False,
            timer_s=0,
            outside=(NewsItem, MarketListed),
            mids_s=parameters.max_age_s + 60,
        )
        super().__init__(parameters)
        self._parameters = parameters
        self._rules = rules
        self._words = parameters.vocabulary.words()
        self._reader = Reader(parameters, self._words)
        self._scorer = Scorer(analyzer, self._words)
        self._how = EntryRules(
            rules.min_edge, parameters.cap, zones_of(parameters.zones), parameters.ttl_s
        )
        self._index = MarketIndex(self._words)
        self._indexed: NewsState | None = None

    def watches(self, market: Market) -> bool:
        """Only what stories are about."""
        return False

    def passed(self, state: NewsState) -> Mapping[str, int]:
        """Stories that were no news, or that no market is about."""
        return state.passed

    def on_outside(self, state: NewsState, event: Message, markets: Markets) -> Sequence[Reply]:
        """Index a market, or read a story and name the markets it is about."""
        if isinstance(event, MarketListed):
            self._list(state, event.market)
            return ()
        if not isinstance(event, NewsItem):
            return ()
        matches = self._find(state, event)
        if self._reader.is_correction(event):
            state.matches = {each.market_id: -1.0 for each in matches}
            return [each.market_id for each in matches]
        refusal = self._reader.refusal(state.stories, event)
        if refusal or not matches:
            reason = refusal or "no-market"
            state.passed[reason] = state.passed.get(reason, 0) + 1
            return ()
        state.matches = {each.market_id: each.relevance for each in matches}
        return [each.market_id for each in matches]

    def on_event(self, state: NewsState, event: Message, view: View) -> list[Proposal]:
        """See `Bot.on_event`."""
        market_id = view.market.market_id
        spot = state.spots.setdefault(market_id, Spot())
        if dropped := learn(spot, event, view, self._rules):
            return dropped
        if view.is_emergency or isinstance(event, MarketResolved):
            return []
        adopt(spot, view)
        if not isinstance(event, NewsItem):
            return [] if spot.plan is None else self._follow(spot, spot.plan, view, "")
        relevance = state.matches.get(market_id, 0.0)
        if relevance < 0.0:
            return self._retract(state, spot, view)
        return self._read(state, spot, event, relevance, view)

    def forget(self, state: NewsState, market_id: MarketId) -> None:
        """See `Bot.forget`."""
        self._current(state).remove(market_id)
        for kept in (state.questions, state.verdicts, state.spots, state.matches):
            kept.pop(market_id, None)

    # ------------------------------------------------------------------ reading

    def _list(self, state: NewsState, market: Market) -> None:
        text = " ".join((market.question, *market.entities))
        state.questions[market.market_id] = Question(text, market.resolves_at)
        self._current(state).add(market.market_id, text, market.resolves_at)

    def _current(self, state: NewsState) -> MarketIndex:
        """The index of a state's questions, made anew for a state it was not made from."""
        if self._indexed is not state:
            self._index, self._indexed = MarketIndex(self._words), state
            for market_id, question in state.questions.items():
                self._index.add(market_id, question.text, question.resolves_at)
        return self._index

    def _find(self, state: NewsState, item: NewsItem) -> tuple[Match, ...]:
        body = first_sentences(item.body)
        return self._current(state).match(item.headline, body, item.event_time)

    def _read(
        self, state: NewsState, spot: Spot, item: NewsItem, relevance: float, view: View
    ) -> list[Proposal]:
        """What a story means for one market: a plan, a confirmation, a way out, or nothing."""
        sign = stance(view.market.question, item.headline, self._words)
        sentiment = self._scorer.sentiment(item.headline, item.body)
        weight = self._parameters.weights.of(item.kind)
        features = {
            "relevance": relevance,
            "sentiment": sentiment,
            "stance": float(sign),
            "weight": weight,
        }
        before = view.others.mid_at(
            view.market.market_id, min(item.event_time, item.ingest_time) - BEFORE_MS
        )
        mid = view.top.mid
        if before is None or mid is None:
            reason = "no-earlier-book" if before is None else "one-sided-book"
            return self._nothing(reason, features)
        found = self._signal(before, float(mid), abs(sentiment), relevance, weight, sign)
        features |= {
            "confidence": found.confidence,
            "consumed": found.consumed,
            "mid_before": before,
            "latency_s": (view.now - item.ingest_time) / 1000,
        }
        verdict = Verdict(
            at=view.now,
            direction=sign,
            before=before,
            strength=abs(sentiment) * relevance,
            weight=weight,
        )
        return self._act(state, spot, verdict, found, features, item, view)

    def _act(
        self,
        state: NewsState,
        spot: Spot,
        verdict: Verdict,
        found: NewsSignal,
        features: dict[str, float],
        item: NewsItem,
        view: View,
    ) -> list[Proposal]:
        market_id = view.market.market_id
        last = state.verdicts.get(market_id)
        confident = found.confidence >= self._parameters.min_conf and verdict.direction != 0
        if last is not None and confident and spot.plan is not None:
            if last.direction != verdict.direction:
                return self._follow(spot, spot.plan, view, "contradicted")
            if view.now - last.at <= self._parameters.confirm_min * MINUTE_MS:
                return self._confirm(state, spot, spot.plan, last, view)
        reason = found.reason or self._obstacle(spot, last, item, view)
        if reason:
            return self._nothing(reason, features)
        state.verdicts[market_id] = verdict
        spot.plan = self._plan(found, view.now)
        return advance(spot, spot.plan, view, self._how, self._rules, features=features)

    def _signal(
        self, before: float, mid: float, size: float, relevance: float, weight: float, sign: int
    ) -> NewsSignal:
        """The scorer's s is a magnitude here: the stance carries the sign."""
        return news_signal(
            before,
            mid,
            size,
            relevance,
            weight,
            sign,
            beta=self._parameters.beta,
            min_confidence=self._parameters.min_conf,
            consumed_max=self._parameters.consumed_max,
            consumed_min=self._parameters.consumed_min,
        )

    def _obstacle(self, spot: Spot, last: Verdict | None, item: NewsItem, view: View) -> str:
        if view.now - item.ingest_time > self._parameters.max_latency_s * 1000:
            return "processed-too-late"
        if spot.plan is not None:
            return "already-positioned"
        pause_ms = int(self._parameters.market_pause_h * HOUR_MS)
        if last is not None and view.now - last.at < pause_ms:
            return "market-pause"
        return view.opening_obstacle() or spot.waiting(view.now)

    # ------------------------------------------------------------------ trading

    def _plan(self, found: NewsSignal, now: int) -> Plan:
        hours = hold_hours(found.confidence, *self._parameters.hold_h)
        fair = found.fair_value if found.side is Side.YES else 1.0 - found.fair_value
        confidence = Decimal(str(round(found.confidence, 6)))
        return Plan(
            stance=Stance(
                side=found.side,
                fair_value=fair,
                sigma=self._parameters.sigma,
                multiplier=self._parameters.lambda_max * confidence,
            ),
            opened_at=now,
            leave_at=now + int(hours * HOUR_MS),
            label="news",
        )

    def _confirm(
        self, state: NewsState, spot: Spot, plan: Plan, last: Verdict, view: View
    ) -> list[Proposal]:
        """A second story of the same sign raises the weight of the first; it is no new signal."""
        weight = min(1.0, last.weight + self._parameters.confirm_weight)
        raised = msgspec.structs.replace(last, weight=weight)
        state.verdicts[view.market.market_id] = raised
        mid = last.before if view.top.mid is None else float(view.top.mid)
        found = self._signal(last.before, mid, last.strength, 1.0, weight, last.direction)
        fresh = self._plan(found, plan.opened_at)
        plan.stance, plan.leave_at = fresh.stance, fresh.leave_at
        note = Note(decision="none", reason="confirmation", features={"weight": weight})
        return [note, *self._follow(spot, plan, view, "")]

    def _retract(self, state: NewsState, spot: Spot, view: View) -> list[Proposal]:
        """A correction takes the earlier signal back."""
        state.verdicts.pop(view.market.market_id, None)
        if spot.plan is None:
            return self._nothing("correction", {})
        return self._follow(spot, spot.plan, view, "corrected")

    def _follow(self, spot: Spot, plan: Plan, view: View, leave_for: str) -> list[Proposal]:
        bid = best_bid(view, plan.stance.side)
        target = plan.stance.declared - self._parameters.exit_margin
        if not leave_for and plan.label == "news" and bid is not None and bid >= target:
            leave_for = "near-fair-value"
        return advance(spot, plan, view, self._how, self._rules, leave_for=leave_for)

    def _nothing(self, reason: str, features: dict[str, float]) -> list[Proposal]:
        return [Note(decision="none", reason=reason, features=features)]
