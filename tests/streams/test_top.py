"""Best prices net of our own orders, in both tokens' spaces."""

from decimal import Decimal

import pytest

from schemas.ids import MarketId
from schemas.market import BookSnapshot, Level
from schemas.values import Action, Side, Trust
from streams.book import ASK, BID, NO, YES, Book
from streams.top import (
    EMPTY_TOP,
    OwnOrder,
    Top,
    net_depth,
    net_levels,
    notional,
    own_sizes,
    top_of,
)

D = Decimal
SHARE = 1_000_000
BIDS: tuple[Level, ...] = ((48, 300 * SHARE), (47, 50 * SHARE))
ASKS: tuple[Level, ...] = ((50, 100 * SHARE), (52, 20 * SHARE))


def flip(levels: tuple[Level, ...]) -> tuple[Level, ...]:
    return tuple((100 - ticks, size) for ticks, size in levels)


@pytest.fixture
def book() -> Book:
    found = Book()
    for leg, bids, asks in ((YES, BIDS, ASKS), (NO, flip(ASKS), flip(BIDS))):
        found.apply_snapshot(
            BookSnapshot(
                event_id="s",
                event_time=1,
                ingest_time=1,
                source="test",
                market_id=MarketId("m"),
                leg=leg,
                tick=100,
                bids=bids,
                asks=asks,
                feed="f",
                trust=Trust.CONSISTENT,
            )
        )
    return found


def test_without_own_orders_it_is_the_book(book: Book) -> None:
    assert top_of(book, {}) == Top(D("0.48"), D(300), D("0.50"), D(100))
    assert top_of(book, {}, NO) == Top(D("0.50"), D(100), D("0.52"), D(300))
    assert top_of(book, {}).complement() == top_of(book, {}, NO)


def test_microprice_vector(book: Book) -> None:
    assert top_of(book, {}).microprice == D("0.495")


def test_mid_spread_and_imbalance(book: Book) -> None:
    top = top_of(book, {})
    assert (top.mid, top.spread, top.imbalance) == (D("0.49"), D("0.02"), D("0.5"))


def test_an_empty_side_leaves_them_undefined() -> None:
    one_sided = Top(D("0.48"), D(10), None, D(0))
    assert (one_sided.mid, one_sided.spread, one_sided.microprice) == (None, None, None)
    assert one_sided.imbalance == 1
    assert EMPTY_TOP.imbalance is None
    assert top_of(Book(), {}) == EMPTY_TOP


@pytest.mark.parametrize(
    "order",
    [
        OwnOrder(Side.YES, Action.BUY, D("0.48"), D(300)),
        OwnOrder(Side.NO, Action.SELL, D("0.52"), D(300)),
    ],
)
def test_a_best_that_is_all_ours_falls_through_in_both_legs(book: Book, order: OwnOrder) -> None:
    own = own_sizes([order], 100)
    assert top_of(book, own) == Top(D("0.47"), D(50), D("0.50"), D(100))
    assert top_of(book, own, NO) == Top(D("0.50"), D(100), D("0.53"), D(50))


@pytest.mark.parametrize(
    "order",
    [
        OwnOrder(Side.YES, Action.SELL, D("0.50"), D(40)),
        OwnOrder(Side.NO, Action.BUY, D("0.50"), D(40)),
    ],
)
def test_a_part_of_a_level_is_subtracted(book: Book, order: OwnOrder) -> None:
    own = own_sizes([order], 100)
    assert top_of(book, own).ask_size == 60
    assert top_of(book, own, NO).bid_size == 60


def test_several_own_orders_at_one_price_add_up(book: Book) -> None:
    own = own_sizes(
        [
            OwnOrder(Side.YES, Action.BUY, D("0.48"), D(200)),
            OwnOrder(Side.NO, Action.SELL, D("0.52"), D(100)),
        ],
        100,
    )
    assert top_of(book, own).bid == D("0.47")


def test_own_size_not_shown_yet_never_makes_a_level_negative(book: Book) -> None:
    own = own_sizes([OwnOrder(Side.YES, Action.BUY, D("0.49"), D(10))], 100)
    assert top_of(book, own).bid == D("0.48")
    own = own_sizes([OwnOrder(Side.YES, Action.BUY, D("0.47"), D(80))], 100)
    assert list(net_levels(book, own, YES, BID)) == [(48, 300 * SHARE)]
    assert net_depth(book, own, YES, BID, 2, 48) == 300 * SHARE


def test_an_order_off_the_books_grid_shows_nowhere() -> None:
    assert own_sizes([OwnOrder(Side.YES, Action.BUY, D("0.485"), D(10))], 100) == {}


def test_net_depth_leaves_own_sizes_out(book: Book) -> None:
    own = own_sizes([OwnOrder(Side.YES, Action.BUY, D("0.48"), D("100.5"))], 100)
    assert net_depth(book, own, YES, BID, 2, 48) == 249_500_000
    assert net_depth(book, own, NO, ASK, 2, 52) == 249_500_000
    assert net_depth(book, own, YES, ASK, 2, 50) == 120 * SHARE


def test_notional_is_in_dollars(book: Book) -> None:
    assert notional(book, YES, BID, 5) == D("167.5")
    assert notional(book, YES, BID, 1) == D(144)
