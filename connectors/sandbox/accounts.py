"""Who holds what on the sandbox venue: cash, outcome tokens and the collateral behind them.

Fills, splits, merges and payouts move money and tokens but never make any: the sum of all cash,
fees and collateral stays what was deposited, and a market always has as many YES as NO tokens,
each pair backed by one dollar. Both are properties that tests check.
"""

from collections import defaultdict

from connectors.sandbox.events import Filled
from connectors.sandbox.journal import Journal
from connectors.sandbox.mirror import LEGS, NO, YES, Match, mirrored
from connectors.sandbox.orders import Order
from connectors.sandbox.units import DOLLAR
from schemas.values import PIPS, Action

VENUE = "venue"
"""The owner that collects taker fees."""


class Accounts:
    """Balances of all owners in all markets, in money units and micro-shares.

    Attributes:
        cash: Money units by owner.
        tokens: Micro-shares by (condition id, leg), then by owner.
        collateral: Money units locked behind the pairs of each condition id.
        journal: Where engines write what they did; None where nobody reads it.
    """

    def __init__(self, journal: Journal | None = None) -> None:
        self.journal = journal
        self.cash: defaultdict[str, int] = defaultdict(int)
        self.tokens: defaultdict[tuple[str, int], defaultdict[str, int]] = defaultdict(
            lambda: defaultdict(int)
        )
        self.collateral: defaultdict[str, int] = defaultdict(int)

    def deposit(self, owner: str, dollars: int) -> None:
        """Credit collateral from outside the venue."""
        self.cash[owner] += dollars * DOLLAR

    def held(self, owner: str, condition_id: str, leg: int) -> int:
        """Micro-shares of a token that an owner holds."""
        return self.tokens[condition_id, leg].get(owner, 0)

    def fill(self, condition_id: str, fill: Filled) -> None:
        """Settle one match: both sides' cash and tokens, the collateral, the taker's fee."""
        self._settle(condition_id, fill, 1)

    def undo(self, condition_id: str, fill: Filled) -> None:
        """Take a match back that failed on the chain. What was sold on meanwhile is owed."""
        self._settle(condition_id, fill, -1)

    def _settle(self, condition_id: str, fill: Filled, direction: int) -> None:
        for order in (fill.taker, fill.maker):
            sign = direction if order.action is Action.BUY else -direction
            self.cash[order.owner] -= sign * fill.size * mirrored(order.leg, fill.yes_pips)
            self.tokens[condition_id, order.leg][order.owner] += sign * fill.size
        if fill.match is not Match.TRANSFER:
            sign = direction if fill.match is Match.MINT else -direction
            self.collateral[condition_id] += sign * fill.size * PIPS
        self.cash[fill.taker.owner] -= direction * fill.fee
        self.cash[VENUE] += direction * fill.fee

    def merge_pairs(self, owner: str, condition_id: str) -> int:
        """Turn an owner's YES and NO pairs back into dollars.

        Returns:
            The pairs merged, micro-shares.
        """
        pairs = max(min(self.held(owner, condition_id, leg) for leg in LEGS), 0)
        for leg in LEGS:
            self.tokens[condition_id, leg][owner] -= pairs
        self.collateral[condition_id] -= pairs * PIPS
        self.cash[owner] += pairs * PIPS
        return pairs

    def pay_out(self, condition_id: str, yes_payout: int) -> None:
        """Redeem all tokens of a resolved market; a YES token pays `yes_payout` pips."""
        for leg, payout in ((YES, yes_payout), (NO, PIPS - yes_payout)):
            for owner, size in self.tokens.pop((condition_id, leg), {}).items():
                self.cash[owner] += size * payout
                self.collateral[condition_id] -= size * payout
        self.collateral.pop(condition_id, None)

    def covers(self, order: Order, condition_id: str, reserved: int) -> bool:
        """Whether the owner can pay for an order.

        Args:
            order: A new order.
            condition_id: Its market.
            reserved: What the owner's open orders already claim of the same asset: money units
                for a buyer, micro-shares of the token for a seller.
        """
        if order.action is Action.SELL:
            return self.held(order.owner, condition_id, order.leg) >= reserved + order.size
        cost = order.budget or order.size * order.pips
        return self.cash[order.owner] >= reserved + cost

    def total(self) -> int:
        """All money on the venue; changes by deposits only."""
        return sum(self.cash.values()) + sum(self.collateral.values())
