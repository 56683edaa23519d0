"""The book: snapshots, deltas, best prices, what is ignored, and its checkpoint."""

from schemas.ids import MarketId
from schemas.market import BookDelta, BookSnapshot, Level, LevelChange
from schemas.values import Trust
from streams.book import ASK, BID, NO, YES, Book

MARKET = MarketId("0x" + "a" * 64)
SHARE = 1_000_000


def snapshot(
    leg: int, bids: tuple[Level, ...], asks: tuple[Level, ...], tick: int = 100
) -> BookSnapshot:
    return BookSnapshot(
        event_id="s",
        event_time=1,
        ingest_time=1,
        source="test",
        market_id=MARKET,
        leg=leg,
        tick=tick,
        bids=bids,
        asks=asks,
        feed="f",
        trust=Trust.CONSISTENT,
    )


def delta(*changes: LevelChange, tick: int = 100) -> BookDelta:
    return BookDelta(
        event_id="d",
        event_time=1,
        ingest_time=1,
        source="test",
        market_id=MARKET,
        tick=tick,
        changes=changes,
        feed="f",
        trust=Trust.CONSISTENT,
    )


def mirrored() -> Book:
    book = Book()
    book.apply_snapshot(
        snapshot(
            YES,
            ((48, 300 * SHARE), (47, 50 * SHARE), (30, 7 * SHARE)),
            ((50, 100 * SHARE), (52, 20 * SHARE)),
        )
    )
    book.apply_snapshot(
        snapshot(
            NO,
            ((50, 100 * SHARE), (48, 20 * SHARE)),
            ((52, 300 * SHARE), (53, 50 * SHARE), (70, 7 * SHARE)),
        )
    )
    return book


def test_it_is_ready_when_both_legs_have_a_snapshot() -> None:
    book = Book()
    ready = [book.is_ready]
    for leg in (NO, YES):
        book.apply_snapshot(snapshot(leg, (), ()))
        ready.append(book.is_ready)
    assert ready == [False, False, True]
    assert book.best_bid(YES) is None
    assert book.best_ask(NO) is None


def test_best_prices_follow_the_snapshot() -> None:
    book = mirrored()
    assert (book.best_bid(YES), book.best_ask(YES)) == (48, 50)
    assert (book.best_bid(NO), book.best_ask(NO)) == (50, 52)


def test_a_delta_sets_absolute_sizes() -> None:
    book = mirrored()
    book.apply_delta(delta((YES, BID, 47, 60 * SHARE)))
    assert book.size_at(YES, BID, 47) == 60 * SHARE
    assert book.best_bid(YES) == 48


def test_a_removed_best_falls_to_the_next_level() -> None:
    book = mirrored()
    book.apply_delta(delta((YES, BID, 48, 0), (NO, ASK, 52, 0)))
    assert (book.best_bid(YES), book.best_ask(NO)) == (47, 53)
    book.apply_delta(delta((YES, BID, 47, 0), (NO, ASK, 53, 0)))
    assert (book.best_bid(YES), book.best_ask(NO)) == (30, 70)
    book.apply_delta(delta((YES, BID, 30, 0), (NO, ASK, 70, 0)))
    assert (book.best_bid(YES), book.best_ask(NO)) == (None, None)


def test_a_new_best_is_seen_at_once() -> None:
    book = mirrored()
    book.apply_delta(delta((YES, BID, 49, SHARE), (NO, ASK, 51, SHARE)))
    assert (book.best_bid(YES), book.best_ask(NO)) == (49, 51)


def test_removing_a_level_that_is_not_there_changes_nothing() -> None:
    book = mirrored()
    before = book.state()
    book.apply_delta(delta((YES, BID, 20, 0), (YES, ASK, 60, 0)))
    assert book.state() == before


def test_deltas_before_the_snapshot_of_their_leg_are_ignored() -> None:
    book = Book()
    book.apply_delta(delta((YES, BID, 40, SHARE)))
    book.apply_snapshot(snapshot(NO, (), ()))
    book.apply_delta(delta((YES, BID, 40, SHARE), (NO, ASK, 60, SHARE)))
    assert book.best_bid(YES) is None
    assert book.best_ask(NO) == 60


def test_a_snapshot_replaces_its_leg_only() -> None:
    book = mirrored()
    book.apply_snapshot(snapshot(YES, ((10, SHARE),), ((90, SHARE),)))
    assert (book.best_bid(YES), book.best_ask(YES)) == (10, 90)
    assert book.size_at(YES, BID, 48) == 0
    assert (book.best_bid(NO), book.best_ask(NO)) == (50, 52)


