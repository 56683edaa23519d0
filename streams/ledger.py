"""Book fills, splits, merges, resolutions, rebates and capital into the ledger (STRATEGIES.md C.2).

Every function changes the ledger in place, keeps the sums of each sub-ledger and the wallet's
control sum in step, and returns which holdings changed; `remark` follows, so that equity is right.
"""

from decimal import Decimal

from schemas.control import CapitalAllocated
from schemas.ids import BotId, MarketId, TokenId, derive_id
from schemas.pairs import PairsSplit, RebatePaid
from schemas.trading import Fill, PairsMerged
from schemas.values import Action, Side
from streams.holdings import Holding, Stake, division
from streams.ledger_state import BotLedger, HoldingChange, Ledger, Receivable
from streams.marks import ZERO, MarketMark, complement


def sub_ledger(ledger: Ledger, bot_id: BotId) -> BotLedger:
    """A bot's sub-ledger, opened empty if there was none."""
    if bot_id not in ledger.bots:
        ledger.bots[bot_id] = BotLedger()
    return ledger.bots[bot_id]


def payout_of(side: Side, yes_payout: Decimal) -> Decimal:
    """What one token of a side pays, dollars: 0, 0.5 or 1."""
    return yes_payout if side is Side.YES else complement(yes_payout)


def move_capital(ledger: Ledger, message: CapitalAllocated) -> bool:
    """Book a flow; a repeat, and a withdrawal above the cash there is, change nothing.

    Returns:
        Whether it was booked.
    """
    if message.event_id in ledger.flow_ids:
        return False
    amount = message.amount
    if message.bot_id is None:
        if ledger.unallocated + amount < 0:
            return False
        ledger.unallocated += amount
    else:
        bot = sub_ledger(ledger, message.bot_id)
        if bot.cash + amount < 0:
            return False
        bot.cash += amount
        bot.flows += amount
    ledger.wallet += amount
    ledger.flow_ids.append(message.event_id)
    return True


def book_fill(ledger: Ledger, fill: Fill, now: int) -> tuple[HoldingChange, ...]:
    """Book one execution.

    Args:
        ledger: Changed in place.
        fill: Price in dollars, size in shares; counted from MATCHED.
        now: Time of the fold, ms.

    Raises:
        PositionNotFoundError: A SELL of more than is held.
    """
    if fill.market_id in ledger.payouts:
        _book_late(ledger, fill, ledger.payouts[fill.market_id])
        return ()
    bot = sub_ledger(ledger, fill.bot_id)
    stake = bot.stakes.get(fill.market_id) or Stake()
    buys = fill.action is Action.BUY
    change = _buy(bot, stake, fill, now) if buys else _sell(bot, stake, fill)
    bot.stakes[fill.market_id] = stake
    if fill.market_id not in ledger.marks:
        ledger.marks[fill.market_id] = MarketMark(now)
    _pay(ledger, bot, fill)
    return (change,)


def book_merge(ledger: Ledger, merged: PairsMerged) -> tuple[HoldingChange, ...]:
    """Pairs became collateral: both sides are sold at the mid's division of one dollar.

    Raises:
        PositionNotFoundError: Fewer pairs are held.
    """
    bot = sub_ledger(ledger, merged.bot_id)
    bot.cash += merged.pairs - merged.gas
    bot.merged += merged.pairs
    bot.gas += merged.gas
    bot.realised -= merged.gas
    ledger.wallet += merged.pairs - merged.gas
    if merged.market_id in ledger.payouts:
        # Settled before the merge was reported: a pair pays one dollar in every resolution.
        credit(
            ledger, merged.bot_id, merged.market_id, -merged.pairs, due_of(ledger, merged.market_id)
        )
        return ()
    stake = bot.stakes.get(merged.market_id) or Stake()
    yes = division(ledger.marks.get(merged.market_id))
    changes = []
    for side, price in ((Side.YES, yes), (Side.NO, complement(yes))):
        holding = stake.side(side) or Holding("", TokenId(side), 0)
        cost = holding.take(merged.pairs)
        profit = merged.pairs * price - cost
        holding.realised += profit - merged.gas / 2
        bot.cost -= cost
        bot.realised += profit
        changes.append(shrunk(merged.bot_id, merged.market_id, side, stake, holding))
    return tuple(changes)


