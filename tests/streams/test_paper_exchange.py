"""Orders at the paper exchange: latency, arrival, cancels, expiry, heartbeat, merges (E.1)."""

from decimal import Decimal

import msgspec
import pytest
from msgspec.structs import replace

from schemas.market import Market
from schemas.trading import (
    CancelRefused,
    OrderCanceled,
    OrderExpired,
    OrderPlaced,
    OrderRejected,
    PairsMerged,
)
from schemas.values import Action, DataLabel, MarketStatus, Side, TimeInForce
from streams.paper_agenda import IDLE_KEPT
from streams.paper_rules import PaperRules, noisy
from streams.paper_state import ExchangeState
from tests.streams.paper_tape import (
    BIDS,
    MARKET,
    OTHER,
    START,
    approve,
    bid,
    cancel,
    delta,
    give,
    listed,
    market,
    merge,
    new_tick,
    opened,
    order,
    resolved,
    snapshot,
    tick,
)

# Feed 100 ms and entry 250 ms: what is approved at 0 is judged when the log has reached 350.
ARRIVAL = 350


def test_an_order_is_placed_behind_what_is_displayed_on_arrival() -> None:
    exchange = opened()
    assert give(exchange, approve(0, bid("a", "0.48", 20)), tick(ARRIVAL)) == []
    (placed,) = give(exchange, tick(ARRIVAL + 1))
    assert isinstance(placed, OrderPlaced)
    assert placed.queue_ahead == 100
    assert placed.event_time == placed.ingest_time == START + ARRIVAL
    assert placed.causation_id == "approval-a"
    assert (placed.order_id, placed.zone, placed.ordered_at) == ("a", "ZONE_3", START)


def test_market_data_of_the_same_time_comes_before_the_arrival() -> None:
    exchange = opened()
    said = give(
        exchange,
        approve(0, bid("a", "0.48", 20)),
        delta(ARRIVAL, ("bid", "0.48", 40)),
        tick(ARRIVAL + 1),
    )
    assert [it.queue_ahead for it in said if isinstance(it, OrderPlaced)] == [40]


def test_what_is_due_between_two_inputs_is_done_before_the_later_one() -> None:
    exchange = opened()
    (placed,) = give(
        exchange, approve(0, bid("a", "0.48", 20)), delta(ARRIVAL + 1, ("bid", "0.48", 40))
    )
    assert isinstance(placed, OrderPlaced)
    assert placed.queue_ahead == 100


def test_a_slow_acknowledgement_is_heard_later() -> None:
    exchange = opened(PaperRules(ack_ms=400))
    said = give(exchange, approve(0, bid("a", "0.48", 20)), tick(ARRIVAL + 300))
    assert said == []
    (placed,) = give(exchange, tick(ARRIVAL + 301))
    assert placed.event_time == START + ARRIVAL
    assert placed.ingest_time == START + ARRIVAL + 300


@pytest.mark.parametrize(
    ("side", "action", "price"),
    [
        (Side.YES, Action.BUY, "0.50"),
        (Side.YES, Action.SELL, "0.48"),
        (Side.NO, Action.BUY, "0.52"),
        (Side.NO, Action.SELL, "0.50"),
    ],
)
def test_a_crossing_order_is_rejected(side: Side, action: Action, price: str) -> None:
    said = give(opened(), approve(0, order("a", side, action, price, 20)), tick(1000))
    (rejected,) = said
    assert isinstance(rejected, OrderRejected)
    assert rejected.reason == "WOULD_CROSS"


@pytest.mark.parametrize(
    ("side", "action", "price", "ahead"),
    [
        (Side.YES, Action.BUY, "0.49", 0),
        (Side.YES, Action.SELL, "0.51", 300),
        (Side.NO, Action.BUY, "0.50", 100),
        (Side.NO, Action.SELL, "0.52", 100),
    ],
)
def test_orders_of_both_tokens_rest_in_the_yes_book(
    side: Side, action: Action, price: str, ahead: int
) -> None:
    said = give(opened(), approve(0, order("a", side, action, price, 20)), tick(1000))
    (placed,) = said
    assert isinstance(placed, OrderPlaced)
    assert placed.queue_ahead == ahead


