"""Fills that may still be taken back: MATCHED, MINED, RETRYING (PROTOCOL.md 3.6, C.2, D-31).

A fill counts from MATCHED. While one of a bot's fills is not final, everything that moves the
bot's books is kept in order, after a copy of the books as they were. A FAILED fill is taken out of
that list and the rest is booked again: the books are those that never saw it, to the last digit of
cost and realised P&L. What later fills took of tokens that the failed one had brought is then taken
at no cost, for they were never paid for; reconciliation finds that they are missing at the venue.

Ended episodes are told once every fill up to their end is CONFIRMED, so none is ever un-counted.
Equity moves at once, so the breakers on losses and drawdown wait for nothing. A drawdown's peak is
what was believed when it was reached: it is not lowered again.
"""

from copy import deepcopy
from decimal import Decimal
from typing import NamedTuple

import msgspec

from schemas.ids import BotId, MarketId, TokenId
from schemas.pairs import PositionsConverted
from schemas.trading import Fill, PairsMerged
from schemas.values import Action, Side, TradeStatus
from streams.booking import Books, Entry, Move, book, markets_of, owner_of
from streams.episode_book import Episodes
from streams.episodes import ClosedEpisode
from streams.holdings import Holding, Stake
from streams.ledger import due_of, sub_ledger
from streams.ledger_state import BotLedger, HoldingChange, Ledger, Receivable
from streams.markets import ShortHorizon
from streams.marks import ZERO

SUMS = (
    "cash", "bought", "sold", "merged", "converted", "split", "fees", "gas", "realised", "cost",
)  # fmt: skip
"""What entries add up in a sub-ledger; settlements go through receivables."""
LENT = ""
"""Position id of tokens that were never paid for."""
EARLY_KEPT = 250
"""Statuses that came before their fill, remembered at most."""


class Waiting(msgspec.Struct):
    """A fill that is not final."""

    fill: Fill
    status: TradeStatus


class Journal(msgspec.Struct):
    """What moved one bot's books since its oldest fill that is not final.

    Attributes:
        base: The books before the first entry, as far as the entries touch them.
        known: Markets that `base` holds.
    """

    base: Books = msgspec.field(default_factory=Books)
    entries: list[Entry] = []
    known: list[MarketId] = []


class Unsettled(msgspec.Struct):
    """All fills that are not final.

    Attributes:
        waiting: By trade and order.
        early: Statuses told before their fill.
    """

    waiting: dict[str, Waiting] = {}
    early: dict[str, TradeStatus] = {}
    journals: dict[BotId, Journal] = {}


class Undone(NamedTuple):
    """What taking a fill back changed."""

    changes: tuple[HoldingChange, ...]
    markets: tuple[MarketId, ...]


class Replayed(NamedTuple):
    """Books made again, and the last change of every position."""

    books: Books
    positions: dict[str, HoldingChange]


def key_of(fill: Fill) -> str:
    """A fill's key: one trade may fill several orders."""
    return f"{fill.trade_id}/{fill.order_id}"


def status_at_booking(unsettled: Unsettled, fill: Fill) -> TradeStatus:
    """How far a fill is when it is booked; what was said of it before may be newer."""
    return unsettled.early.pop(key_of(fill), fill.trade_status)


def remember_early(unsettled: Unsettled, key: str, status: TradeStatus) -> None:
    """Keep a status whose fill was not told yet; a final one is not overwritten."""
    known = unsettled.early.get(key)
    if known is None or not known.is_final:
        unsettled.early[key] = status
    while len(unsettled.early) > EARLY_KEPT:
        del unsettled.early[next(iter(unsettled.early))]


def undelivered(unsettled: Unsettled, bot_id: BotId, market_id: MarketId, side: Side) -> Decimal:
    """Shares that a bot bought and cannot sell or merge yet (C.2)."""
    return sum(
        (
            each.fill.size
            for each in unsettled.waiting.values()
            if not each.status.is_delivered
            and each.fill.action is Action.BUY
            and (each.fill.bot_id, each.fill.market_id, each.fill.side) == (bot_id, market_id, side)
        ),
        ZERO,
    )


