"""Single legs of an event by outside estimates, and what hedges them (STRATEGIES.md D.6b, D.6c).

A leg is right as a part of the whole: its order carries the vector that was solved, and the risk
gate solves it again.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from agents.bots.base import Note, OrderDraft, Place, Proposal
from agents.bots.bets import Bet, bet_scale
from agents.bots.directional import QUANTUM, token_quotes, zones_of
from agents.bots.exits import cancel_all, selling_price
from agents.bots.lifecycle import is_expired
from agents.bots.view import ZERO, OwnOrder, View
from configs.bots_directional import MultiOutcomeParameters
from configs.rules import TradingRules
from schemas.claims import Claim, HedgeClaim, OutcomeClaim, PortfolioClaim
from schemas.ids import MarketId
from schemas.outside import OutsideEstimate
from schemas.values import Action, IntentKind, Price, Side, Zone
from streams.correlation import Bars, Linkage, linkage
from streams.portfolio import Leg, hedge, portfolio_fractions
from streams.prices import PriceMode, floor_lot, post_only_price
from streams.zones import classify

HOUR_MS = 3_600_000
CENT = Decimal("0.000001")


class Estimate(msgspec.Struct, frozen=True, array_like=True):
    """What one source says of an outcome: probability, weight, and as of when in ms."""

    probability: float
    weight: float
    at: int


Estimates = dict[MarketId, dict[str, Estimate]]
"""By market and source."""


def take(estimates: Estimates, event: OutsideEstimate) -> None:
    """Take an estimate over, or drop one that was withdrawn."""
    known = estimates.setdefault(event.market_id, {})
    if event.withdrawn or not 0.0 < event.probability < 1.0 or event.weight <= 0.0:
        known.pop(event.origin, None)
    else:
        known[event.origin] = Estimate(event.probability, event.weight, event.event_time)


class Portfolio:
    """Places single legs and hedges, one order per market at a time."""

    def __init__(self, parameters: MultiOutcomeParameters, rules: TradingRules) -> None:
        self._parameters = parameters
        self._rules = rules
        self._zones = zones_of(parameters.zones)

    def expire(self, view: View) -> list[Proposal]:
        """Cancel single legs that have reached their time to live."""
        ttl_s = self._parameters.ttl_s
        old = [own for own in singles(view) if is_expired(own, view.now, ttl_s)]
        return cancel_all(old, view.now, "ttl")

    def enter(
        self,
        estimates: Estimates,
        bars: Mapping[MarketId, Bars],
        view: View,
        markets: Sequence[MarketId],
    ) -> list[Proposal]:
        """The leg of the view's market, or why there is none.

        Within the event the solution knows what goes with what; what is held in other events and
        moves along makes the leg smaller.

        Args:
            estimates: All that are known.
            bars: Of every market.
            view: Of the market.
            markets: All of its event.
        """
        reason = self._obstacle(view)
        outcomes: tuple[OutcomeClaim, ...] = ()
        if not reason:
            reason, outcomes = self._vector(estimates, view, markets)
        if reason:
            return [Note(decision="none", reason=reason)]
        legs = [Leg(each.price, float(each.fair_value), float(each.sigma)) for each in outcomes]
        fractions = portfolio_fractions(legs, self._zones)
        own = next(i for i, each in enumerate(outcomes) if each.market_id == view.market.market_id)
        scale = self._scale(bars, view, markets)
        size = self._shares(scale * fractions[own], outcomes[own].price, view)
        if not size:
            return [Note(decision="none", reason="no-part-in-the-portfolio")]
        draft = self._draft(outcomes[own], size, PortfolioClaim(outcomes=outcomes))
        note = Note(
            decision="place",
            reason="portfolio-leg",
            side=Side.YES,
            fair_value=float(outcomes[own].fair_value),
            sigma=self._parameters.sigma,
            mid=view.top.rough_mid,
            limit_price=draft.price,
            edge=float(outcomes[own].fair_value - draft.price),
            sizing_lambda=float(self._multiplier(view)),
            features={"fraction": fractions[own], "corr_scale": scale},
        )
        return [Place(draft), note]

    def hedge(
        self,
        bars: dict[MarketId, Bars],
        trimmed: list[MarketId],
        view: View,
        markets: Sequence[MarketId],
    ) -> list[Proposal]:
        """Bring the hedge of what is held in the view's market to its ratio, if one is linked.

        Args:
            bars: Of every market.
            trimmed: Positions that were reduced instead; changed.
            view: Of the primary.
            markets: All of its event.
        """
        primary = view.holding.net
        if not self._parameters.hedge or primary < view.market.min_size:
            return []
        linked = self._linked(bars, view.market.market_id, markets)
        if linked is None:
            return [Note(decision="none", reason="not-linked")]
        market_id, link = linked
        other = view.others.view(market_id)
        if other is None or other.orders or other.opening_obstacle():
            return [Note(decision="none", reason="hedge-not-possible-now")]
        wanted = hedge(primary, Side.YES, link.correlation, link.primary_sd, link.hedge_sd)
        if wanted.side is None or wanted.shares <= 0:
            return []
        held = other.holding.yes if wanted.side is Side.YES else other.holding.no
        ratio = self._parameters.hedge_ratio * held / wanted.shares
        features = {"correlation": link.correlation, "beta": wanted.beta, "ratio": float(ratio)}
        low, high = self._parameters.hedge_band
        if ratio > high:
            excess = floor_lot(held - wanted.shares)
            return self._reduce(other, wanted.side, excess, "hedge-too-large", features)
        if ratio >= low:
            return []
        if not self._may_hedge(other, wanted.side):
            if view.market.market_id in trimmed or view.orders:
                return [Note(decision="none", reason="hedge-outside-zone-2", features=features)]
            trimmed.append(view.market.market_id)
            share = floor_lot(self._parameters.hedge_ratio * primary)
            return self._reduce(view, Side.YES, share, "reduced-for-want-of-a-hedge", features)
        return self._buy_hedge(other, wanted.side, wanted.shares - held, link, view, features)

    def _scale(
        self, bars: Mapping[MarketId, Bars], view: View, markets: Sequence[MarketId]
    ) -> float:
        def bet(market_id: MarketId) -> Bet:
            is_short = view.others.holding(market_id).net < 0
            return Bet(Side.NO if is_short else Side.YES, bars.get(market_id, Bars()))

        own = Bet(Side.YES, bars.get(view.market.market_id, Bars()))
        elsewhere = {each: bet(each) for each in view.others.involved() if each not in markets}
        return bet_scale(own, elsewhere, view, self._parameters.min_bars)

    def _buy_hedge(
        self,
        other: View,
        side: Side,
        shares: Decimal,
        link: Linkage,
        view: View,
        features: dict[str, float],
    ) -> list[Proposal]:
        """A hedge outside zone 2 carries no edge of its own and is not bought."""
        bid, ask = token_quotes(other, side)
        price = post_only_price(Action.BUY, Price.HIGHEST, bid, ask, other.tick, PriceMode.IMPROVE)
        size = floor_lot(shares)
        if price is None or classify(price) is not Zone.ZONE_2:
            return [Note(decision="none", reason="hedge-outside-zone-2", features=features)]
        if size < other.market.min_size or size * price < other.market.min_size:
            return [Note(decision="none", reason="hedge-too-small", features=features)]
        claim = HedgeClaim(
            primary_market_id=view.market.market_id,
            primary_side=Side.YES,
            correlation=_decimal(link.correlation),
            primary_sd=_decimal(link.primary_sd),
            hedge_sd=_decimal(link.hedge_sd),
        )
        draft = OrderDraft(
            side=side,
            action=Action.BUY,
            price=price,
            size=size,
            kind=IntentKind.DIRECTIONAL,
            ttl_s=self._parameters.ttl_s,
            claim=claim,
            market_id=other.market.market_id,
        )
        return [Place(draft), Note(decision="place", reason="hedge", side=side, features=features)]

    def _hedge_price(self, other: View, side: Side) -> Decimal | None:
        bid, ask = token_quotes(other, side)
        return post_only_price(Action.BUY, Price.HIGHEST, bid, ask, other.tick, PriceMode.IMPROVE)

    def _may_hedge(self, other: View, side: Side) -> bool:
        """A hedge outside zone 2 is not bought: in zone 3 it carries no edge of its own."""
        price = self._hedge_price(other, side)
        return price is not None and classify(price) is Zone.ZONE_2

    def _reduce(
        self, where: View, side: Side, size: Decimal, reason: str, features: dict[str, float]
    ) -> list[Proposal]:
        price = selling_price(where, side)
        if price is None or size < where.market.min_size or where.reducing_obstacle():
            return [Note(decision="none", reason=reason, side=side, features=features)]
        draft = OrderDraft(
            side=side,
            action=Action.SELL,
            price=price,
            size=size,
            kind=IntentKind.REDUCE,
            ttl_s=self._parameters.ttl_s,
            market_id=where.market.market_id,
        )
        return [Place(draft), Note(decision="place", reason=reason, side=side, features=features)]

    def _linked(
        self, bars: dict[MarketId, Bars], market_id: MarketId, markets: Sequence[MarketId]
    ) -> tuple[MarketId, Linkage] | None:
        """The market of the event that moves most with this one, or against it."""
        own, best = bars.get(market_id), None
        for other in markets:
            theirs = bars.get(other)
            if other == market_id or own is None or theirs is None:
                continue
            found = linkage(own, theirs, self._parameters.min_bars)
            if found is None or abs(found.correlation) < self._parameters.min_abs_corr:
                continue
            if best is None or abs(found.correlation) > abs(best[1].correlation):
                best = (other, found)
        return best

    def _obstacle(self, view: View) -> str:
        if not view.market.neg_risk:
            return "outcomes-not-exclusive"
        if view.orders:
            return "order-at-work"
        if view.holding.yes or view.holding.no:
            return "already-held"
        involved = view.others.involved()
        if len(involved) >= self._parameters.max_positions:
            return "too-many-positions"
        return view.opening_obstacle()

    def _vector(
        self, estimates: Estimates, view: View, markets: Sequence[MarketId]
    ) -> tuple[str, tuple[OutcomeClaim, ...]]:
        """Every outcome with its price and its pooled estimate."""
        outcomes: list[OutcomeClaim] = []
        for market_id in markets:
            seen = view if market_id == view.market.market_id else view.others.view(market_id)
            fair = self._pooled(estimates.get(market_id, {}), view.now)
            if seen is None or fair is None:
                return "outcome-without-estimate", ()
            bid, ask = token_quotes(seen, Side.YES)
            mode = PriceMode.IMPROVE if self._rules.improve_entry else PriceMode.JOIN
            price = post_only_price(Action.BUY, Price.HIGHEST, bid, ask, seen.tick, mode)
            if price is None or bid is None or ask is None:
                return "one-sided-book", ()
            sigma = _decimal(self._parameters.sigma)
            outcomes.append(
                OutcomeClaim(market_id=market_id, price=price, fair_value=fair, sigma=sigma)
            )
        if sum((each.fair_value for each in outcomes), ZERO) > 1 + CENT * len(outcomes):
            return "estimates-above-one", ()
        return "", tuple(outcomes)

    def _pooled(self, known: dict[str, Estimate], now: int) -> Decimal | None:
        oldest = now - self._parameters.estimate_max_age_h * HOUR_MS
        fresh = [each for each in known.values() if each.at >= oldest]
        weight = sum(each.weight for each in fresh)
        if not fresh or weight <= 0.0:
            return None
        return _decimal(sum(each.probability * each.weight for each in fresh) / weight)

    def _shares(self, fraction: float, price: Decimal, view: View) -> Decimal:
        """Quarter Kelly of the leg, at most its part of the event's budget; on lot or 0."""
        account = view.account
        if account is None or fraction <= 0.0:
            return ZERO
        budget = self._parameters.event_budget * account.equity
        cost = min(
            self._multiplier(view) * Decimal(str(fraction)) * account.equity,
            self._parameters.outcome_cap * budget,
            max(account.free_cash, ZERO),
        )
        shares, least = floor_lot(cost / price), view.market.min_size
        return shares if shares >= least and shares * price >= least else ZERO

    def _multiplier(self, view: View) -> Decimal:
        most = self._parameters.lambda_max
        return most if view.account is None else min(most, view.account.sizing_lambda)

    def _draft(self, own: OutcomeClaim, size: Decimal, claim: Claim) -> OrderDraft:
        return OrderDraft(
            side=Side.YES,
            action=Action.BUY,
            price=own.price,
            size=size,
            kind=IntentKind.DIRECTIONAL,
            ttl_s=self._parameters.ttl_s,
            fair_value=own.fair_value,
            sigma=own.sigma,
            edge=own.fair_value - own.price,
            claim=claim,
        )


def singles(view: View) -> list[OwnOrder]:
    """Live orders of single legs and hedges: those of no bundle."""
    return [own for own in view.orders if not own.order.bundle_id]


def _decimal(value: float) -> Decimal:
    return Decimal(str(value)).quantize(QUANTUM)
