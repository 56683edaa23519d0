"""What moves a bot's books, as entries: ledger and episodes together, in one function.

The account books entries as they come. Where a fill may still be taken back, the same entries are
kept and booked again without it (`streams.unsettled`).
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

import msgspec

from schemas.ids import BotId, MarketId
from schemas.market import MarketResolved
from schemas.pairs import PairsSplit, PositionsConverted
from schemas.trading import Fill, Order, PairsMerged
from schemas.values import IntentKind
from streams import episode_book, ledger
from streams.conversions import Converted, book_conversion
from streams.episode_book import Episodes
from streams.episodes import ClosedEpisode
from streams.ledger_state import HoldingChange, Ledger
from streams.markets import MarketFacts, ShortHorizon
from streams.marks import MarketMark

Move = Fill | PairsMerged | PairsSplit | PositionsConverted | MarketResolved
"""What moves money or tokens of a bot."""


class Books(msgspec.Struct):
    """A ledger with its running episodes."""

    ledger: Ledger = msgspec.field(default_factory=Ledger)
    episodes: Episodes = msgspec.field(default_factory=Episodes)


class Entry(msgspec.Struct, omit_defaults=True):
    """One step of the books.

    Attributes:
        at: Time of the fold, ms.
        move: What moved; None where only the episodes go on.
        joins: An order that counts among its bundle's legs from now on.
        kind: Its verified kind.
        leaves: An order that rests no more.
        ticks: Time went on and ended a block.
        due: When a resolved market's payout is redeemed, ms.
        facts: Of the markets concerned, as far as they are known.
        marks: Their marks at that time, for booking it again.
    """

    at: int
    move: Move | None = None
    joins: Order | None = None
    kind: IntentKind | None = None
    leaves: Order | None = None
    ticks: bool = False
    due: int = 0
    facts: dict[MarketId, MarketFacts] = {}
    marks: dict[MarketId, MarketMark] = {}


class Booked(NamedTuple):
    """What an entry led to: holdings that changed, episodes that ended."""

    changes: tuple[HoldingChange, ...] = ()
    closed: tuple[ClosedEpisode, ...] = ()


def markets_of(move: Move) -> tuple[MarketId, ...]:
    """The markets whose tokens move."""
    if isinstance(move, PositionsConverted):
        return (*move.gives, *(outcome.market_id for outcome in move.gets))
    return (move.market_id,)


def owner_of(entry: Entry) -> BotId | None:
    """Whose books it concerns; None for everybody's."""
    if entry.move is not None:
        return None if isinstance(entry.move, MarketResolved) else entry.move.bot_id
    order = entry.joins or entry.leaves
    return None if order is None else order.bot_id


def give_facts(entry: Entry, markets: Mapping[MarketId, MarketFacts]) -> None:
    """Tell an entry what is known of the markets it concerns."""
    concerned = () if entry.move is None else markets_of(entry.move)
    orders = [order.market_id for order in (entry.joins, entry.leaves) if order is not None]
    for market_id in (*concerned, *orders):
        if market_id in markets:
            entry.facts[market_id] = markets[market_id]


def book(books: Books, entry: Entry, profile: ShortHorizon | None) -> Booked:
    """Book an entry.

    Args:
        books: Changed in place.
        entry: The step.
        profile: The short-horizon profile, which makes blocks of its markets' episodes.

    Raises:
        PositionNotFoundError: It takes tokens that are not held.
    """
    booked = Booked() if entry.move is None else _move(books, entry, entry.move, profile)
    closed = booked.closed
    if entry.joins is not None and entry.kind is not None:
        facts = entry.facts.get(entry.joins.market_id)
        if facts is not None:
            episode_book.on_placed(books.episodes, entry.joins, entry.kind, facts, profile)
    if entry.leaves is not None:
        closed += episode_book.on_ended(books.episodes, entry.leaves)
    if entry.ticks:
        closed += episode_book.on_clock(books.episodes, entry.at)
    return Booked(booked.changes, closed)


def _move(books: Books, entry: Entry, move: Move, profile: ShortHorizon | None) -> Booked:
    match move:
        case Fill():
            return _fill(books, entry, move, profile)
        case MarketResolved():
            return _resolution(books, entry, move)
        case PositionsConverted():
            converted = book_conversion(books.ledger, move, entry.at)
            _gas(books, move.bot_id, move.market_id, move.gas)
            return Booked(converted.changes, _converted(books, entry, move, converted))
        case PairsMerged():
            changes = ledger.book_merge(books.ledger, move)
            _gas(books, move.bot_id, move.market_id, move.gas)
            return Booked(changes)
        case PairsSplit():
            changes = ledger.book_split(books.ledger, move, entry.at)
            _gas(books, move.bot_id, move.market_id, move.gas)
            return Booked(changes)


def _fill(books: Books, entry: Entry, fill: Fill, profile: ShortHorizon | None) -> Booked:
    late = books.ledger.payouts.get(fill.market_id)
    changes = ledger.book_fill(books.ledger, fill, entry.at)
    facts = entry.facts.get(fill.market_id)
    if facts is None:
        return Booked(changes)
    if late is not None:
        episode_book.on_late_fill(books.episodes, fill, facts, profile, late)
        return Booked(changes)
    return Booked(changes, episode_book.on_fill(books.episodes, fill, facts, profile, entry.at))


def _resolution(books: Books, entry: Entry, resolved: MarketResolved) -> Booked:
    market_id, payout = resolved.market_id, resolved.yes_payout
    if market_id in books.ledger.payouts:
        return Booked()
    changes = ledger.book_resolution(books.ledger, market_id, payout, entry.due)
    return Booked(changes, episode_book.on_resolved(books.episodes, market_id, payout, entry.at))


def _converted(
    books: Books, entry: Entry, move: PositionsConverted, converted: Converted
) -> tuple[ClosedEpisode, ...]:
    dusts = {market_id: facts.min_size for market_id, facts in entry.facts.items()}
    return episode_book.on_converted(books.episodes, move, converted, dusts, entry.at)


def _gas(books: Books, bot_id: BotId, market_id: MarketId, gas: Decimal) -> None:
    episode_book.on_gas(books.episodes, bot_id, market_id, gas)
