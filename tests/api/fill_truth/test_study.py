"""A small study: deterministic, the same however it is spread, and the interval holds the truth."""

from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner

from api.cli import app
from api.fill_truth.market import play_market
from api.fill_truth.orders import Latency, looks_at, plan
from api.fill_truth.score import markdown, score
from api.fill_truth.study import LIVED, MIDDLE, TRUTH, Design, Seed, open_session, run_study
from configs.paper import QueueKind
from schemas.market import BookDelta, MarketTrade
from schemas.ops import ClockTick

DESIGN = Design(seeds=(1, 2), markets=("budget",), minutes=6)


@pytest.fixture(scope="module")
def seeds() -> list[Seed]:
    return run_study(DESIGN, 1, lambda _: None)


def test_every_model_gets_the_same_orders_and_errs_to_its_side(seeds: list[Seed]) -> None:
    for seed in seeds:
        found = seed.figures
        assert set(found) == {TRUTH, LIVED, MIDDLE, *QueueKind}
        assert seed.orders > 10
        assert found[QueueKind.RISK_AVERSE].filled <= found[TRUTH].filled
        assert found[TRUTH].filled <= found[QueueKind.OPTIMISTIC].filled
        likely = found[QueueKind.POWER_PROBABILITY].filled
        assert found[QueueKind.RISK_AVERSE].filled <= likely
    total = sum(seed.figures[TRUTH].filled for seed in seeds)
    missed = total - sum(seed.figures[QueueKind.RISK_AVERSE].filled for seed in seeds)
    assert total > 10
    assert missed > 0


def test_a_seed_is_the_same_in_another_process(seeds: list[Seed]) -> None:
    assert run_study(DESIGN, 2, lambda _: None) == seeds


def test_the_score_says_how_far_and_how_often(seeds: list[Seed]) -> None:
    found = score(DESIGN, seeds)
    assert TRUTH not in found.errors
    cautious = found.errors[QueueKind.RISK_AVERSE]["filled"]
    assert cautious.absolute == pytest.approx(-cautious.bias)
    assert found.errors[MIDDLE]["filled"].absolute < cautious.absolute
    assert found.cover["filled"].held == 2
    assert found.holds
    lines = list(markdown(found))
    assert any("middle of the interval" in line for line in lines)
    assert any("2 of 2 seeds" in line for line in lines)


def test_an_interval_that_misses_is_said(seeds: list[Seed]) -> None:
    low, high = seeds[0].figures[QueueKind.RISK_AVERSE], seeds[0].figures[QueueKind.RISK_AVERSE]
    wrong = [replace(seed, low=low, high=high) for seed in seeds]
    assert not score(DESIGN, wrong).holds


def test_orders_follow_from_the_public_book_and_not_from_fills() -> None:
    played = play_market(4, "storm", 5, 100)
    latency = Latency(250, 150)
    orders = plan(played, looks_at(played, 10, latency))
    assert [order.number for order in orders] == list(range(len(orders)))
    for order in orders:
        assert order.arrives_ms - order.decided_ms == 250
        assert order.gone_ms - order.cancelled_ms == 150
        assert order.cancelled_ms > order.decided_ms
    assert max(order.gone_ms for order in orders) <= played.end_ms
    for side in (0, 1):
        mine = [order for order in orders if order.side == side]
        for one, following in pairwise(mine):
            assert one.gone_ms < following.arrives_ms


def test_the_public_sees_each_request_by_itself_and_late() -> None:
    session = open_session(6, "budget", Design(seeds=(6,), minutes=5))
    messages = session.played.messages
    assert any(isinstance(each, MarketTrade) for each in messages)
    deltas = [each for each in messages if isinstance(each, BookDelta)]
    for delta in deltas:
        assert delta.ingest_time - delta.event_time == 100
    assert [each.ingest_time for each in messages] == sorted(each.ingest_time for each in messages)
    ticks = [each.ingest_time for each in messages if isinstance(each, ClockTick)]
    assert len(ticks) == 300


def test_the_command_prints_tables_and_writes_figures(tmp_path: Path) -> None:
    out = tmp_path / "truth.json"
    ran = CliRunner().invoke(
        app, ["fill-truth", "--seeds", "1", "--minutes", "5", "--jobs", "1", "--out", str(out)]
    )
    assert "| ours, risk averse |" in ran.stdout
    assert "holds the truth in" in ran.stdout
    assert '"risk_averse"' in out.read_text(encoding="utf-8")