def book_split(ledger: Ledger, split: PairsSplit, now: int) -> tuple[HoldingChange, ...]:
    """Collateral became pairs: a dollar each, divided at the mid like a merge (C.2).

    Args:
        ledger: Changed in place.
        split: What was done.
        now: Time of the fold, ms.
    """
    bot = sub_ledger(ledger, split.bot_id)
    bot.cash -= split.pairs + split.gas
    bot.split += split.pairs
    bot.gas += split.gas
    bot.realised -= split.gas
    ledger.wallet -= split.pairs + split.gas
    if split.market_id in ledger.payouts:
        # Settled before the split was reported: a pair pays one dollar in every resolution.
        credit(ledger, split.bot_id, split.market_id, split.pairs, due_of(ledger, split.market_id))
        return ()
    if split.market_id not in ledger.marks:
        ledger.marks[split.market_id] = MarketMark(now)
    stake = bot.stakes.setdefault(split.market_id, Stake())
    yes = division(ledger.marks[split.market_id])
    tokens = ((Side.YES, split.yes_token_id, yes), (Side.NO, split.no_token_id, complement(yes)))
    changes = []
    for side, token_id, price in tokens:
        holding = stake.side(side)
        opened = holding is None
        if holding is None:
            position_id = derive_id("position", split.bot_id, token_id, split.event_id)
            holding = Holding(position_id, token_id, now)
            stake.put(side, holding)
        holding.size += split.pairs
        holding.cost += split.pairs * price
        holding.realised -= split.gas / 2
        changes.append(HoldingChange(split.bot_id, split.market_id, side, holding, opened=opened))
    bot.cost += split.pairs
    return tuple(changes)


def book_rebate(ledger: Ledger, paid: RebatePaid) -> None:
    """A day's maker rebate came in; it belongs to no position."""
    bot = sub_ledger(ledger, paid.bot_id)
    bot.cash += paid.amount
    bot.rebates += paid.amount
    bot.realised += paid.amount
    ledger.wallet += paid.amount


def book_resolution(
    ledger: Ledger, market_id: MarketId, yes_payout: Decimal, redeem_at: int
) -> tuple[HoldingChange, ...]:
    """The market is final: holdings close at the payout, which is receivable until `redeem_at`.

    Args:
        ledger: Changed in place.
        market_id: The market; a second resolution of it changes nothing.
        yes_payout: 0, 0.5 or 1 dollars for a YES token.
        redeem_at: When the payout becomes cash, ms.
    """
    if market_id in ledger.payouts:
        return ()
    ledger.payouts[market_id] = yes_payout
    ledger.marks.pop(market_id, None)
    changes = []
    for bot_id, bot in ledger.bots.items():
        stake = bot.stakes.pop(market_id, None)
        if stake is None:
            continue
        amount = ZERO
        for side in Side:
            holding = stake.side(side)
            if holding is None:
                continue
            paid = holding.size * payout_of(side, yes_payout)
            cost = holding.take(holding.size)
            holding.realised += paid - cost
            bot.realised += paid - cost
            bot.cost -= cost
            amount += paid
            changes.append(shrunk(bot_id, market_id, side, stake, holding))
        bot.value -= stake.value
        bot.value_mid -= stake.value_mid
        credit(ledger, bot_id, market_id, amount, redeem_at)
    return tuple(changes)


def redeem(ledger: Ledger, now: int, gas: Decimal) -> tuple[BotId, ...]:
    """Turn what is due into cash, less the gas of one redemption each.

    Returns:
        The bots whose cash changed.
    """
    if not any(entry.due <= now for entry in ledger.receivables):
        return ()
    due = [entry for entry in ledger.receivables if entry.due <= now]
    ledger.receivables = [entry for entry in ledger.receivables if entry.due > now]
    for entry in due:
        bot = ledger.bots[entry.bot_id]
        cost = gas if entry.amount > 0 else ZERO
        bot.receivable -= entry.amount
        bot.cash += entry.amount - cost
        bot.gas += cost
        bot.realised -= cost
        ledger.wallet += entry.amount - cost
    return tuple(dict.fromkeys(entry.bot_id for entry in due))


