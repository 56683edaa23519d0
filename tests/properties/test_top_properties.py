"""Own orders are not market data (D-33): a view net of our orders is the view without them."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from schemas.ids import MarketId
from schemas.market import BookDelta, BookSnapshot
from schemas.values import Action, Side, Trust
from streams.book import ASK, BID, NO, YES, Book
from streams.integrity import check
from streams.top import OwnOrder, net_depth, net_levels, own_sizes, top_of

TICK = 100
GRID = 10_000 // TICK
SHARE = 1_000_000
SIZES = st.integers(1, 500).map(lambda shares: shares * SHARE)


@st.composite
def market(draw: st.DrawFn) -> tuple[Book, list[OwnOrder]]:
    """A mirrored book, and orders of ours that would not cross it."""
    middle = draw(st.integers(2, GRID - 2))
    bids = draw(st.dictionaries(st.integers(1, middle - 1), SIZES, max_size=6))
    asks = draw(st.dictionaries(st.integers(middle, GRID - 1), SIZES, max_size=6))
    book = Book()
    sides = {
        YES: (bids, asks),
        NO: ({GRID - t: s for t, s in asks.items()}, {GRID - t: s for t, s in bids.items()}),
    }
    for leg, (low, high) in sides.items():
        book.apply_snapshot(
            BookSnapshot(
                event_id="s",
                event_time=1,
                ingest_time=1,
                source="test",
                market_id=MarketId("m"),
                leg=leg,
                tick=TICK,
                bids=tuple(low.items()),
                asks=tuple(high.items()),
                feed="f",
                trust=Trust.CONSISTENT,
            )
        )
    orders = []
    for _ in range(draw(st.integers(0, 5))):
        is_bid = draw(st.booleans())
        ticks = draw(st.integers(1, middle - 1) if is_bid else st.integers(middle, GRID - 1))
        on_yes = draw(st.booleans())
        orders.append(
            OwnOrder(
                Side.YES if on_yes else Side.NO,
                Action.BUY if is_bid == on_yes else Action.SELL,
                Decimal(ticks if on_yes else GRID - ticks) / GRID,
                Decimal(draw(st.integers(1, 50_000))) / 100,
            )
        )
    return book, orders


def with_our_orders(book: Book, orders: list[OwnOrder]) -> Book:
    """The book as the venue would show it: our sizes on top, in both legs."""
    shown = Book.from_state(book.state())
    changes = tuple(
        (leg, side, ticks, book.size_at(leg, side, ticks) + size)
        for (leg, side, ticks), size in own_sizes(orders, TICK).items()
    )
    shown.apply_delta(
        BookDelta(
            event_id="d",
            event_time=1,
            ingest_time=1,
            source="test",
            market_id=MarketId("m"),
            tick=TICK,
            changes=changes,
            feed="f",
            trust=Trust.CONSISTENT,
        )
    )
    return shown


@given(market())
def test_the_net_view_is_the_view_without_us(case: tuple[Book, list[OwnOrder]]) -> None:
    book, orders = case
    shown, own = with_our_orders(book, orders), own_sizes(orders, TICK)
    assert check(shown) is None
    for leg in (YES, NO):
        assert top_of(shown, own, leg) == top_of(book, {}, leg)
        for side in (BID, ASK):
            assert list(net_levels(shown, own, leg, side)) == list(book.walk(leg, side))
            assert net_depth(shown, own, leg, side, 2, 50) == book.depth(leg, side, 2, 50)


@given(market())
def test_both_legs_show_the_same_market(case: tuple[Book, list[OwnOrder]]) -> None:
    book, orders = case
    own = own_sizes(orders, TICK)
    yes = top_of(book, own)
    assert top_of(book, own, NO) == yes.complement()
    assert yes.complement().complement() == yes