def test_crossing_is_judged_on_arrival_and_not_at_the_decision() -> None:
    exchange = opened()
    said = give(
        exchange,
        approve(0, bid("late", "0.49", 20)),
        delta(200, ("ask", "0.49", 10)),
        tick(1000),
    )
    assert isinstance(said[0], OrderRejected)


def test_an_order_that_meets_one_of_ours_is_rejected() -> None:
    exchange = opened()
    give(exchange, approve(0, bid("a", "0.49", 20)), tick(1000))
    said = give(exchange, approve(1000, order("b", Side.NO, Action.BUY, "0.51", 20)), tick(2000))
    assert isinstance(said[0], OrderRejected)
    assert said[0].reason == "WOULD_CROSS"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"price": Decimal("0.485")}, "BAD_TICK"),
        ({"price": Decimal("1.00")}, "BAD_PRICE"),
        ({"size": Decimal("4.99")}, "BAD_SIZE"),
        ({"size": Decimal("20.001")}, "BAD_SIZE"),
        ({"post_only": False}, "POST_ONLY_REQUIRED"),
        ({"time_in_force": TimeInForce.FOK}, "POST_ONLY_REQUIRED"),
        ({"time_in_force": TimeInForce.GTD}, "BAD_EXPIRATION"),
        ({"expires_at": START + 900_000}, "BAD_EXPIRATION"),
        (
            {"time_in_force": TimeInForce.GTD, "expires_at": START + 180_249},
            "BAD_EXPIRATION",
        ),
        ({"market_id": OTHER}, "MARKET_CLOSED"),
    ],
)
def test_what_the_venue_refuses_is_rejected(changes: dict[str, object], reason: str) -> None:
    exchange = opened()
    said = give(exchange, approve(0, replace(bid("a", "0.48", 20), **changes)), tick(1000))
    assert [(type(it), getattr(it, "reason", "")) for it in said] == [(OrderRejected, reason)]
    assert exchange.counts.rejected == 1


def test_the_old_grid_is_refused_after_a_tick_change() -> None:
    exchange = opened()
    give(exchange, new_tick(10, 100, 1000), snapshot(20, [("0.4", 100)], [("0.6", 100)], tick=1000))
    said = give(exchange, approve(100, bid("a", "0.48", 20)), tick(1000))
    assert isinstance(said[0], OrderRejected)
    assert said[0].reason == "BAD_TICK"


def test_a_finer_grid_is_used_as_soon_as_it_is_announced() -> None:
    exchange = opened()
    give(exchange, approve(0, bid("a", "0.481", 20)), new_tick(10, 100, 10))
    said = give(exchange, tick(1000), snapshot(1001, BIDS, [("0.50", 5)], tick=10), tick(2000))
    assert [type(it) for it in said] == [OrderPlaced]


def test_an_order_off_a_coarser_grid_is_cancelled() -> None:
    exchange = opened()
    give(exchange, approve(0, bid("a", "0.48", 20)), tick(1000))
    said = give(exchange, snapshot(1001, [("0.4", 100)], [("0.6", 100)], tick=1000))
    assert [getattr(it, "reason", "") for it in said] == ["tick-size-changed"]


@pytest.mark.parametrize(
    "it",
    [
        market(status=MarketStatus.PAUSED),
        market(status=MarketStatus.PROPOSED),
        market(auto_resolved=True, resolves_at=START + 250),
    ],
)
def test_a_closed_market_takes_no_orders(it: Market) -> None:
    said = give(opened(it=it), approve(0, bid("a", "0.48", 20)), tick(1000))
    assert [getattr(it, "reason", "") for it in said] == ["MARKET_CLOSED"]


def test_the_same_approval_again_places_nothing() -> None:
    exchange = opened()
    approval = approve(0, bid("a", "0.48", 20))
    assert len(give(exchange, approval, approval, tick(1000))) == 1
    assert give(exchange, approval, tick(2000)) == []
    give(exchange, cancel(2000, "a"), tick(3000))
    assert give(exchange, approval, tick(4000)) == []
    assert exchange.counts.repeats == 3


