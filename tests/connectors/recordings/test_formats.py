"""Each format in a file of two or three rows, and what becomes of it."""

from collections.abc import Sequence
from decimal import Decimal
from hashlib import sha1
from pathlib import Path

import msgspec
import pytest

from connectors.recordings.facts import DAY_MS, Facts
from connectors.recordings.fold import Findings, ImportFold
from connectors.recordings.registry import items, reader_of, sources
from schemas.envelope import Message
from schemas.errors import ApplicationError
from schemas.market import (
    BookDelta,
    BookSnapshot,
    FeedStatus,
    MarketListed,
    MarketResolved,
    MarketTrade,
    TickSizeChanged,
)
from schemas.outside import GamePhase, GameState, NewsItem, WalletTrade
from schemas.values import Action, DataLabel, Side, Trust
from tests.connectors.recordings import small_files as small
from tests.connectors.recordings.small_files import MARKET, SLUG, START
from topics.catalog import MARKET_TRADES


def read(*paths: Path) -> tuple[list[Message], Findings]:
    """What an import of files says, without the pulse of the connection and the second copies."""
    fold = ImportFold()
    said = [
        message
        for topic, message in fold.run(items(sources(paths), Facts()))
        if not isinstance(message, FeedStatus) and topic is not MARKET_TRADES
    ]
    return said, fold.found


def kinds(said: Sequence[Message]) -> list[str]:
    return [type(message).__name__ for message in said]


def test_books_of_resolvedkit_with_their_markets(tmp_path: Path) -> None:
    rows = [
        small.books20(2_000, "DOWN", 0.49, 0.5),
        small.books20(1_000, "UP", 0.5, 0.51),
        small.books20(1_000, "DOWN", 0.49, 0.5),
    ]
    books = small.parquet(tmp_path / "b.parquet", rows)
    markets = small.parquet(tmp_path / "m.parquet", [small.WINDOW])
    said, found = read(books, markets)
    assert kinds(said) == ["MarketListed", *["BookSnapshot"] * 3, "MarketResolved"]
    listed, up, down, later, resolved = said
    assert isinstance(listed, MarketListed)
    assert listed.market.label is DataLabel.RECORDED
    assert listed.market.window_start_at == START
    assert isinstance(up, BookSnapshot)
    assert (up.leg, up.bids, up.asks) == (
        0,
        ((50, 10_000_000), (49, 20_000_000)),
        ((51, 30_500_000),),
    )
    assert isinstance(down, BookSnapshot)
    assert (down.ingest_time, down.trust) == (START + 1_000, Trust.CONSISTENT)
    assert later.ingest_time == START + 2_000
    assert isinstance(resolved, MarketResolved)
    assert (resolved.yes_payout, resolved.ingest_time) == (Decimal(1), START + 901_000)
    assert (found.markets, found.items) == (1, 5)


def test_a_price_between_cents_makes_the_grid_finer(tmp_path: Path) -> None:
    rows = [small.books20(0, "UP", 0.5, 0.51), small.books20(1_000, "UP", 0.995, 0.999)]
    said, _ = read(small.parquet(tmp_path / "b.parquet", rows))
    (changed,) = [each for each in said if isinstance(each, TickSizeChanged)]
    assert (changed.old_tick, changed.new_tick) == (100, 10)
    last = said[-1]
    assert isinstance(last, BookSnapshot)
    assert (last.tick, last.bids[0][0], last.asks[0][0]) == (10, 995, 999)


def test_crossed_books_and_gaps_are_counted(tmp_path: Path) -> None:
    rows = [
        small.books20(0, "UP", 0.52, 0.51),
        small.books20(0, "DOWN", 0.48, 0.49),
        small.books20(120_000, "UP", 0.5, 0.51),
    ]
    said, found = read(small.parquet(tmp_path / "b.parquet", rows))
    assert found.crossed == 1
    assert found.flaws["crossed"] == 1
    assert found.gaps == [(START, START + 120_000)]
    assert said[-1].ingest_time == START + 120_000


