"""Gamma's market objects: metadata, and how resolved markets ended."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec

from connectors.feeds.feed import FeedFormatError, millis
from connectors.polymarket.metadata import MetadataError, parse_market
from connectors.recordings.facts import Facts, Outcome
from connectors.recordings.files import LINES
from connectors.recordings.reader import RowReader
from schemas.market import Market
from schemas.values import DataLabel, MarketStatus

HALVES = (Decimal(0), Decimal("0.5"), Decimal(1))
CENT_TICK = 0.01


class _Document(msgspec.Struct, rename="camel"):
    condition_id: str
    clob_token_ids: Any = None
    slug: str = ""
    question: str = ""
    outcomes: Any = None
    outcome_prices: Any = None
    order_price_min_tick_size: Any = None
    order_min_size: Any = None
    closed: bool = False
    active: bool = True
    created_at: str | None = None
    closed_time: str | None = None
    end_date: str | None = None
    event_start_time: str | None = None
    game_start_time: str | None = None
    uma_resolution_status: str | None = None
    neg_risk: bool | None = None
    events: Any = None
    category: str | None = None
    fees_enabled: bool | None = None
    fee_schedule: Any = None
    liquidity_num: Any = None
    volume24hr: Any = None


class _Window(msgspec.Struct):
    start_sec: int
    end_sec: int
    condition_id: str
    resolved: bool
    raw: dict[str, Any]
    outcome_prices: list[str] = []


def _learn_documents(rows: Iterator[_Document], facts: Facts) -> None:
    for row in rows:
        _learn(msgspec.to_builtins(row), facts, None)


def _learn_windows(rows: Iterator[_Window], facts: Facts) -> None:
    for row in rows:
        ends = row.end_sec * 1_000
        _learn({**row.raw, "conditionId": row.condition_id}, facts, ends if row.resolved else None)


def _learn(document: dict[str, Any], facts: Facts, ended: int | None) -> None:
    """Take over a market that the connector would read; others are not traded live either."""
    given = {key: value for key, value in document.items() if value is not None}
    given.setdefault("orderPriceMinTickSize", CENT_TICK)
    try:
        market = _recorded(parse_market(given))
    except MetadataError:
        return
    listed = market.created_at or None
    facts.add(market, listed)
    payout = _payout(given)
    at = ended or _time(given.get("closedTime")) or (market.resolves_at or 0)
    if given.get("closed") and payout is not None and at > (listed or 0):
        facts.outcomes[market.market_id] = Outcome(at, payout)


def _recorded(market: Market) -> Market:
    """As it was while it traded."""
    return msgspec.structs.replace(market, label=DataLabel.RECORDED, status=MarketStatus.ACTIVE)


def _payout(document: dict[str, Any]) -> Decimal | None:
    prices = document.get("outcomePrices")
    if isinstance(prices, str):
        prices = msgspec.json.decode(prices)
    if not isinstance(prices, list) or not prices:
        return None
    first = Decimal(str(prices[0]))
    return next((half for half in HALVES if first == half), None)


def _time(text: str | None) -> int | None:
    """Gamma's `closedTime` has a space and a short offset, which Python reads."""
    if not text:
        return None
    try:
        return millis(text, "Gamma")
    except FeedFormatError:
        return None


DOCUMENTS = RowReader(
    "gamma-markets",
    "Market objects of Gamma: listings, and outcomes of closed ones.",
    _Document,
    LINES,
    learns=_learn_documents,
)
GAMMA_WINDOWS = RowReader(
    "gamma-windows",
    "Windows with outcome and Gamma's market object.",
    _Window,
    LINES,
    learns=_learn_windows,
)
