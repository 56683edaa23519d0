"""A connection's fold: grades, resynchronisation, dead letters."""

import json
from collections.abc import Sequence
from decimal import Decimal

import msgspec

from connectors.polymarket.book_feed import SAMPLED, BookFeed, Publication
from connectors.polymarket.book_hash import book_hash
from connectors.polymarket.drift import DriftSentinel
from connectors.polymarket.wire import BookWire, WireLevel
from schemas.ids import MarketId, TokenId, VenueEventId
from schemas.market import (
    BookDelta,
    BookSnapshot,
    BookTrustChanged,
    Market,
    MarketResolved,
    MarketTrade,
    TickSizeChanged,
)
from schemas.ops import DeadLetter
from schemas.values import DataLabel, Trust
from topics.catalog import BOOK_EVENTS, MARKET_TRADES

MARKET = Market(
    market_id=MarketId("0xaa"),
    venue_event_id=VenueEventId("e1"),
    question="Will it rain?",
    slug="rain",
    yes_token_id=TokenId("1" * 70),
    no_token_id=TokenId("2" * 70),
    tick=100,
    min_size=Decimal(5),
    label=DataLabel.LIVE,
)
YES, NO = MARKET.yes_token_id, MARKET.no_token_id


def book(token: str, bid: str, ask: str, size: str = "10", time: int = 1, hashed: str = "") -> str:
    return json.dumps(
        {
            "event_type": "book",
            "market": MARKET.market_id,
            "asset_id": token,
            "timestamp": str(time * 1_000_000_000_000),
            "hash": hashed,
            "bids": [{"price": bid, "size": size}],
            "asks": [{"price": ask, "size": size}],
            "tick_size": "0.01",
        }
    )


def changes(*entries: tuple[str, str, str, str], time: int = 2) -> str:
    return json.dumps(
        {
            "event_type": "price_change",
            "market": MARKET.market_id,
            "timestamp": str(time * 1_000_000_000_000),
            "price_changes": [
                {"asset_id": token, "side": side, "price": price, "size": size}
                for token, side, price, size in entries
            ],
        }
    )


def ready() -> BookFeed:
    feed = BookFeed("market-ws/0")
    feed.watch(MARKET)
    feed.on_frame(f"[{book(YES, '0.48', '0.52')},{book(NO, '0.48', '0.52')}]", 10)
    feed.on_batch_end(20)
    return feed


def trusts(publications: Sequence[Publication]) -> list[Trust]:
    return [
        item.message.trust
        for item in publications
        if isinstance(item.message, BookSnapshot | BookDelta | BookTrustChanged)
    ]


def test_a_book_is_believed_once_both_legs_have_a_snapshot() -> None:
    feed = BookFeed("market-ws/0")
    feed.watch(MARKET)
    assert trusts(feed.on_frame(book(YES, "0.48", "0.52"), 10)) == [Trust.STALE]
    assert trusts(feed.on_frame(book(NO, "0.48", "0.52"), 10)) == [Trust.CONSISTENT]


def test_fields_that_are_not_known_are_counted_and_change_nothing() -> None:
    drift = DriftSentinel()
    feed = BookFeed("market-ws/0", drift)
    feed.watch(MARKET)
    level = {"price": "0.48", "size": "10", "orders": 2}
    frame = {**json.loads(book(YES, "0.48", "0.52")), "bids": [level], "revision": 2}
    assert trusts(feed.on_frame(json.dumps(frame), 10)) == [Trust.STALE]
    assert trusts(feed.on_frame(book(NO, "0.48", "0.52"), 10)) == [Trust.CONSISTENT]
    assert dict(drift.unknown) == {("BookWire", "revision"): 1, ("BookWire bids", "orders"): 1}
    for _ in range(SAMPLED):
        change = json.loads(changes((YES, "BUY", "0.47", "5")))
        change["price_changes"][0] |= {"hash": "ff", "best_bid": "0.48", "best_ask": "0.52"}
        feed.on_frame(json.dumps({**change, "revision": 2}), 11)
    assert drift.unknown["PriceChangesWire", "revision"] == 1
    assert drift.unknown_fields == 3
    assert not drift.reasons


def test_hashes_of_both_legs_make_a_book_verified_until_it_changes() -> None:
    feed = BookFeed("market-ws/0")
    feed.watch(MARKET)
    grades = []
    for token in (YES, NO):
        frame = json.loads(book(token, "0.48", "0.52"))
        frame["hash"] = book_hash(msgspec.convert(frame, BookWire))
        grades += trusts(feed.on_frame(json.dumps(frame), 10))
    assert grades == [Trust.STALE, Trust.VERIFIED]
    change = changes((YES, "BUY", "0.47", "5"), (NO, "SELL", "0.53", "5"))
    assert trusts(feed.on_frame(change, 11)) == [Trust.CONSISTENT]


