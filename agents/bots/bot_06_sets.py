"""A bundle over all outcomes of an event, from the batch to the last leg (STRATEGIES.md D.6a).

The clock starts at the first fill of any leg. From `leg_reprice_s` on the last leg that is behind
is completed, up to break-even; at `leg_abort_s` what is incomplete is sold. Complete sets are held
to resolution or converted, and never broken up.
"""

from decimal import Decimal

import msgspec

from agents.bots.base import Cancel, OrderDraft, Proposal
from agents.bots.exits import Exit, buying_price, cancel_all, selling_price, work
from agents.bots.leg import Leg
from agents.bots.lifecycle import is_expired, may_cancel
from agents.bots.position import Move
from agents.bots.view import ZERO, Markets, OwnOrder, View
from configs.bots_directional import MultiOutcomeParameters
from configs.rules import TradingRules
from schemas.ids import MarketId
from schemas.trading import Fill
from schemas.values import Action, IntentKind, Price, Side
from streams.bundles import headroom


class SetBundle(msgspec.Struct, kw_only=True):
    """One token of `side` on every outcome, together for less than they pay.

    Attributes:
        asked_at: When it was decided, ms.
        touched_at: When its first leg filled first, ms.
    """

    bundle_id: str
    side: Side
    asked_at: int
    legs: dict[MarketId, Leg]
    touched_at: int | None = None

    @property
    def largest(self) -> Decimal:
        """Shares of the leg that is furthest."""
        return max(leg.held for leg in self.legs.values())

    @property
    def complete(self) -> Decimal:
        """Complete sets."""
        return min(leg.held for leg in self.legs.values())

    @property
    def unhedged_cost(self) -> Decimal:
        """What the shares outside complete sets cost, dollars."""
        whole = self.complete
        return sum(((leg.held - whole) * leg.average for leg in self.legs.values()), ZERO)

    def book(self, fill: Fill, now: int) -> None:
        """Book a fill of one of its orders."""
        leg = self.legs.get(fill.market_id)
        if leg is None or fill.side is not self.side:
            return
        if fill.action is Action.BUY:
            leg.bought += fill.size
            leg.cost += fill.size * fill.price
        else:
            leg.sold += fill.size
        if self.touched_at is None:
            self.touched_at = now

    def drafts(self, sets: Decimal, ttl_s: int) -> tuple[OrderDraft, ...]:
        """All legs, of one size."""
        return tuple(
            OrderDraft(
                side=self.side,
                action=Action.BUY,
                price=leg.price,
                size=sets,
                kind=IntentKind.ARB,
                ttl_s=ttl_s,
                bundle_id=self.bundle_id,
                market_id=market_id,
            )
            for market_id, leg in self.legs.items()
        )


def orders_of(bundle: SetBundle, view: View) -> tuple[OwnOrder, ...]:
    """The bundle's live orders in the view's market."""
    return tuple(own for own in view.orders if own.order.bundle_id == bundle.bundle_id)


def all_orders(bundle: SetBundle, markets: Markets) -> list[OwnOrder]:
    """The bundle's live orders in every market."""
    views = (markets.view(market_id) for market_id in bundle.legs)
    return [own for view in views if view is not None for own in orders_of(bundle, view)]


def is_over(bundle: SetBundle, markets: Markets, min_size: Decimal) -> bool:
    """Whether nothing is live and nothing but dust is outside complete sets."""
    if all_orders(bundle, markets):
        return False
    return bundle.touched_at is None or bundle.largest - bundle.complete < min_size


def advance(
    bundle: SetBundle, view: View, parameters: MultiOutcomeParameters, rules: TradingRules
) -> Move:
    """Move a bundle on, as seen from one of its markets.

    Args:
        bundle: What filled so far.
        view: Of the market; the whole bundle is cancelled through its `others`.
        parameters: Leg times.
        rules: Least rest, lot.
    """
    if bundle.touched_at is None:
        return _untouched(bundle, view, parameters)
    leg = bundle.legs.get(view.market.market_id)
    if leg is None:
        return Move([], "not-a-leg")
    age_ms = view.now - bundle.touched_at
    if age_ms < parameters.leg_reprice_s * 1000:
        return Move([], "leg-clock")
    live = orders_of(bundle, view)
    bids = tuple(own for own in live if own.order.action is Action.BUY)
    sells = tuple(own for own in live if own.order.action is Action.SELL)
    if age_ms < parameters.leg_abort_s * 1000:
        return _complete(bundle, leg, view, bids, parameters, rules)
    if bids:
        return Move(cancel_all(bids, view.now, "leg-abort"), "leg-abort")
    held = view.holding.yes if bundle.side is Side.YES else view.holding.no
    wanted = _exit(
        bundle,
        Action.SELL,
        selling_price(view, bundle.side),
        min(leg.held - bundle.complete, held),
        parameters,
    )
    return Move(work(wanted, sells, view, rules), "selling-incomplete")


def _untouched(bundle: SetBundle, view: View, parameters: MultiOutcomeParameters) -> Move:
    live = all_orders(bundle, view.others)
    reason = view.opening_obstacle()
    if not reason and len(live) < len(bundle.legs):
        reason = "leg-lost"
    if not reason and any(is_expired(own, view.now, parameters.ttl_s) for own in live):
        reason = "ttl"
    if not reason:
        return Move([], "resting")
    cancels: list[Proposal] = [
        Cancel(own.order_id, reason) for own in live if may_cancel(own, view.now)
    ]
    return Move(cancels, reason)


def _complete(
    bundle: SetBundle,
    leg: Leg,
    view: View,
    bids: tuple[OwnOrder, ...],
    parameters: MultiOutcomeParameters,
    rules: TradingRules,
) -> Move:
    """Buy what this leg is behind the largest one, at its part of what break-even leaves."""
    least, largest = view.market.min_size, bundle.largest
    behind = largest - leg.held
    missing = sum(largest - each.held >= least for each in bundle.legs.values())
    if behind < least:
        reason = "leg-even" if behind <= 0 else "leg-nearly-even"
        extra = [own for own in bids if own.remaining > max(behind, ZERO)]
        return Move(cancel_all(extra, view.now, reason), reason)
    if missing > 1:
        # Each alone would raise the worst loss, so none is a REDUCE; the bundle's own orders rest.
        return Move([], "several-legs-missing")
    prices = [
        each.price if largest - each.held >= least else each.average
        for each in bundle.legs.values()
    ]
    limit = leg.price + max(headroom(bundle.side, prices, missing), ZERO)
    price = buying_price(view, bundle.side, limit)
    # Past the smallest of the others it would no longer lower the worst loss: no REDUCE (D-22).
    others = min(each.held for each in bundle.legs.values() if each is not leg)
    wanted = _exit(bundle, Action.BUY, price, others - leg.held, parameters)
    return Move(work(wanted, bids, view, rules), "completing-leg")


def _exit(
    bundle: SetBundle,
    action: Action,
    price: Decimal | None,
    size: Decimal,
    parameters: MultiOutcomeParameters,
) -> Exit:
    in_range = price is not None and Price.LOWEST <= price <= Price.HIGHEST
    return Exit(
        side=bundle.side,
        action=action,
        price=price if in_range else None,
        size=size,
        ttl_s=parameters.ttl_s,
        bundle_id=bundle.bundle_id,
    )