def test_another_tick_size_drops_the_book_until_both_snapshots() -> None:
    book = mirrored()
    book.apply_delta(delta((YES, BID, 480, SHARE), tick=10))
    ready = [book.is_ready]
    assert book.best_bid(YES) is None
    assert (book.tick, book.grid) == (10, 1000)
    book.apply_snapshot(snapshot(YES, ((480, SHARE),), (), tick=10))
    ready.append(book.is_ready)
    book.apply_snapshot(snapshot(NO, (), ((520, SHARE),), tick=10))
    ready.append(book.is_ready)
    assert ready == [False, False, True]
    assert book.best_bid(YES) == 480


def test_a_snapshot_with_another_tick_drops_the_other_leg() -> None:
    book = mirrored()
    book.apply_snapshot(snapshot(YES, ((480, SHARE),), (), tick=10))
    assert not book.is_ready
    assert book.best_bid(NO) is None


def test_drop_forgets_both_legs_and_keeps_the_grid() -> None:
    book = mirrored()
    book.drop()
    assert not book.is_ready
    assert book.best_ask(YES) is None
    assert book.tick == 100


def test_impossible_levels_are_counted_and_ignored() -> None:
    book = mirrored()
    book.apply_delta(
        delta(
            (YES, BID, 0, SHARE),
            (YES, ASK, 100, SHARE),
            (NO, BID, 120, SHARE),
            (NO, ASK, -3, SHARE),
            (NO, BID, 40, -SHARE),
        )
    )
    assert book.rejected == [2, 3]
    assert book.state().sides == mirrored().state().sides
    book.apply_snapshot(snapshot(NO, ((100, SHARE),), ((52, SHARE),)))
    assert book.rejected == [2, 1]


def test_levels_come_best_first() -> None:
    book = mirrored()
    assert book.levels(YES, BID, 2) == [(48, 300 * SHARE), (47, 50 * SHARE)]
    assert book.levels(NO, ASK, 9) == [(52, 300 * SHARE), (53, 50 * SHARE), (70, 7 * SHARE)]
    assert book.levels(YES, BID, 0) == []


def test_depth_counts_sizes_within_a_distance() -> None:
    book = mirrored()
    assert book.depth(YES, BID, 2) == 350 * SHARE
    assert book.depth(YES, BID, 0) == 300 * SHARE
    assert book.depth(YES, ASK, 2, around=53) == 20 * SHARE
    assert book.depth(YES, BID, 200) == 357 * SHARE


def test_the_finest_grid_works_at_both_ends() -> None:
    book = Book()
    book.apply_snapshot(snapshot(YES, ((1, SHARE),), ((9_999, SHARE),), tick=1))
    book.apply_snapshot(snapshot(NO, (), (), tick=1))
    assert (book.best_bid(YES), book.best_ask(YES)) == (1, 9_999)
    book.apply_delta(delta((YES, BID, 1, 0), (YES, ASK, 9_999, 0), tick=1))
    assert (book.best_bid(YES), book.best_ask(YES)) == (None, None)


def test_its_state_holds_occupied_levels_only() -> None:
    state = mirrored().state()
    assert [len(side) for side in state.sides] == [3, 2, 2, 3]
    assert Book.from_state(state).state() == state


def test_a_half_ready_book_comes_back_half_ready() -> None:
    book = Book()
    book.apply_snapshot(snapshot(NO, ((40, SHARE),), ()))
    again = Book.from_state(book.state())
    assert not again.is_ready
    again.apply_delta(delta((YES, BID, 40, SHARE), (NO, BID, 41, SHARE)))
    assert again.best_bid(YES) is None
    assert again.best_bid(NO) == 41


def test_the_touch_is_both_best_levels_at_once() -> None:
    book = Book()
    assert book.touch(YES) == (0, 0, 0, 0)
    book = mirrored()
    assert book.touch(YES) == (48, 300 * SHARE, 50, 100 * SHARE)
    assert book.touch(NO) == (50, 100 * SHARE, 52, 300 * SHARE)
    book.apply_snapshot(snapshot(YES, (), ((50, SHARE),)))
    assert book.touch(YES) == (0, 0, 50, SHARE)
    book.apply_snapshot(snapshot(YES, ((48, SHARE),), ()))
    assert book.touch(YES) == (48, SHARE, 100, 0)


def test_notional_sums_ticks_times_sizes_of_the_best_levels() -> None:
    book = mirrored()
    for count, expected in ((0, 0), (1, 48 * 300), (2, 48 * 300 + 47 * 50)):
        assert book.notional(YES, BID, count) == expected * SHARE
    assert book.notional(YES, ASK, 9) == (50 * 100 + 52 * 20) * SHARE
    assert Book().notional(YES, BID, 5) == Book().notional(YES, ASK, 5) == 0