def test_a_cancel_works_when_it_arrives() -> None:
    exchange = opened()
    give(exchange, approve(0, bid("a", "0.48", 20)), tick(1000))
    assert give(exchange, cancel(1000, "a"), tick(1250)) == []
    (canceled,) = give(exchange, tick(1251))
    assert isinstance(canceled, OrderCanceled)
    assert (canceled.reason, canceled.filled, canceled.event_time) == (
        "ttl",
        Decimal(0),
        START + 1250,
    )
    assert canceled.ordered_at == START


def test_a_second_cancel_is_refused_with_how_the_order_ended() -> None:
    exchange = opened()
    give(exchange, approve(0, bid("a", "0.48", 20)), tick(1000))
    said = give(exchange, cancel(1000, "a"), cancel(1001, "a"), tick(2000))
    assert [type(it) for it in said] == [OrderCanceled, CancelRefused]
    refused = said[1]
    assert isinstance(refused, CancelRefused)
    assert (refused.reason, refused.ordered_at) == ("canceled", START)


def test_a_cancel_of_nothing_is_refused_as_unknown() -> None:
    (refused,) = give(opened(), cancel(0, "nobody"), tick(1000))
    assert isinstance(refused, CancelRefused)
    assert (refused.reason, refused.account_id, refused.market_id) == ("unknown", "main", MARKET)


def test_a_cancel_waits_for_the_order_it_is_about() -> None:
    exchange = opened()
    said = give(exchange, approve(0, bid("a", "0.48", 20)), cancel(1, "a"), tick(5000))
    assert [type(it) for it in said] == [OrderPlaced, OrderCanceled]
    # Acknowledged at 350, cancelled 150 ms later, seen 100 ms after that.
    assert said[1].event_time == START + 600


def test_a_replaced_order_is_cancelled_before_the_new_one_arrives() -> None:
    exchange = opened()
    give(exchange, approve(0, order("a", Side.YES, Action.SELL, "0.49", 20)), tick(1000))
    said = give(exchange, approve(1000, bid("b", "0.49", 20), cancel_first="a"), tick(2000))
    assert [type(it) for it in said] == [OrderCanceled, OrderPlaced]
    assert getattr(said[0], "reason", "") == "replaced"


def test_cancels_come_before_new_orders_of_the_same_time() -> None:
    exchange = opened(PaperRules(cancel_ms=250))
    give(exchange, approve(0, order("a", Side.YES, Action.SELL, "0.49", 20)), tick(1000))
    said = give(exchange, approve(1000, bid("b", "0.49", 20)), cancel(1000, "a"), tick(2000))
    assert [type(it) for it in said] == [OrderCanceled, OrderPlaced]


def test_an_order_dies_a_minute_before_its_stated_time() -> None:
    exchange = opened()
    it = bid("a", "0.48", 20, expires_at=185_000)
    give(exchange, approve(0, it), tick(1000), *(tick(at) for at in range(2000, 125_101, 5000)))
    assert give(exchange, tick(125_100)) == []
    (expired,) = give(exchange, tick(125_101))
    assert isinstance(expired, OrderExpired)
    assert expired.event_time == START + 125_100


def test_the_heartbeat_lapse_cancels_everything() -> None:
    exchange = opened()
    give(exchange, approve(0, bid("a", "0.48", 20)), tick(1000))
    assert (
        give(exchange, delta(12_999, ("ask", "0.55", 5)), delta(13_000, ("ask", "0.55", 6))) == []
    )
    (canceled,) = give(exchange, delta(13_001, ("ask", "0.55", 7)))
    assert isinstance(canceled, OrderCanceled)
    assert (canceled.reason, canceled.event_time) == ("heartbeat-lapse", START + 13_000)


def test_after_an_outage_orders_were_cancelled_at_the_lapse_and_not_filled_later() -> None:
    exchange = opened()
    give(exchange, approve(0, bid("a", "0.48", 20)), tick(1000))
    resumed = opened()
    resumed.restore(exchange.snapshot())
    said = give(resumed, snapshot(60_000, [("0.40", 10)], [("0.41", 10)]), tick(61_000))
    assert [getattr(it, "reason", "") for it in said] == ["heartbeat-lapse"]