def remark(
    ledger: Ledger, bot_id: BotId, market_id: MarketId, now: int, carry_ms: int
) -> Decimal | None:
    """Mark one bot's stake anew and drop it when it is empty.

    Args:
        ledger: Changed in place.
        bot_id: Whose stake.
        market_id: In which market.
        now: Time of the fold, ms.
        carry_ms: How long a bad book keeps its last good mark.

    Returns:
        By how many dollars the bid-marked value changed; None when the bot has no stake there.
    """
    bot = ledger.bots.get(bot_id)
    stake = None if bot is None else bot.stakes.get(market_id)
    if bot is None or stake is None:
        return None
    before, before_mid = stake.value, stake.value_mid
    stake.mark(ledger.marks[market_id], now, carry_ms)
    bot.value += stake.value - before
    bot.value_mid += stake.value_mid - before_mid
    if stake.yes is None and stake.no is None:
        del bot.stakes[market_id]
    return stake.value - before


def _buy(bot: BotLedger, stake: Stake, fill: Fill, now: int) -> HoldingChange:
    holding = stake.side(fill.side)
    opened = holding is None
    if holding is None:
        position_id = derive_id("position", fill.bot_id, fill.token_id, fill.trade_id)
        holding = Holding(position_id, fill.token_id, now, fill.zone)
        stake.put(fill.side, holding)
    cost = fill.price * fill.size
    holding.size += fill.size
    holding.cost += cost
    holding.realised -= fill.fee
    holding.fees += fill.fee
    bot.cost += cost
    return HoldingChange(fill.bot_id, fill.market_id, fill.side, holding, opened=opened)


def _sell(bot: BotLedger, stake: Stake, fill: Fill) -> HoldingChange:
    holding = stake.side(fill.side) or Holding("", fill.token_id, 0)
    cost = holding.take(fill.size)
    profit = fill.price * fill.size - cost
    holding.realised += profit - fill.fee
    holding.fees += fill.fee
    bot.cost -= cost
    bot.realised += profit
    return shrunk(fill.bot_id, fill.market_id, fill.side, stake, holding)


def shrunk(
    bot_id: BotId, market_id: MarketId, side: Side, stake: Stake, holding: Holding
) -> HoldingChange:
    """The change of a holding that shrank; it leaves its stake when nothing is left."""
    closed = holding.size == 0
    if closed:
        stake.put(side, None)
    return HoldingChange(bot_id, market_id, side, holding, closed=closed)


def _pay(ledger: Ledger, bot: BotLedger, fill: Fill) -> None:
    """Move the cash of a fill and its fee."""
    amount = fill.price * fill.size
    if fill.action is Action.BUY:
        bot.bought += amount
        amount = -amount
    else:
        bot.sold += amount
    bot.cash += amount - fill.fee
    bot.fees += fill.fee
    bot.realised -= fill.fee
    ledger.wallet += amount - fill.fee


def _book_late(ledger: Ledger, fill: Fill, yes_payout: Decimal) -> None:
    """A fill from before a resolution, reported after it: traded and settled at once."""
    bot = sub_ledger(ledger, fill.bot_id)
    size = fill.size if fill.action is Action.BUY else -fill.size
    paid = payout_of(fill.side, yes_payout)
    _pay(ledger, bot, fill)
    bot.realised += size * (paid - fill.price)
    credit(ledger, fill.bot_id, fill.market_id, size * paid, due_of(ledger, fill.market_id))


def due_of(ledger: Ledger, market_id: MarketId) -> int:
    """When the rest of a resolved market is redeemed, ms; 0 when it was already."""
    return max((r.due for r in ledger.receivables if r.market_id == market_id), default=0)


def credit(ledger: Ledger, bot_id: BotId, market_id: MarketId, amount: Decimal, due: int) -> None:
    """Let a bot receive what a resolved market pays, dollars; negative takes it back."""
    bot = ledger.bots[bot_id]
    bot.settled += amount
    bot.receivable += amount
    if amount:
        ledger.receivables.append(Receivable(bot_id, market_id, amount, due))
