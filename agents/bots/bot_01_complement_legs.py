"""A bundle over two markets that are complements by the operator's list: its legs (D.1).

The rule is that of one market: the clock starts at the first fill of either leg, at `reprice` the
light leg is completed at up to break-even, at `abort` the excess is sold. Each market moves its own
orders when it is looked at. Two markets cannot merge: what is matched is held to resolution.
"""

from decimal import Decimal
from typing import NamedTuple

import msgspec

from agents.bots.bot_01_legs import Bundle, Step, excess_within, exit_of, why_give_up
from agents.bots.bot_01_sizing import ZERO, PairNumbers
from agents.bots.exits import buying_price, cancel_all, selling_price, work
from agents.bots.leg import Leg
from agents.bots.view import Holding, OwnOrder, View
from configs.complements import Complement
from configs.rules import TradingRules
from schemas.ids import MarketId
from schemas.trading import Fill
from schemas.values import Action, Side


class PairView(NamedTuple):
    """A listed pair as seen from one of its markets.

    In its `Bundle` the market whose id comes first stands as YES, the other as NO.

    Attributes:
        view: The market that is looked at.
        other: The other market; None when it is resolved or in another shard.
        side: The listed token of `view`.
        other_side: The listed token of the other market.
        key: The market whose id comes first.
    """

    view: View
    other: View | None
    side: Side
    other_side: Side
    key: MarketId

    @property
    def leg(self) -> Side:
        """The bundle's leg of the market that is looked at."""
        return Side.YES if self.view.market.market_id == self.key else Side.NO

    @property
    def net(self) -> Decimal:
        """Unmatched shares that are held; positive when the first market is heavy."""
        own = _held(self.view.holding, self.side)
        other = ZERO if self.other is None else _held(self.other.holding, self.other_side)
        return own - other if self.leg is Side.YES else other - own

    @property
    def min_size(self) -> Decimal:
        """Shares that both markets take."""
        least = self.view.market.min_size
        return least if self.other is None else max(least, self.other.market.min_size)

    def orders(self, bundle: Bundle) -> tuple[OwnOrder, ...]:
        """The bundle's live orders in the market that is looked at."""
        return orders_of(bundle, self.view)

    def all_orders(self, bundle: Bundle) -> tuple[OwnOrder, ...]:
        """The bundle's live orders in both markets."""
        return self.orders(bundle) + orders_of(bundle, self.other)


def see(view: View, listed: Complement) -> PairView:
    """A listed market's pair.

    Args:
        view: Of the market.
        listed: What completes it.
    """
    key = min(view.market.market_id, listed.other)
    return PairView(view, view.others.view(listed.other), listed.side, listed.other_side, key)


def as_leg(fill: Fill, seen: PairView) -> Fill:
    """A fill in the market that is looked at, with the bundle's leg as its side."""
    return msgspec.structs.replace(fill, side=seen.leg)


def orders_of(bundle: Bundle, view: View | None) -> tuple[OwnOrder, ...]:
    """The bundle's live orders in a market."""
    if view is None:
        return ()
    return tuple(own for own in view.orders if own.order.bundle_id == bundle.bundle_id)


def is_over(bundle: Bundle, seen: PairView) -> bool:
    """Whether nothing is live and nothing but dust is unmatched."""
    if seen.all_orders(bundle):
        return False
    return bundle.touched_at is None or excess_within(bundle, seen.net) < seen.min_size


def adopt(seen: PairView) -> Bundle | None:
    """A bundle for inventory that none counts, the clock starting now; see `bot_01_legs.adopt`."""
    net, view = seen.net, seen.view
    if seen.other is None or view.orders or seen.other.orders or abs(net) < seen.min_size:
        return None
    is_own = (net > 0) is (seen.leg is Side.YES)
    holding, side = (view.holding, seen.side) if is_own else (seen.other.holding, seen.other_side)
    is_yes = side is Side.YES
    held, cost = (holding.yes, holding.yes_cost) if is_yes else (holding.no, holding.no_cost)
    if held < abs(net):
        return None
    price = cost / held
    heavy, light = Leg(price=price, bought=abs(net), cost=abs(net) * price), Leg(price=1 - price)
    return Bundle(
        bundle_id=holding.bundle_id,
        profile=view.profile_name,
        asked_at=view.now,
        yes=heavy if net > 0 else light,
        no=light if net > 0 else heavy,
        touched_at=view.now,
    )


def advance(bundle: Bundle, seen: PairView, numbers: PairNumbers, rules: TradingRules) -> Step:
    """Move a bundle on in the market that is looked at.

    Args:
        bundle: What filled so far.
        seen: Both markets; an untouched bundle is cancelled in both.
        numbers: Leg times and ends.
        rules: Least rest, lot.
    """
    view = seen.view
    left = view.time_left_ms
    if left is not None and left <= numbers.reduce_until_ms:
        orders = seen.orders(bundle)
        return Step(cancel_all(orders, view.now, "held-to-resolution"), "held-to-resolution")
    if bundle.touched_at is None:
        live = seen.all_orders(bundle)
        reason = why_give_up(live, view, numbers)
        if not reason and seen.other is not None:
            reason = why_give_up(live, seen.other, numbers)
        return Step(cancel_all(live, view.now, reason) if reason else [], reason or "resting")
    return _work_legs(bundle, seen, view.now - bundle.touched_at, numbers, rules)


def _work_legs(
    bundle: Bundle, seen: PairView, age: int, numbers: PairNumbers, rules: TradingRules
) -> Step:
    view, here, size = seen.view, seen.orders(bundle), excess_within(bundle, seen.net)
    is_heavy = (bundle.excess > 0) is (seen.leg is Side.YES)
    bids = tuple(own for own in here if own.order.action is Action.BUY)
    light_bids = orders_of(bundle, seen.other) if is_heavy else bids
    if age < numbers.reprice_ms and (light_bids or size < seen.min_size):
        return Step([], "leg-clock")
    if not size:
        return Step(cancel_all(here, view.now, "legs-even"), "legs-even")
    completes = age < numbers.abort_ms
    if is_heavy:
        cancels = cancel_all(bids, view.now, "leg-clock")
        if completes or light_bids:
            return Step(cancels, "completing-leg" if completes else "leg-abort")
        sells = tuple(own for own in here if own.order.action is Action.SELL)
        price = selling_price(view, seen.side)
        wanted = exit_of(bundle, seen.side, Action.SELL, price, size, numbers)
        return Step(cancels + work(wanted, sells, view, rules), "selling-excess")
    if not completes:
        return Step(cancel_all(bids, view.now, "leg-abort"), "leg-abort")
    price = buying_price(view, seen.side, 1 - bundle.heavy.price)
    wanted = exit_of(bundle, seen.side, Action.BUY, price, size, numbers)
    return Step(work(wanted, bids, view, rules), "completing-leg")


def _held(holding: Holding, side: Side) -> Decimal:
    return holding.net if side is Side.YES else -holding.net
