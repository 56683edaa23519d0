"""Recordings of "Up or Down" markets: top of book, five or twenty levels, trades, metadata.

One recorder each; the origin of each form is in the readers' sentences.
"""

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from connectors.recordings.books import Level, MarketTapes, mirrored
from connectors.recordings.facts import Facts, Outcome, derived_id, recorded_market
from connectors.recordings.files import PARQUET
from connectors.recordings.item import Item
from connectors.recordings.reader import RowReader
from schemas.ids import MarketId
from schemas.market import Market

UP_DOWN = ("Up", "Down")
RESOLVES_AFTER_MS = 1_000
"""From the end of a window to the announcement of its outcome, where its time was not recorded."""
QUARTER_MS = 900_000


class _Books20(msgspec.Struct):
    market_id: str
    ts: int
    side: str
    bid_px: list[float]
    bid_sz: list[float]
    ask_px: list[float]
    ask_sz: list[float]


class _Windows(msgspec.Struct):
    market_id: str
    slug: str
    question: str
    category: str
    start_ts: int
    end_ts: int
    outcome_up: str
    outcome_down: str
    payout_up: float


def _learn_windows(rows: Iterator[_Windows], facts: Facts) -> None:
    for row in rows:
        market = recorded_market(
            row.market_id,
            row.slug,
            question=row.question,
            outcomes=(row.outcome_up, row.outcome_down),
            category=row.category,
            window=(row.start_ts, row.end_ts),
        )
        facts.add(market)
        outcome = Outcome(row.end_ts + RESOLVES_AFTER_MS, Decimal(str(row.payout_up)))
        facts.outcomes[market.market_id] = outcome


def _play_books20(rows: Iterator[_Books20], facts: Facts) -> Iterator[Item]:
    tapes = MarketTapes()
    for row in rows:
        market = facts.markets.get(MarketId(row.market_id)) or _window(facts, row.market_id, "")
        bids = list(zip(row.bid_px, row.bid_sz, strict=True))
        asks = list(zip(row.ask_px, row.ask_sz, strict=True))
        leg = 0 if row.side == "UP" else 1
        yield from tapes.book(market, leg, row.ts, row.ts, bids, asks)


BOOKS20 = RowReader(
    "resolvedkit-books",
    "Books of Up or Down markets as in the package resolvedkit.",
    _Books20,
    PARQUET,
    "ts",
    plays=_play_books20,
)
WINDOWS = RowReader(
    "resolvedkit-markets",
    "Windows and payouts of such markets; give it together with their books.",
    _Windows,
    PARQUET,
    learns=_learn_windows,
)


class _Top(msgspec.Struct):
    recorded_at_ts: float
    market_slug: str
    question: str
    up_token_id: str
    down_token_id: str
    market_end_ts: int
    up_book_ts: int
    down_book_ts: int
    up_bid: float | None
    up_bid_size: float | None
    up_ask: float | None
    up_ask_size: float | None
    down_bid: float | None
    down_bid_size: float | None
    down_ask: float | None
    down_ask_size: float | None
    source_side: str


def _play_top(rows: Iterator[_Top], facts: Facts) -> Iterator[Item]:
    """The token whose event a row is speaks for both; the recorder's other side lags behind it."""
    tapes = MarketTapes()
    last: dict[MarketId, tuple[list[Level], list[Level]]] = {}
    for row in _latest(rows):
        market = _window(
            facts,
            "",
            row.market_slug,
            question=row.question,
            tokens=(row.up_token_id, row.down_token_id),
            end=row.market_end_ts * 1_000,
        )
        at = round(row.recorded_at_ts * 1_000)
        up = _one(row.up_bid, row.up_bid_size), _one(row.up_ask, row.up_ask_size)
        down = _one(row.down_bid, row.down_bid_size), _one(row.down_ask, row.down_ask_size)
        if row.source_side == "down":
            up = mirrored(down[1]), mirrored(down[0])
        if last.get(market.market_id) != up:
            last[market.market_id] = up
            yield from tapes.both(market, at, at, *up)


def _latest(rows: Iterator[_Top]) -> Iterator[_Top]:
    """The last row of a market in each millisecond, which is as fine as the venue's own time."""
    waiting: dict[str, _Top] = {}
    for row in rows:
        if any(each.recorded_at_ts != row.recorded_at_ts for each in waiting.values()):
            yield from waiting.values()
            waiting.clear()
        waiting[row.market_slug] = row
    yield from waiting.values()


TOP = RowReader(
    "updown-top",
    "Best prices and sizes of both tokens, as books of one level.",
    _Top,
    PARQUET,
    "recorded_at_ts",
    plays=_play_top,
)


