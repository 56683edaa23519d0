from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from connectors.sandbox.events import Cancelled, Rejected
from connectors.sandbox.frames import Frame
from connectors.sandbox.gamma import gamma_market
from connectors.sandbox.mirror import LEGS, NO, YES
from connectors.sandbox.orders import FAK_KILLED, FOK_KILLED, NOT_READY, POST_ONLY_CROSSES
from connectors.sandbox.recorded import Recorded, recorded_frames
from connectors.sandbox.recording import Recording
from schemas.errors import ConfigurationError
from schemas.values import MICRO, PIPS, Action, TimeInForce
from tests.connectors.sandbox.builders import NOW_MS, order, reason
from tests.connectors.sandbox.replica import Replica

BUY = Action.BUY
MINUTE_MS = 60_000
# Of resolvedkit 0.1.0, counted in the files themselves.
MARKETS, SNAPSHOTS = 18, 38_333
FIRST_WINDOW = "0xfb85ca82aa27f2ae7ea27513c8e341f029168fb664e78f8d82ab585af9af1028"
FIRST_WINDOW_SNAPSHOTS = 2_032
UP_WON = 13


@pytest.fixture(scope="module")
def lap(recording: Recording) -> list[tuple[int, Frame]]:
    return list(recorded_frames(recording=recording))


def test_one_lap_has_every_recorded_book_and_every_outcome(lap: list[tuple[int, Frame]]) -> None:
    counted = Counter(frame["event_type"] for _, frame in lap)
    assert counted["book"] == SNAPSHOTS
    assert counted["new_market"] == counted["market_resolved"] == MARKETS
    first = [frame for _, frame in lap if frame["market"] == FIRST_WINDOW]
    assert sum(frame["event_type"] == "book" for frame in first) == FIRST_WINDOW_SNAPSHOTS
    winners = Counter(
        frame["winning_outcome"] for _, frame in lap if frame["event_type"] == "market_resolved"
    )
    assert winners == {"Up": UP_WON, "Down": MARKETS - UP_WON}
    assert first[-1]["winning_outcome"] == "Down"


def test_times_are_the_recorded_ones_and_in_order(lap: list[tuple[int, Frame]]) -> None:
    times = [at_ms for at_ms, _ in lap]
    assert times == sorted(times)
    assert times[0] == 1_790_585_112_649
    assert all(int(str(frame["timestamp"])) == at_ms for at_ms, frame in lap)


def test_hashes_fit_and_no_price_is_off_the_grid(lap: list[tuple[int, Frame]]) -> None:
    ticks: dict[str, int] = {}
    for _, frame in lap:
        if frame["event_type"] == "tick_size_change":
            ticks[str(frame["asset_id"])] = round(float(str(frame["new_tick_size"])) * PIPS)
        if frame["event_type"] == "book":
            tick = ticks.get(str(frame["asset_id"]), 100)
            assert round(float(str(frame["tick_size"])) * PIPS) == tick
            assert all(pips % tick == 0 for pips in prices(frame))
    for _, frame in lap[:2_000]:
        if frame["event_type"] == "book":
            assert rebuilt(frame).hash() == frame["hash"]


def prices(frame: Frame) -> list[int]:
    rows: Any = [frame["bids"], frame["asks"]]
    return [round(float(row["price"]) * PIPS) for side in rows for row in side]


def rebuilt(frame: Any) -> Replica:
    replica = Replica()
    replica.head = dict(frame)
    replica.bids = {row["price"]: row["size"] for row in frame["bids"]}
    replica.asks = {row["price"]: row["size"] for row in frame["asks"]}
    return replica


def test_the_books_are_those_of_the_file(recording: Recording) -> None:
    window = recording.windows[3]
    table = pq.ParquetFile(recording._folder / "books.parquet").read()
    rows = [row for row in table.to_pylist() if row["market_id"] == window.condition_id]
    snapshots = recording.snapshots(window)
    assert len(rows) == len(snapshots)
    for row, snapshot in zip(rows, snapshots, strict=True):
        assert (row["ts"], row["side"]) == (snapshot.at_ms, ("UP", "DOWN")[snapshot.leg])
        assert row["bid_px"] == [pips / PIPS for pips, _ in snapshot.bids]
        assert [round(size, 6) for size in row["ask_sz"]] == [
            size / MICRO for _, size in snapshot.asks
        ]


def test_laps_follow_one_another_on_the_quarter_hour_with_ids_of_their_own(
    recording: Recording,
) -> None:
    last, quarter = recording.windows[-1], 15 * MINUTE_MS
    source = Recorded(7, last.start_ms - quarter, recording)
    seen = {market.spec.condition_id: market for market in source.listings()}
    source.advance(last.end_ms + 2 * quarter)
    seen |= {market.spec.condition_id: market for market in source.listings()}
    markets = sorted(seen.values(), key=lambda market: market.spec.end_ms)
    windows = [market.spec.window_start_ms or 0 for market in markets]
    assert windows == [last.start_ms + step * quarter for step in range(-2, 4)]
    again = markets[3:]
    assert [m.spec.question for m in again] == [w.question for w in recording.windows[:3]]
    assert {m.spec.condition_id for m in again}.isdisjoint(
        w.condition_id for w in recording.windows
    )
    slugs = [market.spec.slug for market in markets]
    assert slugs == [f"btc-updown-15m-{start // 1000}" for start in windows]


