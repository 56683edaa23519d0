"""Exposure is the worst-case loss, resting orders in their worst subset (STRATEGIES.md C.3, D-26).

A bot's position in a market is a pair of losses: `if_yes` when YES wins, `if_no` when it loses,
each cost minus payoff and negative for a gain. In a neg-risk event exactly one market's YES wins,
so the loss in state k is `if_yes_k` plus `if_no` of all the others. Markets of any other event are
independent, and their worst cases add up.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from schemas.ids import MarketId
from schemas.trading import Order
from schemas.values import Action, IntentKind, Side
from streams.holdings import Holding, Stake
from streams.marks import ONE, ZERO
from streams.orders import OpenOrder, is_bid

EMPTY = Stake()


class Losses(NamedTuple):
    """Loss in dollars if the market's YES wins, and if it loses."""

    if_yes: Decimal
    if_no: Decimal

    def plus(self, other: "Losses") -> "Losses":
        """Both added."""
        return Losses(self.if_yes + other.if_yes, self.if_no + other.if_no)

    def plus_worst(self, other: "Losses") -> "Losses":
        """The other's losses added, its gains not: it may fill or not."""
        return Losses(self.if_yes + max(other.if_yes, ZERO), self.if_no + max(other.if_no, ZERO))

    @property
    def worst(self) -> Decimal:
        """Exposure of this market alone, never negative."""
        return max(self.if_yes, self.if_no, ZERO)


NOTHING = Losses(ZERO, ZERO)


def held(stake: Stake) -> Losses:
    """Losses of what is held: its whole cost minus its payoff in each state."""
    yes, no, cost = stake.yes, stake.no, stake.cost
    return Losses(cost if yes is None else cost - yes.size, cost if no is None else cost - no.size)


def filled(order: Order, size: Decimal, stake: Stake) -> Losses:
    """How a fill of `size` shares changes the losses.

    A BUY adds its price and takes the payoff where the token wins. A SELL takes the average cost
    and adds the payoff where the token wins; what it earns is realised and no part of exposure.
    """
    if order.action is Action.BUY:
        lose = order.price * size
        win = lose - size
    else:
        cost = _average_cost(stake.side(order.side), size)
        win, lose = size - cost, -cost
    return Losses(win, lose) if order.side is Side.YES else Losses(lose, win)


def of_market(stake: Stake, orders: Iterable[tuple[Order, Decimal]]) -> Losses:
    """Losses of a stake with every resting order in its worst subset.

    REDUCE orders are counted like the others: alone they add nothing to the worst state, and
    together with opening orders that come later they could.

    Args:
        stake: What is held.
        orders: Orders and their remaining shares, all of this market.
    """
    if_yes, if_no = held(stake)
    for order, size in orders:
        if order.action is Action.BUY:
            # Its gain where the token wins is not counted, so only its price is.
            if order.side is Side.YES:
                if_no += order.price * size
            else:
                if_yes += order.price * size
            continue
        yes_more, no_more = filled(order, size, stake)
        if yes_more > ZERO:
            if_yes += yes_more
        if no_more > ZERO:
            if_no += no_more
    return Losses(if_yes, if_no)


def states(losses: Sequence[Losses], *, exclusive: bool, complete: bool) -> list[Decimal]:
    """Loss in each state of the world that matters.

    Args:
        losses: One pair per market of the event that is held or ordered in.
        exclusive: A neg-risk event: exactly one YES of all its markets wins.
        complete: `losses` covers every market of the event.

    Returns:
        For an exclusive event the loss if each market's YES wins and, unless complete, if that of
        another market does. Otherwise one entry: the sum of the markets' worst cases.
    """
    if not exclusive:
        return [sum((pair.worst for pair in losses), ZERO)]
    none_wins = sum((pair.if_no for pair in losses), ZERO)
    each = [none_wins + pair.if_yes - pair.if_no for pair in losses]
    return each if complete and each else [*each, none_wins]


def exposure(losses: Sequence[Losses], *, exclusive: bool, complete: bool) -> Decimal:
    """Worst-case loss of a bot in one event, dollars, never negative."""
    return max(*states(losses, exclusive=exclusive, complete=complete), ZERO)


class EventPosition(NamedTuple):
    """All that a bot has in one event.

    Attributes:
        stakes: What is held, per market.
        orders: What rests, with remaining shares, in all its markets.
        exclusive: A neg-risk event.
        markets: How many markets the event has; 0 when unknown.
    """

    stakes: Mapping[MarketId, Stake]
    orders: Sequence[OpenOrder]
    exclusive: bool
    markets: int

    def market_ids(self, *extra: MarketId) -> list[MarketId]:
        """Markets that are held or ordered in, and the extra ones."""
        ordered = (entry.order.market_id for entry in self.orders)
        return list(dict.fromkeys((*self.stakes, *ordered, *extra)))

    def exposure(self, extra: Sequence[tuple[Order, Decimal]] = ()) -> Decimal:
        """C.3 exposure, dollars, with extra resting orders."""
        ids = self.market_ids(*(order.market_id for order, _ in extra))
        losses = [self.losses(market_id, extra) for market_id in ids]
        return exposure(losses, exclusive=self.exclusive, complete=len(ids) == self.markets)

    def losses(self, market_id: MarketId, extra: Sequence[tuple[Order, Decimal]] = ()) -> Losses:
        """Losses in one market with everything that rests there."""
        resting = [(e.order, e.remaining) for e in self.orders if e.order.market_id == market_id]
        added = [pair for pair in extra if pair[0].market_id == market_id]
        return of_market(self.stakes.get(market_id, EMPTY), [*resting, *added])