def test_a_silent_recording_counts_as_an_unheard_connection(tmp_path: Path) -> None:
    rows = [small.books20(0, "UP", 0.5, 0.51), small.books20(120_000, "UP", 0.5, 0.51)]
    path = small.parquet(tmp_path / "b.parquet", rows)
    fold = ImportFold()
    said = [message for _, message in fold.run(items(sources([path]), Facts()))]
    heard = [
        (each.ingest_time - START, each.connected) for each in said if isinstance(each, FeedStatus)
    ]
    assert heard == [(0, True), (1_000, False), (120_000, True)]


def test_trades_and_sampled_books(tmp_path: Path) -> None:
    books = small.parquet(
        tmp_path / "b.parquet",
        [small.sampled(0, "Up", None, 0.51), small.sampled(0, "Down", 0.49, None)],
    )
    trades = small.parquet(tmp_path / "t.parquet", [small.traded(5, "Down", 0.46, 3.09, "0xt1")])
    said, _ = read(books, trades)
    assert kinds(said) == ["MarketListed", "BookSnapshot", "BookSnapshot", "MarketTrade"]
    trade = said[-1]
    assert isinstance(trade, MarketTrade)
    assert (trade.leg, trade.ticks, trade.size) == (1, 46, 3_090_000)
    assert (trade.action, trade.transaction) == (Action.BUY, "0xt1")


def test_top_of_book_of_the_side_that_changed_speaks_for_both(tmp_path: Path) -> None:
    def row(at: float, side: str, up: float, down: float) -> dict[str, object]:
        return {
            "recorded_at_ts": START / 1000 + at,
            "market_slug": SLUG,
            "question": "?",
            "up_token_id": "11",
            "down_token_id": "22",
            "market_end_ts": START // 1000 + 900,
            "up_book_ts": START,
            "down_book_ts": START,
            "up_bid": up,
            "up_bid_size": 5.0,
            "up_ask": up + 0.01,
            "up_ask_size": 6.0,
            "down_bid": down,
            "down_bid_size": 7.0,
            "down_ask": down + 0.01,
            "down_ask_size": 8.0,
            "source_side": side,
        }

    rows = [row(1, "up", 0.5, 0.49), row(2, "down", 0.5, 0.39)]
    said, found = read(small.parquet(tmp_path / "t.parquet", rows))
    tops = [(each.leg, each.bids, each.asks) for each in said if isinstance(each, BookSnapshot)]
    assert tops == [
        (0, ((50, 5_000_000),), ((51, 6_000_000),)),
        (1, ((49, 6_000_000),), ((50, 5_000_000),)),
        (0, ((60, 8_000_000),), ((61, 7_000_000),)),
        (1, ((39, 7_000_000),), ((40, 8_000_000),)),
    ]
    assert sum(found.flaws.values()) == 0