def test_the_same_lap_is_found_again_after_a_restart(recording: Recording) -> None:
    first, later = Recorded(7, NOW_MS, recording), Recorded(7, NOW_MS + MINUTE_MS, recording)
    first.advance(NOW_MS + MINUTE_MS)
    open_first = [m for m in first.listings() if m.state.is_open]
    assert [m.spec for m in open_first] == [m.spec for m in later.listings()]
    assert [m.book(YES) for m in open_first] == [m.book(YES) for m in later.listings()]


def test_another_seed_has_other_ids(recording: Recording) -> None:
    ids = [
        {market.spec.condition_id for market in Recorded(seed, NOW_MS, recording).listings()}
        for seed in (7, 8)
    ]
    assert ids[0].isdisjoint(ids[1])


def test_a_short_window_that_resolves_by_itself_can_be_recognised(recording: Recording) -> None:
    market, *_ = Recorded(7, NOW_MS, recording).listings()
    document = gamma_market(market, NOW_MS)
    assert document["automaticallyResolved"] is True
    assert document["umaResolutionStatus"] == ""
    start, end = (
        datetime.fromisoformat(str(document[name])) for name in ("eventStartTime", "endDate")
    )
    assert (end - start).total_seconds() == 900
    assert market.spec.tags == ("recorded", "crypto")
    assert "CC BY 4.0" in market.spec.description
    assert "volume24hr" not in document


def test_a_resolved_market_closes_and_stays_visible(recording: Recording) -> None:
    source = Recorded(7, NOW_MS, recording)
    market = source.listings()[0]
    out = source.advance(market.spec.end_ms + 3 * MINUTE_MS)
    mine = [d for d in out if d.frame["market"] == market.spec.condition_id]
    assert mine[-1].frame["event_type"] == "market_resolved"
    assert mine[-1].gated
    assert mine[-1].at_ms > market.spec.end_ms
    assert market in source.listings()
    assert gamma_market(market, NOW_MS)["closed"] is True
    assert gamma_market(market, NOW_MS)["outcomePrices"] in ('["1", "0"]', '["0", "1"]')
    (refused,) = market.place(order("late", BUY, 100, 10), NOW_MS)[0]
    assert isinstance(refused, Rejected)
    assert refused.reason == NOT_READY


def test_orders_rest_beside_the_recorded_book_and_never_match(recording: Recording) -> None:
    market = Recorded(7, NOW_MS, recording).listings()[0]
    before = market.book(YES)
    bid, ask = market.top(YES)
    assert bid is not None
    assert ask is not None
    events, frames = market.place(order("mine", BUY, bid, 10, post_only=True), NOW_MS)
    assert len(events) == 1
    assert frames == []
    assert list(market.resting) == ["mine"]
    assert market.book(YES) == before
    crossing = [
        order("x", BUY, ask, 10, post_only=True),
        order("x", BUY, PIPS - bid, 10, leg=NO, post_only=True),
    ]
    for each in crossing:
        assert reason(market.place(each, NOW_MS)[0]) == POST_ONLY_CROSSES
    for kind, text in ((TimeInForce.FAK, FAK_KILLED), (TimeInForce.FOK, FOK_KILLED)):
        assert reason(market.place(order("x", Action.SELL, bid, 10, kind=kind), NOW_MS)[0]) == text
    assert "Duplicated" in reason(market.place(order("mine", BUY, bid, 10), NOW_MS)[0])
    assert "tick size" in reason(market.place(order("x", BUY, bid + 1, 10), NOW_MS)[0])
    (gone,) = market.cancel("mine", NOW_MS)[0]
    assert isinstance(gone, Cancelled)
    assert market.cancel("mine", NOW_MS) == ([], [])


def test_dated_orders_leave_a_recorded_book_too(recording: Recording) -> None:
    market = Recorded(7, NOW_MS, recording).listings()[0]
    expires = NOW_MS + 240_000
    dated = order("mine", BUY, 100, 10, kind=TimeInForce.GTD, expires_ms=expires)
    market.place(dated, NOW_MS)
    market.advance(expires - 60_001)
    assert list(market.resting) == ["mine"]
    market.advance(expires - 60_000)
    assert not market.resting


def test_both_tokens_mirror_each_other_where_both_were_recorded(recording: Recording) -> None:
    market = Recorded(7, NOW_MS, recording).listings()[0]
    yes, no = (prices(market.book(leg)) for leg in LEGS)
    assert sorted(PIPS - pips for pips in yes) == sorted(no)


def test_a_missing_recording_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="choose the source `world`"):
        Recording(tmp_path)
