"""Our open orders: what they reserve, when they end, how long they are remembered."""

from decimal import Decimal

from schemas.values import IntentKind, Side
from streams.orders import REMEMBERED, REMEMBERED_MS, OrderIndex, OwnOrders, is_bid, yes_price
from tests.streams.account_messages import (
    BOT_1,
    BOT_5,
    BUY,
    MARKET,
    NO,
    SELL,
    YES,
    Stream,
    an_order,
)


def test_sides_and_prices_in_yes_space() -> None:
    cases = [(YES, BUY, True, "0.30"), (NO, SELL, True, "0.70")]
    cases += [(YES, SELL, False, "0.30"), (NO, BUY, False, "0.70")]
    for side, action, bid, price in cases:
        order = an_order(side, action, "0.30", "10")
        assert is_bid(order) is bid
        assert yes_price(order) == Decimal(price)


def test_reservations_follow_fills_and_ends() -> None:
    index, stream = OrderIndex(OwnOrders()), Stream()
    buy, sell = an_order(YES, BUY, "0.40", "100"), an_order(YES, SELL, "0.50", "30")
    index.accept(buy, IntentKind.MM, None)
    index.accept(sell, IntentKind.REDUCE, None)
    index.accept(buy, IntentKind.MM, None)
    assert index.reserved_cash(BOT_5) == 40
    assert index.reserved_tokens(BOT_5, MARKET, Side.YES) == 30
    assert index.fill(stream.fill(1, buy, "25", cumulative="25"), 1)
    assert index.reserved_cash(BOT_5) == 30
    assert index.end(buy.order_id, 2) is not None
    assert index.end(buy.order_id, 2) is None
    assert index.reserved_cash(BOT_5) == 0
    assert [entry.order for entry in index.of_bot(BOT_5)] == [sell]
    assert list(index.of_bot(BOT_1)) == []
    assert index.is_known(buy.order_id)


def test_an_ended_order_does_not_come_back() -> None:
    index = OrderIndex(OwnOrders())
    order = an_order(YES, BUY, "0.40", "100")
    index.accept(order, IntentKind.MM, None)
    index.end(order.order_id, 1)
    index.accept(order, IntentKind.MM, None)
    assert index.find(order.order_id) is None


def test_a_fill_of_an_unknown_order_counts_once() -> None:
    index, stream = OrderIndex(OwnOrders()), Stream()
    order = an_order(YES, BUY, "0.40", "100")
    assert index.fill(stream.fill(1, order, trade="t"), 1)
    assert not index.fill(stream.fill(2, order, trade="t"), 2)


def test_ended_orders_are_forgotten_by_age_and_by_number() -> None:
    index = OrderIndex(OwnOrders())
    for number in range(REMEMBERED + 10):
        order = an_order(YES, BUY, "0.40", "100", name=f"n{number}")
        index.accept(order, IntentKind.MM, None)
        index.end(order.order_id, number)
    index.forget(REMEMBERED)
    assert len(index.state.ended) == REMEMBERED
    assert "n9" not in index.state.ended
    index.forget(REMEMBERED_MS + 100)
    assert "n99" not in index.state.ended
    assert "n100" in index.state.ended


def test_an_index_built_anew_equals_the_one_that_followed() -> None:
    index, stream = OrderIndex(OwnOrders()), Stream()
    orders = [an_order(YES, BUY, "0.40", f"{size}") for size in (10, 20, 30)]
    for order in orders:
        index.accept(order, IntentKind.MM, None)
    index.fill(stream.fill(1, orders[0], "5", cumulative="5"), 1)
    index.end(orders[1].order_id, 2)
    again = OrderIndex(index.state)
    assert again.reserved_cash(BOT_5) == index.reserved_cash(BOT_5)
    assert list(again.in_market(MARKET)) == list(index.in_market(MARKET))
    event = orders[0].venue_event_id
    assert list(again.of_bot_in_event(BOT_5, event)) == list(index.of_bot_in_event(BOT_5, event))
