import pytest

from connectors.sandbox.events import Cancelled, Ending, Resolved, TickChanged
from connectors.sandbox.mirror import ASK, BID, NO, YES, Match
from connectors.sandbox.orders import FAK_KILLED, FOK_KILLED, NOT_READY, POST_ONLY_CROSSES
from schemas.errors import InvalidOrderError
from schemas.values import MICRO, PIPS, Action, TimeInForce
from tests.connectors.sandbox.builders import (
    NOW_MS,
    accepted,
    engine,
    fills,
    levels,
    order,
    reason,
)

BUY, SELL = Action.BUY, Action.SELL


def test_the_older_order_at_a_price_trades_first_and_the_better_price_before_it() -> None:
    book = engine()
    for name, pips in (("old", 5000), ("new", 5000), ("best", 4900)):
        book.place(order(name, SELL, pips, 10), NOW_MS)
    events = book.place(order("taker", BUY, 5100, 25), NOW_MS)
    assert [(fill.maker.order_id, fill.size, fill.yes_pips) for fill in fills(events)] == [
        ("best", 10 * MICRO, 4900),
        ("old", 10 * MICRO, 5000),
        ("new", 5 * MICRO, 5000),
    ]
    assert book.asks.size_at(5000) == 5 * MICRO
    assert [(row.side, row.yes_pips, row.size) for row in levels(events)] == [
        (ASK, 4900, 0),
        (ASK, 5000, 5 * MICRO),
    ]


def test_the_taker_gets_the_makers_price_and_rests_with_what_is_left() -> None:
    book = engine()
    book.place(order("maker", SELL, 4000, 10), NOW_MS)
    events = book.place(order("taker", BUY, 4500, 15), NOW_MS)
    assert fills(events)[0].yes_pips == 4000
    assert book.bids.best == 4500
    assert book.resting["taker"].left == 5 * MICRO


def test_two_buyers_of_both_tokens_mint_a_pair() -> None:
    book = engine()
    book.place(order("no-buyer", BUY, 4000, 10, leg=NO), NOW_MS)
    assert book.asks.best == 6000
    (fill,) = fills(book.place(order("yes-buyer", BUY, 6000, 10), NOW_MS))
    assert (fill.match, fill.yes_pips) == (Match.MINT, 6000)


def test_two_sellers_of_both_tokens_merge_a_pair() -> None:
    book = engine()
    book.place(order("no-seller", SELL, 4500, 10, leg=NO), NOW_MS)
    assert book.bids.best == 5500
    (fill,) = fills(book.place(order("yes-seller", SELL, 5500, 10), NOW_MS))
    assert fill.match is Match.MERGE


def test_a_post_only_order_that_would_cross_is_refused_and_one_that_touches_too() -> None:
    book = engine()
    book.place(order("ask", BUY, 4000, 10, leg=NO), NOW_MS)
    assert reason(book.place(order("bid", BUY, 6000, 10, post_only=True), NOW_MS)) == (
        POST_ONLY_CROSSES
    )
    assert accepted(book.place(order("bid", BUY, 5900, 10, post_only=True), NOW_MS))


def test_fill_or_kill_leaves_no_trace_when_it_cannot_be_filled_whole() -> None:
    book = engine()
    book.place(order("ask", SELL, 5000, 10), NOW_MS)
    too_much = order("fok", SELL, 5000, 11, leg=NO, kind=TimeInForce.FOK)
    assert reason(book.place(too_much, NOW_MS)) == FOK_KILLED
    assert book.asks.size_at(5000) == 10 * MICRO
    exact = order("fok", SELL, 5000, 10, leg=NO, kind=TimeInForce.FOK)
    assert fills(book.place(exact, NOW_MS))[0].size == 10 * MICRO


def test_fill_and_kill_takes_what_is_there_and_drops_the_rest() -> None:
    book = engine()
    nothing = order("fak", SELL, 5000, 20, kind=TimeInForce.FAK)
    assert reason(book.place(nothing, NOW_MS)) == FAK_KILLED
    book.place(order("bid", BUY, 5000, 8), NOW_MS)
    events = book.place(order("fak", SELL, 5000, 20, kind=TimeInForce.FAK), NOW_MS)
    assert fills(events)[0].size == 8 * MICRO
    dropped = [event for event in events if isinstance(event, Cancelled)]
    assert [(row.left, row.ending) for row in dropped] == [(12 * MICRO, Ending.UNFILLED)]
    assert not book.resting


