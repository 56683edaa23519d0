"""Looking for a bundle that locks a profit (STRATEGIES.md D.6a)."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from agents.bots.base import Note
from agents.bots.directional import token_quotes
from agents.bots.view import ZERO, View
from configs.bots_directional import MultiOutcomeParameters
from configs.rules import TradingRules
from schemas.ids import MarketId
from schemas.values import Action, Price, Side
from streams.bundles import (
    MIN_OUTCOMES,
    SetSignal,
    every_leg_has_a_zone,
    set_payout,
    set_signal,
)
from streams.prices import PriceMode, floor_lot, post_only_price


class SetChoice(msgspec.Struct, frozen=True, kw_only=True):
    """The bundle that was found, or why there is none.

    Attributes:
        prices: Of each leg, in the order of the event's markets.
    """

    reason: str
    side: Side = Side.YES
    prices: tuple[Decimal, ...] = ()
    signal: SetSignal | None = None


def event_obstacle(view: View, markets: Sequence[MarketId], most: int) -> str:
    """Why the event's list of outcomes carries no bundle, a stable word; empty when it does.

    Only a complete and fixed list does: with an outcome missing, less than a dollar for the others
    is no arbitrage.

    Args:
        view: Of one of its markets.
        markets: All that are listed and not resolved.
        most: Legs of a bundle at most.
    """
    count = len(markets)
    if not view.market.neg_risk:
        return "outcomes-not-exclusive"
    known = [view.others.market(each) for each in markets]
    if any(each is None or each.augmented or each.placeholder for each in known):
        return "outcomes-not-fixed"
    if count < MIN_OUTCOMES or count != view.market.event_markets:
        return "outcomes-incomplete"
    return "too-many-outcomes" if count > most else ""


class SetFinder:
    """Prices and sizes of new bundles."""

    def __init__(self, parameters: MultiOutcomeParameters, rules: TradingRules) -> None:
        self._parameters = parameters
        self._rules = rules

    def choose(self, view: View, markets: Sequence[MarketId]) -> SetChoice:
        """The first of the two sides and price modes that pays, or what the last one lacked.

        Args:
            view: Of one of the event's markets.
            markets: All of them.
        """
        if not self._may_pay(view, markets):
            return SetChoice(reason="drift-below-threshold")
        if not view.others.room_for(markets):
            return SetChoice(reason="positions-full")
        views = [view.others.view(each) for each in markets]
        known = [each for each in views if each is not None]
        if len(known) < len(views):
            return SetChoice(reason="outcomes-incomplete")
        for each in known:
            if obstacle := each.opening_obstacle():
                return SetChoice(reason=obstacle)
        last = SetChoice(reason="one-sided-book")
        modes = [PriceMode.IMPROVE] if self._rules.improve_entry else []
        for side in Side:
            for mode in (*modes, PriceMode.JOIN):
                found = self._priced(side, known, mode)
                if not found.reason:
                    return found
                if last.reason in ("one-sided-book", "drift-below-threshold"):
                    last = found
        return last

    def note(self, choice: SetChoice) -> Note:
        """What was seen, for the record."""
        decision = "none" if choice.reason else "bundle"
        signal = choice.signal
        if signal is None:
            return Note(decision=decision, reason=choice.reason)
        return Note(
            decision=decision,
            reason=choice.reason or "set-locked",
            side=choice.side,
            edge=float(signal.drift),
            features={
                "outcomes": float(len(choice.prices)),
                "threshold": float(signal.threshold),
                "sets": float(signal.sets),
                "cost": float(sum(choice.prices, ZERO)),
            },
        )

    def _may_pay(self, view: View, markets: Sequence[MarketId]) -> bool:
        """Whether joining every bid would pay, from best prices alone: the cheapest look."""
        tops = [view.others.top(each) for each in markets]
        count, least = len(markets), self._least(len(markets))
        yes = [top.bid for top in tops if top is not None and top.bid is not None]
        no = [1 - top.ask for top in tops if top is not None and top.ask is not None]
        return any(
            len(bids) == count and set_payout(side, count) - sum(bids, ZERO) >= least
            for side, bids in ((Side.YES, yes), (Side.NO, no))
        )

    def _least(self, count: int) -> Decimal:
        return max(self._parameters.bundle_min, self._parameters.bundle_per_leg * count)

    def _priced(self, side: Side, views: Sequence[View], mode: PriceMode) -> SetChoice:
        prices: list[Decimal] = []
        for view in views:
            bid, ask = token_quotes(view, side)
            if bid is None or ask is None:
                return SetChoice(reason="one-sided-book", side=side)
            price = post_only_price(Action.BUY, Price.HIGHEST, bid, ask, view.tick, mode)
            if price is None:
                return SetChoice(reason="no-passive-price", side=side)
            prices.append(price)
        return self._sized(side, views, prices)

    def _sized(self, side: Side, views: Sequence[View], prices: list[Decimal]) -> SetChoice:
        account, cost = views[0].account, sum(prices, ZERO)
        if account is None:
            return SetChoice(reason="no-account-view", side=side)
        shown = min(
            view.depth(side, Action.BUY, price, self._parameters.depth_ticks)
            for view, price in zip(views, prices, strict=True)
        )
        affordable = floor_lot(max(account.free_cash, ZERO) / cost)
        signal = set_signal(
            side,
            prices,
            account.equity,
            min(shown / self._parameters.depth_divisor, affordable),
            least=self._parameters.bundle_min,
            per_leg=self._parameters.bundle_per_leg,
            cap=self._parameters.bundle,
        )
        return SetChoice(
            reason=_obstacle(signal, views, prices),
            side=side,
            prices=tuple(prices),
            signal=signal,
        )


def _obstacle(signal: SetSignal, views: Sequence[View], prices: Sequence[Decimal]) -> str:
    if not signal.enter:
        return "drift-below-threshold"
    if not every_leg_has_a_zone(prices):
        return "leg-outside-zones"
    least = max(view.market.min_size for view in views)
    small = signal.sets < least or signal.sets * min(prices) < least
    return "size-below-minimum" if small else ""
