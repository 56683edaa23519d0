"""A row a second with five levels of both tokens of a BTC 15-minute market."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, cast

import msgspec

from connectors.recordings.books import Level, MarketTapes
from connectors.recordings.facts import Facts, recorded_market
from connectors.recordings.files import PARQUET
from connectors.recordings.item import Item
from connectors.recordings.reader import RowReader
from schemas.ids import MarketId
from schemas.market import Market

LEGS = ("up", "down")
DEPTH = 5
_BOOK = [
    f"{side}_{what}_{leg}_{level}"
    for leg in LEGS
    for side in ("bid", "ask")
    for what in ("px", "sz")
    for level in range(1, DEPTH + 1)
]
_TRADE = [f"last_trade_{what}_{leg}" for leg in LEGS for what in ("px", "sz", "side")]


class _Head(msgspec.Struct):
    ts_ms: int
    market_slug: str
    condition_id: str
    token_id_up: str
    token_id_down: str
    window_start_ms: int
    window_end_ms: int


_Row = cast(
    "type[_Head]",
    msgspec.defstruct(
        "_Row",
        [
            *((name, float | None) for name in _BOOK),
            *((name, str | float | None) for name in _TRADE),
        ],
        bases=(_Head,),
        kw_only=True,
    ),
)
"""A head, with the fifty columns of the books."""


class _Print(NamedTuple):
    """The last trade of a token as a row shows it."""

    price: float
    size: float
    side: str


def _play(rows: Iterator[_Head], facts: Facts) -> Iterator[Item]:
    tapes = MarketTapes()
    last: dict[tuple[MarketId, int], _Print] = {}
    for row in rows:
        market, fields = _market(row, facts), msgspec.structs.asdict(row)
        for leg, name in enumerate(LEGS):
            bids, asks = _levels(fields, "bid", name), _levels(fields, "ask", name)
            yield from tapes.book(market, leg, row.ts_ms, row.ts_ms, bids, asks)
        for leg, name in enumerate(LEGS):
            trade = _print(fields, name)
            if trade is None or last.get((market.market_id, leg)) == trade:
                continue
            is_first = (market.market_id, leg) not in last
            last[market.market_id, leg] = trade
            if not is_first:
                named = f"{market.slug}|{name}|{row.ts_ms}"
                yield from tapes.trade(market, leg, row.ts_ms, row.ts_ms, *trade, named)


def _market(row: _Head, facts: Facts) -> Market:
    known = facts.markets.get(MarketId(row.condition_id))
    if known is None:
        known = recorded_market(
            row.condition_id,
            row.market_slug,
            tokens=(row.token_id_up, row.token_id_down),
            outcomes=("Up", "Down"),
            category="crypto",
            window=(row.window_start_ms, row.window_end_ms),
        )
        facts.add(known)
    return known


def _levels(fields: Mapping[str, object], side: str, leg: str) -> list[Level]:
    named = ((f"{side}_px_{leg}_{n}", f"{side}_sz_{leg}_{n}") for n in range(1, DEPTH + 1))
    found = ((fields[price], fields[size]) for price, size in named)
    return [
        (price, size)
        for price, size in found
        if isinstance(price, float) and isinstance(size, float)
    ]


def _print(fields: Mapping[str, object], leg: str) -> _Print | None:
    """The last trade; a change of it is one trade, whatever happened between two rows."""
    price, size = fields[f"last_trade_px_{leg}"], fields[f"last_trade_sz_{leg}"]
    side = str(fields[f"last_trade_side_{leg}"]).upper()
    if not isinstance(price, float) or not isinstance(size, float) or side not in ("BUY", "SELL"):
        return None
    return _Print(price, size, side)


WIDE = RowReader(
    "btc15m-rows",
    "Five levels of both tokens a second; a changed last trade is one trade.",
    _Row,
    PARQUET,
    "ts_ms",
    plays=_play,
)
