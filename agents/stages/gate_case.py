"""One order before the gate: everything the checks look at, computed when first asked for."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from agents.stages.gate_rules import BotRights, GateRules
from agents.stages.gate_state import GateState, reserved_pairs
from schemas.claims import Claim
from schemas.ids import BotId
from schemas.reasons import DenialCode
from schemas.trading import Order, Stamp
from schemas.values import Action, IntentKind, Price, Side, Zone
from streams import zones
from streams.account import Account
from streams.exposure import EMPTY, EventPosition, cost_to_open, is_reduce
from streams.holdings import Stake
from streams.ledger_state import BotLedger
from streams.markets import MarketFacts, ShortHorizon
from streams.orders import OpenOrder

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
        self._reduces: bool | None = None
        self._equity: Decimal | None = None

    @property
    def reduces(self) -> bool:
        """Whether it is a verified REDUCE, whatever it calls itself (D-22)."""
        if self._reduces is None:
            known = self.facts is not None and self.order.size > 0
            self._reduces = known and is_reduce(self.position, self.order, self.order.size)
        return self._reduces

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

    @property
    def zone(self) -> Zone | None:
        """Zone of the price paid for the token acquired (D-7)."""
        price = zones.effective_price(self.order.action, self.order.price)
        return zones.classify(price) if Price.LOWEST <= price <= Price.HIGHEST else None

    @property
    def kind(self) -> IntentKind:
        """The kind that is recorded when it passes."""
        if self.order.kind is IntentKind.ARB and self.batch.locked:
            return IntentKind.ARB
        if self.reduces:
            return IntentKind.REDUCE
        declared = self.order.kind
        return IntentKind.DIRECTIONAL if declared is IntentKind.REDUCE else declared

    @property
    def profile(self) -> ShortHorizon | None:
        """The short-horizon profile if the market takes it."""
        profile = self.rules.account.profile
        served = profile is not None and self.facts is not None and profile.serves(self.facts)
        return profile if served else None

    @property
    def equity(self) -> Decimal:
        """E_ref: the stamp's equity, within 0 and 2 % above the gate's (C.1)."""
        if self._equity is None:
            known = self.ledger.equity
            most = known * (1 + self.rules.e_ref_slack)
            self._equity = min(max(self.stamp.equity, known), most)
        return self._equity

    @property
    def cost(self) -> Decimal:
        """Dollars at risk in the order alone."""
        return cost_to_open(self.order)

    @property
    def cash_needed(self) -> Decimal:
        """Dollars that it reserves."""
        order = self.order
        return order.price * order.size if order.action is Action.BUY else Decimal(0)

    @property
    def stake(self) -> Stake:
        """What the bot holds in the market."""
        return self.ledger.stakes.get(self.order.market_id, EMPTY)

    def own_orders(self) -> list[OpenOrder]:
        """Open orders of every bot in the market, earlier ones of the batch included."""
        market_id = self.order.market_id
        resting = self.account.orders.in_market(market_id)
        mine = [entry for entry in self.earlier if entry.order.market_id == market_id]
        return [*(entry for entry in resting if entry is not self.without), *mine]

    def free_cash(self) -> Decimal:
        """Dollars of the bot that nothing reserves."""
        reserved = self.account.orders.reserved_cash(self.bot_id)
        reserved += sum((entry.cash for entry in self.earlier), Decimal(0))
        if self.without is not None:
            reserved -= self.without.cash
        return self.ledger.cash - reserved

    def free_tokens(self, side: Side) -> Decimal:
        """Shares of a token that neither a resting SELL nor a merge will take."""
        order = self.order
        taken = reserved_pairs(self.state, self.bot_id, order.market_id)
        for entry in self.own_orders():
            other = entry.order
            if other.bot_id == self.bot_id and other.side is side and other.action is Action.SELL:
                taken += entry.remaining
        return self.stake.size(side) - taken


def show(value: Decimal) -> str:
    """A number as an operator reads it: at most six decimals, no exponent."""
    text = f"{value:.6f}"
    return text.rstrip("0").rstrip(".")