def is_reduce(position: EventPosition, order: Order, size: Decimal) -> bool:
    """Whether filling an order, wholly or partly, never raises the worst loss (D-22, B.3).

    Checked with the bot's other resting REDUCEs all unfilled and all filled, opening orders in
    their worst subset. The worst loss is convex in the filled size, so it falls all the way exactly
    if one of the states that are worst at the end is not worse than at the start. In one binary
    market this means that all REDUCEs together are at most |q|.

    Args:
        position: What the bot has in the event, without the order.
        order: The order.
        size: Its shares.
    """
    stake = position.stakes.get(order.market_id, EMPTY)
    if order.action is Action.SELL and stake.size(order.side) < size:
        return False
    if not position.exclusive and opens_alone(stake, order):
        return False
    if not position.exclusive:
        resting = [(e.order, e.remaining, e.kind) for e in position.orders]
        return reduces_market(stake, resting, order, size)
    if not all(_falls(position, order, size, others_filled=each) for each in (False, True)):
        return False
    return position.exposure([(order, size)]) <= position.exposure()


def opens_alone(stake: Stake, order: Order) -> bool:
    """Whether an order in one binary market is not against the net inventory; it adds to it."""
    net = stake.net
    return net >= ZERO if is_bid(order) else net <= ZERO


def reduces_market(
    stake: Stake,
    resting: Iterable[tuple[Order, Decimal, IntentKind]],
    order: Order,
    size: Decimal,
) -> bool:
    """`is_reduce` in one binary market, for an order against the net inventory.

    Args:
        stake: What is held; a SELL must not exceed it.
        resting: The bot's orders there with their remaining shares and verified kinds.
        order: The order.
        size: Its shares.
    """
    yes, no = held(stake)
    all_yes, all_no, reduces_yes, reduces_no = yes, no, ZERO, ZERO
    for other, left, kind in resting:
        if other.action is Action.BUY and kind is not IntentKind.REDUCE:
            # Where its token wins an opening BUY can only gain, which is not counted.
            lose = other.price * left
            if other.side is Side.YES:
                all_no += lose
                no += lose
            else:
                all_yes += lose
                yes += lose
            continue
        if_yes, if_no = filled(other, left, stake)
        worse_yes = if_yes if if_yes > ZERO else ZERO
        worse_no = if_no if if_no > ZERO else ZERO
        all_yes += worse_yes
        all_no += worse_no
        if kind is IntentKind.REDUCE:
            reduces_yes += if_yes
            reduces_no += if_no
        else:
            yes += worse_yes
            no += worse_no
    if_yes, if_no = filled(order, size, stake)
    if not _worst_falls(yes, no, if_yes, if_no):
        return False
    has_reduces = reduces_yes != reduces_no or reduces_yes != ZERO
    if has_reduces and not _worst_falls(yes + reduces_yes, no + reduces_no, if_yes, if_no):
        return False
    after = max(all_yes + max(if_yes, ZERO), all_no + max(if_no, ZERO), ZERO)
    return after <= max(all_yes, all_no, ZERO)


def _worst_falls(yes: Decimal, no: Decimal, if_yes: Decimal, if_no: Decimal) -> bool:
    """Whether one of the states that are worst after the fill is not worse than before."""
    after_yes, after_no = yes + if_yes, no + if_no
    if after_yes > after_no:
        return if_yes <= ZERO
    if after_no > after_yes:
        return if_no <= ZERO
    return if_yes <= ZERO or if_no <= ZERO


def _falls(position: EventPosition, order: Order, size: Decimal, *, others_filled: bool) -> bool:
    """Whether no state that is worst after the fill is one that the fill made worse."""
    own = order.market_id
    ids = position.market_ids(own)
    before = {each: _base(position, each, others_filled=others_filled) for each in ids}
    stake = position.stakes.get(own, EMPTY)
    after = {**before, own: before[own].plus(filled(order, size, stake))}
    complete = len(ids) == position.markets
    old = states(list(before.values()), exclusive=True, complete=complete)
    new = states(list(after.values()), exclusive=True, complete=complete)
    worst = max(new)
    return any(now == worst and now <= then for now, then in zip(new, old, strict=True))


def _base(position: EventPosition, market_id: MarketId, *, others_filled: bool) -> Losses:
    """Losses in one market: opening orders in their worst subset, REDUCEs all or none filled."""
    stake = position.stakes.get(market_id, EMPTY)
    losses = held(stake)
    for entry in position.orders:
        if entry.order.market_id != market_id:
            continue
        change = filled(entry.order, entry.remaining, stake)
        if entry.kind is not IntentKind.REDUCE:
            losses = losses.plus_worst(change)
        elif others_filled:
            losses = losses.plus(change)
    return losses


def _average_cost(holding: Holding | None, size: Decimal) -> Decimal:
    """What `size` shares of a holding cost; a dollar-worst 0 for shares that are not held."""
    if holding is None or holding.size == 0:
        return ZERO
    return holding.cost_of(min(size, holding.size))


def cost_to_open(order: Order) -> Decimal:
    """Dollars at risk in an opening order."""
    return risked_price(order) * order.size


def risked_price(order: Order) -> Decimal:
    """Dollars at risk in one share of an opening order: price of a BUY, `1 − price` of a SELL."""
    return order.price if order.action is Action.BUY else ONE - order.price
