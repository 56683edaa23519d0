"""What an event's tokens and dollars must be, told from the reports alone and without any average.

A purse knows the definitions of STRATEGIES.md A.1 and nothing of the ledger: a pair is a dollar, k
NO tokens of an exclusive event are `k − 1` dollars and a YES token of each other outcome.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from schemas.envelope import Message
from schemas.ids import BotId, MarketId
from schemas.market import MarketResolved
from schemas.pairs import PairsSplit, PositionsConverted
from schemas.trading import Fill, PairsMerged
from schemas.values import Action, Side

ZERO = Decimal(0)
ONE = Decimal(1)


@dataclass
class Purse:
    """One bot's tokens and dollars; `cash` is without gas, and with what is not redeemed yet."""

    cash: Decimal
    gas: Decimal = ZERO
    tokens: dict[tuple[MarketId, Side], Decimal] = field(default_factory=dict)

    def worth(self, winner: MarketId, outcomes: Sequence[MarketId]) -> Decimal:
        """Dollars if `winner` is the outcome that wins."""
        total = self.cash
        for market_id in outcomes:
            side = Side.YES if market_id == winner else Side.NO
            total += self.tokens.get((market_id, side), ZERO)
        return total


class Purses:
    """The purses of all bots, and what resolved markets paid."""

    def __init__(self, outcomes: Sequence[MarketId], capital: dict[BotId, Decimal]) -> None:
        self.of = {bot_id: Purse(cash) for bot_id, cash in capital.items()}
        self._outcomes = outcomes
        self._paid: dict[MarketId, Decimal] = {}
        self._seen: set[str] = set()

    def hear(self, message: Message) -> None:
        """Take a report over, once."""
        if message.event_id in self._seen:
            return
        match message:
            case Fill(action=Action.BUY):
                self.of[message.bot_id].cash -= message.price * message.size
                self._add(message.bot_id, message.market_id, message.side, message.size)
            case Fill():
                self.of[message.bot_id].cash += message.price * message.size
                self._add(message.bot_id, message.market_id, message.side, -message.size)
            case PairsMerged() | PairsSplit() | PositionsConverted():
                self._exchange(message)
            case MarketResolved():
                self._resolve(message)
            case _:
                return
        self._seen.add(message.event_id)

    def _exchange(self, message: PairsMerged | PairsSplit | PositionsConverted) -> None:
        """What is worth the same before and after, whoever wins (G.18)."""
        purse = self.of[message.bot_id]
        before = [purse.worth(winner, self._outcomes) for winner in self._outcomes]
        purse.gas += message.gas
        match message:
            case PairsMerged():
                self._pairs(message.bot_id, message.market_id, -message.pairs)
            case PairsSplit():
                self._pairs(message.bot_id, message.market_id, message.pairs)
            case PositionsConverted():
                purse.cash += (len(message.gives) - 1) * message.size
                for market_id in message.gives:
                    self._add(message.bot_id, market_id, Side.NO, -message.size)
                for outcome in message.gets:
                    self._add(message.bot_id, outcome.market_id, Side.YES, message.size)
        if not self._paid:
            assert before == [purse.worth(winner, self._outcomes) for winner in self._outcomes]

    def _pairs(self, bot_id: BotId, market_id: MarketId, pairs: Decimal) -> None:
        self.of[bot_id].cash -= pairs
        for side in Side:
            self._add(bot_id, market_id, side, pairs)

    def _add(self, bot_id: BotId, market_id: MarketId, side: Side, size: Decimal) -> None:
        """Tokens come or go; those of a resolved market are dollars at once."""
        purse = self.of[bot_id]
        if market_id in self._paid:
            purse.cash += size * self._payout(market_id, side)
            return
        held = purse.tokens.pop((market_id, side), ZERO) + size
        assert held >= ZERO
        if held:
            purse.tokens[market_id, side] = held

    def _resolve(self, message: MarketResolved) -> None:
        if message.market_id in self._paid:
            return
        self._paid[message.market_id] = message.yes_payout
        for purse in self.of.values():
            for side in Side:
                held = purse.tokens.pop((message.market_id, side), ZERO)
                purse.cash += held * self._payout(message.market_id, side)

    def _payout(self, market_id: MarketId, side: Side) -> Decimal:
        yes = self._paid[market_id]
        return yes if side is Side.YES else ONE - yes
