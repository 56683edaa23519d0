"""What every bot holds, folded from fills, splits, merges, conversions and resolutions.

Costs are averages.
"""

from collections.abc import Container
from decimal import Decimal

import msgspec

from agents.bots.view import ZERO, Holding
from schemas.ids import BotId, MarketId
from schemas.pairs import PairsSplit, PositionsConverted
from schemas.trading import Fill, PairsMerged
from schemas.values import Action, Side
from streams.conversions import divided
from streams.holdings import COST_QUANTUM

HALF = Decimal("0.5")
UNANSWERED_MS = 5_000
"""A merge, split or conversion without a verdict is forgotten after this."""
UNDONE_MS = 120_000
"""An approved one that never came is forgotten after this."""


class PendingPairs(msgspec.Struct, kw_only=True):
    """Pairs on their way to become dollars, or the other way; the approval has reserved them.

    Attributes:
        pairs: Of a conversion: NO tokens of each market.
        gives: Of a conversion: the markets whose NO tokens go.
    """

    bot_id: BotId
    market_id: MarketId
    pairs: Decimal
    asked_at: int
    approved: bool = False
    gives: tuple[MarketId, ...] = ()


Stakes = dict[BotId, dict[MarketId, Holding]]
"""Holdings by bot and market; flat ones are kept until the market is resolved."""
Underway = dict[str, PendingPairs]
"""Merges, splits or conversions under way by intent id."""


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


def undo_fill(stakes: Stakes, fill: Fill) -> None:
    """Take a fill back that failed; the ledger, which is exact, counts for money."""
    holding = holding_of(stakes, fill.bot_id, fill.market_id)
    if fill.action is Action.SELL:
        _add(holding, fill.side, fill.size, fill.size * fill.price)
        return
    held, cost = (
        (holding.yes, holding.yes_cost) if fill.side is Side.YES else (holding.no, holding.no_cost)
    )
    left = max(held - fill.size, ZERO)
    rest = max(cost - fill.size * fill.price, ZERO) if left else ZERO
    if fill.side is Side.YES:
        holding.yes, holding.yes_cost = left, rest
    else:
        holding.no, holding.no_cost = left, rest


def book_merge(stakes: Stakes, merges: Underway, merged: PairsMerged) -> None:
    """Pairs became dollars; the oldest merge under way of that size is done."""
    holding = holding_of(stakes, merged.bot_id, merged.market_id)
    _take(holding, Side.YES, merged.pairs)
    _take(holding, Side.NO, merged.pairs)
    for intent_id, pending in merges.items():
        where = (pending.bot_id, pending.market_id, pending.pairs)
        if where == (merged.bot_id, merged.market_id, merged.pairs):
            del merges[intent_id]
            return


def book_split(stakes: Stakes, splits: Underway, split: PairsSplit, mid: Decimal | None) -> None:
    """Dollars became pairs, which cost a dollar, divided at the YES mid.

    Args:
        stakes: Changed in place.
        splits: Those under way; this one is done.
        split: What was done.
        mid: The YES mid now; half and half without one.
    """
    holding = holding_of(stakes, split.bot_id, split.market_id)
    yes = HALF if mid is None else mid
    _add(holding, Side.YES, split.pairs, split.pairs * yes)
    _add(holding, Side.NO, split.pairs, split.pairs * (1 - yes))
    splits.pop(split.intent_id, None)


def book_conversion(
    stakes: Stakes, conversions: Underway, done: PositionsConverted, retired: Container[MarketId]
) -> None:
    """NO tokens became YES tokens of the other outcomes, which take over what they cost.

    As in the ledger (`streams.conversions`), but divided equally: the ledger's costs count.

    Args:
        stakes: Changed in place.
        conversions: Those under way; this one is done.
        done: What was converted.
        retired: Resolved markets; they are the ledger's business.
    """
    conversions.pop(done.intent_id, None)
    cost = ZERO
    for market_id in done.gives:
        holding = holding_of(stakes, done.bot_id, market_id)
        before = holding.no_cost
        _take(holding, Side.NO, done.size)
        cost += before - holding.no_cost
    gets = [each.market_id for each in done.gets if each.market_id not in retired]
    parts = divided(max(cost - done.dollars, ZERO), [Decimal(1)] * len(gets))
    for market_id, part in zip(gets, parts, strict=True):
        _add(holding_of(stakes, done.bot_id, market_id), Side.YES, done.size, part)


def underway(pairs: Underway, bot_id: BotId, market_id: MarketId) -> Decimal:
    """Pairs of a bot that are being merged, split or converted."""
    return sum(
        (
            pending.pairs
            for pending in pairs.values()
            if pending.bot_id == bot_id
            and (pending.market_id == market_id or market_id in pending.gives)
        ),
        ZERO,
    )


def forget_pairs(pairs: Underway, now: int) -> None:
    """Forget what nobody answered, or what never came."""
    for intent_id, pending in list(pairs.items()):
        limit = UNDONE_MS if pending.approved else UNANSWERED_MS
        if now - pending.asked_at > limit:
            del pairs[intent_id]


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
