"""The same orders under every fault of the venue come to the same ledger, and to one order each."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from agents.stages.execution import Execution, ExecutionReport
from connectors.sandbox.fault_commands import FaultCommand, FaultDesk
from schemas.market import Market
from schemas.trading import (
    Fill,
    Order,
    OrderCanceled,
    OrderPlaced,
    OrderRejected,
    TradeStatusChanged,
)
from schemas.values import Action, Money, Side, TradeStatus
from schemas.venue import VenueDifference
from tests.contracts.live_rig import LiveRig
from tests.contracts.paper_rig import PaperRig
from tests.streams.paper_tape import START, approve, cancel, order

CALM_ROUNDS = 9
"""Of five seconds each: long enough for two comparisons with the venue."""
FAULTS = {
    "none": (),
    "500 before": (FaultCommand(kind="status", status=500, path="/order", method="POST"),),
    "500 twice": (FaultCommand(kind="status", status=500, path="/order", count=2),),
    "429": (FaultCommand(kind="status", status=429, path="/order", method="POST"),),
    "425": (FaultCommand(kind="restart", ms=4_000),),
    "wrong id": (FaultCommand(kind="wrong_order_id"),),
    "look-up fails": (
        FaultCommand(kind="wrong_order_id"),
        FaultCommand(kind="status", status=500, path="/data/order", method="GET"),
    ),
    "cancel fails": (FaultCommand(kind="status", status=500, path="/orders", method="DELETE"),),
    "frames lost": (FaultCommand(kind="lose", channel="user", count=50),),
    "frames twice": (FaultCommand(kind="duplicate", channel="user", count=50),),
    "frames swapped": (FaultCommand(kind="reorder", channel="user", count=20),),
    "frames extended": (FaultCommand(kind="schema_change", channel="user", count=20),),
    "frames renamed": (
        FaultCommand(kind="schema_change", channel="user", count=20, breaking=True),
    ),
    "socket lost": (FaultCommand(kind="drop", channel="user"),),
    "fill told late": (FaultCommand(kind="late_fill", ms=7_000, count=5),),
    "fill retried": (FaultCommand(kind="retry_fill", count=5),),
}


class Booking(NamedTuple):
    """What a ledger books of a fill."""

    order_id: str
    action: str
    price: Decimal
    size: Decimal
    fee: Decimal


class Outcome(NamedTuple):
    """What a day came to: bookings, and how orders ended that were not filled."""

    bookings: tuple[Booking, ...]
    ends: tuple[tuple[str, str], ...]


@pytest.fixture
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LiveRig]:
    """As with sandbox money and as with live money, by turns; both pass the common suite."""
    name: str = request.node.name
    made = LiveRig(Money.LIVE if len(name) % 2 else Money.SANDBOX, tmp_path)
    yield made
    made.close()


def bid(rig: PaperRig | LiveRig, name: str, price: str) -> Order:
    market: Market = rig.market
    it = order(name, Side.YES, Action.BUY, price, 20)
    named = replace(it, market_id=market.market_id, token_id=market.yes_token_id)
    return replace(named, ordered_at=START + rig.now)


def play(rig: PaperRig | LiveRig) -> list[ExecutionReport]:
    """A day: one order filled in part and cancelled, one refused, one replaced, one filled."""
    execution: Execution = rig.execution
    execution.place(approve(rig.now, bid(rig, "part", "0.48")))
    said = [*rig.settle(), *rig.settle(), *rig.settle()]
    rig.sell_into("0.47", 15)
    said += rig.settle()
    execution.cancel(cancel(rig.now, "part"))
    execution.place(approve(rig.now, bid(rig, "crossing", "0.50")))
    execution.place(approve(rig.now, bid(rig, "old", "0.45")))
    said += [*rig.settle(), *rig.settle()]
    execution.place(approve(rig.now, bid(rig, "whole", "0.48"), cancel_first="old"))
    said += [*rig.settle(), *rig.settle()]
    rig.sell_into("0.47", 20)
    for _ in range(CALM_ROUNDS):
        said += rig.settle()
    return said


def outcome(said: list[ExecutionReport]) -> Outcome:
    fills = [each for each in said if isinstance(each, Fill)]
    failed = {
        each.fill.event_id
        for each in said
        if isinstance(each, TradeStatusChanged) and each.status is TradeStatus.FAILED
    }
    return Outcome(
        tuple(
            sorted(
                Booking(f.order_id, f.action, f.price, f.size, f.fee)
                for f in fills
                if f.event_id not in failed
            )
        ),
        tuple(
            sorted(
                (e.order_id, e.reason) for e in said if isinstance(e, OrderCanceled | OrderRejected)
            )
        ),
    )


def differences(rig: LiveRig) -> tuple[VenueDifference, ...]:
    return rig.reconciled[-1].differences


@pytest.mark.parametrize("name", FAULTS)
def test_the_same_day_comes_to_the_same_ledger_whatever_fails(rig: LiveRig, name: str) -> None:
    desk = FaultDesk(rig.sandbox)
    for fault in FAULTS[name]:
        desk.arm(fault)
    said = play(rig)
    assert outcome(said) == outcome(play(PaperRig()))
    placed = {e.order_id: e.venue_order_id for e in said if isinstance(e, OrderPlaced)}
    assert set(placed) == {"part", "old", "whole"}
    assert set(rig.sandbox.desk.register.by_id) == set(placed.values())
    assert not rig.sandbox.desk.register.live
    assert differences(rig) == ()


def test_a_trade_that_fails_on_the_chain_is_undone_and_the_venue_agrees(rig: LiveRig) -> None:
    FaultDesk(rig.sandbox).arm(FaultCommand(kind="ghost_fill"))
    said = play(rig)
    assert outcome(said).bookings == tuple(
        each for each in outcome(play(PaperRig())).bookings if each.order_id != "part"
    )
    assert differences(rig) == ()


def test_an_order_that_nobody_of_us_placed_is_told_as_foreign_and_left_alone(rig: LiveRig) -> None:
    rig.execution.place(approve(rig.now, bid(rig, "ours", "0.45")))
    rig.settle()
    ours = next(iter(rig.sandbox.desk.register.live.values()))
    rig.forget(ours.order.order_id)
    for _ in range(CALM_ROUNDS):
        rig.settle()
    (found,) = [each for each in differences(rig) if each.subject == "order"]
    assert (found.kind, found.owner, found.key) == ("foreign", "foreign", ours.order.order_id)
    assert found.age_ms >= 0
    assert [alert.rule for alert in rig.alerts] == ["venue-order-differs"]
    assert ours.order.order_id in rig.sandbox.desk.register.live
