"""Differences between what we believe and what the venue says."""

from decimal import Decimal

from schemas.ids import OrderId
from schemas.values import OrderStatus
from streams.order_outbox import OrderOutbox
from streams.outbox_state import CancelCall, LookUpCall, PlaceCall, Seen
from streams.reconciliation import (
    PENDING_MS,
    BookedTrade,
    Difference,
    Reconciler,
    VenueTrade,
    remedy,
)
from tests.streams.paper_tape import START, approve, bid
from tests.streams.unsteady_venue import identify

NONE: dict[str, Decimal] = {}
ZERO, TEN = Decimal(0), Decimal(10)
LATER = START + PENDING_MS


def sent(*names: str) -> OrderOutbox:
    outbox = OrderOutbox(identify)
    outbox.intend(approve(0, *(bid(name, "0.48", 20) for name in names)))
    outbox.calls(START)
    return outbox


def resting(*names: str) -> OrderOutbox:
    outbox = sent(*names)
    for name in names:
        outbox.on_seen(Seen(order_id=OrderId(name)), START)
    return outbox


def hash_of(name: str) -> str:
    return identify(bid(name, "0.48", 20))


def told(found: tuple[Difference, ...]) -> list[tuple[str, str, str, int]]:
    return [(each.kind, each.key, each.owner, each.age_ms) for each in found]


def test_agreement_is_no_difference() -> None:
    assert Reconciler().orders(resting("a").state, {hash_of("a"): ZERO}, START) == ()


def test_an_order_under_way_is_pending_and_later_lost() -> None:
    outbox, reconciler = sent("a"), Reconciler()
    name = hash_of("a")
    assert told(reconciler.orders(outbox.state, NONE, START)) == [("pending", name, "bot_05", 0)]
    assert told(reconciler.orders(outbox.state, NONE, LATER)) == [
        ("lost", name, "bot_05", PENDING_MS)
    ]


def test_a_resting_order_that_the_venue_does_not_have_is_lost_and_looked_up() -> None:
    outbox, reconciler = resting("a"), Reconciler()
    found = reconciler.orders(outbox.state, NONE, START)
    assert told(found) == [("lost", hash_of("a"), "bot_05", 0)]
    remedy(outbox, found, NONE, START)
    assert outbox.calls(START) == (LookUpCall(OrderId("a"), START),)


def test_an_ended_order_that_the_venue_has_is_a_ghost_and_cancelled() -> None:
    outbox, reconciler = resting("a"), Reconciler()
    outbox.on_seen(Seen(order_id=OrderId("a"), ended=OrderStatus.CANCELED), START)
    theirs = {hash_of("a"): ZERO}
    found = reconciler.orders(outbox.state, theirs, START)
    assert told(found) == [("ghost", hash_of("a"), "bot_05", 0)]
    remedy(outbox, found, theirs, START)
    assert outbox.calls(START) == (CancelCall((OrderId("a"),)),)


def test_a_foreign_order_is_named_and_left_alone() -> None:
    outbox, reconciler = resting("a"), Reconciler()
    theirs = {hash_of("a"): ZERO, "0xother": ZERO}
    found = reconciler.orders(outbox.state, theirs, START)
    assert told(found) == [("foreign", "0xother", "foreign", 0)]
    remedy(outbox, found, theirs, START)
    assert outbox.calls(START) == ()


def test_a_difference_that_went_away_starts_anew() -> None:
    outbox, reconciler = resting("a"), Reconciler()
    reconciler.orders(outbox.state, NONE, START)
    reconciler.orders(outbox.state, {hash_of("a"): ZERO}, START + 1)
    assert [each.age_ms for each in reconciler.orders(outbox.state, NONE, START + 5)] == [0]


def test_after_a_restart_nothing_is_placed_before_the_comparison() -> None:
    outbox = OrderOutbox(identify)
    outbox.intend(approve(0, bid("a", "0.48", 20)))
    outbox.recover(START)
    outbox.intend(approve(1, bid("b", "0.48", 20)))
    assert outbox.calls(START + 1000) == (LookUpCall(OrderId("a"), START + 1000),)
    outbox.on_absent(OrderId("a"), START + 1000, START + 1001)
    remedy(outbox, (), NONE, START + 1001)
    assert outbox.calls(START + 1002) == (PlaceCall((OrderId("a"), OrderId("b")), (1, 1)),)


def trade(name: str, at: int = START, size: Decimal = TEN, failed: bool = False) -> VenueTrade:
    return VenueTrade(name, hash_of("a"), size, at, failed, settled=not failed)


def test_trades_are_pending_then_lost_or_ghosts() -> None:
    booked = {"t1": BookedTrade("t1", "bot_05", TEN, START)}
    owners = {hash_of("a"): "bot_05"}
    venue = [trade("t2"), VenueTrade("t3", "0xother", TEN, START, False, True)]
    reconciler = Reconciler()
    young = reconciler.trades(booked, venue, owners, START)
    assert [(each.key, each.kind) for each in young] == [
        ("t2", "pending"),
        ("t3", "foreign"),
        ("t1", "pending"),
    ]
    old = reconciler.trades(booked, venue, owners, LATER)
    assert [(each.key, each.kind) for each in old] == [
        ("t2", "lost"),
        ("t3", "foreign"),
        ("t1", "ghost"),
    ]


def test_a_failed_trade_that_is_booked_is_a_ghost_and_one_that_is_not_is_none() -> None:
    booked = {"t1": BookedTrade("t1", "bot_05", TEN, START)}
    venue = [trade("t1", failed=True), trade("t2", failed=True)]
    (found,) = Reconciler().trades(booked, venue, {hash_of("a"): "bot_05"}, LATER)
    assert (found.key, found.kind, found.theirs) == ("t1", "ghost", "failed")


def test_balances_differ_by_what_moves_or_else() -> None:
    found = Reconciler().balances(
        ours={"": Decimal(100), "yes": TEN, "no": TEN, "same": TEN},
        venue={"": Decimal(105), "yes": ZERO, "no": Decimal(4), "same": TEN, "gift": TEN},
        moving={"": Decimal(-5), "yes": TEN},
        now=START,
    )
    assert [(each.key, each.kind) for each in found] == [
        ("", "pending"),
        ("yes", "pending"),
        ("no", "lost"),
        ("gift", "foreign"),
    ]
