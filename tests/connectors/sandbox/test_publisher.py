from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sandbox.engine import MatchingEngine
from connectors.sandbox.frames import Dispatch
from connectors.sandbox.market import MarketState
from connectors.sandbox.mirror import LEGS, NO, YES
from connectors.sandbox.publisher import Publisher
from schemas.values import PIPS, Action, TimeInForce
from tests.connectors.sandbox.builders import NOW_MS, engine, kinds, order, spec, texts
from tests.connectors.sandbox.replica import Follower, follow

BUY, SELL = Action.BUY, Action.SELL


def opened() -> tuple[MatchingEngine, Publisher]:
    book = engine()
    return book, Publisher(spec(), MarketState(changed_ms=NOW_MS), book)


def frames(dispatches: list[Dispatch]) -> list[dict[str, Any]]:
    return [dispatch.frame for dispatch in dispatches]


def test_one_resting_order_shows_on_both_tokens() -> None:
    book, publisher = opened()
    change, *tops = publisher.publish(book.place(order("a", BUY, 4800, 120), NOW_MS), NOW_MS)
    yes, no = texts(change.frame["price_changes"])
    assert yes["asset_id"] == publisher.tokens[YES]
    assert (yes["side"], yes["price"], yes["size"]) == ("BUY", "0.48", "120")
    assert (yes["best_bid"], yes["best_ask"]) == ("0.48", "")
    assert no["asset_id"] == publisher.tokens[NO]
    assert (no["side"], no["price"], no["size"]) == ("SELL", "0.52", "120")
    assert (no["best_bid"], no["best_ask"]) == ("", "0.52")
    assert change.tokens == publisher.tokens
    assert not change.gated
    assert kinds(frames(tops)) == ["best_bid_ask", "best_bid_ask"]
    assert all(top.gated for top in tops)


def test_a_trade_comes_before_the_level_it_took_from_and_the_books_after() -> None:
    book, publisher = opened()
    publisher.publish(book.place(order("a", BUY, 4000, 50, leg=NO), NOW_MS), NOW_MS)
    events = book.place(order("t", BUY, 6000, 20, kind=TimeInForce.FAK), NOW_MS)
    out = publisher.publish(events, NOW_MS + 5)
    assert kinds(frames(out)) == ["last_trade_price", "price_change", "book", "book"]
    trade = out[0].frame
    assert (trade["price"], trade["size"], trade["side"]) == ("0.6", "20", "BUY")
    assert trade["asset_id"] == publisher.tokens[YES]
    assert out[0].tokens == (publisher.tokens[YES],)
    assert len(str(trade["transaction_hash"])) == 66
    assert {frame["timestamp"] for frame in frames(out)} == {str(NOW_MS + 5)}


def test_a_sweep_prints_once_per_price_in_the_takers_token() -> None:
    book, publisher = opened()
    for name, pips, shares in (("a", 5000, 10), ("b", 5000, 15), ("c", 4900, 20)):
        publisher.publish(book.place(order(name, BUY, pips, shares), NOW_MS), NOW_MS)
    taker = order("t", BUY, 5200, 40, leg=NO)
    out = frames(publisher.publish(book.place(taker, NOW_MS), NOW_MS))
    prints = [
        (frame["asset_id"], frame["price"], frame["size"], frame["side"])
        for frame in out
        if frame["event_type"] == "last_trade_price"
    ]
    no = publisher.tokens[NO]
    assert prints == [(no, "0.5", "25", "BUY"), (no, "0.51", "15", "BUY")]


def test_a_big_batch_comes_in_several_frames_of_one_time_and_one_hash() -> None:
    book, publisher = opened()
    events = [
        event
        for tick in range(12)
        for event in book.place(order(str(tick), BUY, 3000 + 100 * tick, 10), NOW_MS)
    ]
    changes = [
        frame
        for frame in frames(publisher.publish(events, NOW_MS))
        if frame["event_type"] == "price_change"
    ]
    assert [len(frame["price_changes"]) for frame in changes] == [20, 4]
    hashes = {
        entry["hash"]
        for frame in changes
        for entry in frame["price_changes"]
        if entry["asset_id"] == publisher.tokens[YES]
    }
    assert hashes == {publisher.book(YES)["hash"]}