def test_the_stream_of_books_and_trades(tmp_path: Path) -> None:
    head = {"coin": "btc", "interval": "15m", "window_start": START // 1000, "asset_price": 1.0}
    when = {"local_timestamp": str(START + 7), "timestamp": str(START)}
    book = {
        "event": "book",
        "outcome": "up",
        "bids": [{"price": "0.49", "size": "1"}, {"price": "0.5", "size": "2"}],
        "asks": [{"price": "0.52", "size": "3"}],
    }
    trade = {
        "event": "last_trade_price",
        "outcome": "down",
        "price": "0.5",
        "size": "4",
        "side": "sell",
    }
    path = small.lines(
        tmp_path / "s.jsonl.gz", [{**head, **when, **book}, {**head, **when, **trade}]
    )
    said, _ = read(path)
    assert kinds(said) == ["MarketListed", "BookSnapshot", "MarketTrade"]
    assert isinstance(said[1], BookSnapshot)
    assert said[1].bids == ((50, 2_000_000), (49, 1_000_000))
    assert (said[1].event_time, said[1].ingest_time) == (START, START + 7)
    assert isinstance(said[2], MarketTrade)
    assert said[2].action is Action.SELL


def test_levels_of_one_token_and_its_mirror(tmp_path: Path) -> None:
    def row(side: str, level: int, price: float) -> dict[str, object]:
        return {
            "ts_utc": small.iso(0),
            "market_id": MARKET,
            "side": side,
            "level": level,
            "price": price,
            "size": 10.0,
            "ingest_ts_utc": small.iso(40),
        }

    rows = [row("ask", 1, 0.7), row("bid", 2, 0.6), row("bid", 1, 0.63)]
    said, found = read(small.parquet(tmp_path / "l.parquet", rows))
    yes, no = said[1], said[2]
    assert isinstance(yes, BookSnapshot)
    assert isinstance(no, BookSnapshot)
    assert [ticks for ticks, _ in yes.bids] == [63, 60]
    assert ([t for t, _ in no.bids], [t for t, _ in no.asks]) == ([30], [37, 40])
    assert sum(found.flaws.values()) == 0


def frame_of_2024(hash_: str) -> dict[str, object]:
    return {
        "market": MARKET,
        "asset_id": "11",
        "timestamp": str(START),
        "hash": hash_,
        "bids": [{"price": "0.5", "size": "10"}],
        "asks": [{"price": "0.6", "size": "10"}],
        "event_type": "book",
    }


def test_frames_of_2024_with_a_right_and_a_wrong_hash(tmp_path: Path) -> None:
    bare = {key: value for key, value in frame_of_2024("").items() if key != "event_type"}
    right = sha1(msgspec.json.encode(bare), usedforsecurity=False).hexdigest()
    change: dict[str, object] = {
        "asset_id": "11",
        "market": MARKET,
        "event_type": "price_change",
        "timestamp": str(START + 1000),
        "hash": "x",
        "changes": [{"price": "0.501", "side": "BUY", "size": "7"}],
    }
    rows = [
        frame_of_2024(right),
        change,
        {**frame_of_2024("0" * 40), "timestamp": str(START + 2000)},
    ]
    said, found = read(small.lines(tmp_path / "w.jsonl.gz", rows))
    assert (found.hashes, found.mismatches) == (1, 1)
    assert isinstance(said[1], BookSnapshot)
    assert isinstance(said[2], BookDelta)
    assert said[2].changes == ((0, 0, 501, 7_000_000),)


def test_a_frame_that_cannot_be_read_is_counted_and_said(tmp_path: Path) -> None:
    odd = {**frame_of_2024(""), "bids": 7}
    _, found = read(small.lines(tmp_path / "w.jsonl.gz", [frame_of_2024(""), odd]))
    assert found.unreadable == 1
    assert "bids" in found.reasons[0]


def test_gamma_documents_list_and_resolve(tmp_path: Path) -> None:
    document = {
        "id": "1",
        "conditionId": MARKET,
        "question": "Will it?",
        "slug": "will-it",
        "clobTokenIds": '["11", "22"]',
        "outcomes": '["Yes", "No"]',
        "outcomePrices": '["0", "1"]',
        "orderPriceMinTickSize": 0.001,
        "closed": True,
        "createdAt": small.iso(0),
        "closedTime": small.iso(50_000),
        "endDate": small.iso(90_000),
    }
    no_tokens = {**document, "conditionId": "0xold", "clobTokenIds": None}
    said, _ = read(small.lines(tmp_path / "g.jsonl.gz", [document, no_tokens]))
    listed, resolved = said
    assert isinstance(listed, MarketListed)
    assert (listed.market.tick, listed.ingest_time) == (10, START)
    assert isinstance(resolved, MarketResolved)
    assert (resolved.yes_payout, resolved.ingest_time) == (Decimal(0), START + 50_000)


def test_quotes_without_sizes_are_suspect_and_only_changes_are_told(tmp_path: Path) -> None:
    def row(minute: int, bid: float, ask: float) -> dict[str, object]:
        at = START // 1000 + 60 * minute
        return {
            "ts": at * 1000,
            "slug": "a",
            "category": "sports",
            "bid": bid,
            "ask": ask,
            "segment": 1,
        }

    rows = [row(0, 0.4, 0.42), row(1, 0.4, 0.42), row(2, 0.41, 1.0)]
    said, _ = read(small.parquet(tmp_path / "q.parquet", rows))
    books = [each for each in said if isinstance(each, BookSnapshot)]
    assert [(each.leg, len(each.asks)) for each in books] == [(0, 1), (1, 1), (0, 0), (1, 1)]
    assert {each.trust for each in books} == {Trust.SUSPECT}
    assert books[3].asks == ((590, 5_000_000),)


def test_bars_count_from_their_release(tmp_path: Path) -> None:
    second = START // 1000

    def bar(day: int, close: float) -> dict[str, object]:
        return {
            "market_id": "u1",
            "outcome_label": "No",
            "token_id": "22",
            "observed_at": second,
            "released_at": second + 86_400 * day,
            "close": close,
        }

    bars = small.parquet(tmp_path / "c.parquet", [bar(1, 0.4), bar(2, 0.3)])
    ends = small.parquet(
        tmp_path / "r.parquet",
        [
            {
                "market_id": "u1",
                "winning_outcome_label": "Yes",
                "resolution_source": "official",
                "released_at": second + 86_400 * 3,
            }
        ],
    )
    outcomes = small.parquet(
        tmp_path / "o.parquet",
        [{"market_id": "u1", "label": "Yes", "payoff_on_resolve": 1.0, "sort_order": 0}],
    )
    said, _ = read(bars, ends, outcomes)
    assert kinds(said) == ["MarketListed", *["BookSnapshot"] * 4, "MarketResolved"]
    assert isinstance(said[1], BookSnapshot)
    assert (said[1].bids[0][0], said[1].asks[0][0]) == (599, 601)
    assert said[1].ingest_time == START + DAY_MS
    assert isinstance(said[-1], MarketResolved)
    assert said[-1].yes_payout == 1


def test_wallet_trades_are_known_when_the_copier_saw_them(tmp_path: Path) -> None:
    trade = {
        "proxyWallet": "0xAB",
        "conditionId": MARKET,
        "asset": "11",
        "side": "SELL",
        "size": 4.5,
        "price": 0.21,
        "timestamp": START // 1000,
        "outcomeIndex": 1,
        "transactionHash": "0x1",
    }
    copied = {
        "monitored_address": "0xab",
        "recorded_at": small.iso(8 * 3_600_000 + 5_000).removesuffix("Z"),
        "trade": trade,
    }
    (seen,), _ = read(small.lines(tmp_path / "c.jsonl.gz", [copied]))
    assert isinstance(seen, WalletTrade)
    assert (seen.event_time, seen.ingest_time) == (START, START + 5_000)
    (public,), _ = read(small.lines(tmp_path / "d.jsonl.gz", [trade]))
    assert isinstance(public, WalletTrade)
    assert (public.wallet, public.side, public.action) == ("0xab", Side.NO, Action.SELL)
    assert public.price == Decimal("0.21")


def test_headlines_of_both_forms(tmp_path: Path) -> None:
    rss = {
        "title": "A &amp; B",
        "link": "https://a",
        "pub_date": "Mon, 28 Sep 2026 09:00:00 GMT",
        "source": "Wire",
        "category": "x",
    }
    old = {"title": "C", "domain": "c.com", "link": "https://c", "timestamp": START // 1000 - 1}
    said, _ = read(
        small.lines(tmp_path / "a.jsonl.gz", [rss]), small.lines(tmp_path / "b.jsonl.gz", [old])
    )
    told = [(each.headline, each.outlet) for each in said if isinstance(each, NewsItem)]
    assert told == [("C", "c.com"), ("A & B", "Wire")]
    assert said[1].ingest_time == START


def test_a_result_is_not_known_before_its_match_is_over(tmp_path: Path) -> None:
    result = {
        "id": "7",
        "winner": "A",
        "score1": 2,
        "score2": 1,
        "bestOf": 3,
        "event": {"name": "E", "tier": "s"},
        "startedAt": small.iso(0),
    }
    said, _ = read(small.lines(tmp_path / "r.jsonl.gz", [result]))
    states = [
        (each.phase, each.maps, each.ingest_time) for each in said if isinstance(each, GameState)
    ]
    assert states == [
        (GamePhase.LIVE, (0, 0), START),
        (GamePhase.ENDED, (2, 1), START + DAY_MS),
    ]


def test_a_dota_match_minute_by_minute(tmp_path: Path) -> None:
    def player(gold: int) -> dict[str, object]:
        return {"times": [0, 60], "gold": [0, gold], "kills_log": [{"time": 30}]}

    match = {
        "match_id": 9,
        "start_time": START // 1000,
        "duration": 100,
        "radiant_win": False,
        "parsed_data": {
            "objectives": [{"time": 59, "subtype": "CHAT_MESSAGE_TOWER_KILL", "team": 3}],
            "players": [player(100)] * 5 + [player(200)] * 5,
        },
    }
    said, _ = read(small.lines(tmp_path / "d.jsonl.gz", [match]))
    begin, minute, end = (each for each in said if isinstance(each, GameState))
    assert (begin.gold, begin.kills) == ((0, 0), (0, 0))
    assert (minute.gold, minute.kills, minute.towers) == ((500, 1_000), (5, 5), (0, 1))
    assert (end.phase, end.maps, end.ingest_time) == (GamePhase.ENDED, (0, 1), START + 100_000)


def test_cs2_markets_resolve_a_day_later(tmp_path: Path) -> None:
    row = {
        "condition_id": MARKET,
        "slug": "cs2-a-b",
        "game_start": START,
        "match_id": 12,
        "priceA": 0.404,
        "priceB": 0.596,
        "A_won": 1,
    }
    said, _ = read(small.parquet(tmp_path / "m.parquet", [row]))
    assert kinds(said) == [
        "MarketListed",
        "BookSnapshot",
        "BookSnapshot",
        "GameState",
        "MarketResolved",
    ]
    assert isinstance(said[0], MarketListed)
    assert said[0].market.match_id == "pandascore/12"
    assert said[-1].ingest_time == START + DAY_MS


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        (("rank_combined", "address", "pnl", "num_trades"), "whose histories to read"),
        (("feed_ts_ms", "value", "full_accuracy_value"), "no topic carries a spot price"),
        (("a", "b"), "pets import --formats"),
    ],
)
def test_what_cannot_be_imported_is_one_sentence(
    tmp_path: Path, fields: tuple[str, ...], why: str
) -> None:
    path = small.parquet(tmp_path / "x.parquet", [dict.fromkeys(fields, 1)])
    with pytest.raises(ApplicationError, match=why):
        reader_of(path)


@pytest.mark.parametrize("name", ["a.txt", "b.jsonl", "c.parquet"])
def test_no_recording_at_all_is_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"garbage\n")
    with pytest.raises(ApplicationError, match="Expected a"):
        reader_of(tmp_path / name)


def test_a_row_of_another_form_is_named(tmp_path: Path) -> None:
    rows = [small.books20(0, "UP", 0.5, 0.51), {**small.books20(0, "UP", 0.5, 0.51), "side": None}]
    path = small.parquet(tmp_path / "b.parquet", rows)
    with pytest.raises(ApplicationError, match=r"b\.parquet, row 2 is none"):
        read(path)
