import itertools

import msgspec
import pytest

from connectors.sandbox.accounts import Accounts
from connectors.sandbox.faults import WRONG_HASH, Faults
from connectors.sandbox.frames import Dispatch, Frame
from connectors.sandbox.hub import RESTARTING, SLOW_CONSUMER, Hub, Subscriber
from connectors.sandbox.mirror import NO, YES
from connectors.sandbox.venue import Venue
from connectors.sandbox.world import World
from tests.connectors.sandbox.builders import NOW_MS


@pytest.fixture
def hub() -> Hub:
    accounts = Accounts()
    world = World(7, NOW_MS, accounts=accounts)
    return Hub(Venue([world], accounts, NOW_MS), Faults())


def tokens_of(hub: Hub, index: int = 0) -> tuple[str, str]:
    return hub.venue.listings()[index].spec.token_ids


def joined(hub: Hub, tokens: tuple[str, ...] = (), custom: bool | None = None) -> Subscriber:
    subscriber = Subscriber()
    hub.join(subscriber)
    hub.subscribe(subscriber, tokens, custom=custom)
    return subscriber


def received(subscriber: Subscriber) -> list[Frame]:
    frames: list[Frame] = []
    while (message := subscriber.next_message()) is not None:
        decoded = msgspec.json.decode(message)
        frames += decoded if isinstance(decoded, list) else [decoded]
    return frames


def kinds(subscriber: Subscriber) -> set[object]:
    return {frame["event_type"] for frame in received(subscriber)}


def test_books_come_at_once_and_not_again_for_a_token_subscribed_twice(hub: Hub) -> None:
    yes, no = tokens_of(hub)
    subscriber = joined(hub, (yes,))
    (book,) = received(subscriber)
    assert book == hub.venue.listings()[0].book(YES)
    hub.subscribe(subscriber, (yes, no), custom=True)
    assert [frame["asset_id"] for frame in received(subscriber)] == [no]
    assert subscriber.custom


def test_a_book_is_never_older_than_the_frames_that_follow_it(hub: Hub) -> None:
    yes, _ = tokens_of(hub)
    hub.venue.advance(NOW_MS + 5_000)
    subscriber = joined(hub, (yes,))
    book, *_ = received(subscriber)
    hub.pump(NOW_MS + 20_000)
    later = received(subscriber)
    assert later
    assert all(str(frame["timestamp"]) >= str(book["timestamp"]) for frame in later)


def test_gated_frames_need_the_flag_and_tokens_their_subscription(hub: Hub) -> None:
    mine, other = tokens_of(hub, 0), tokens_of(hub, 1)
    plain, custom, elsewhere = (
        joined(hub, mine),
        joined(hub, mine, custom=True),
        joined(hub, other, custom=True),
    )
    for subscriber in (plain, custom, elsewhere):
        received(subscriber)
    hub.pump(NOW_MS + 120_000)
    seen = received(plain)
    assert {"price_change", "book", "last_trade_price"} == {f["event_type"] for f in seen}
    assert {frame["market"] for frame in seen} == {hub.venue.listings()[0].spec.condition_id}
    assert "best_bid_ask" in kinds(custom)
    assert {frame["market"] for frame in received(elsewhere)} == {
        hub.venue.listings()[1].spec.condition_id
    }


def test_new_markets_are_told_to_everybody_with_the_flag(hub: Hub) -> None:
    plain, custom = joined(hub), joined(hub, custom=True)
    frame: Frame = {"event_type": "new_market"}
    hub.deliver([Dispatch(NOW_MS, frame, ("7",), gated=True, broadcast=True)])
    assert received(plain) == []
    assert received(custom) == [frame]


def test_an_unsubscribed_token_is_silent_and_comes_back_with_a_book(hub: Hub) -> None:
    tokens = tokens_of(hub)
    subscriber = joined(hub, tokens)
    received(subscriber)
    hub.unsubscribe(subscriber, tokens)
    hub.pump(NOW_MS + 30_000)
    assert received(subscriber) == []
    hub.subscribe(subscriber, tokens, custom=None)
    assert [frame["event_type"] for frame in received(subscriber)] == ["book", "book"]


