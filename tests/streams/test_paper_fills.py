"""What fills at the paper exchange and what does not (E.3)."""

from collections.abc import Iterable
from decimal import Decimal

import pytest

from schemas.envelope import Message
from schemas.trading import Fill, OrderCanceled, OrderPlaced, OrderRejected
from schemas.values import Action, DataLabel, OrderStatus, Side, Trust
from streams.paper_exchange import PaperExchange
from streams.paper_reports import Report
from streams.paper_rules import PaperRules
from streams.queue_models import Optimistic, PowerProbability
from tests.streams.paper_tape import (
    ASKS,
    BIDS,
    START,
    approve,
    bid,
    cancel,
    delta,
    feed_status,
    give,
    market,
    new_tick,
    opened,
    order,
    snapshot,
    tick,
    trade,
    trust,
)

BUY, SELL, YES, NO = Action.BUY, Action.SELL, Side.YES, Side.NO


def resting(exchange: PaperExchange, *messages: Message) -> PaperExchange:
    """An exchange whose orders rest at 1000."""
    give(exchange, *messages, tick(1000))
    return exchange


def fills(said: Iterable[Report]) -> list[tuple[str, Decimal, bool]]:
    return [(it.order_id, it.size, it.inferred) for it in said if isinstance(it, Fill)]


def one_bid(price: str = "0.48", size: float = 20) -> PaperExchange:
    return resting(opened(), approve(0, bid("a", price, size)))


def test_a_print_at_our_price_fills_what_the_queue_leaves() -> None:
    exchange = one_bid()
    assert give(exchange, trade(1100, SELL, "0.48", 95)) == []
    (fill,) = give(exchange, trade(1200, SELL, "0.48", 12))
    assert isinstance(fill, Fill)
    assert (fill.size, fill.cumulative, fill.status) == (
        Decimal(7),
        Decimal(7),
        OrderStatus.PARTIALLY_FILLED,
    )
    assert (fill.price, fill.fee, fill.liquidity, fill.inferred) == (
        Decimal("0.48"),
        Decimal(0),
        "maker",
        False,
    )
    assert (fill.mid, fill.zone, fill.bundle_id) == (Decimal("0.49"), "ZONE_3", "bundle")
    (rest,) = give(exchange, trade(1300, SELL, "0.48", 50))
    assert isinstance(rest, Fill)
    assert (rest.size, rest.cumulative, rest.status) == (
        Decimal(13),
        Decimal(20),
        OrderStatus.FILLED,
    )
    assert rest.trade_id != fill.trade_id
    assert give(exchange, trade(1400, SELL, "0.48", 500)) == []


@pytest.mark.parametrize(
    ("action", "price", "side"),
    [
        (BUY, "0.48", YES),
        (SELL, "0.49", YES),
        (SELL, "0.52", NO),
        (BUY, "0.51", NO),
    ],
)
def test_prints_that_cannot_have_met_us_do_not_fill(action: Action, price: str, side: Side) -> None:
    assert give(one_bid(), trade(1100, action, price, 900, side)) == []


@pytest.mark.parametrize(
    ("taker", "side", "action", "price"),
    [
        ((SELL, YES, "0.48"), YES, BUY, "0.48"),
        ((BUY, NO, "0.52"), YES, BUY, "0.48"),
        ((BUY, NO, "0.52"), NO, SELL, "0.52"),
        ((BUY, YES, "0.50"), NO, BUY, "0.50"),
        ((SELL, NO, "0.50"), YES, SELL, "0.50"),
    ],
)
def test_prints_of_both_tokens_meet_orders_of_both_tokens(
    taker: tuple[Action, Side, str], side: Side, action: Action, price: str
) -> None:
    exchange = resting(opened(), approve(0, order("a", side, action, price, 20)))
    taker_action, taker_side, taker_price = taker
    said = give(exchange, trade(1100, taker_action, taker_price, 110, taker_side))
    assert fills(said) == [("a", Decimal(10), False)]
    assert isinstance(said[0], Fill)
    assert said[0].price == Decimal(price)


def test_a_mirrored_print_fills_once() -> None:
    exchange = one_bid()
    said = give(
        exchange,
        trade(1100, SELL, "0.48", 110, YES, "0xa"),
        trade(1101, SELL, "0.52", 110, NO, "0xa"),
        trade(1102, BUY, "0.52", 110, NO, "0xa"),
    )
    assert fills(said) == [("a", Decimal(10), False), ("a", Decimal(10), False)]
    assert exchange.counts.mirrors == 1


