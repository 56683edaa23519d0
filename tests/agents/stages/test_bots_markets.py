from decimal import Decimal

import msgspec
import pytest

from agents.stages.bots_markets import FeedHealth, LiveMarket, MarketTable, reference_feed
from configs.profiles import load_profiles
from configs.rules import load_rules
from schemas.market import BookSnapshot, Market
from schemas.values import DataLabel, Money, Trust
from tests.agents.bots.orders import own_order
from tests.agents.tape import FEED, START, Tape, market


def table_with(where: Market, trust: Trust = Trust.CONSISTENT) -> tuple[MarketTable, LiveMarket]:
    table, tape = MarketTable(load_profiles(), load_rules(), Money.PAPER), Tape()
    live = table.get(where.market_id)
    assert live is not None
    table.describe(live, where)
    for message in tape.book(where, {"0.49": 300, "0.48": 50}, {"0.51": 200}, trust):
        assert isinstance(message, BookSnapshot)
        live.apply(message, START)
    table.feeds[FEED] = FeedHealth(True, START)
    return table, live


def stale(table: MarketTable, live: LiveMarket, now: int) -> str:
    return table.staleness(live, now, table.heard_at(live))


@pytest.mark.parametrize(
    ("window_s", "after_ms", "reason"),
    [
        (None, 12_000, ""),
        (None, 12_001, "feed-silent"),
        (900, 5_000, ""),
        (900, 5_001, "feed-silent"),
    ],
)
def test_a_silent_feed_is_stale_sooner_under_the_profile(
    window_s: int | None, after_ms: int, reason: str
) -> None:
    table, live = table_with(market(window_s=window_s))
    assert stale(table, live, START + after_ms) == reason


def test_hearing_the_connection_keeps_a_quiet_book_fresh() -> None:
    table, live = table_with(market())
    table.feeds[FEED] = FeedHealth(True, START + 3_600_000)
    assert stale(table, live, START + 3_600_000) == ""
    assert table.heard_at(live) == START + 3_600_000


def test_a_lost_connection_is_stale_at_once() -> None:
    table, live = table_with(market())
    tape = Tape()
    assert not table.hear(tape.feed())
    assert table.hear(tape.feed(connected=False))
    assert stale(table, live, START) == "feed-disconnected"


@pytest.mark.parametrize("trust", [Trust.SUSPECT, Trust.STALE])
def test_a_book_that_is_not_believed_is_stale(trust: Trust) -> None:
    table, live = table_with(market(), trust)
    assert stale(table, live, START) == "book-not-trusted"


@pytest.mark.parametrize(
    ("window_s", "lag_ms", "reason"),
    [
        (None, 5_000, ""),
        (None, 5_001, "book-lagging"),
        (900, 2_000, ""),
        (900, 2_001, "book-lagging"),
    ],
)
def test_a_lagging_book_is_stale(window_s: int | None, lag_ms: int, reason: str) -> None:
    where = market(window_s=window_s)
    table, live = table_with(where)
    delta = Tape().delta(where, [("bid", "0.48", 70)])
    live.apply(msgspec.structs.replace(delta, event_time=START - lag_ms), START)
    assert stale(table, live, START) == reason


def test_the_stamp_of_a_snapshot_is_no_lag() -> None:
    where = market()
    table, live = table_with(where)
    for message in Tape().book(where, {"0.49": 1}, {"0.51": 1}):
        assert isinstance(message, BookSnapshot)
        live.apply(msgspec.structs.replace(message, event_time=START - 3_600_000), START)
    assert stale(table, live, START) == ""


def test_only_a_change_of_the_net_best_prices_is_a_change() -> None:
    where = market()
    _, live = table_with(where)
    tape = Tape()
    assert not live.apply(tape.delta(where, [("bid", "0.48", 70)]), START)
    assert live.apply(tape.delta(where, [("bid", "0.49", 299)]), START)
    assert live.top.bid_size == 299
    assert live.apply(tape.delta(where, [("bid", "0.49", 0)]), START)
    assert live.top.bid == Decimal("0.48")


def test_our_own_orders_are_taken_out_where_the_feed_shows_them() -> None:
    _, live = table_with(market())
    mine = own_order(price="0.49", size="300")
    assert live.show_own([mine])
    assert live.top.bid == Decimal("0.48")
    assert live.top.bid_size == 50
    assert live.show_own([])
    assert live.top.bid == Decimal("0.49")


def test_a_new_tick_drops_the_book() -> None:
    table, live = table_with(market())
    live.drop_book(10)
    assert live.record.market is not None
    assert live.record.market.tick == 10
    assert live.top.bid is None
    assert stale(table, live, START) == "book-not-ready"


def test_a_resolved_market_is_not_revived_by_a_late_message() -> None:
    where = market()
    table, _ = table_with(where)
    table.retire(where.market_id, START)
    assert table.get(where.market_id) is None
    table.retire(market("b").market_id, START + 3_600_001)
    assert table.get(where.market_id) is not None


@pytest.mark.parametrize(
    ("heard", "window_s", "is_stale"),
    [
        (None, 900, True),
        (FeedHealth(True, START - 3_000), 900, False),
        (FeedHealth(True, START - 3_001), 900, True),
        (FeedHealth(False, START), 900, True),
        (None, None, False),
    ],
)
def test_d28_a_reference_price_older_than_three_seconds_is_stale(
    heard: FeedHealth | None, window_s: int | None, is_stale: bool
) -> None:
    table, live = table_with(market(window_s=window_s))
    if heard is not None:
        table.feeds["price.crypto/simusd"] = heard
    assert table.reference_is_stale(live, START) is is_stale


def test_a_recorded_window_has_no_price_that_could_be_stale() -> None:
    where = market(window_s=900)
    _, recorded = table_with(msgspec.structs.replace(where, label=DataLabel.RECORDED))
    table, unknown = table_with(msgspec.structs.replace(where, reference=""))
    assert reference_feed(recorded) is None
    assert not table.reference_is_stale(recorded, START)
    assert table.reference_is_stale(unknown, START)
