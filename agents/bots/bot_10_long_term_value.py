"""Bot 10, long-term value: far payouts bought below what several sources say (STRATEGIES.md D.10).

It looks at fair value once an hour and builds a position in a few clips, days apart. Far from the
end low prices are too high on average; the margin has to pay for that.
"""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from agents.bots.backoff import PASSING, Backoff
from agents.bots.base import Bot, Interest, Note, Place, Proposal, Reply
from agents.bots.bot_10_value import Sources, Value, take, value_of, worth_today
from agents.bots.directional import Entry, EntryRules, Stance, find_entry, note_of, zones_of
from agents.bots.position import (
    best_bid,
    cancel_opening,
    held_side,
    is_done,
    leave,
    open_or_keep,
    opening_orders,
)
from agents.bots.view import ZERO, Holding, Markets, View
from configs.bots_patient import LongTermValueParameters
from configs.rules import TradingRules
from schemas.envelope import Message
from schemas.ids import MarketId
from schemas.market import Market, MarketResolved
from schemas.outside import OutsideEstimate
from schemas.trading import Fill, IntentDenied, OrderPlaced, OrderRejected
from schemas.values import Action, Side
from streams.fair_value import annualised
from streams.prices import floor_lot

HOUR_MS = 3_600_000
WAIT_MS = 60_000
"""First pause after a refusal."""


class ValueMarket(msgspec.Struct, kw_only=True):
    """What bot 10 keeps of one market.

    Attributes:
        looked_at: When fair value was looked at, ms.
        again: It is looked at again after a refusal that passes.
        stance: What the resting clip is bought for; None when nothing was to be bought.
        believed: What the position was worth when it was last bought into.
        clips: Clips of which something was filled.
        clip_at: When the last of them filled first, ms.
        leaving: Why the position is left, a stable word; empty while it is kept.
    """

    sources: Sources = msgspec.field(default_factory=dict)
    looked_at: int | None = None
    again: bool = False
    stance: Stance | None = None
    believed: float | None = None
    clips: int = 0
    clip_at: int = 0
    leaving: str = ""
    tries: Backoff = msgspec.field(default_factory=Backoff)


class LongTermValueState(msgspec.Struct, kw_only=True):
    """Bot 10's state."""

    markets: dict[MarketId, ValueMarket] = msgspec.field(default_factory=dict)


