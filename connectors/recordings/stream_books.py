"""Whole books and trades as one stream of JSON lines, and books of five levels, a level a row."""

from collections.abc import Iterator
from itertools import groupby

import msgspec

from connectors.feeds.feed import millis
from connectors.recordings.books import Level, MarketTapes
from connectors.recordings.facts import Facts, derived_id, recorded_market
from connectors.recordings.files import LINES, PARQUET
from connectors.recordings.item import Item
from connectors.recordings.reader import RowReader
from schemas.ids import MarketId
from schemas.market import Market

MINUTES = {"5m": 5, "15m": 15, "1h": 60, "4h": 240}
UP_DOWN = ("up", "down")


class _WireLevel(msgspec.Struct):
    price: float
    size: float


class _Event(msgspec.Struct):
    event: str
    coin: str
    interval: str
    window_start: int
    outcome: str
    local_timestamp: int
    timestamp: int
    bids: list[_WireLevel] = []
    asks: list[_WireLevel] = []
    price: float = 0.0
    size: float = 0.0
    side: str = ""


def _play_stream(rows: Iterator[_Event], facts: Facts) -> Iterator[Item]:
    tapes = MarketTapes()
    for number, row in enumerate(rows):
        market, leg = _market(row, facts), UP_DOWN.index(row.outcome)
        at, venue_at = row.local_timestamp, row.timestamp
        if row.event == "book":
            yield from tapes.book(market, leg, at, venue_at, _best(row.bids), _best(row.asks))
        elif row.event == "last_trade_price":
            side, name = row.side.upper(), f"{market.slug}|{number}"
            yield from tapes.trade(market, leg, at, venue_at, row.price, row.size, side, name)


def _market(row: _Event, facts: Facts) -> Market:
    slug = f"{row.coin}-updown-{row.interval}-{row.window_start}"
    known = facts.by_slug.get(slug)
    if known is not None:
        return facts.markets[known]
    start = row.window_start * 1_000
    market = recorded_market(
        derived_id(slug),
        slug,
        outcomes=("Up", "Down"),
        category="crypto",
        window=(start, start + MINUTES.get(row.interval, 15) * 60_000),
    )
    facts.add(market)
    return market


def _best(levels: list[_WireLevel]) -> list[Level]:
    """The recorder kept the venue's order: the best level is the last."""
    return [(level.price, level.size) for level in reversed(levels)]


STREAM = RowReader(
    "updown-stream",
    "Whole books and trades of Up or Down markets; ids are derived, the recorder kept none.",
    _Event,
    LINES,
    plays=_play_stream,
)


class _Level(msgspec.Struct):
    ingest_ts_utc: str
    ts_utc: str
    market_id: str
    side: str
    level: int
    price: float
    size: float


def _play_levels(rows: Iterator[_Level], facts: Facts) -> Iterator[Item]:
    tapes = MarketTapes()
    for (received, market_id), group in groupby(
        rows, lambda row: (row.ingest_ts_utc, row.market_id)
    ):
        levels = sorted(group, key=lambda row: row.level)
        known = facts.markets.get(MarketId(market_id))
        if known is None:
            known = recorded_market(market_id, market_id, category="esports")
            facts.add(known)
        at, venue_at = millis(received, "levels"), millis(levels[0].ts_utc, "levels")
        bids, asks = (
            [(row.price, row.size) for row in levels if row.side == side] for side in ("bid", "ask")
        )
        yield from tapes.both(known, at, venue_at, bids, asks)


LEVELS = RowReader(
    "book-levels",
    "Books of one token, a level a row; the other token's book is its mirror.",
    _Level,
    PARQUET,
    "ingest_ts_utc",
    plays=_play_levels,
)