def test_a_print_through_our_price_fills_at_ours_whatever_the_queue() -> None:
    exchange = one_bid()
    said = give(exchange, trade(1100, SELL, "0.47", 15))
    assert fills(said) == [("a", Decimal(15), False)]
    assert isinstance(said[0], Fill)
    assert said[0].price == Decimal("0.48")


def test_a_print_is_a_budget_for_all_orders_best_price_first_then_oldest() -> None:
    exchange = resting(
        opened(bids=[("0.47", 1000)]),
        approve(0, bid("low", "0.47", 20)),
        approve(10, bid("old", "0.48", 20)),
        approve(20, bid("young", "0.48", 20)),
        approve(30, bid("best", "0.49", 20)),
    )
    assert fills(give(exchange, trade(1100, SELL, "0.46", 70))) == [
        ("best", Decimal(20), False),
        ("old", Decimal(20), False),
        ("young", Decimal(20), False),
        ("low", Decimal(10), False),
    ]


def test_our_older_orders_stand_ahead_at_the_same_price() -> None:
    exchange = resting(
        opened(), approve(0, bid("old", "0.48", 20)), approve(10, bid("young", "0.48", 20))
    )
    assert fills(give(exchange, trade(1100, SELL, "0.48", 125))) == [
        ("old", Decimal(20), False),
        ("young", Decimal(5), False),
    ]


def test_fills_are_whole_lots() -> None:
    exchange = one_bid()
    assert fills(give(exchange, trade(1100, SELL, "0.48", 100.009))) == []
    assert fills(give(exchange, trade(1200, SELL, "0.48", 3.219))) == [
        ("a", Decimal("3.21"), False)
    ]


def test_a_shrinking_level_alone_never_fills() -> None:
    exchange = one_bid()
    assert give(exchange, delta(1100, ("bid", "0.48", 0)), tick(9000)) == []


def test_the_queue_model_is_the_stage_s_parameter() -> None:
    tape = (
        trade(1200, SELL, "0.48", 30),
        delta(1300, ("bid", "0.48", 120)),
        delta(2000, ("bid", "0.48", 60)),
        trade(3000, SELL, "0.48", 60),
    )
    results = []
    for model in (None, PowerProbability(3)):
        exchange = resting(opened(model=model), approve(0, bid("a", "0.48", 50)))
        give(exchange, delta(1100, ("bid", "0.48", 150)))
        results.append(fills(give(exchange, *tape)))
    assert results == [[], [("a", Decimal("33.97"), False)]]


def test_a_print_that_clears_our_level_fills_us_under_the_optimistic_model_alone() -> None:
    for model, filled in ((None, []), (Optimistic(), [("a", Decimal(20), False)])):
        exchange = resting(opened(model=model), approve(0, bid("a", "0.48", 20)))
        give(exchange, trade(1200, SELL, "0.48", 99))
        assert fills(give(exchange, trade(1300, SELL, "0.48", 1))) == filled


def test_a_late_print_of_a_level_change_does_not_advance_us_twice() -> None:
    exchange = one_bid()
    give(exchange, delta(1100, ("bid", "0.48", 70)))
    assert give(exchange, trade(1180, SELL, "0.48", 30, event_time=1100)) == []
    assert give(exchange, trade(1300, SELL, "0.48", 70)) == []


def test_a_book_that_crosses_us_fills_when_it_lasts() -> None:
    exchange = one_bid()
    assert give(exchange, delta(1100, ("ask", "0.48", 12)), tick(1200)) == []
    said = give(exchange, tick(1201))
    assert fills(said) == [("a", Decimal(12), True)]
    assert exchange.counts.inferred_fills == 1


def test_a_book_that_crosses_us_for_a_moment_does_not_fill() -> None:
    exchange = one_bid()
    said = give(
        exchange,
        delta(1100, ("ask", "0.48", 12)),
        delta(1200, ("ask", "0.48", 0)),
        tick(2000),
    )
    assert said == []


def test_a_crossing_fills_from_what_was_displayed_all_the_time_and_only_once() -> None:
    exchange = one_bid()
    said = give(
        exchange,
        delta(1100, ("ask", "0.48", 12)),
        delta(1150, ("ask", "0.48", 9)),
        delta(1300, ("bid", "0.40", 5)),
        delta(1500, ("bid", "0.40", 6)),
        tick(3000),
    )
    assert fills(said) == [("a", Decimal(9), True)]


