"""A bundle of two bids from the batch to the last leg: the leg clock (STRATEGIES.md D.1).

The clock starts at the first fill of either leg. At `reprice` the unfilled part of the heavy leg is
cancelled and the other is completed at up to break-even; at `abort` the excess becomes inventory
and is sold. Complete pairs are never broken up.
"""

from decimal import Decimal
from typing import NamedTuple

import msgspec

from agents.bots.base import Proposal
from agents.bots.bot_01_sizing import ZERO, LegStatistics, PairNumbers
from agents.bots.exits import Exit, buying_price, cancel_all, selling_price, work
from agents.bots.leg import Leg
from agents.bots.lifecycle import is_expired
from agents.bots.view import OwnOrder, View
from configs.rules import TradingRules
from schemas.trading import Fill
from schemas.values import Action, Price, Side


class Bundle(msgspec.Struct, kw_only=True):
    """Two bids that together cost less than a dollar, or two asks that together bring more.

    Attributes:
        sells: It is a pair of asks; what the legs hold is then negative.
        profile: Name of the profile it was opened under.
        asked_at: When it was decided, ms.
        touched_at: When its first leg filled first, ms.
        dumped: Shares of the heavy leg that a pair of asks had to sell below break-even.
        dumped_for: Dollars they brought.
    """

    bundle_id: str
    profile: str
    asked_at: int
    yes: Leg
    no: Leg
    touched_at: int | None = None
    sells: bool = False
    dumped: Decimal = ZERO
    dumped_for: Decimal = ZERO

    @property
    def excess(self) -> Decimal:
        """Unmatched shares; positive when YES is heavy."""
        return self.yes.held - self.no.held

    @property
    def heavy(self) -> Leg:
        """The leg of which more is held."""
        return self.yes if self.excess > 0 else self.no

    @property
    def light(self) -> Leg:
        """The other leg: the one that is still to buy, or that was sold alone."""
        return self.no if self.excess > 0 else self.yes

    @property
    def basis(self) -> Decimal:
        """What an unmatched share cost, dollars: of a split or held pair, what the sale left."""
        if not self.sells:
            return self.heavy.average
        sold = self.light
        return 1 - (sold.proceeds / sold.sold if sold.sold else sold.price)

    @property
    def unhedged_cost(self) -> Decimal:
        """What the unmatched shares cost, dollars."""
        excess = self.excess
        return abs(excess) * self.basis if excess else ZERO

    def book(self, fill: Fill, now: int, abort_ms: int) -> None:
        """Book a fill of one of its orders.

        Args:
            fill: The execution.
            now: Of the fold, ms.
            abort_ms: After so long a pair of asks sells its excess at any passive price.
        """
        leg = self.yes if fill.side is Side.YES else self.no
        late = self.touched_at is not None and now - self.touched_at >= abort_ms
        if self.sells and late and leg is self.heavy:
            self.dumped += fill.size
            self.dumped_for += fill.size * fill.price
        if fill.action is Action.BUY:
            leg.bought += fill.size
            leg.cost += fill.size * fill.price
        else:
            leg.sold += fill.size
            leg.proceeds += fill.size * fill.price
        if self.touched_at is None:
            self.touched_at = now


class Step(NamedTuple):
    """What to do for a bundle now, and why, in a stable word."""

    proposals: list[Proposal]
    reason: str


def is_over(bundle: Bundle, live: tuple[OwnOrder, ...], view: View) -> bool:
    """Whether nothing is live and nothing is left to complete or sell; dust is nothing."""
    if live:
        return False
    return bundle.touched_at is None or open_excess(bundle, view) < view.market.min_size


def open_excess(bundle: Bundle, view: View) -> Decimal:
    """Shares of the heavy leg that are still unmatched in the bot's whole holding.

    Dust of an earlier bundle may match a part of it: an order for more would not be a REDUCE.
    """
    return excess_within(bundle, view.holding.net)


def excess_within(bundle: Bundle, net: Decimal) -> Decimal:
    """Shares of the heavy leg that are unmatched in a net holding; positive when YES is held."""
    excess = bundle.excess
    if (excess > 0) is not (net > 0):
        return ZERO
    return min(abs(excess), abs(net))


def adopt(view: View) -> Bundle | None:
    """A bundle for inventory that none counts: what an unwind left, or a fill of a stray order.

    It is completed or sold like the excess of any other bundle, the clock starting now.
    """
    net, holding = view.holding.net, view.holding
    if view.orders or abs(net) < view.market.min_size:
        return None
    is_yes = net > 0
    held, cost = (holding.yes, holding.yes_cost) if is_yes else (holding.no, holding.no_cost)
    price = cost / held
    heavy = Leg(price=price, bought=abs(net), cost=abs(net) * price)
    light = Leg(price=1 - price)
    return Bundle(
        bundle_id=holding.bundle_id,
        profile=view.profile_name,
        asked_at=view.now,
        yes=heavy if is_yes else light,
        no=light if is_yes else heavy,
        touched_at=view.now,
    )


