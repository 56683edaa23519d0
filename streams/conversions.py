"""Conversions in the ledger: NO tokens of an exclusive event become YES of the others (A.1, C.2).

A conversion changes no state's payoff: what k NO tokens pay is what `k − 1` dollars and a YES token
of every other outcome pay. So it realises nothing while it can help it. The NO tokens leave at
their average cost, and the YES tokens take over what of that cost the dollars do not pay back,
divided by their mids. Only where the dollars are more than the cost, or no YES token comes in, is
the difference realised. No state's loss changes otherwise, so neither does the exposure.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from schemas.ids import MarketId, TokenId, derive_id
from schemas.pairs import Outcome, PositionsConverted
from schemas.values import Side
from streams.holdings import COST_QUANTUM, Holding, Stake, division
from streams.ledger import credit, due_of, payout_of, shrunk, sub_ledger
from streams.ledger_state import BotLedger, HoldingChange, Ledger
from streams.marks import ZERO, MarketMark


class Converted(NamedTuple):
    """What a conversion did to the books.

    Attributes:
        changes: Of holdings, what went first.
        proceeds: Dollars that the NO tokens went for, by market; resolved markets are left out.
        carried: Dollars that the YES tokens cost from now on, by market.
    """

    changes: tuple[HoldingChange, ...]
    proceeds: dict[MarketId, Decimal]
    carried: dict[MarketId, Decimal]


def book_conversion(ledger: Ledger, done: PositionsConverted, now: int) -> Converted:
    """Book a conversion.

    Tokens of a market that resolved meanwhile are settled at its payout.

    Args:
        ledger: Changed in place.
        done: What was converted.
        now: Time of the fold, ms.

    Raises:
        PositionNotFoundError: Fewer NO tokens are held.
    """
    bot = sub_ledger(ledger, done.bot_id)
    settled = _settle_late(ledger, done)
    gives = [market_id for market_id in done.gives if market_id not in ledger.payouts]
    gets = [outcome for outcome in done.gets if outcome.market_id not in ledger.payouts]
    taken = [_take(bot, market_id, done.size) for market_id in gives]
    costs = [cost for _, _, cost in taken]
    cost, dollars = sum(costs, ZERO), done.dollars
    carry = max(cost - dollars, ZERO) if gets else ZERO
    proceeds = divided(dollars + carry, costs)
    for (_, holding, spent), part in zip(taken, proceeds, strict=True):
        holding.realised += part - spent
    weights = [division(ledger.marks.get(outcome.market_id)) for outcome in gets]
    carried = divided(carry, weights)
    changes = [
        shrunk(done.bot_id, market_id, Side.NO, stake, holding)
        for market_id, (stake, holding, _) in zip(gives, taken, strict=True)
    ]
    changes += [
        _receive(ledger, bot, done, outcome, part, now)
        for outcome, part in zip(gets, carried, strict=True)
    ]
    bot.cash += dollars - done.gas
    bot.converted += dollars
    bot.gas += done.gas
    bot.cost += carry - cost
    bot.realised += dollars + carry - cost + settled - done.gas
    ledger.wallet += dollars - done.gas
    return Converted(
        tuple(changes),
        dict(zip(gives, proceeds, strict=True)),
        {outcome.market_id: part for outcome, part in zip(gets, carried, strict=True)},
    )


def divided(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Parts of a sum in proportion to weights, to 1e-12; the last takes what is left.

    Args:
        total: What is divided; the parts add up to it exactly.
        weights: None below 0; all equal where they are all 0.
    """
    whole = sum(weights, ZERO)
    shares = weights if whole else [Decimal(1)] * len(weights)
    whole = whole or Decimal(len(weights))
    parts = [(total * share / whole).quantize(COST_QUANTUM) for share in shares[:-1]]
    return [*parts, total - sum(parts, ZERO)] if weights else []


def _settle_late(ledger: Ledger, done: PositionsConverted) -> Decimal:
    """Settle the tokens of markets that have resolved; what that adds, dollars."""
    sides = [(market_id, Side.NO, -done.size) for market_id in done.gives]
    sides += [(outcome.market_id, Side.YES, done.size) for outcome in done.gets]
    total = ZERO
    for market_id, side, size in sides:
        if market_id in ledger.payouts:
            amount = size * payout_of(side, ledger.payouts[market_id])
            credit(ledger, done.bot_id, market_id, amount, due_of(ledger, market_id))
            total += amount
    return total


def _take(bot: BotLedger, market_id: MarketId, size: Decimal) -> tuple[Stake, Holding, Decimal]:
    stake = bot.stakes.get(market_id) or Stake()
    holding = stake.side(Side.NO) or Holding("", TokenId(market_id), 0)
    return stake, holding, holding.take(size)


def _receive(
    ledger: Ledger,
    bot: BotLedger,
    done: PositionsConverted,
    outcome: Outcome,
    cost: Decimal,
    now: int,
) -> HoldingChange:
    """YES tokens come in at a cost."""
    market_id = outcome.market_id
    ledger.marks.setdefault(market_id, MarketMark(now))
    stake = bot.stakes.setdefault(market_id, Stake())
    holding = stake.side(Side.YES)
    opened = holding is None
    if holding is None:
        position_id = derive_id("position", done.bot_id, outcome.yes_token_id, done.event_id)
        holding = Holding(position_id, outcome.yes_token_id, now)
        stake.put(Side.YES, holding)
    holding.size += done.size
    holding.cost += cost
    return HoldingChange(done.bot_id, market_id, Side.YES, holding, opened=opened)