def test_a_crossing_that_grows_back_fills_from_its_least_size() -> None:
    exchange = one_bid()
    said = give(
        exchange,
        delta(1100, ("ask", "0.48", 12)),
        delta(1130, ("ask", "0.48", 5)),
        delta(1160, ("ask", "0.48", 18)),
        tick(1201),
    )
    assert fills(said) == [("a", Decimal(5), True)]


def test_crossing_size_is_shared_by_our_orders() -> None:
    exchange = resting(
        opened(), approve(0, bid("a", "0.48", 20)), approve(10, bid("b", "0.49", 20))
    )
    said = give(exchange, delta(1100, ("ask", "0.48", 30)), tick(2000))
    assert fills(said) == [("b", Decimal(20), True), ("a", Decimal(10), True)]


def test_a_print_takes_what_a_crossing_would_have() -> None:
    exchange = one_bid()
    said = give(
        exchange,
        delta(1100, ("ask", "0.47", 30)),
        trade(1110, SELL, "0.47", 30),
        tick(2000),
    )
    assert fills(said) == [("a", Decimal(20), False)]


def test_a_cancel_in_flight_does_not_protect() -> None:
    exchange = one_bid()
    said = give(exchange, cancel(1100, "a"), trade(1200, SELL, "0.47", 5), tick(2000))
    assert fills(said) == [("a", Decimal(5), False)]
    assert isinstance(said[1], OrderCanceled)
    assert said[1].filled == 5
    assert give(exchange, trade(2100, SELL, "0.40", 100)) == []


def test_the_share_of_the_displayed_size_is_limited() -> None:
    exchange = resting(opened(PaperRules()), approve(0, bid("a", "0.48", 500)))
    said = give(exchange, trade(1100, SELL, "0.40", 1000))
    # 100 + 300 + 300 are displayed within two ticks of 0.48; a third of them is a quarter of all.
    assert fills(said) == [("a", Decimal("233.33"), False)]
    assert give(exchange, trade(1200, SELL, "0.40", 1000)) == []


def test_the_share_guard_counts_our_other_orders_nearby() -> None:
    exchange = resting(
        opened(PaperRules()),
        approve(0, bid("a", "0.46", 200)),
        approve(10, bid("b", "0.48", 200)),
    )
    said = give(exchange, trade(1100, SELL, "0.47", 1000))
    assert fills(said) == [("b", Decimal("33.33"), False)]


def test_the_share_of_the_day_s_volume_is_limited() -> None:
    exchange = resting(opened(it=market(volume_24h=Decimal(96))), approve(0, bid("a", "0.48", 50)))
    assert fills(give(exchange, trade(1100, SELL, "0.40", 15))) == [("a", Decimal(15), False)]
    assert fills(give(exchange, trade(1200, SELL, "0.40", 15))) == [("a", Decimal(5), False)]
    beats = [tick(at) for at in range(5_000, 24 * 3_600_000, 10_000)]
    give(exchange, *beats)
    said = give(exchange, trade(24 * 3_600_000, SELL, "0.40", 15))
    assert fills(said) == [("a", Decimal(15), False)]


def test_a_volume_of_one_dollar_is_a_limit_as_well() -> None:
    exchange = resting(opened(it=market(volume_24h=Decimal(1))), approve(0, bid("a", "0.48", 50)))
    (fill,) = fills(give(exchange, trade(1100, SELL, "0.40", 15)))
    assert fill == ("a", Decimal("0.20"), False)


@pytest.mark.parametrize(
    "freeze",
    [trust(1100, Trust.SUSPECT), trust(1100, Trust.STALE), feed_status(1100, connected=False)],
)
def test_a_gap_freezes_fills_and_puts_us_at_the_back(freeze: Message) -> None:
    exchange = one_bid()
    give(exchange, trade(1050, SELL, "0.48", 100), freeze)
    assert give(exchange, trade(1200, SELL, "0.40", 900), tick(1300)) == []
    give(exchange, snapshot(1400, [("0.48", 60)], ASKS))
    assert exchange.counts.gaps == 1
    assert give(exchange, trade(1500, SELL, "0.48", 60)) == []
    assert fills(give(exchange, trade(1600, SELL, "0.48", 5))) == [("a", Decimal(5), False)]


def test_a_delta_does_not_end_the_freeze_of_a_disconnect() -> None:
    exchange = one_bid()
    give(exchange, feed_status(1100, connected=False), feed_status(1110, connected=True))
    give(exchange, delta(1200, ("bid", "0.48", 10)))
    assert give(exchange, trade(1300, SELL, "0.40", 900)) == []


