"""Time to fill and non-fill cost, counted by hand."""

from decimal import Decimal

import pytest

from agents.replay.order_ends import OrderFates
from schemas.ids import OrderId
from schemas.trading import Fill, OrderPlaced
from schemas.values import Action, Side
from tests.streams.paper_tape import MARKET, approve, delta, give, opened, order, tick, trade

SECOND = 1_000


def reported(size: float = 20) -> list[object]:
    """Two bids of which the first is filled after two seconds, as the paper exchange tells it."""
    first = order("a", Side.YES, Action.BUY, "0.48", size)
    other = order("b", Side.NO, Action.BUY, "0.49", size)
    exchange = opened()
    said: list[object] = list(give(exchange, approve(0, first), approve(0, other), tick(1000)))
    sold = trade(2350, Action.SELL, "0.48", 130)
    said += give(exchange, sold, delta(2350, ("bid", "0.48", 0)), tick(4000))
    return said


def fates(said: list[object]) -> tuple[OrderFates, dict[str, OrderPlaced]]:
    found, placed = OrderFates(), {}
    for report in said:
        if isinstance(report, OrderPlaced):
            placed[report.order_id] = report
            found.on_placed(report)
        elif isinstance(report, Fill):
            found.on_fill(report)
    return found, {str(name): each for name, each in placed.items()}


def test_the_wait_runs_from_acceptance_to_the_first_fill() -> None:
    found, placed = fates(reported())
    assert set(placed) == {"a", "b"}
    result = found.result()
    assert result.wait_ms == 2_000
    assert result.filled_share == pytest.approx(0.5)
    assert result.unfilled == 0


def test_an_order_without_a_fill_is_measured_at_its_own_price_from_its_acceptance() -> None:
    found, placed = fates(reported())
    at = placed["b"].event_time
    for seconds, mid in ((0.9, "0.10"), (1, "0.45"), (12, "0.40"), (59, "0.90"), (61, "0.55")):
        found.on_mid(MARKET, Decimal(mid), at + int(seconds * SECOND))
    found.on_end(OrderId("b"))
    found.on_end(OrderId("a"))
    result = found.result()
    assert result.unfilled == 1
    means = [each.mean for each in result.unfilled_markouts]
    assert means[:3] == [pytest.approx(0.06), pytest.approx(0.11), pytest.approx(-0.04)]
    assert means[3] is None
    assert [each.missing for each in result.unfilled_markouts] == [0, 0, 0, 1]


def test_a_resolved_market_leaves_horizons_open() -> None:
    found, placed = fates(reported())
    found.on_end(OrderId("b"))
    found.on_resolved(MARKET)
    found.on_mid(MARKET, Decimal("0.5"), placed["b"].event_time + 999 * SECOND)
    assert [each.missing for each in found.result().unfilled_markouts] == [1, 1, 1, 1]


def test_nothing_is_said_of_no_orders() -> None:
    result = OrderFates().result()
    assert (result.wait_ms, result.filled_share, result.unfilled) == (None, None, 0)