def test_a_buyers_budget_buys_more_shares_at_a_better_price() -> None:
    book = engine()
    book.place(order("cheap", SELL, 2000, 10), NOW_MS)
    book.place(order("dear", SELL, 4000, 100), NOW_MS)
    ten_dollars = 10 * MICRO * PIPS
    taker = order("fok", BUY, 4000, 0, kind=TimeInForce.FOK, budget=ten_dollars)
    sizes = [fill.size for fill in fills(book.place(taker, NOW_MS))]
    assert sizes == [10 * MICRO, 20 * MICRO]
    more = order("fok2", BUY, 4000, 0, kind=TimeInForce.FOK, budget=4 * ten_dollars)
    assert reason(book.place(more, NOW_MS)) == FOK_KILLED


def test_a_buyer_of_no_pays_the_mirrored_price_from_the_budget() -> None:
    book = engine()
    book.place(order("bid", BUY, 7500, 100), NOW_MS)
    taker = order("fak", BUY, 3000, 0, leg=NO, kind=TimeInForce.FAK, budget=5 * MICRO * PIPS)
    (fill,) = fills(book.place(taker, NOW_MS))
    assert fill.size == 20 * MICRO


@pytest.mark.parametrize(
    ("bad", "text"),
    [
        (order("x", BUY, 4850, 10), "breaks minimum tick size rule: 0.01"),
        (order("x", BUY, 0, 10), "breaks minimum tick size rule"),
        (order("x", BUY, 10_000, 10), "breaks minimum tick size rule"),
        (order("x", BUY, -100, 10), "Price (-0.01)"),
        (order("x", BUY, 4800, 4.99), "Size (4.99) lower than the minimum: 5"),
        (order("x", BUY, 4800, 10, expires_ms=NOW_MS), "invalid expiration"),
        (
            order("x", BUY, 4800, 10, kind=TimeInForce.GTD, expires_ms=NOW_MS + 179_000),
            "invalid expiration",
        ),
        (
            order("x", BUY, 4800, 10, kind=TimeInForce.FAK, post_only=True),
            "Invalid order payload",
        ),
        (order("x", BUY, 4800, 10, budget=1), "Invalid order payload"),
    ],
)
def test_malformed_orders_are_refused_with_the_venues_words(bad: object, text: str) -> None:
    book = engine()
    events = book.place(bad, NOW_MS)  # type: ignore[arg-type] # parametrized as object
    assert text in reason(events)
    assert not book.resting


def test_the_same_order_twice_is_a_duplicate() -> None:
    book = engine()
    book.place(order("x", BUY, 4800, 10), NOW_MS)
    assert "Duplicated" in reason(book.place(order("x", BUY, 4800, 10), NOW_MS))


def test_a_dated_order_leaves_sixty_seconds_before_its_expiration() -> None:
    book = engine()
    expires = NOW_MS + 180_000
    book.place(order("x", BUY, 4800, 10, kind=TimeInForce.GTD, expires_ms=expires), NOW_MS)
    assert book.next_expiry() == expires - 60_000
    assert book.expire(expires - 60_001) == []
    gone, level = book.expire(expires - 60_000)
    assert isinstance(gone, Cancelled)
    assert gone.ending is Ending.EXPIRED
    assert level == levels([level])[0]
    assert book.bids.best is None
    assert book.next_expiry() is None


def test_cancelling_returns_the_level_and_nothing_the_second_time() -> None:
    book = engine()
    book.place(order("a", BUY, 4800, 10), NOW_MS)
    book.place(order("b", BUY, 4800, 7), NOW_MS)
    events = book.cancel("a")
    assert [(row.side, row.size) for row in levels(events)] == [(BID, 7 * MICRO)]
    assert book.cancel("a") == []


def test_the_grid_can_become_finer_and_never_coarser() -> None:
    book = engine()
    book.place(order("old", BUY, 9600, 10), NOW_MS)
    assert book.refine_tick(10) == [TickChanged(100, 10)]
    assert book.refine_tick(10) == []
    assert accepted(book.place(order("fine", BUY, 9610, 10), NOW_MS))
    assert book.bids.prices == [9600, 9610]
    with pytest.raises(InvalidOrderError, match="only be divided"):
        book.refine_tick(25)


def test_a_resolution_cancels_everything_and_closes_the_market() -> None:
    book = engine()
    book.place(order("bid", BUY, 4000, 10), NOW_MS)
    book.place(order("ask", BUY, 5000, 10, leg=NO), NOW_MS)
    events = book.resolve(PIPS)
    endings = [event.ending for event in events if isinstance(event, Cancelled)]
    assert endings == [Ending.RESOLVED, Ending.RESOLVED]
    assert events[-1] == Resolved(PIPS)
    assert not book.resting
    assert reason(book.place(order("late", BUY, 4000, 10), NOW_MS)) == NOT_READY


def test_legs_are_the_two_views_of_one_level() -> None:
    book = engine()
    book.place(order("a", BUY, 4800, 10, leg=YES), NOW_MS)
    book.place(order("b", SELL, 5200, 10, leg=NO), NOW_MS)
    assert book.bids.size_at(4800) == 20 * MICRO
