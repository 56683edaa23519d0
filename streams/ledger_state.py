"""The books of an account: one sub-ledger per bot, exact in Decimal (STRATEGIES.md C.2)."""

from decimal import Decimal

import msgspec

from schemas.ids import BotId, MarketId
from schemas.values import Side
from streams.holdings import Holding, Stake
from streams.marks import ZERO, MarketMark


class BotLedger(msgspec.Struct):
    """One bot's sub-ledger; all amounts in dollars since its start.

    Attributes:
        cash: Everything that came in minus everything that went out; includes reserved cash.
        receivable: Of resolved markets, not yet redeemed.
        flows: Capital allocated, net.
        bought: Paid for tokens.
        sold: Received for tokens.
        settled: Credited by resolutions, whether redeemed or not.
        merged: Received for merged pairs.
        split: Paid for split pairs.
        converted: Received for sets of NO tokens of neg-risk events.
        rebates: Received from the venue for resting orders that filled.
        realised: Proceeds minus average cost minus fees and gas, plus rebates.
        cost: Of everything held now.
        value: Bid-marked value of everything held now.
        value_mid: The same at mids.
    """

    cash: Decimal = ZERO
    receivable: Decimal = ZERO
    flows: Decimal = ZERO
    bought: Decimal = ZERO
    sold: Decimal = ZERO
    settled: Decimal = ZERO
    merged: Decimal = ZERO
    split: Decimal = ZERO
    converted: Decimal = ZERO
    rebates: Decimal = ZERO
    fees: Decimal = ZERO
    gas: Decimal = ZERO
    realised: Decimal = ZERO
    cost: Decimal = ZERO
    value: Decimal = ZERO
    value_mid: Decimal = ZERO
    stakes: dict[MarketId, Stake] = {}

    @property
    def equity(self) -> Decimal:
        """E_b: cash, receivable and bid-marked holdings; reservations do not change it."""
        return self.cash + self.receivable + self.value

    @property
    def equity_mid(self) -> Decimal:
        """The same at mids; for display and Sharpe, never for breakers."""
        return self.cash + self.receivable + self.value_mid

    @property
    def unrealised(self) -> Decimal:
        """Mark value minus remaining cost."""
        return self.value - self.cost


class Receivable(msgspec.Struct, frozen=True):
    """The payout of a resolved market on its way to a bot's cash; `due` in ms."""

    bot_id: BotId
    market_id: MarketId
    amount: Decimal
    due: int


class Ledger(msgspec.Struct):
    """The whole account.

    Attributes:
        wallet: Cash of the account, kept apart from the sub-ledgers as a control sum.
        unallocated: Cash that belongs to no bot.
        marks: Of every market that is not resolved.
        payouts: YES payout of resolved markets, for fills that are reported late.
        flow_ids: Capital messages already booked.
    """

    bots: dict[BotId, BotLedger] = {}
    wallet: Decimal = ZERO
    unallocated: Decimal = ZERO
    marks: dict[MarketId, MarketMark] = {}
    receivables: list[Receivable] = []
    payouts: dict[MarketId, Decimal] = {}
    flow_ids: list[str] = []


class HoldingChange(msgspec.Struct, frozen=True):
    """A holding changed.

    Attributes:
        holding: As it is now; its size is 0 when it closed.
        opened: Nothing was held before.
        closed: Nothing is held now.
    """

    bot_id: BotId
    market_id: MarketId
    side: Side
    holding: Holding
    opened: bool = False
    closed: bool = False
