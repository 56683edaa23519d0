"""Other people's trades and headlines, as our feeds would have said them."""

from collections.abc import Iterator
from decimal import Decimal
from email.utils import parsedate_to_datetime

import msgspec

from connectors.feeds.feed import head, millis
from connectors.news.rss import plain
from connectors.recordings.facts import Facts
from connectors.recordings.files import LINES
from connectors.recordings.item import Item, Said
from connectors.recordings.reader import RowReader
from connectors.social.wallet_trades import NAME as WALLETS
from schemas.errors import ApplicationError
from schemas.ids import MarketId
from schemas.outside import NewsItem, Outlet, WalletTrade
from schemas.values import Action, Side
from topics.catalog import NEWS_ITEMS, WALLET_TRADES

RECORDER_OFFSET_MS = 8 * 3_600_000
"""The copier's `recorded_at` is UTC+8 without a zone."""
NEWS = "recorded-headlines"


class _Trade(msgspec.Struct, rename="camel"):
    proxy_wallet: str
    condition_id: str
    asset: str
    side: Action
    size: Decimal
    price: Decimal
    timestamp: int
    outcome_index: int
    transaction_hash: str = ""


class _Copied(msgspec.Struct):
    monitored_address: str
    recorded_at: str
    trade: _Trade


class _Headline(msgspec.Struct):
    title: str
    link: str
    pub_date: str
    source: str
    category: str = ""


class _OldHeadline(msgspec.Struct):
    title: str
    domain: str
    link: str
    timestamp: int


def _play_trades(rows: Iterator[_Trade], facts: Facts) -> Iterator[Item]:
    found = sorted((row.timestamp * 1_000, number, row) for number, row in enumerate(rows))
    for at, number, row in found:
        yield _said(row, at, number)


def _play_copied(rows: Iterator[_Copied], facts: Facts) -> Iterator[Item]:
    found = sorted(
        (millis(row.recorded_at, WALLETS) - RECORDER_OFFSET_MS, number, row.trade)
        for number, row in enumerate(rows)
    )
    for at, number, trade in found:
        yield _said(trade, at, number)


def _said(row: _Trade, at: int, number: int) -> Said:
    wallet = row.proxy_wallet.lower()
    parts = (row.transaction_hash, wallet, row.condition_id, row.outcome_index, row.side)
    trade = WalletTrade(
        **head(WALLETS, at, row.timestamp * 1_000, *parts, str(row.price), str(row.size), number),
        wallet=wallet,
        market_id=MarketId(row.condition_id),
        side=(Side.YES, Side.NO)[row.outcome_index],
        action=row.side,
        price=row.price,
        size=row.size,
        transaction=row.transaction_hash,
    )
    return Said(at, WALLET_TRADES, trade)


def _play_headlines(rows: Iterator[_Headline], facts: Facts) -> Iterator[Item]:
    yield from _news((_published(row.pub_date), row.title, row.link, row.source) for row in rows)


def _play_old_headlines(rows: Iterator[_OldHeadline], facts: Facts) -> Iterator[Item]:
    yield from _news((row.timestamp * 1_000, row.title, row.link, row.domain) for row in rows)


def _news(rows: Iterator[tuple[int, str, str, str]]) -> Iterator[Item]:
    """Received when they say they were published: nobody recorded when they could be read."""
    for at, title, link, outlet in sorted(rows):
        headline = plain(title)
        item = NewsItem(
            **head(NEWS, at, at, link, headline),
            item_id=link or headline,
            outlet=outlet,
            kind=Outlet.AGGREGATOR,
            headline=headline,
            url=link,
        )
        yield Said(at, NEWS_ITEMS, item)


def _published(text: str) -> int:
    try:
        return round(parsedate_to_datetime(text).timestamp() * 1_000)
    except ValueError as error:
        raise ApplicationError(
            f"Expected a headline's time as in RFC 822, received {text!r}."
        ) from error


WALLET_TAPE = RowReader(
    "data-api-trades",
    "Trades of public wallets from the Data API.",
    _Trade,
    LINES,
    plays=_play_trades,
)
COPIED = RowReader(
    "copied-trades",
    "Trades of one wallet with the time at which a copier saw them.",
    _Copied,
    LINES,
    plays=_play_copied,
)
HEADLINES = RowReader(
    "rss-headlines",
    "News items with RFC 822 times.",
    _Headline,
    LINES,
    plays=_play_headlines,
)
OLD_HEADLINES = RowReader(
    "headlines",
    "News items with times in seconds.",
    _OldHeadline,
    LINES,
    plays=_play_old_headlines,
)
