import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.polymarket.drift import DriftSentinel
from connectors.polymarket.event_fields import Fields
from connectors.polymarket.replies import VenueOrder
from connectors.polymarket.user_events import UserTrade, read_trade
from connectors.polymarket.user_feed import OrderStep, TradeStep, UserFeed

TRADE = {
    "event_type": "trade",
    "type": "TRADE",
    "id": "t1",
    "taker_order_id": "0x06",
    "market": "0xc",
    "asset_id": "1",
    "side": "BUY",
    "size": "10",
    "price": "0.57",
    "status": "MATCHED",
    "owner": "o",
}
ORDER = {
    "event_type": "order",
    "type": "PLACEMENT",
    "id": "0x1",
    "owner": "o",
    "market": "0xc",
    "asset_id": "1",
    "side": "BUY",
    "original_size": "10",
    "size_matched": "0",
    "price": "0.5",
    "status": "LIVE",
    "timestamp": "1795383383",
}


def frame(document: dict[str, Any], **changes: object) -> str:
    return json.dumps({**document, **changes})


def rest_order(**changes: object) -> VenueOrder:
    document = {**ORDER, "maker_address": "0xm", **changes}
    return msgspec.convert(document, VenueOrder, strict=False)


def rest_trade(**changes: object) -> UserTrade:
    return read_trade(Fields({**TRADE, **changes}))


def new_feed() -> UserFeed:
    return UserFeed(DriftSentinel())


def statuses(feed: UserFeed, *told: str) -> list[str]:
    return [
        step.trade.status
        for status in told
        for step in feed.on_frame(frame(TRADE, status=status))
        if isinstance(step, TradeStep)
    ]


def test_a_trade_rises_and_each_status_comes_once() -> None:
    found = statuses(
        new_feed(),
        "MATCHED",
        "MATCHED",
        "MINED",
        "MATCHED",
        "CONFIRMED",
        "MINED",
        "FAILED",
    )
    assert found == ["MATCHED", "MINED", "CONFIRMED"]


def test_a_trade_may_be_retried_and_fail() -> None:
    found = statuses(new_feed(), "MATCHED", "MINED", "RETRYING", "MATCHED", "MINED", "FAILED")
    assert found == ["MATCHED", "MINED", "RETRYING", "MATCHED", "MINED", "FAILED"]


@given(st.lists(st.sampled_from(["MATCHED", "MINED", "RETRYING", "CONFIRMED", "FAILED", "NEW"])))
def test_nothing_follows_an_end(told: list[str]) -> None:
    found = statuses(new_feed(), *told)
    assert all(each not in ("CONFIRMED", "FAILED") for each in found[:-1])


def test_what_comes_late_about_an_order_is_old() -> None:
    feed = new_feed()
    feed.on_frame(frame(ORDER))
    (update,) = feed.on_frame(frame(ORDER, type="UPDATE", size_matched="6"))
    assert isinstance(update, OrderStep)
    assert update.matched == 6
    assert feed.on_frame(frame(ORDER, type="UPDATE", size_matched="4")) == []
    (end,) = feed.on_frame(frame(ORDER, type="CANCELLATION", status="CANCELED", size_matched="6"))
    assert isinstance(end, OrderStep)
    assert end.ended
    assert feed.on_frame(frame(ORDER, type="UPDATE", size_matched="10")) == []


def test_the_gap_of_a_reconnect_is_closed_in_order_and_once() -> None:
    feed = new_feed()
    feed.on_frame(frame(ORDER))
    feed.on_frame(frame(ORDER, id="0x2"))
    feed.on_frame(frame(TRADE))
    trades = [
        rest_trade(id="t3", last_update="30"),
        rest_trade(id="t2", last_update="20"),
        rest_trade(status="TRADE_STATUS_CONFIRMED", last_update="10"),
    ]
    report = feed.close_gap([rest_order(size_matched="4")], trades)
    ids = [step.trade.id for step in report.steps if isinstance(step, TradeStep)]
    assert ids == ["t1", "t2", "t3"]
    assert [step.matched for step in report.steps if isinstance(step, OrderStep)] == [Decimal(4)]
    assert report.missing == ["0x2"]
    again = feed.close_gap([rest_order(size_matched="4")], trades)
    assert again.steps == []


@pytest.mark.parametrize(
    "garbage", ["{", "[", "null", "[1]", frame(ORDER, type="BOGUS"), "[" * 9_999]
)
def test_what_cannot_be_read_is_counted_with_its_cause(garbage: str) -> None:
    feed = new_feed()
    assert feed.on_frame(garbage) == []
    assert feed.unread == 1
    assert feed.trouble.startswith("the user channel said what cannot be read: ")


def test_what_can_be_read_beside_it_is_told_and_new_fields_are_counted() -> None:
    drift = DriftSentinel()
    feed = UserFeed(drift)
    fill = {"order_id": "0x1", "owner": "o", "matched_amount": "1", "price": "0.5"}
    trade = frame(
        TRADE, maker_orders=[{**fill, "asset_id": "1", "side": "BUY", "shade": 1}], colour="red"
    )
    assert len(feed.on_frame("[" + frame(ORDER, type="BOGUS") + "," + trade + "]")) == 1
    assert feed.unread == 1
    assert dict(drift.unknown) == {
        ("user trade", "colour"): 1,
        ("user trade", "maker_orders shade"): 1,
    }
    assert not drift.reasons
