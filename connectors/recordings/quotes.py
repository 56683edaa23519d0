"""Prices without sizes: sweeps of the top of all books.

Nobody can trade on a price whose size is unknown. Such books have levels of the venue's least
order, are graded SUSPECT, and so nothing opens on them: they are there to be looked at, to mark
what is held, and to be held against outcomes.
"""

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from connectors.polymarket.parse import envelope
from connectors.recordings.facts import MIN_SIZE, Facts, derived_id, pips, recorded_market
from connectors.recordings.files import PARQUET
from connectors.recordings.fold import FEED
from connectors.recordings.item import Item, Listing, Said
from connectors.recordings.reader import RowReader
from schemas.market import BookSnapshot, Level, Market
from schemas.values import MICRO, PIPS, Trust
from topics.catalog import BOOK_EVENTS

FINE = 10
"""Grid of quotes, pips."""
SIZE = int(MIN_SIZE * MICRO)


def indicative(market: Market, at: int, bid: int | None, ask: int | None) -> Iterator[Item]:
    """Both tokens' books of one level each, graded SUSPECT; prices in ticks of the market."""
    grid = PIPS // market.tick
    sides = (_level(bid), _level(ask))
    mirror = (
        _level(None if ask is None else grid - ask),
        _level(None if bid is None else grid - bid),
    )
    for leg, (bids, asks) in enumerate((sides, mirror)):
        head = envelope(f"{market.market_id}|{leg}|{at}|{bid}|{ask}".encode(), at, at)
        book = BookSnapshot(
            **head,
            market_id=market.market_id,
            leg=leg,
            tick=market.tick,
            bids=bids,
            asks=asks,
            feed=FEED,
            trust=Trust.SUSPECT,
        )
        yield Said(at, BOOK_EVENTS, book)


def _level(ticks: int | None) -> tuple[Level, ...]:
    return () if ticks is None else ((ticks, SIZE),)


class _Quote(msgspec.Struct):
    ts: int
    slug: str
    category: str
    bid: float | None
    ask: float | None
    segment: int


class _Titled(msgspec.Struct):
    slug: str
    question: str
    category: str
    n_snaps: int


class _Label(msgspec.Struct):
    slug: str
    y: int
    source: str


def _learn_titles(rows: Iterator[_Titled], facts: Facts) -> None:
    for row in rows:
        facts.titles[row.slug] = (row.question, row.category)


def _learn_labels(rows: Iterator[_Label], facts: Facts) -> None:
    """Only labels of the venue's API: the others are inferred and biased, as their author says."""
    for row in rows:
        if row.source == "api":
            facts.labels[row.slug] = Decimal(row.y)


def _play_quotes(rows: Iterator[_Quote], facts: Facts) -> Iterator[Item]:
    last: dict[str, tuple[int | None, int | None]] = {}
    markets: dict[str, Market] = {}
    for row in rows:
        quote = ticks_of_quote(row.bid), ticks_of_quote(row.ask)
        if last.get(row.slug) == quote or quote == (None, None):
            continue
        last[row.slug] = quote
        market = markets.get(row.slug)
        if market is None:
            question, category = facts.titles.get(row.slug, ("", row.category))
            market = markets[row.slug] = recorded_market(
                derived_id(row.slug), row.slug, question=question, category=category, tick=FINE
            )
            facts.add(market)
            yield Listing(row.ts, market)
        yield from indicative(market, row.ts, *quote)


def ticks_of_quote(price: float | None) -> int | None:
    """In ticks of the fine grid; what lies at 0 or 1 is an empty side."""
    if price is None:
        return None
    ticks = round(pips(price) / FINE)
    return ticks if 0 < ticks < PIPS // FINE else None


QUOTES = RowReader(
    "quote-sweeps",
    "Best prices of all markets every few minutes, changes only; nothing opens on them.",
    _Quote,
    PARQUET,
    "ts",
    plays=_play_quotes,
)
QUOTE_TITLES = RowReader(
    "quote-markets",
    "Titles and categories of such markets; give it together with their quotes.",
    _Titled,
    PARQUET,
    learns=_learn_titles,
)
QUOTE_LABELS = RowReader(
    "quote-labels",
    "Outcomes of such markets without a time: counted, and used by nobody that trades.",
    _Label,
    PARQUET,
    learns=_learn_labels,
)