def advance(
    bundle: Bundle,
    live: tuple[OwnOrder, ...],
    view: View,
    numbers: PairNumbers,
    rules: TradingRules,
) -> Step:
    """Move a bundle on.

    Args:
        bundle: What filled so far.
        live: Its live orders.
        view: Now.
        numbers: Leg times and ends.
        rules: Least rest, lot.
    """
    left = view.time_left_ms
    if left is not None and left <= numbers.reduce_until_ms:
        return Step(cancel_all(live, view.now, "held-to-resolution"), "held-to-resolution")
    if bundle.touched_at is None:
        reason = why_give_up(live, view, numbers)
        return Step(cancel_all(live, view.now, reason) if reason else [], reason or "resting")
    return _work_legs(bundle, live, view, numbers, rules)


def close(bundle: Bundle, statistics: LegStatistics, left: Decimal, payout: Decimal) -> None:
    """Count a bundle that is over; one that was never touched counts for nothing.

    Args:
        bundle: The bundle.
        statistics: Of its profile; changed.
        left: Shares of the heavy leg that resolved unmatched; 0 in a market that goes on.
        payout: What each of them paid, dollars.
    """
    if bundle.touched_at is None:
        return
    statistics.touched += 1
    unwound = bundle.dumped if bundle.sells else bundle.yes.sold + bundle.no.sold
    if not left + unwound:
        statistics.completed += 1
        return
    statistics.broken_size += left + unwound
    statistics.broken_loss += left * (bundle.basis - payout)
    if bundle.sells:
        statistics.broken_loss += unwound * bundle.basis - bundle.dumped_for
        return
    for leg in (bundle.yes, bundle.no):
        statistics.broken_loss += leg.sold * leg.average - leg.proceeds


def why_give_up(live: tuple[OwnOrder, ...], view: View, numbers: PairNumbers) -> str:
    """Why an untouched bundle is cancelled; empty while it rests."""
    if len(live) == 1:
        return "other-leg-lost"
    left = view.time_left_ms
    if left is not None and left <= numbers.stop_ms:
        return "near-the-end"
    if any(is_expired(order, view.now, numbers.ttl_s) for order in live):
        return "ttl"
    return view.opening_obstacle()


def _work_legs(
    bundle: Bundle,
    live: tuple[OwnOrder, ...],
    view: View,
    numbers: PairNumbers,
    rules: TradingRules,
) -> Step:
    age = view.now - (bundle.touched_at or view.now)
    size = open_excess(bundle, view)
    heavy = Side.YES if bundle.excess > 0 else Side.NO
    light_bids = tuple(o for o in live if _is(o, heavy.complement, Action.BUY))
    waits = [o for o in live if _is(o, heavy, Action.SELL)] if bundle.sells else light_bids
    if age < numbers.reprice_ms and (waits or size < view.market.min_size):
        return Step([], "leg-clock")
    if not size:
        return Step(cancel_all(live, view.now, "legs-even"), "legs-even")
    if bundle.sells:
        return _work_sales(bundle, live, view, numbers, rules)
    proposals = cancel_all([o for o in live if _is(o, heavy, Action.BUY)], view.now, "leg-clock")
    if age < numbers.abort_ms:
        price = buying_price(view, heavy.complement, 1 - bundle.heavy.price)
        wanted = exit_of(bundle, heavy.complement, Action.BUY, price, size, numbers)
        return Step(proposals + work(wanted, light_bids, view, rules), "completing-leg")
    if light_bids:
        return Step(proposals + cancel_all(light_bids, view.now, "leg-abort"), "leg-abort")
    wanted = exit_of(bundle, heavy, Action.SELL, selling_price(view, heavy), size, numbers)
    sells = tuple(o for o in live if _is(o, heavy, Action.SELL))
    return Step(proposals + work(wanted, sells, view, rules), "selling-excess")


def _work_sales(
    bundle: Bundle,
    live: tuple[OwnOrder, ...],
    view: View,
    numbers: PairNumbers,
    rules: TradingRules,
) -> Step:
    """A pair of asks of which one leg sold more: sell the other, first at break-even or better."""
    age = view.now - (bundle.touched_at or view.now)
    heavy = Side.YES if bundle.excess > 0 else Side.NO
    others = [o for o in live if not _is(o, heavy, Action.SELL)]
    sells = tuple(o for o in live if _is(o, heavy, Action.SELL))
    completes = age < numbers.abort_ms
    price = selling_price(view, heavy, bundle.basis if completes else None)
    size = open_excess(bundle, view)
    wanted = exit_of(bundle, heavy, Action.SELL, price, size, numbers)
    proposals = cancel_all(others, view.now, "leg-clock")
    reason = "completing-leg" if completes else "selling-excess"
    return Step(proposals + work(wanted, sells, view, rules), reason)


def exit_of(
    bundle: Bundle,
    side: Side,
    action: Action,
    price: Decimal | None,
    size: Decimal,
    numbers: PairNumbers,
) -> Exit:
    """An order of a bundle that completes or sells; without a price outside the range."""
    in_range = price is not None and Price.LOWEST <= price <= Price.HIGHEST
    return Exit(
        side=side,
        action=action,
        price=price if in_range else None,
        size=size,
        ttl_s=numbers.ttl_s,
        bundle_id=bundle.bundle_id,
    )


def _is(order: OwnOrder, side: Side, action: Action) -> bool:
    return order.order.side is side and order.order.action is action