def test_frames_travel_in_arrays_that_never_part_one_moment() -> None:
    subscriber = Subscriber()
    moments = [at_ms for at_ms in range(30) for _ in range(4)]
    subscriber.send_frames((at_ms, str(at_ms)) for at_ms in moments)
    messages = []
    while (message := subscriber.next_message()) is not None:
        messages.append(msgspec.json.decode(message, type=list[int]))
    assert [at_ms for message in messages for at_ms in message] == moments
    assert len(messages) == 3
    assert all(a[-1] != b[0] for a, b in itertools.pairwise(messages))


def test_a_frame_alone_is_an_object(hub: Hub) -> None:
    subscriber = joined(hub, tokens_of(hub)[:1])
    message = subscriber.next_message()
    assert message is not None
    assert isinstance(msgspec.json.decode(message), dict)


def test_a_client_that_does_not_read_is_closed_and_keeps_no_memory(hub: Hub) -> None:
    subscriber = Subscriber(outbox_messages=5)
    hub.join(subscriber)
    hub.subscribe(subscriber, tokens_of(hub), custom=None)
    for second in range(1, 120):
        hub.pump(NOW_MS + second * 1000)
    assert subscriber.close_code == SLOW_CONSUMER
    assert subscriber.closing.is_set()
    assert subscriber.next_message() is None


def test_a_frozen_socket_hears_nothing_and_stays_open(hub: Hub) -> None:
    subscriber = joined(hub, tokens_of(hub))
    received(subscriber)
    hub.freeze_all()
    hub.pump(NOW_MS + 30_000)
    assert received(subscriber) == []
    assert subscriber.close_code is None
    hub.freeze_all(frozen=False)
    hub.pump(NOW_MS + 60_000)
    assert received(subscriber)


def test_all_sockets_can_be_closed_and_leave_nothing_behind(hub: Hub) -> None:
    subscribers = [joined(hub, tokens_of(hub)) for _ in range(3)]
    hub.close_all(RESTARTING)
    assert {each.close_code for each in subscribers} == {RESTARTING}
    for each in subscribers:
        hub.leave(each)
    assert not hub.subscribers
    hub.pump(NOW_MS + 10_000)
    assert all(each.next_message() is None for each in subscribers)


def test_a_corrupted_hash_is_sent_once_and_the_book_stays_right(hub: Hub) -> None:
    subscriber = joined(hub, tokens_of(hub))
    received(subscriber)
    hub.faults.corrupt_hash()
    hub.pump(NOW_MS + 60_000)
    frames = received(subscriber)
    wrong = [frame for frame in frames if WRONG_HASH in str(frame)]
    assert len(wrong) == 1
    assert hub.venue.listings()[0].book(YES)["hash"] != WRONG_HASH


def test_a_frame_can_come_twice(hub: Hub) -> None:
    subscriber = joined(hub, tokens_of(hub))
    received(subscriber)
    hub.faults.duplicate(1_000)
    hub.pump(NOW_MS + 10_000)
    frames = received(subscriber)
    assert frames
    assert frames[0::2] == frames[1::2]


def test_a_crossed_book_can_be_sent_while_the_market_is_not_crossed(hub: Hub) -> None:
    _, no = tokens_of(hub)
    subscriber = joined(hub, (no,))
    received(subscriber)
    hub.faults.cross_book(no)
    hub.pump(NOW_MS + 60_000)
    crossed = [
        frame
        for frame in received(subscriber)
        if frame["event_type"] == "book" and is_crossed(frame)
    ]
    assert len(crossed) == 1
    bid, ask = hub.venue.listings()[0].top(NO)
    assert bid is not None
    assert ask is not None
    assert bid < ask


def is_crossed(frame: Frame) -> bool:
    bids, asks = frame["bids"], frame["asks"]
    assert isinstance(bids, list)
    assert isinstance(asks, list)
    return float(bids[-1]["price"]) >= float(asks[-1]["price"])
