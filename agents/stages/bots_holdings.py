"""What every bot holds, folded from fills, merges and resolutions, with average costs."""

from decimal import Decimal

import msgspec

from agents.bots.view import ZERO, Holding
from schemas.ids import BotId, MarketId
from schemas.trading import Fill, PairsMerged
from schemas.values import Action, Side
from streams.holdings import COST_QUANTUM

UNANSWERED_MS = 5_000
"""A merge without a verdict is forgotten after this."""
UNMERGED_MS = 120_000
"""An approved merge that never came is forgotten after this."""


class PendingMerge(msgspec.Struct, kw_only=True):
    """Pairs on their way to become dollars; the approval has reserved them."""

    bot_id: BotId
    market_id: MarketId
    pairs: Decimal
    asked_at: int
    approved: bool = False


Stakes = dict[BotId, dict[MarketId, Holding]]
"""Holdings by bot and market; flat ones are kept until the market is resolved."""
Merges = dict[str, PendingMerge]
"""Merges under way by intent id."""


def holding_of(stakes: Stakes, bot_id: BotId, market_id: MarketId) -> Holding:
    """A bot's holding of a market, made where there is none."""
    of_bot = stakes.setdefault(bot_id, {})
    holding = of_bot.get(market_id)
    if holding is None:
        holding = of_bot[market_id] = Holding()
    return holding


def holds_any(stakes: Stakes, bot_id: BotId, market_id: MarketId) -> bool:
    """Whether a bot holds tokens of a market."""
    holding = stakes.get(bot_id, {}).get(market_id)
    return holding is not None and bool(holding.yes or holding.no)


def book_fill(stakes: Stakes, fill: Fill) -> None:
    """Add what was bought at cost; take what was sold at average cost."""
    holding = holding_of(stakes, fill.bot_id, fill.market_id)
    if fill.action is Action.BUY:
        _add(holding, fill.side, fill.size, fill.size * fill.price)
        holding.bundle_id = fill.bundle_id
    else:
        _take(holding, fill.side, fill.size)


def book_merge(stakes: Stakes, merges: Merges, merged: PairsMerged) -> None:
    """Pairs became dollars; the oldest merge under way of that size is done."""
    holding = holding_of(stakes, merged.bot_id, merged.market_id)
    _take(holding, Side.YES, merged.pairs)
    _take(holding, Side.NO, merged.pairs)
    for intent_id, pending in merges.items():
        where = (pending.bot_id, pending.market_id, pending.pairs)
        if where == (merged.bot_id, merged.market_id, merged.pairs):
            del merges[intent_id]
            return


def merging(merges: Merges, bot_id: BotId, market_id: MarketId) -> Decimal:
    """Pairs of a bot whose merge is under way."""
    return sum(
        (
            pending.pairs
            for pending in merges.values()
            if pending.bot_id == bot_id and pending.market_id == market_id
        ),
        ZERO,
    )


def forget_merges(merges: Merges, now: int) -> None:
    """Forget merges that nobody answered, or that never came."""
    for intent_id, pending in list(merges.items()):
        limit = UNMERGED_MS if pending.approved else UNANSWERED_MS
        if now - pending.asked_at > limit:
            del merges[intent_id]


def _add(holding: Holding, side: Side, size: Decimal, cost: Decimal) -> None:
    if side is Side.YES:
        holding.yes += size
        holding.yes_cost += cost
    else:
        holding.no += size
        holding.no_cost += cost


def _take(holding: Holding, side: Side, size: Decimal) -> None:
    """Remove shares at average cost; never below zero, the ledger reconciles what cannot be."""
    held, cost = (
        (holding.yes, holding.yes_cost) if side is Side.YES else (holding.no, holding.no_cost)
    )
    left = max(held - size, ZERO)
    rest = (cost * left / held).quantize(COST_QUANTUM) if left else ZERO
    if side is Side.YES:
        holding.yes, holding.yes_cost = left, rest
    else:
        holding.no, holding.no_cost = left, rest
