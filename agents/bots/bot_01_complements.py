"""Bot 1 in two markets that are complements by the operator's list (STRATEGIES.md D.1).

A listed market is traded as a part of its pair only. The pair needs both books: a second book that
is stale, closed or unknown stops it.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

import msgspec

from agents.bots.backoff import Backoff
from agents.bots.base import Note, OrderDraft, Place, PlaceBundle, Proposal
from agents.bots.bot_01_complement_legs import PairView, adopt, advance, as_leg, is_over, see
from agents.bots.bot_01_legs import Bundle, close, excess_within
from agents.bots.bot_01_sizing import (
    ZERO,
    LegStatistics,
    PairSignal,
    in_focus,
    leg_risk,
    pair_numbers,
    pair_signal,
)
from agents.bots.directional import token_quotes
from agents.bots.exits import cancel_all
from agents.bots.leg import Leg
from agents.bots.view import View
from configs.bots import RebalancingParameters
from configs.complements import Complement
from configs.rules import TradingRules
from schemas.envelope import Message
from schemas.ids import BotId, MarketId, derive_id
from schemas.market import MarketResolved
from schemas.trading import Fill, IntentDenied, OrderPlaced, OrderRejected
from schemas.values import Action, IntentKind, Price, Side
from streams.prices import PriceMode, floor_lot, post_only_price

MEASURED = "complements"
"""Under this name touched pairs of two markets are counted; their legs part more easily."""


class ComplementPlace(msgspec.Struct, kw_only=True):
    """What bot 1 keeps of one listed pair."""

    bundle: Bundle | None = None
    backoff: Backoff = msgspec.field(default_factory=Backoff)


Places = dict[MarketId, ComplementPlace]
"""By the market of the pair whose id comes first."""
Measured = dict[str, LegStatistics]


def unhedged_cost(places: Places) -> Decimal:
    """What the unmatched shares of all listed pairs cost, dollars."""
    bundles = (place.bundle for place in places.values())
    return sum((each.unhedged_cost for each in bundles if each is not None), ZERO)


class ComplementTrader:
    """Bundles of bids in two markets."""

    def __init__(
        self,
        bot_id: BotId,
        parameters: RebalancingParameters,
        rules: TradingRules,
        listed: Mapping[MarketId, Complement],
    ) -> None:
        """Trade what is listed.

        Args:
            bot_id: For the ids of bundles.
            parameters: Bot 1's.
            rules: Common rules.
            listed: What completes each market; one under a profile carries no pair.
        """
        self._bot_id = bot_id
        self._parameters = parameters
        self._rules = rules
        self._listed = listed
        self._numbers = pair_numbers(parameters, None)

    def serves(self, market_id: MarketId) -> bool:
        """Whether a market is in the list."""
        return market_id in self._listed

    def on_event(
        self,
        places: Places,
        measured: Measured,
        event: Message,
        view: View,
        unhedged: Callable[[], Decimal],
    ) -> list[Proposal]:
        """Fold an event of a listed market in; see `Bot.on_event`.

        Args:
            places: The state of the listed pairs.
            measured: What touched pairs came to.
            event: What happened.
            view: Of the market.
            unhedged: Cost of all unmatched legs of the bot, dollars.
        """
        seen = see(view, self._listed[view.market.market_id])
        place = places.setdefault(seen.key, ComplementPlace())
        bundle, wait_ms = place.bundle, self._parameters.backoff_s * 1000
        match event:
            case IntentDenied(code=code):
                place.backoff.refuse(code, view.now, self._rules, wait_ms)
            case OrderRejected(reason=reason):
                place.backoff.refuse(reason, view.now, self._rules, wait_ms)
            case OrderPlaced():
                place.backoff.accept()
            case Fill() if bundle is not None and event.bundle_id == bundle.bundle_id:
                bundle.book(as_leg(event, seen), view.now, self._numbers.abort_ms)
            case MarketResolved(yes_payout=paid) if bundle is not None:
                self._settle(place, bundle, measured, seen, paid)
            case _:
                pass
        if view.is_emergency or isinstance(event, MarketResolved):
            return []
        return self._decide(place, measured, event, seen, unhedged)

    def forget(self, places: Places, market_id: MarketId) -> None:
        """Drop what is kept of the pair of a resolved market."""
        if (listed := self._listed.get(market_id)) is not None:
            places.pop(min(market_id, listed.other), None)

    def _decide(
        self,
        place: ComplementPlace,
        measured: Measured,
        event: Message,
        seen: PairView,
        unhedged: Callable[[], Decimal],
    ) -> list[Proposal]:
        view = seen.view
        if seen.other is None:
            reason = "second-market-unknown"
            return [
                *cancel_all(view.orders, view.now, reason),
                Note(decision="none", reason=reason),
            ]
        known = "" if place.bundle is None else place.bundle.bundle_id
        if strays := [own for own in view.orders if own.order.bundle_id != known]:
            note = Note(decision="cancel", reason="stray-order")
            return [*cancel_all(strays, view.now, "stray-order"), note]
        if place.bundle is None:
            place.bundle = adopt(seen)
        if (bundle := place.bundle) is not None:
            if not is_over(bundle, seen):
                return self._move(place, bundle, seen)
            close(bundle, measured.setdefault(MEASURED, LegStatistics()), ZERO, ZERO)
            place.bundle = None
        if reason := self._obstacle(place, view, seen.other, unhedged):
            return [Note(decision="none", reason=reason)]
        return self._seek(place, measured.get(MEASURED), event, seen, seen.other)

    def _move(self, place: ComplementPlace, bundle: Bundle, seen: PairView) -> list[Proposal]:
        proposals, reason = advance(bundle, seen, self._numbers, self._rules)
        if place.backoff.is_waiting(seen.view.now):
            proposals = [each for each in proposals if not isinstance(each, Place)]
            reason = f"waiting-after-{place.backoff.reason.lower()}"
        decision = type(proposals[-1]).__name__.lower() if proposals else "none"
        return [*proposals, Note(decision=decision, reason=reason)]

    def _settle(
        self,
        place: ComplementPlace,
        bundle: Bundle,
        measured: Measured,
        seen: PairView,
        yes_payout: Decimal,
    ) -> None:
        """One market is resolved and so, by their rules, is the other."""
        left = excess_within(bundle, seen.net)
        paid = yes_payout if seen.side is Side.YES else 1 - yes_payout
        is_heavy = (bundle.excess > 0) is (seen.leg is Side.YES)
        statistics = measured.setdefault(MEASURED, LegStatistics())
        dust = left < seen.min_size
        close(bundle, statistics, ZERO if dust else left, paid if is_heavy else 1 - paid)
        place.bundle = None

    def _obstacle(
        self, place: ComplementPlace, one: View, other: View, unhedged: Callable[[], Decimal]
    ) -> str:
        """Why no bundle may be opened now, whatever the prices; empty when it may."""
        for view in (one, other):
            left = view.time_left_ms
            if reason := view.opening_obstacle():
                return reason
            if view.profile is not None:
                return "profile-without-pairs"
            if left is not None and left <= self._numbers.stop_ms:
                return "near-the-end"
        if place.backoff.is_waiting(one.now):
            return f"waiting-after-{place.backoff.reason.lower()}"
        equity = one.account.equity if one.account is not None else ZERO
        return "unhedged-legs" if unhedged() > self._parameters.unhedged * equity else ""

    def _seek(
        self,
        place: ComplementPlace,
        measured: LegStatistics | None,
        event: Message,
        seen: PairView,
        other: View,
    ) -> list[Proposal]:
        legs = ((seen.view, seen.side), (other, seen.other_side))
        reason, prices, signal = "one-sided-book", (ZERO, ZERO), PairSignal(ZERO, False, ZERO, ZERO)
        for mode in self._modes():
            found = [_price(view, side, mode) for view, side in legs]
            if found[0] is None or found[1] is None:
                continue
            prices = found[0], found[1]
            signal = self._signal(legs, prices, measured)
            if not (reason := self._refusal(signal, prices, seen.min_size)):
                break
        note = _note(seen, other, prices, signal, reason)
        if reason:
            return [note]
        bundle_id = derive_id(self._bot_id, event.event_id, "bundle", seen.key)
        own, second = Leg(price=prices[0]), Leg(price=prices[1])
        is_first = seen.leg is Side.YES
        place.bundle = Bundle(
            bundle_id=bundle_id,
            profile=seen.view.profile_name,
            asked_at=seen.view.now,
            yes=own if is_first else second,
            no=second if is_first else own,
        )
        drafts = tuple(
            self._draft(view, side, price, signal.pairs, bundle_id)
            for (view, side), price in zip(legs, prices, strict=True)
        )
        return [PlaceBundle(bundle_id, drafts), note]

    def _modes(self) -> tuple[PriceMode, ...]:
        improve = (PriceMode.IMPROVE,) if self._rules.improve_entry else ()
        return (*improve, PriceMode.JOIN)

    def _signal(
        self,
        legs: tuple[tuple[View, Side], ...],
        prices: tuple[Decimal, Decimal],
        measured: LegStatistics | None,
    ) -> PairSignal:
        standard, account, cost = self._parameters, legs[0][0].account, sum(prices, ZERO)
        if account is None:
            return PairSignal(1 - cost, False, ZERO, ZERO)
        fill_prob, leg_loss = leg_risk(standard, self._numbers, measured)
        shown = min(
            view.depth(side, Action.BUY, price, standard.depth_ticks)
            for (view, side), price in zip(legs, prices, strict=True)
        )
        return pair_signal(
            *prices,
            account.equity,
            fill_prob=fill_prob,
            leg_loss=leg_loss,
            threshold=standard.drift,
            cap=self._numbers.bundle,
            multiplier=min(standard.lambda_max, account.sizing_lambda),
            depth=min(
                shown / standard.depth_divisor, floor_lot(max(account.free_cash, ZERO) / cost)
            ),
        )

    def _refusal(
        self, signal: PairSignal, prices: tuple[Decimal, Decimal], min_size: Decimal
    ) -> str:
        if signal.drift < self._parameters.drift:
            return "drift-below-threshold"
        if not signal.enter:
            return "no-edge-after-leg-risk"
        if not in_focus(*prices, self._parameters.focus):
            return "outside-focus"
        small = signal.pairs < min_size or signal.pairs * min(prices) < min_size
        return "size-below-minimum" if small else ""

    def _draft(
        self, view: View, side: Side, price: Decimal, size: Decimal, bundle_id: str
    ) -> OrderDraft:
        return OrderDraft(
            side=side,
            action=Action.BUY,
            price=price,
            size=size,
            kind=IntentKind.ARB,
            ttl_s=self._numbers.ttl_s,
            bundle_id=bundle_id,
            market_id=view.market.market_id,
        )


def _price(view: View, side: Side, mode: PriceMode) -> Decimal | None:
    bid, ask = token_quotes(view, side)
    if bid is None or ask is None:
        return None
    return post_only_price(Action.BUY, Price.HIGHEST, bid, ask, view.tick, mode)


def _note(
    seen: PairView, other: View, prices: tuple[Decimal, Decimal], signal: PairSignal, reason: str
) -> Note:
    mids = []
    for view, side in ((seen.view, seen.side), (other, seen.other_side)):
        mid = view.top.rough_mid
        if mid is not None:
            mids.append(mid if side is Side.YES else 1 - mid)
    features = {
        "own": float(prices[0]),
        "other": float(prices[1]),
        "full_kelly": float(signal.full_kelly),
        "pairs": float(signal.pairs),
    }
    if len(mids) == 2:
        features["drift_mid"] = abs(sum(mids) - 1)
    return Note(
        decision="none" if reason else "bundle",
        reason=reason or "complements-locked",
        side=seen.side,
        mid=seen.view.top.rough_mid,
        limit_price=prices[0] or None,
        edge=float(signal.drift),
        features=features,
    )