def keepers(unsettled: Unsettled, entry: Entry) -> list[BotId]:
    """The bots whose journals keep an entry; one begins with a fill that is not final."""
    if (owner := owner_of(entry)) is None:
        return list(unsettled.journals)
    opens = isinstance(entry.move, Fill) and key_of(entry.move) in unsettled.waiting
    return [owner] if opens or owner in unsettled.journals else []


def keep(unsettled: Unsettled, books: Books, bot_id: BotId, entry: Entry) -> None:
    """Keep an entry that is about to be booked.

    Args:
        unsettled: Changed in place.
        books: The account's, before the entry.
        bot_id: Whose entry.
        entry: Gets the marks that booking it again needs.
    """
    journal = unsettled.journals.get(bot_id)
    if journal is None:
        journal = unsettled.journals[bot_id] = Journal()
        sub_ledger(journal.base.ledger, bot_id)
        journal.base.episodes = deepcopy(_episodes_of(books.episodes, bot_id))
    markets = () if entry.move is None else markets_of(entry.move)
    for market_id in markets:
        if market_id not in journal.known:
            journal.known.append(market_id)
            _copy_market(books.ledger, journal.base.ledger, bot_id, market_id)
        mark = books.ledger.marks.get(market_id)
        if mark is not None and not isinstance(entry.move, Fill):
            entry.marks[market_id] = deepcopy(mark)
    journal.entries.append(entry)


def settle(
    unsettled: Unsettled, bot_id: BotId, profile: ShortHorizon | None
) -> tuple[ClosedEpisode, ...]:
    """Book what no open fill precedes for good; the episodes that it ended."""
    journal = unsettled.journals.get(bot_id)
    closed: list[ClosedEpisode] = []
    while journal is not None and journal.entries:
        move = journal.entries[0].move
        if isinstance(move, Fill) and key_of(move) in unsettled.waiting:
            return tuple(closed)
        closed += _again(journal.base, bot_id, journal.entries.pop(0), profile)[1]
    unsettled.journals.pop(bot_id, None)
    return tuple(closed)


def undo(unsettled: Unsettled, books: Books, fill: Fill, profile: ShortHorizon | None) -> Undone:
    """Take a fill back.

    Args:
        unsettled: The fill waits in it; it is gone afterwards.
        books: The account's, changed in place; marking anew is left to the caller.
        fill: The fill.
        profile: As it was booked under.
    """
    bot_id, key = fill.bot_id, key_of(fill)
    del unsettled.waiting[key]
    journal = unsettled.journals[bot_id]
    before = _replay(journal, bot_id, profile)
    journal.entries = [
        each
        for each in journal.entries
        if not (isinstance(each.move, Fill) and key_of(each.move) == key)
    ]
    after = _replay(journal, bot_id, profile)
    _take_over(books.ledger, bot_id, before.books.ledger, after.books.ledger, journal.known)
    for name in _episodes_of(books.episodes, bot_id).running:
        del books.episodes.running[name]
    books.episodes.running |= after.books.episodes.running
    return Undone(_changes(before.positions, after.positions), tuple(journal.known))


def _replay(journal: Journal, bot_id: BotId, profile: ShortHorizon | None) -> Replayed:
    replayed = Replayed(deepcopy(journal.base), {})
    for entry in journal.entries:
        for change in _again(replayed.books, bot_id, entry, profile)[0]:
            replayed.positions[change.holding.position_id] = change
    return replayed


def _again(
    books: Books, bot_id: BotId, entry: Entry, profile: ShortHorizon | None
) -> tuple[tuple[HoldingChange, ...], tuple[ClosedEpisode, ...]]:
    """Book a kept entry; tokens that it takes and that are not there come at no cost."""
    books.ledger.marks |= deepcopy(entry.marks)
    if entry.move is not None:
        _lend(books.ledger, bot_id, entry.move)
    return book(books, entry, profile)


