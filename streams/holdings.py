"""What one bot holds in one market: average cost, pairs at one dollar (STRATEGIES.md C.2).

Costs are kept as totals. What a part of a holding cost is rounded to 1e-12 dollars and subtracted,
so that every sum stays exact.
"""

from decimal import Decimal

import msgspec

from schemas.errors import PositionNotFoundError
from schemas.ids import TokenId
from schemas.values import Side, Zone
from streams.marks import HALF, ZERO, MarketMark

COST_QUANTUM = Decimal("1e-12")


class Holding(msgspec.Struct):
    """Tokens of one side.

    Attributes:
        position_id: Derived from bot, token and the fill that opened it.
        cost: Dollars paid for the `size` shares held now.
        realised: Proceeds minus cost minus fees and gas since it opened, dollars.
        zone: Of the first acceptance that filled.
    """

    position_id: str
    token_id: TokenId
    opened_at: int
    zone: Zone | None = None
    size: Decimal = ZERO
    cost: Decimal = ZERO
    realised: Decimal = ZERO
    fees: Decimal = ZERO

    def cost_of(self, size: Decimal) -> Decimal:
        """Average cost of a part of the holding, dollars, to 1e-12."""
        if size == self.size:
            return self.cost
        return (self.cost * size / self.size).quantize(COST_QUANTUM)

    def take(self, size: Decimal) -> Decimal:
        """Remove shares at average cost and return what they cost.

        Raises:
            PositionNotFoundError: Fewer are held.
        """
        if size > self.size:
            raise PositionNotFoundError(
                f"Expected at least {size} shares of token {self.token_id} to remove, "
                f"{self.size} are held. Reconcile with the venue before trading on."
            )
        cost = self.cost_of(size)
        self.size -= size
        self.cost -= cost
        return cost


class Stake(msgspec.Struct):
    """Both sides of one market, of one bot.

    Attributes:
        value: Bid-marked dollars as last computed; what breakers use.
        value_mid: Mid-marked dollars; for display.
    """

    yes: Holding | None = None
    no: Holding | None = None
    value: Decimal = ZERO
    value_mid: Decimal = ZERO

    def side(self, side: Side) -> Holding | None:
        """The holding of a side, None when nothing is held."""
        return self.yes if side is Side.YES else self.no

    def put(self, side: Side, holding: Holding | None) -> None:
        """Set or remove the holding of a side."""
        if side is Side.YES:
            self.yes = holding
        else:
            self.no = holding

    def size(self, side: Side) -> Decimal:
        """Shares held of a side."""
        holding = self.yes if side is Side.YES else self.no
        return ZERO if holding is None else holding.size

    @property
    def pairs(self) -> Decimal:
        """Matched YES and NO, worth one dollar each."""
        return min(self.size(Side.YES), self.size(Side.NO))

    @property
    def net(self) -> Decimal:
        """YES-equivalent inventory `q = n_Y − n_N` (STRATEGIES.md A.1)."""
        yes, no = self.yes, self.no
        if no is None:
            return ZERO if yes is None else yes.size
        return -no.size if yes is None else yes.size - no.size

    @property
    def cost(self) -> Decimal:
        """What everything held cost, dollars."""
        yes, no = self.yes, self.no
        if no is None:
            return ZERO if yes is None else yes.cost
        return no.cost if yes is None else yes.cost + no.cost

    def mark(self, mark: MarketMark, now: int, carry_ms: int) -> None:
        """Compute both values: pairs at 1.00 and the excess at the mark (C.2).

        Args:
            mark: The market's best bids.
            now: Time of the fold, ms.
            carry_ms: How long a bad book keeps its last good mark.
        """
        pairs, net = self.pairs, self.net
        self.value = self.value_mid = pairs
        if net == 0:
            return
        side = Side.YES if net > 0 else Side.NO
        holding = self.side(side)
        if holding is None:
            return
        excess = abs(net)
        bid = mark.bid(side, now, carry_ms)
        worth = holding.cost_of(excess) if bid is None else excess * bid
        mid = mark.mid(side)
        self.value = pairs + worth
        self.value_mid = pairs + (worth if mid is None else excess * mid)

    def worth(self, side: Side, mark: MarketMark) -> Decimal:
        """The part of `value` that one side's holding makes up, dollars.

        Pairs are divided at the YES mid, half and half where there never was one, so that both
        sides add up to `value`.
        """
        pairs = self.pairs
        yes_part = pairs * division(mark)
        part = yes_part if side is Side.YES else pairs - yes_part
        excess_side = Side.YES if self.net > 0 else Side.NO
        return part + (self.value - pairs if side is excess_side else ZERO)


def division(mark: MarketMark | None) -> Decimal:
    """Price of YES at which a pair is split or merged, dollars: its mid, else one half."""
    mid = None if mark is None else mark.mid(Side.YES)
    return HALF if mid is None else mid