def test_a_wrong_hash_asks_for_the_book_once_and_then_settles() -> None:
    feed = ready()
    first = feed.on_frame(book(YES, "0.48", "0.52", hashed="ff", time=3), 30)
    assert trusts(first) == [Trust.SUSPECT]
    assert feed.refetch == {MARKET.market_id}
    feed.refetch.clear()
    wire = BookWire(
        market=MARKET.market_id,
        asset_id=YES,
        timestamp="4000000000000",
        bids=[WireLevel("0.48", "10")],
        asks=[WireLevel("0.52", "10")],
        hash="ee",
        tick_size="0.01",
    )
    again = feed.on_books([(wire, b"rest")], 31)
    assert trusts(again) == [Trust.CONSISTENT]
    assert not feed.refetch


def test_a_cross_inside_a_batch_is_normal_and_at_its_end_a_finding() -> None:
    feed = ready()
    crossing = changes((YES, "BUY", "0.53", "5"), (NO, "SELL", "0.47", "5"))
    assert trusts(feed.on_frame(crossing, 30)) == [Trust.CONSISTENT]
    healing = changes((YES, "BUY", "0.53", "0"), (NO, "SELL", "0.47", "0"))
    feed.on_frame(healing, 30)
    assert feed.on_batch_end(40) == []
    again = changes((YES, "BUY", "0.53", "5"), (NO, "SELL", "0.47", "5"), time=3)
    feed.on_frame(again, 50)
    ended = feed.on_batch_end(60)
    assert trusts(ended) == [Trust.SUSPECT]
    assert feed.refetch == {MARKET.market_id}


def test_the_next_venue_time_ends_a_batch() -> None:
    feed = ready()
    feed.on_frame(changes((YES, "BUY", "0.49", "5")), 30)
    later = feed.on_frame(changes((YES, "BUY", "0.47", "5"), time=3), 31)
    assert trusts(later) == [Trust.SUSPECT, Trust.SUSPECT]
    assert isinstance(later[0].message, BookTrustChanged)
    assert later[0].message.reason.startswith("mirror")


def test_a_lost_connection_makes_every_book_stale() -> None:
    feed = ready()
    assert trusts(feed.on_lost("closed", 30)) == [Trust.STALE]
    assert trusts(feed.on_frame(changes((YES, "BUY", "0.47", "5")), 31)) == [Trust.STALE]


def test_an_off_grid_price_is_a_dead_letter_and_a_finding() -> None:
    feed = ready()
    out = feed.on_frame(changes((YES, "BUY", "0.4855", "5")), 30)
    dead = [item.message for item in out if isinstance(item.message, DeadLetter)]
    assert len(dead) == 1
    assert "0.4855" in dead[0].error
    assert trusts(out) == [Trust.SUSPECT]
    assert feed.refetch == {MARKET.market_id}


def test_garbage_is_kept_and_the_rest_of_the_frame_goes_on() -> None:
    feed = ready()
    out = feed.on_frame(f'[{{"event_type":"brand_new"}},{changes((YES, "BUY", "0.47", "5"))}]', 30)
    assert [type(item.message) for item in out] == [DeadLetter, BookDelta]
    assert isinstance(out[0].message, DeadLetter)
    assert out[0].message.index == 0
    assert isinstance(feed.on_frame('{"trunc', 31)[0].message, DeadLetter)


def test_repeated_frames_get_their_own_ids() -> None:
    feed = ready()
    change = changes((YES, "BUY", "0.47", "5"), (NO, "SELL", "0.53", "5"))
    ids = {feed.on_frame(change, 30)[0].message.event_id for _ in range(3)}
    assert len(ids) == 3


def test_trades_tick_changes_and_resolutions_go_to_their_topics() -> None:
    feed = ready()
    trade = {
        "event_type": "last_trade_price",
        "market": MARKET.market_id,
        "asset_id": NO,
        "price": "0.52",
        "size": "25",
        "side": "BUY",
        "timestamp": "1795383383200",
        "transaction_hash": "0xee",
    }
    ordered, kept = feed.on_frame(json.dumps(trade), 30)
    assert isinstance(ordered.message, MarketTrade)
    assert ordered.message == kept.message
    assert [ordered.topic, kept.topic] == [BOOK_EVENTS, MARKET_TRADES]
    tick = {
        "event_type": "tick_size_change",
        "market": MARKET.market_id,
        "asset_id": YES,
        "old_tick_size": "0.01",
        "new_tick_size": "0.001",
        "timestamp": "1795383383300",
    }
    out = feed.on_frame(json.dumps(tick), 31)
    assert isinstance(out[0].message, TickSizeChanged)
    assert trusts(out) == [Trust.STALE]
    assert feed.on_frame(json.dumps(tick | {"asset_id": NO}), 31) == []
    resolved = {
        "event_type": "market_resolved",
        "market": MARKET.market_id,
        "winning_asset_id": YES,
        "timestamp": "1795383389000",
    }
    (ended,) = feed.on_frame(json.dumps(resolved), 32)
    assert isinstance(ended.message, MarketResolved)
    assert ended.message.yes_payout == 1
    assert not feed.carries(MARKET.market_id)


def test_a_new_market_asks_for_discovery() -> None:
    feed = ready()
    feed.on_frame('{"event_type":"new_market","market":"0xbb","assets_ids":[]}', 30)
    assert feed.unlisted