def _lend(ledger: Ledger, bot_id: BotId, move: Move) -> None:
    match move:
        case Fill(action=Action.SELL):
            taken = [(move.market_id, move.side, move.size)]
        case PairsMerged():
            taken = [(move.market_id, side, move.pairs) for side in Side]
        case PositionsConverted():
            taken = [(market_id, Side.NO, move.size) for market_id in move.gives]
        case _:
            return
    for market_id, side, size in taken:
        stake = ledger.bots[bot_id].stakes.setdefault(market_id, Stake())
        if market_id in ledger.payouts or size <= stake.size(side):
            continue
        holding = stake.side(side)
        if holding is None:
            holding = Holding(LENT, TokenId(""), 0)
            stake.put(side, holding)
        holding.size = size


def _copy_market(live: Ledger, base: Ledger, bot_id: BotId, market_id: MarketId) -> None:
    """Take what a market holds now over into a base."""
    stake = live.bots[bot_id].stakes.get(market_id) if bot_id in live.bots else None
    if stake is not None:
        base.bots[bot_id].stakes[market_id] = deepcopy(stake)
    if market_id in live.payouts:
        base.payouts[market_id] = live.payouts[market_id]


def _episodes_of(episodes: Episodes, bot_id: BotId) -> Episodes:
    return Episodes({k: each for k, each in episodes.running.items() if each.bot_id == bot_id})


def _take_over(
    live: Ledger, bot_id: BotId, before: Ledger, after: Ledger, markets: list[MarketId]
) -> None:
    """Turn books that were made as `before` into such that were made as `after`."""
    bot, old, new = live.bots[bot_id], before.bots[bot_id], after.bots[bot_id]
    for name in SUMS:
        setattr(bot, name, getattr(bot, name) + getattr(new, name) - getattr(old, name))
    live.wallet += new.cash - old.cash
    for market_id in markets:
        paid = _receivable(after, market_id) - _receivable(before, market_id)
        if paid:
            due = max(due_of(after, market_id), due_of(before, market_id))
            _adjust(live, Receivable(bot_id, market_id, paid, due))
        if market_id not in live.payouts:
            _exchange(bot, market_id, new.stakes.get(market_id))


def _exchange(bot: BotLedger, market_id: MarketId, stake: Stake | None) -> None:
    """Put a stake in another's place; its value stays until it is marked anew."""
    there = bot.stakes.get(market_id)
    if there is None and (stake is None or (stake.yes is None and stake.no is None)):
        return
    stake = Stake() if stake is None else stake
    stake.value = ZERO if there is None else there.value
    stake.value_mid = ZERO if there is None else there.value_mid
    bot.stakes[market_id] = stake


def _receivable(ledger: Ledger, market_id: MarketId) -> Decimal:
    return sum((e.amount for e in ledger.receivables if e.market_id == market_id), ZERO)


def _adjust(live: Ledger, more: Receivable) -> None:
    """Change what a resolved market pays; one redemption stays one where it is still to come."""
    bot = live.bots[more.bot_id]
    bot.settled += more.amount
    bot.receivable += more.amount
    for place, entry in enumerate(live.receivables):
        if (entry.bot_id, entry.market_id) == (more.bot_id, more.market_id):
            total = entry.amount + more.amount
            rest = [msgspec.structs.replace(entry, amount=total)] if total else []
            live.receivables[place : place + 1] = rest
            return
    live.receivables.append(more)


def _changes(
    before: dict[str, HoldingChange], after: dict[str, HoldingChange]
) -> tuple[HoldingChange, ...]:
    """The positions that are others now; what never was is empty and closed."""
    changes = []
    for position_id, change in (before | after).items():
        if position_id == LENT:
            continue
        if position_id not in after:
            gone = Holding(position_id, change.holding.token_id, change.holding.opened_at)
            changes.append(_changed(change, gone, opened=False))
        elif position_id not in before:
            changes.append(_changed(change, change.holding, opened=change.holding.size > 0))
        elif change.holding != before[position_id].holding:
            changes.append(_changed(change, change.holding, opened=False))
    return tuple(changes)


def _changed(change: HoldingChange, holding: Holding, *, opened: bool) -> HoldingChange:
    where = change.bot_id, change.market_id, change.side
    return HoldingChange(*where, holding, opened=opened, closed=holding.size == 0)