class _Sampled(msgspec.Struct):
    timestamp_ms: int
    condition_id: str
    token_id: str
    outcome: str
    market_slug: str
    bid_1_price: float | None
    bid_1_size: float | None
    ask_1_price: float | None
    ask_1_size: float | None
    bid_2_price: float | None = None
    bid_2_size: float | None = None
    bid_3_price: float | None = None
    bid_3_size: float | None = None
    bid_4_price: float | None = None
    bid_4_size: float | None = None
    bid_5_price: float | None = None
    bid_5_size: float | None = None
    ask_2_price: float | None = None
    ask_2_size: float | None = None
    ask_3_price: float | None = None
    ask_3_size: float | None = None
    ask_4_price: float | None = None
    ask_4_size: float | None = None
    ask_5_price: float | None = None
    ask_5_size: float | None = None

    def levels(self, side: str) -> list[Level]:
        """The recorded levels of a side, the best first."""
        named = ((f"{side}_{n}_price", f"{side}_{n}_size") for n in range(1, 6))
        return [
            level
            for price, size in named
            for level in _one(getattr(self, price), getattr(self, size))
        ]


class _Traded(msgspec.Struct):
    timestamp_ms: int
    condition_id: str
    outcome: str
    side: str
    price: float
    size: float
    trade_id: str
    market_slug: str


class _Discovered(msgspec.Struct):
    discovered_ts_ms: int
    condition_id: str
    market_slug: str
    question: str
    token_id_up: str
    token_id_down: str
    end_ts_ms: int


def _learn_discovered(rows: Iterator[_Discovered], facts: Facts) -> None:
    for row in rows:
        tokens = (row.token_id_up, row.token_id_down)
        _window(
            facts,
            row.condition_id,
            row.market_slug,
            question=row.question,
            tokens=tokens,
            end=row.end_ts_ms,
        )


def _play_sampled(rows: Iterator[_Sampled], facts: Facts) -> Iterator[Item]:
    tapes = MarketTapes()
    for row in rows:
        market = _window(facts, row.condition_id, row.market_slug)
        leg, at = UP_DOWN.index(row.outcome), row.timestamp_ms
        yield from tapes.book(market, leg, at, at, row.levels("bid"), row.levels("ask"))


def _play_traded(rows: Iterator[_Traded], facts: Facts) -> Iterator[Item]:
    tapes = MarketTapes()
    for row in rows:
        market = _window(facts, row.condition_id, row.market_slug)
        leg, at = UP_DOWN.index(row.outcome), row.timestamp_ms
        yield from tapes.trade(market, leg, at, at, row.price, row.size, row.side, row.trade_id)


SAMPLED = RowReader(
    "updown-books",
    "Sampled books of five levels, one token a row.",
    _Sampled,
    PARQUET,
    "timestamp_ms",
    plays=_play_sampled,
)
TRADED = RowReader(
    "updown-trades",
    "Trades of such markets.",
    _Traded,
    PARQUET,
    "timestamp_ms",
    plays=_play_traded,
)
DISCOVERED = RowReader(
    "updown-markets",
    "Names, tokens and ends of such markets; give it together with their books and trades.",
    _Discovered,
    PARQUET,
    learns=_learn_discovered,
)


def _one(price: float | None, size: float | None) -> list[Level]:
    """A level, or none on an empty side."""
    return [] if not price or not size else [(price, size)]


def _window(
    facts: Facts,
    market_id: str,
    slug: str,
    *,
    question: str = "",
    tokens: tuple[str, str] | None = None,
    end: int = 0,
) -> Market:
    """A market known by its id or slug, or one as far as this row tells.

    A slug such as `btc-updown-15m-1773170100` names the window's length and start.
    """
    known = facts.by_slug.get(slug) if slug else MarketId(market_id)
    if known is not None and known in facts.markets:
        return facts.markets[known]
    market = recorded_market(
        market_id or derived_id(slug),
        slug or market_id,
        question=question,
        tokens=tokens,
        outcomes=UP_DOWN,
        category="crypto",
        window=window_of(slug, end),
    )
    facts.add(market)
    return market


def window_of(slug: str, end: int = 0) -> tuple[int, int] | None:
    """Start and end of the window that a slug names, ms UTC; None where it names none."""
    _, _, rest = slug.partition("-updown-")
    length, _, start = rest.partition("-")
    minutes = {"5m": 5, "15m": 15, "1h": 60, "4h": 240}.get(length)
    if minutes is not None and start.isdecimal():
        begins = int(start) * 1_000
        return begins, begins + minutes * 60_000
    return (end - QUARTER_MS, end) if end else None