class LongTermValue(Bot[LongTermValueState]):
    """Far payouts below the pool of several sources."""

    state_type = LongTermValueState
    interest = Interest(tops=False, trades=False, timer_s=60, outside=(OutsideEstimate,))

    def __init__(self, parameters: LongTermValueParameters, rules: TradingRules) -> None:
        super().__init__(parameters)
        self._parameters = parameters
        self._rules = rules
        self._tags = frozenset(tag.casefold() for tag in parameters.tags)
        self._how = EntryRules(
            parameters.margin, parameters.cap, zones_of(parameters.zones), parameters.ttl_s
        )

    def watches(self, market: Market) -> bool:
        """Markets about the economy and politics."""
        return any(tag.casefold() in self._tags for tag in (*market.tags, market.category))

    def on_outside(
        self, state: LongTermValueState, event: Message, markets: Markets
    ) -> Sequence[Reply]:
        """Take an estimate over; its market is looked at again."""
        if not isinstance(event, OutsideEstimate) or markets.market(event.market_id) is None:
            return ()
        place = state.markets.setdefault(event.market_id, ValueMarket())
        take(place.sources, event)
        place.looked_at = None
        return (event.market_id,)

    def on_event(self, state: LongTermValueState, event: Message, view: View) -> list[Proposal]:
        """See `Bot.on_event`."""
        place = state.markets.setdefault(view.market.market_id, ValueMarket())
        self._learn(place, event, view)
        if view.is_emergency or isinstance(event, MarketResolved):
            return []
        own = self._parameters
        due = place.looked_at is None or view.now - place.looked_at >= own.look_s * 1000
        waiting = place.tries.is_waiting(view.now)
        due = due or (place.again and not waiting)
        value: Value | None = None
        if due:
            place.looked_at, place.again = view.now, place.again and waiting
            value = value_of(place.sources, view.now, view.time_left_ms, own)
            self._judge_holding(place, value, view)
            if place.stance is not None:
                place.stance = None if value.pooled is None else self._stance(value, view)
        if place.leaving:
            return self._leave(place, view)
        if opening_orders(view):
            return self._keep(place, view)
        return [] if value is None else self._seek(place, value, view)

    def forget(self, state: LongTermValueState, market_id: MarketId) -> None:
        """See `Bot.forget`."""
        state.markets.pop(market_id, None)

    def _learn(self, place: ValueMarket, event: Message, view: View) -> None:
        match event:
            case Fill() if event.action is Action.BUY:
                gap_ms = self._parameters.clip_gap_h * HOUR_MS
                if not place.clips or view.now - place.clip_at >= gap_ms:
                    place.clips, place.clip_at = place.clips + 1, view.now
            case IntentDenied():
                place.tries.refuse(str(event.code), view.now, self._rules, WAIT_MS)
                if event.code in PASSING:
                    place.again = True
            case OrderRejected():
                place.tries.refuse(event.reason, view.now, self._rules, WAIT_MS)
            case OrderPlaced():
                place.tries.accept()
            case _:
                pass

    def _judge_holding(self, place: ValueMarket, value: Value, view: View) -> None:
        """Leave when the market pays what the position is worth, or nobody says what that is."""
        side = held_side(view)
        if side is None or place.leaving:
            return
        if value.pooled is None:
            place.leaving = "sources-missing"
            return
        bid = best_bid(view, side)
        worth = self._worth(value, side)
        if bid is not None and float(bid) >= worth:
            is_lower = place.believed is not None and worth < place.believed
            place.leaving = "fair-value-revised" if is_lower else "at-fair-value"

    def _worth(self, value: Value, side: Side) -> float:
        p = 0.0 if value.pooled is None else value.pooled.p
        return worth_today(p if side is Side.YES else 1.0 - p, value.days, self._parameters)

    def _leave(self, place: ValueMarket, view: View) -> list[Proposal]:
        reason = place.leaving
        if is_done(view):
            place.leaving, place.clips, place.clip_at = "", 0, 0
            place.stance = place.believed = None
            return [Note(decision="none", reason=f"left-{reason}")]
        move = leave(view, self._rules, reason, self._parameters.ttl_s)
        proposals = move.proposals
        if place.tries.is_waiting(view.now):
            proposals = [each for each in proposals if not isinstance(each, Place)]
        note = Note(decision=move.decision, reason=reason, mid=view.top.rough_mid)
        return [*proposals, note] if proposals else []

    def _keep(self, place: ValueMarket, view: View) -> list[Proposal]:
        """Look after the clip that rests."""
        obstacle = view.opening_obstacle()
        stance = place.stance
        if obstacle or stance is None:
            move = cancel_opening(view, obstacle or "sources-missing")
            entry = None
        else:
            entry = find_entry(stance, view, self._how, self._rules)
            shares = max((own.remaining for own in opening_orders(view)), default=ZERO)
            entry = msgspec.structs.replace(entry, shares=min(entry.shares, shares))
            move = open_or_keep(entry, view, self._how, self._rules)
        if not move.proposals:
            return []
        if entry is None:
            return [*move.proposals, Note(decision=move.decision, reason=move.reason)]
        return [*move.proposals, note_of(entry, view, move.decision, move.reason)]

    def _seek(self, place: ValueMarket, value: Value, view: View) -> list[Proposal]:
        place.stance = None
        features = {"sources": float(value.sources)}
        if value.days is not None:
            features["days"] = value.days
        reason = self._obstacle(place, value, view)
        if reason or value.pooled is None:
            return [Note(decision="none", reason=reason, features=features)]
        stance = self._stance(value, view)
        total = find_entry(stance, view, self._how, self._rules)
        features |= {"fair_value": value.pooled.p, "worth": stance.fair_value}
        if total.price is not None and value.days is not None:
            p = value.pooled.p if stance.side is Side.YES else 1.0 - value.pooled.p
            features["annualised"] = annualised(p, float(total.price), value.days) or 0.0
        entry = self._clip(total, view)
        move = open_or_keep(entry, view, self._how, self._rules)
        if move.proposals:
            place.stance, place.believed = stance, stance.fair_value
        return [*move.proposals, note_of(entry, view, move.decision, move.reason, features)]

    def _obstacle(self, place: ValueMarket, value: Value, view: View) -> str:
        """Why no clip is bought now, whatever the price; the first reason wins."""
        own, market = self._parameters, view.market
        if obstacle := view.opening_obstacle():
            return obstacle
        if place.tries.is_waiting(view.now):
            return f"waiting-after-{place.tries.reason.lower()}"
        if market.placeholder or market.augmented:
            return "placeholder-outcomes"
        if value.days is None:
            return "end-unknown"
        if value.days <= own.min_days:
            return "near-the-end"
        if market.volume_24h < own.min_volume:
            return "volume-below-minimum"
        if view.top.spread is None or view.top.spread > own.max_spread:
            return "spread-too-wide"
        if value.pooled is None:
            return "sources-missing"
        if place.clips >= own.clips:
            return "clips-used"
        if place.clips and view.now - place.clip_at < own.clip_gap_h * HOUR_MS:
            return "clip-gap"
        equity = ZERO if view.account is None else view.account.equity
        return "locked-capital" if _locked(view) >= own.max_locked * equity else ""

    def _stance(self, value: Value, view: View) -> Stance:
        """The token that is held, or else the one that is worth more than it costs."""
        side = held_side(view)
        if side is None:
            yes, no = self._worth(value, Side.YES), self._worth(value, Side.NO)
            mid = view.top.rough_mid or 0.0
            side = Side.YES if yes - mid >= no - (1.0 - mid) else Side.NO
        return Stance(
            side=side,
            fair_value=self._worth(value, side),
            sigma=self._parameters.sigma_min if value.pooled is None else value.pooled.sigma,
            multiplier=self._parameters.lambda_max,
        )

    def _clip(self, total: Entry, view: View) -> Entry:
        """One part of what may be held in all; never less than the venue takes."""
        if total.reason or total.price is None:
            return total
        least = max(view.market.min_size, _ceil_lot(view.market.min_size / total.price))
        left = total.shares - abs(view.holding.net)
        size = floor_lot(min(max(total.shares / self._parameters.clips, least), left))
        if size < least:
            return msgspec.structs.replace(total, reason="position-complete", shares=ZERO)
        return msgspec.structs.replace(total, shares=size)


def _ceil_lot(size: Decimal) -> Decimal:
    return -floor_lot(-size)


def _locked(view: View) -> Decimal:
    """What all positions cost and all opening orders would cost, dollars."""
    total = ZERO
    for market_id in view.others.involved():
        total += _cost(view.others.holding(market_id))
        seen = view.others.view(market_id)
        if seen is not None:
            total += sum((o.remaining * o.order.price for o in opening_orders(seen)), ZERO)
    return total


def _cost(holding: Holding) -> Decimal:
    return holding.yes_cost + holding.no_cost
