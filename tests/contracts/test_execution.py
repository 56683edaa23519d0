"""What every execution must do, whatever it sends orders to.

A `Rig` is an execution with a market it can be tried in: the paper exchange; live execution with a
throw-away key at the sandbox venue; live execution as with real money (a Safe that holds the funds,
a key that signs for it) at the same venue. The same orders and the same faults give the same
reports. Where they may differ, a test says so:

* Pairs are merged and split by the paper exchange alone; a venue does it on the chain, and live
  execution says that nothing happened.
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Protocol

import pytest
from msgspec.structs import replace

from agents.stages.execution import Execution, ExecutionReport
from schemas.market import Market
from schemas.pairs import PairsSplit, PositionsConverted
from schemas.trading import (
    CancelRefused,
    Fill,
    Order,
    OrderCanceled,
    OrderPlaced,
    OrderRejected,
    PairsMerged,
    TradeStatusChanged,
)
from schemas.values import Action, Money, OrderStatus, Side
from tests.contracts.live_rig import LiveRig
from tests.contracts.paper_rig import PaperRig
from tests.streams.paper_tape import (
    OTHER,
    START,
    approve,
    cancel,
    convert,
    merge,
    order,
    split,
)


class Rig(Protocol):
    """An execution in a market with bids 100 at 0.48 and less, and asks from 0.50 on."""

    execution: Execution
    market: Market

    @property
    def settles_pairs(self) -> bool:
        """Whether it merges and splits pairs itself."""

    @property
    def now(self) -> int:
        """Since the start, ms."""

    def settle(self) -> list[ExecutionReport]:
        """Let whatever is under way arrive and be answered; all reports since the last call."""

    def sell_into(self, price: str, size: float) -> None:
        """Somebody else sells YES down to a price."""

    def close(self) -> None:
        """End it."""


@pytest.fixture(params=list(Money))
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    money: Money = request.param
    made: Rig = PaperRig() if money is Money.PAPER else LiveRig(money, tmp_path)
    yield made
    made.close()


def bid(rig: Rig, name: str, price: str, size: float) -> Order:
    it = order(name, Side.YES, Action.BUY, price, size)
    named = replace(it, market_id=rig.market.market_id, token_id=rig.market.yes_token_id)
    return replace(named, ordered_at=START + rig.now)


def placed(rig: Rig, *names: str, price: str = "0.48", size: float = 20) -> list[ExecutionReport]:
    rig.execution.place(approve(rig.now, *(bid(rig, name, price, size) for name in names)))
    return rig.settle()


def kinds_of(name: str, said: list[ExecutionReport]) -> list[type]:
    """What was said of one order; between orders a network keeps no order."""
    return [type(each) for each in said if getattr(each, "order_id", "") == name]


def test_an_approved_order_is_placed_and_says_whose_it_is(rig: Rig) -> None:
    wanted = bid(rig, "a", "0.48", 20)
    (report,) = placed(rig, "a")
    assert isinstance(report, OrderPlaced)
    assert report.order == wanted
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
    assert kinds_of("a", said) == [OrderCanceled, CancelRefused]
    assert kinds_of("nobody", said) == [CancelRefused]


def test_a_cancel_right_behind_its_order_does_not_get_lost(rig: Rig) -> None:
    rig.execution.place(approve(rig.now, bid(rig, "a", "0.48", 20)))
    rig.execution.cancel(cancel(rig.now, "a"))
    assert [type(report) for report in rig.settle()] == [OrderPlaced, OrderCanceled]


def test_the_replaced_order_is_cancelled(rig: Rig) -> None:
    placed(rig, "a")
    rig.execution.place(approve(rig.now, bid(rig, "b", "0.47", 20), cancel_first="a"))
    said = rig.settle()
    assert (kinds_of("a", said), kinds_of("b", said)) == ([OrderCanceled], [OrderPlaced])


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
    (refused,) = [report for report in rig.settle() if isinstance(report, CancelRefused)]
    assert refused.reason == "filled"


def test_every_fill_comes_to_exactly_one_final_status(rig: Rig) -> None:
    placed(rig, "a")
    rig.sell_into("0.47", 15)
    said = [*rig.settle(), *rig.settle(), *rig.settle(), *rig.settle()]
    (fill,) = [report for report in said if isinstance(report, Fill)]
    steps = [report for report in said if isinstance(report, TradeStatusChanged)]
    way = [fill.trade_status, *(step.status for step in steps)]
    assert [status.is_final for status in way] == [False] * (len(way) - 1) + [True]
    assert [step.previous for step in steps] == way[:-1]
    assert {step.fill.event_id for step in steps} <= {fill.event_id}


def test_a_cancel_after_a_partial_fill_says_how_much_was_filled(rig: Rig) -> None:
    placed(rig, "a")
    rig.sell_into("0.47", 15)
    rig.execution.cancel(cancel(rig.now, "a"))
    said = [report for report in rig.settle() if not isinstance(report, TradeStatusChanged)]
    assert [type(report) for report in said] == [Fill, OrderCanceled]
    assert isinstance(said[-1], OrderCanceled)
    assert said[-1].filled == 15


def test_pairs_are_merged_once_per_intent(rig: Rig) -> None:
    rig.execution.merge(merge(rig.now))
    rig.execution.merge(merge(rig.now))
    if not rig.settles_pairs:
        assert rig.settle() == []
        return
    (report,) = rig.settle()
    assert isinstance(report, PairsMerged)
    assert report.pairs == 50
    assert report.gas >= 0


def test_dollars_are_split_once_per_intent(rig: Rig) -> None:
    rig.execution.split(split(rig.now))
    rig.execution.split(split(rig.now))
    if not rig.settles_pairs:
        assert rig.settle() == []
        return
    (report,) = rig.settle()
    assert isinstance(report, PairsSplit)
    assert (report.pairs, report.intent_id) == (Decimal(50), "split-1")
    assert report.yes_token_id != report.no_token_id
    assert report.gas >= 0


def test_positions_are_converted_once_per_intent(rig: Rig) -> None:
    rig.execution.convert(convert(rig.now))
    rig.execution.convert(convert(rig.now))
    if not rig.settles_pairs:
        assert rig.settle() == []
        return
    (report,) = rig.settle()
    assert isinstance(report, PositionsConverted)
    assert report.terms == convert(rig.now).terms
    assert (report.dollars, report.intent_id) == (Decimal(50), "convert-1")
    assert report.gas >= 0


def test_reports_are_taken_away_once(rig: Rig) -> None:
    placed(rig, "a")
    assert list(rig.execution.reports()) == []