def test_a_finer_grid_is_announced_for_both_tokens_and_followed_by_both_books() -> None:
    book, publisher = opened()
    out = frames(publisher.publish(book.refine_tick(10), NOW_MS))
    assert kinds(out) == ["tick_size_change", "tick_size_change", "book", "book"]
    assert (out[0]["old_tick_size"], out[0]["new_tick_size"]) == ("0.01", "0.001")
    assert out[2]["tick_size"] == "0.001"


def test_a_resolution_empties_the_book_and_names_the_winner() -> None:
    book, publisher = opened()
    publisher.publish(book.place(order("a", BUY, 4800, 10), NOW_MS), NOW_MS)
    out = publisher.publish(book.resolve(0), NOW_MS + 9)
    final = out[-1]
    assert final.frame["event_type"] == "market_resolved"
    assert final.gated
    assert final.frame["winning_asset_id"] == publisher.tokens[NO]
    assert final.frame["winning_outcome"] == "No"
    assert publisher.book(YES)["bids"] == []
    assert (publisher.state.resolved_ms, publisher.state.yes_payout) == (NOW_MS + 9, 0)


def test_a_fifty_fifty_resolution_has_no_winner() -> None:
    book, publisher = opened()
    final = publisher.publish(book.resolve(PIPS // 2), NOW_MS)[-1]
    assert (final.frame["winning_asset_id"], final.frame["winning_outcome"]) == ("", "")


def test_a_refused_order_sends_nothing() -> None:
    book, publisher = opened()
    assert publisher.publish(book.place(order("a", BUY, 4850, 10), NOW_MS), NOW_MS) == []


steps = st.lists(
    st.tuples(
        st.sampled_from(LEGS),
        st.sampled_from(Action),
        st.integers(45, 55),
        st.integers(5, 40),
        st.sampled_from((TimeInForce.GTC, TimeInForce.FAK)),
        st.one_of(st.none(), st.integers(0, 20)),
    ),
    max_size=25,
)


@given(steps)
@settings(deadline=None)
def test_frames_alone_rebuild_the_book_hash_by_hash(
    sequence: list[tuple[int, Action, int, int, TimeInForce, int | None]],
) -> None:
    book, publisher = opened()
    follower = Follower()
    for leg in LEGS:
        follower.feed(publisher.book(leg))
    for number, (leg, action, ticks, shares, kind, cancels) in enumerate(sequence):
        at_ms = NOW_MS + 1 + number
        taken = order(str(number), action, ticks * 100, shares, leg=leg, kind=kind)
        budgeted = kind is TimeInForce.FAK and action is BUY
        if budgeted:
            taken = order(
                str(number),
                action,
                ticks * 100,
                0,
                leg=leg,
                kind=kind,
                budget=shares * 10**6 * ticks * 100,
            )
        events = book.place(taken, at_ms) if cancels is None else book.cancel(str(cancels))
        follow(frames(publisher.publish(events, at_ms)), follower)
    for leg in LEGS:
        replica = follower.books[publisher.tokens[leg]]
        truth = publisher.book(leg)
        assert {**replica.wire(), "hash": truth["hash"]} == {
            key: value for key, value in truth.items() if key != "event_type"
        }
        assert not replica.crossed()
    mirror_checked(follower, publisher)


def mirror_checked(follower: Follower, publisher: Publisher) -> None:
    """YES bids are NO asks at one minus the price, size for size."""
    yes, no = (follower.books[token].wire() for token in publisher.tokens)
    for name, other in (("bids", "asks"), ("asks", "bids")):
        turned = [(f"{1 - float(row['price']):.4f}", row["size"]) for row in yes[name]]
        assert turned == [(f"{float(row['price']):.4f}", row["size"]) for row in no[other]]
