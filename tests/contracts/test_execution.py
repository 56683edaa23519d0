"""What every execution must do, whatever it sends orders to.

A `Rig` is an execution with a market it can be tried in. The paper exchange is the first; an
execution that talks to a venue joins by another rig in `RIGS`.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Protocol

import pytest

from agents.stages.execution import Execution, ExecutionReport
from schemas.pairs import PairsSplit, PositionsConverted
from schemas.trading import (
    CancelRefused,
    Fill,
    OrderCanceled,
    OrderPlaced,
    OrderRejected,
    PairsMerged,
)
from schemas.values import Action, OrderStatus, Side
from tests.streams.paper_tape import (
    ASKS,
    OTHER,
    approve,
    bid,
    cancel,
    convert,
    merge,
    opened,
    order,
    split,
    tick,
    trade,
)


class Rig(Protocol):
    """An execution in a market with bids 100 at 0.48 and less, and asks from 0.50 on."""

    execution: Execution
    now: int

    def settle(self) -> list[ExecutionReport]:
        """Let whatever is under way arrive and be answered; all reports since the last call."""

    def sell_into(self, price: str, size: float) -> None:
        """Somebody else sells YES down to a price."""


class PaperRig:
    """The paper exchange."""

    def __init__(self) -> None:
        self.now = 0
        self._exchange = opened(asks=ASKS)
        self.execution: Execution = self._exchange

    def settle(self) -> list[ExecutionReport]:
        self.now += 5000
        self._exchange.observe(tick(self.now))
        return list(self.execution.reports())

    def sell_into(self, price: str, size: float) -> None:
        self.now += 1000
        self._exchange.observe(trade(self.now, Action.SELL, price, size))


RIGS: dict[str, Callable[[], Rig]] = {"paper": PaperRig}


@pytest.fixture(params=sorted(RIGS))
def rig(request: pytest.FixtureRequest) -> Rig:
    return RIGS[request.param]()


def placed(rig: Rig, *names: str, price: str = "0.48", size: float = 20) -> list[ExecutionReport]:
    rig.execution.place(approve(rig.now, *(bid(name, price, size) for name in names)))
    return rig.settle()


def test_an_approved_order_is_placed_and_says_whose_it_is(rig: Rig) -> None:
    (report,) = placed(rig, "a")
    assert isinstance(report, OrderPlaced)
    assert report.order == bid("a", "0.48", 20)
    assert report.causation_id == "approval-a"
    assert (report.bot_id, report.account_id, report.zone) == ("bot_05", "main", "ZONE_3")
    assert report.venue_order_id


def test_every_order_of_a_bundle_is_placed(rig: Rig) -> None:
    assert [r.order_id for r in placed(rig, "a", "b") if isinstance(r, OrderPlaced)] == ["a", "b"]


def test_the_same_approval_again_places_no_second_order(rig: Rig) -> None:
    placed(rig, "a")
    assert placed(rig, "a") == []


def test_a_post_only_order_that_would_cross_is_rejected(rig: Rig) -> None:
    (report,) = placed(rig, "a", price="0.50")
    assert isinstance(report, OrderRejected)
    assert report.reason == "WOULD_CROSS"


@pytest.mark.parametrize(("price", "reason"), [("0.485", "BAD_TICK"), ("0.999", "BAD_TICK")])
def test_an_order_off_the_grid_is_rejected(rig: Rig, price: str, reason: str) -> None:
    (report,) = placed(rig, "a", price=price)
    assert isinstance(report, OrderRejected)
    assert report.reason == reason


def test_an_order_in_an_unknown_market_is_rejected(rig: Rig) -> None:
    it = order("a", Side.YES, Action.BUY, "0.48", 20, OTHER)
    rig.execution.place(approve(rig.now, it))
    (report,) = rig.settle()
    assert isinstance(report, OrderRejected)
    assert report.reason == "MARKET_CLOSED"


def test_a_cancel_ends_the_order(rig: Rig) -> None:
    placed(rig, "a")
    rig.execution.cancel(cancel(rig.now, "a"))
    (report,) = rig.settle()
    assert isinstance(report, OrderCanceled)
    assert (report.order_id, report.filled, report.reason) == ("a", Decimal(0), "ttl")
    rig.sell_into("0.40", 1000)
    assert rig.settle() == []


def test_a_cancel_of_an_ended_or_unknown_order_is_refused(rig: Rig) -> None:
    placed(rig, "a")
    for name in ("a", "a", "nobody"):
        rig.execution.cancel(cancel(rig.now, name))
    said = rig.settle()
    assert [type(report) for report in said] == [OrderCanceled, CancelRefused, CancelRefused]


def test_a_cancel_right_behind_its_order_does_not_get_lost(rig: Rig) -> None:
    rig.execution.place(approve(rig.now, bid("a", "0.48", 20)))
    rig.execution.cancel(cancel(rig.now, "a"))
    assert [type(report) for report in rig.settle()] == [OrderPlaced, OrderCanceled]


def test_the_replaced_order_is_cancelled(rig: Rig) -> None:
    placed(rig, "a")
    rig.execution.place(approve(rig.now, bid("b", "0.47", 20), cancel_first="a"))
    said = rig.settle()
    assert [(type(r), r.order_id) for r in said if isinstance(r, OrderCanceled | OrderPlaced)] == [
        (OrderCanceled, "a"),
        (OrderPlaced, "b"),
    ]


def test_an_order_is_filled_at_its_price_without_a_fee_until_it_is_complete(rig: Rig) -> None:
    placed(rig, "a")
    rig.sell_into("0.47", 15)
    rig.sell_into("0.47", 15)
    said = [report for report in rig.settle() if isinstance(report, Fill)]
    assert {(fill.price, fill.fee, fill.liquidity) for fill in said} == {
        (Decimal("0.48"), Decimal(0), "maker")
    }
    assert [fill.cumulative for fill in said] == [Decimal(15), Decimal(20)]
    assert [fill.status for fill in said] == [OrderStatus.PARTIALLY_FILLED, OrderStatus.FILLED]
    assert len({fill.trade_id for fill in said}) == len({fill.event_id for fill in said}) == 2
    rig.execution.cancel(cancel(rig.now, "a"))
    (refused,) = rig.settle()
    assert isinstance(refused, CancelRefused)
    assert refused.reason == "filled"


def test_a_cancel_after_a_partial_fill_says_how_much_was_filled(rig: Rig) -> None:
    placed(rig, "a")
    rig.sell_into("0.47", 15)
    rig.execution.cancel(cancel(rig.now, "a"))
    said = rig.settle()
    assert isinstance(said[-1], OrderCanceled)
    assert said[-1].filled == 15


def test_pairs_are_merged_once_per_intent(rig: Rig) -> None:
    rig.execution.merge(merge(rig.now))
    rig.execution.merge(merge(rig.now))
    (report,) = rig.settle()
    assert isinstance(report, PairsMerged)
    assert report.pairs == 50
    assert report.gas >= 0


def test_dollars_are_split_once_per_intent(rig: Rig) -> None:
    rig.execution.split(split(rig.now))
    rig.execution.split(split(rig.now))
    (report,) = rig.settle()
    assert isinstance(report, PairsSplit)
    assert (report.pairs, report.intent_id) == (Decimal(50), "split-1")
    assert report.yes_token_id != report.no_token_id
    assert report.gas >= 0


def test_positions_are_converted_once_per_intent(rig: Rig) -> None:
    rig.execution.convert(convert(rig.now))
    rig.execution.convert(convert(rig.now))
    (report,) = rig.settle()
    assert isinstance(report, PositionsConverted)
    assert report.terms == convert(rig.now).terms
    assert (report.dollars, report.intent_id) == (Decimal(50), "convert-1")
    assert report.gas >= 0


def test_reports_are_taken_away_once(rig: Rig) -> None:
    placed(rig, "a")
    assert list(rig.execution.reports()) == []
