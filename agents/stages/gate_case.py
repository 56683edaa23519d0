"""One order before the gate: everything the checks look at, computed when first asked for."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from agents.stages.gate_complements import completes
from agents.stages.gate_rules import BotRights, GateRules
from agents.stages.gate_state import GateState, reserved_tokens
from schemas.claims import Claim
from schemas.ids import BotId, MarketId
from schemas.reasons import DenialCode
from schemas.trading import Order, Stamp
from schemas.values import Action, IntentKind, Price, Side, Zone
from streams import zones
from streams.account import Account
from streams.exposure import (
    EMPTY,
    NOTHING,
    EventPosition,
    Losses,
    cost_to_open,
    filled,
    is_reduce,
    opens_alone,
    reduces_market,
)
from streams.holdings import Stake
from streams.lazy import Lazy
from streams.ledger_state import BotLedger
from streams.markets import MarketFacts, ShortHorizon
from streams.marks import ONE
from streams.orders import OpenOrder
from streams.truths import scale_of
from streams.unsettled import undelivered

NO_RIGHTS = BotRights(
    intents=(),
    zones=(),
    lambda_max=Decimal("0.5"),
    directional=Decimal(0),
    mm_side=Decimal(0),
    bundle=Decimal(0),
    market=Decimal(0),
    outcome=None,
    positions=0,
    maker=False,
    claims=False,
)
_EMPTY = BotLedger()


class Denial(NamedTuple):
    """Why an order is denied: code, rule in a sentence, what was allowed, what was found."""

    code: DenialCode
    rule: str
    limit: str
    value: str


class Batch(NamedTuple):
    """The intent an order belongs to.

    Attributes:
        orders: All its orders.
        locked: It is a bundle whose worst-case payoff beats its cost (B.3, ARB).
        claim: What its one order rests on instead of an edge of its own.
    """

    orders: tuple[Order, ...]
    locked: bool = False
    claim: Claim | None = None


class Case:
    """An order, its stamp and the account as the gate knows them.

    Attributes:
        facts: The market; None when the gate does not know it.
        stake: What the bot holds in it.
        profile: The short-horizon profile if the market takes it.
        own_orders: Open orders of every bot in the market, earlier ones of the batch included.
        earlier: Orders of the same batch that were judged before it, as if accepted.
        without: An open order left out of every sum: the one that is to be replaced.
    """

    def __init__(
        self,
        order: Order,
        stamp: Stamp,
        batch: Batch,
        account: Account,
        state: GateState,
        rules: GateRules,
        earlier: Sequence[OpenOrder] = (),
        without: OpenOrder | None = None,
    ) -> None:
        """Gather what the checks need; nothing is computed yet."""
        self.order = order
        self.stamp = stamp
        self.batch = batch
        self.account = account
        self.state = state
        self.rules = rules
        self.earlier = earlier
        self.without = without
        self.now = account.now
        self.bot_id: BotId = order.bot_id
        self.facts: MarketFacts | None = account.state.markets.get(order.market_id)
        self.rights = rules.rights.get(order.bot_id, NO_RIGHTS)
        self.ledger = account.state.ledger.bots.get(order.bot_id, _EMPTY)
        self.stake: Stake = self.ledger.stakes.get(order.market_id, EMPTY)
        self.profile: ShortHorizon | None = _profile(rules.account.profile, self.facts)
        self.own_orders = _own_orders(account, order.market_id, earlier, without)
        is_yes = order.side is Side.YES
        self.bids = (order.action is Action.BUY) is is_yes
        self.yes_price = order.price if is_yes else ONE - order.price

    @Lazy
    def reduces(self) -> bool:
        """Whether it is a verified REDUCE, whatever it calls itself (D-22)."""
        facts, order = self.facts, self.order
        if facts is None or not order.size > 0:
            return False
        if order.market_id in self.rules.complements and self._completes:
            return True
        if facts.neg_risk:
            return is_reduce(self.position, order, order.size)
        stake, bot_id = self.stake, self.bot_id
        if stake is EMPTY or opens_alone(stake, order):
            return False
        if order.action is Action.SELL and stake.size(order.side) < order.size:
            return False
        resting = [
            (entry.order, entry.remaining, entry.kind)
            for entry in self.own_orders
            if entry.order.bot_id == bot_id
        ]
        return reduces_market(stake, resting, order, order.size)

    @property
    def _completes(self) -> bool:
        open_orders = self.account.orders.of_bot(self.bot_id)
        resting = [entry for entry in (*open_orders, *self.earlier) if entry is not self.without]
        listed, stakes = self.rules.complements, self.ledger.stakes
        return completes(self.order, listed, stakes, resting)

    @property
    def position(self) -> EventPosition:
        """What the bot has in the event, earlier orders of the batch included."""
        order = self.order
        known = self.account.exposure.position(order.bot_id, order.market_id, self.without)
        mine = [
            entry
            for entry in self.earlier
            if entry.order.market_id == order.market_id or known.exclusive
        ]
        return known._replace(orders=(*known.orders, *mine)) if mine else known

    @Lazy
    def zone(self) -> Zone | None:
        """Zone of the price paid for the token acquired (D-7)."""
        price = zones.effective_price(self.order.action, self.order.price)
        return zones.classify(price) if Price.LOWEST <= price <= Price.HIGHEST else None

    @Lazy
    def kind(self) -> IntentKind:
        """The kind that is recorded when it passes."""
        if self.order.kind is IntentKind.ARB and self.batch.locked:
            return IntentKind.ARB
        if self.reduces:
            return IntentKind.REDUCE
        declared = self.order.kind
        return IntentKind.DIRECTIONAL if declared is IntentKind.REDUCE else declared

    @Lazy
    def equity(self) -> Decimal:
        """E_ref: the stamp's equity, within 0 and 2 % above the gate's, less while in doubt."""
        known, stamped = self.ledger.equity, self.stamp.equity
        if self.state.doubts:
            known *= scale_of(self.state.doubts, self.order.market_id)
        if stamped <= known:
            return known
        return min(stamped, known * (1 + self.rules.e_ref_slack))

    @Lazy
    def cost(self) -> Decimal:
        """Dollars at risk in the order alone."""
        return cost_to_open(self.order)

    @property
    def cash_needed(self) -> Decimal:
        """Dollars that it reserves."""
        order = self.order
        return order.price * order.size if order.action is Action.BUY else Decimal(0)

    @Lazy
    def before(self) -> Losses:
        """The bot's losses in the order's market without it."""
        return self.losses_before(self.order.market_id)

    @Lazy
    def in_market(self) -> Decimal:
        """The bot's worst-case loss in the order's market with it and what came before it."""
        order, (if_yes, if_no) = self.order, self.before
        if order.action is Action.SELL:
            return self.before.plus_worst(filled(order, order.size, self.stake)).worst
        if order.side is Side.YES:
            if_no += order.price * order.size
        else:
            if_yes += order.price * order.size
        return max(if_yes, if_no, NOTHING.if_yes)

    def losses_before(self, market_id: MarketId) -> Losses:
        """The bot's losses in a market with the earlier orders of the batch, without this one."""
        losses = self.account.exposure.market_losses(self.bot_id, market_id, self.without)
        for entry in self.earlier:
            if entry.order.market_id == market_id:
                stake = self.ledger.stakes.get(market_id, EMPTY)
                losses = losses.plus_worst(filled(entry.order, entry.remaining, stake))
        return losses

    def free_cash(self) -> Decimal:
        """Dollars of the bot that nothing reserves."""
        reserved = self.account.orders.reserved_cash(self.bot_id)
        return self.ledger.cash - reserved - self._cash_of_batch()

    def free_wallet(self) -> Decimal:
        """Dollars of the account that nothing reserves."""
        account = self.account
        reserved = account.orders.reserved_by_all() + self._cash_of_batch()
        return account.state.ledger.wallet - reserved

    def _cash_of_batch(self) -> Decimal:
        """Dollars of the earlier orders of the batch, less those of the order left out."""
        if not self.earlier and self.without is None:
            return NOTHING.if_yes
        cash = Decimal(0) if self.without is None else -self.without.cash
        for entry in self.earlier:
            cash += entry.cash
        return cash

    def free_tokens(self, side: Side) -> Decimal:
        """Shares on the chain that no resting SELL, merge or conversion will take."""
        order = self.order
        taken = reserved_tokens(self.state, self.bot_id, order.market_id, side)
        taken += undelivered(self.account.state.unsettled, self.bot_id, order.market_id, side)
        for entry in self.own_orders:
            other = entry.order
            if other.bot_id == self.bot_id and other.side is side and other.action is Action.SELL:
                taken += entry.remaining
        return self.stake.size(side) - taken


def _profile(profile: ShortHorizon | None, facts: MarketFacts | None) -> ShortHorizon | None:
    if profile is None or facts is None or not facts.auto_resolved:
        return None
    return profile if profile.serves(facts) else None


def _own_orders(
    account: Account,
    market_id: MarketId,
    earlier: Sequence[OpenOrder],
    without: OpenOrder | None,
) -> list[OpenOrder]:
    found = list(account.orders.in_market(market_id))
    if without is not None:
        found = [entry for entry in found if entry is not without]
    if earlier:
        found += [entry for entry in earlier if entry.order.market_id == market_id]
    return found


def show(value: Decimal) -> str:
    """A number as an operator reads it: at most six decimals, no exponent."""
    text = f"{value:.6f}"
    return text.rstrip("0").rstrip(".")