def test_a_crossing_that_began_before_a_gap_begins_anew() -> None:
    exchange = one_bid()
    give(exchange, delta(1100, ("ask", "0.48", 12)), trust(1150, Trust.SUSPECT))
    assert give(exchange, trust(1190, Trust.CONSISTENT), tick(1290)) == []
    assert fills(give(exchange, tick(1291))) == [("a", Decimal(12), True)]


def test_an_order_that_arrives_in_a_gap_is_judged_by_the_next_book() -> None:
    exchange = opened()
    said = give(
        exchange,
        trust(10, Trust.STALE),
        approve(20, bid("a", "0.48", 20)),
        approve(30, bid("b", "0.49", 20)),
        tick(1000),
    )
    assert said == []
    said = give(exchange, snapshot(1100, [("0.47", 5)], [("0.49", 5)]))
    assert [(type(it), getattr(it, "reason", "")) for it in said] == [
        (OrderPlaced, ""),
        (OrderRejected, "WOULD_CROSS"),
    ]


def test_a_waiting_order_can_be_cancelled() -> None:
    exchange = opened()
    give(exchange, trust(10, Trust.STALE), approve(20, bid("a", "0.48", 20)), tick(1000))
    (canceled,) = give(exchange, cancel(1000, "a"), tick(2000))
    assert isinstance(canceled, OrderCanceled)
    assert give(exchange, snapshot(2100, BIDS, ASKS)) == []


def test_a_tick_change_waits_for_a_snapshot_of_the_new_grid() -> None:
    exchange = one_bid()
    assert give(exchange, new_tick(1100, 100, 10), trade(1200, SELL, "0.40", 900)) == []
    give(exchange, snapshot(1300, BIDS, ASKS, tick=10))
    assert fills(give(exchange, trade(1400, SELL, "0.48", 105))) == [("a", Decimal(5), False)]
    assert exchange.counts.gaps == 0


def recorded(size: float = 20) -> PaperExchange:
    exchange = opened(it=market(label=DataLabel.RECORDED))
    give(exchange, approve(0, bid("a", "0.48", size)), tick(900), snapshot(1000, BIDS, ASKS))
    return exchange


def test_a_snapshot_at_our_price_fills_what_it_displays_at_once() -> None:
    said = give(recorded(), snapshot(2000, [("0.45", 5)], [("0.48", 8), ("0.50", 100)]))
    assert fills(said) == [("a", Decimal(8), True)]


def test_a_snapshot_through_our_price_fills_the_whole_remainder() -> None:
    said = give(recorded(), snapshot(2000, [("0.45", 5)], [("0.47", 1)]))
    assert fills(said) == [("a", Decimal(20), True)]
    assert isinstance(said[0], Fill)
    assert (said[0].price, said[0].event_time) == (Decimal("0.48"), START + 2000)


def test_a_vanishing_level_of_snapshots_never_fills() -> None:
    exchange = recorded()
    said = give(exchange, snapshot(2000, [("0.45", 5)], ASKS), snapshot(3000, BIDS, ASKS))
    assert said == []
    assert fills(give(exchange, trade(4000, SELL, "0.48", 5))) == [("a", Decimal(5), False)]


def test_the_tag_prints_gives_a_recorded_market_the_rules_of_a_live_one() -> None:
    exchange = opened(it=market(label=DataLabel.RECORDED, tags=("recorded", "prints")))
    said = give(exchange, approve(0, bid("a", "0.48", 20)), tick(1000))
    assert isinstance(said[0], OrderPlaced)
    assert give(exchange, delta(1100, ("ask", "0.47", 1)), tick(1200)) == []


def test_the_tag_snapshots_only_is_believed_of_any_market() -> None:
    exchange = opened(it=market(tags=("snapshots-only",)))
    give(exchange, approve(0, bid("a", "0.48", 20)), tick(900), snapshot(1000, BIDS, ASKS))
    assert fills(give(exchange, delta(1100, ("ask", "0.47", 1)))) == [("a", Decimal(20), True)]


def test_snapshots_advance_us_by_the_careful_model_whatever_is_configured() -> None:
    exchange = opened(model=PowerProbability(3), it=market(label=DataLabel.RECORDED))
    give(exchange, approve(0, bid("a", "0.48", 20)), tick(900), snapshot(1000, BIDS, ASKS))
    give(exchange, snapshot(2000, [("0.48", 180)], ASKS), snapshot(3000, [("0.48", 120)], ASKS))
    assert give(exchange, trade(4000, SELL, "0.48", 100)) == []
    assert fills(give(exchange, trade(5000, SELL, "0.48", 5))) == [("a", Decimal(5), False)]