@pytest.mark.parametrize(
    ("it", "reason"),
    [
        (market(clears_at=START + 5000), "book-cleared"),
        (market(auto_resolved=True, resolves_at=START + 5000), "scheduled-end"),
    ],
)
def test_scheduled_closings_cancel_what_rests(it: Market, reason: str) -> None:
    exchange = opened(it=it)
    give(exchange, approve(0, bid("a", "0.48", 20)), tick(1000))
    assert give(exchange, tick(5100)) == []
    (canceled,) = give(exchange, tick(5101))
    assert isinstance(canceled, OrderCanceled)
    assert canceled.reason == reason


def test_a_closing_that_was_moved_does_not_happen_at_the_old_time() -> None:
    exchange = opened(it=market(clears_at=START + 5000))
    give(exchange, approve(0, bid("a", "0.48", 20)), listed(1000, market(clears_at=START + 9000)))
    assert give(exchange, tick(6000), tick(9000)) == []
    assert [getattr(it, "reason", "") for it in give(exchange, tick(9101))] == ["book-cleared"]


def test_a_proposed_resolution_cancels_what_rests() -> None:
    exchange = opened()
    give(exchange, approve(0, bid("a", "0.48", 20)), tick(1000))
    (canceled,) = give(exchange, listed(1000, market(status=MarketStatus.PROPOSED)))
    assert getattr(canceled, "reason", "") == "resolution-proposed"


def test_a_resolution_cancels_what_rests_and_forgets_the_market() -> None:
    exchange = opened()
    give(exchange, approve(0, bid("a", "0.48", 20)), approve(700, bid("b", "0.48", 20)))
    said = give(exchange, resolved(1000), delta(1001, ("bid", "0.48", 1)), tick(2000))
    assert [(it.order_id, getattr(it, "reason", "")) for it in said if hasattr(it, "order_id")] == [
        ("a", "resolved"),
        ("b", "MARKET_CLOSED"),
    ]
    state = msgspec.json.decode(exchange.snapshot(), type=ExchangeState)
    assert state.markets == {}
    assert list(state.retired) == [MARKET]


def test_a_merge_costs_gas_and_happens_once() -> None:
    exchange = opened()
    said = give(exchange, merge(0), merge(1), tick(1000))
    (merged,) = said
    assert isinstance(merged, PairsMerged)
    assert (merged.pairs, merged.gas) == (Decimal(50), Decimal("0.01"))
    assert merged.event_time == START + ARRIVAL
    assert exchange.counts.repeats == 1


def test_orders_beyond_the_bucket_wait() -> None:
    rules = PaperRules(orders_per_s=10, orders_burst=2)
    orders = [bid(f"o{n}", "0.45", 10) for n in range(4)]
    said = give(opened(rules), approve(0, *orders), tick(5000))
    assert [it.event_time - START for it in said] == [350, 350, 450, 550]


def test_noise_is_keyed_by_order_and_seed_and_not_by_call_order() -> None:
    one = [noisy(250, 0.5, 7, f"o{n}", "entry") for n in range(50)]
    other = [noisy(250, 0.5, 7, f"o{n}", "entry") for n in reversed(range(50))]
    assert one == other[::-1]
    assert len(set(one)) > 25
    assert 200 < sorted(one)[25] < 310
    assert one != [noisy(250, 0.5, 8, f"o{n}", "entry") for n in range(50)]
    assert noisy(250, 0, 7, "o1", "entry") == 250


def test_ended_orders_are_forgotten_in_the_end() -> None:
    exchange = opened()
    for n in range(200):
        at = 10_000 * n
        give(
            exchange,
            approve(at, bid(f"o{n}", "0.48", 20, expires_at=at + 3_600_000)),
            tick(at + 1000),
            cancel(at + 2000, f"o{n}"),
            tick(at + 4000),
        )
    state = msgspec.json.decode(exchange.snapshot(), type=ExchangeState)
    assert len(state.ended) <= 13
    assert len(state.agenda.planned) <= 2 * IDLE_KEPT + 2


def test_a_recorded_market_is_followed_by_snapshots_only() -> None:
    exchange = opened(it=market(label=DataLabel.RECORDED))
    assert give(exchange, approve(0, bid("a", "0.48", 20)), tick(1000)) == []
    (placed,) = give(exchange, snapshot(1000, BIDS, [("0.50", 5)])[0])
    assert isinstance(placed, OrderPlaced)
