"""A figure that did not change is as fresh as the stage that would have told the change."""

import pytest

from api.freshness import BOOKS, LAG_LIMIT, known
from api.live import LiveState
from tests.api.running import beat
from tests.sinks.messages import ACCOUNT, T0, top


@pytest.fixture
def state() -> LiveState:
    state = LiveState(ACCOUNT)
    state.apply(beat(500, "ledger"))
    state.apply(top(400))
    return state


def test_a_resting_figure_holds_until_the_slowest_of_its_sources(state: LiveState) -> None:
    assert known(state, ("ledger",), T0 + 100).as_of == T0 + 500
    until, behind = known(state, ("ledger", BOOKS), T0 + 100)
    assert until == T0 + 400
    assert behind == "No book has changed since."


def test_a_newer_fact_is_newer_whatever_its_stage_says(state: LiveState) -> None:
    assert known(state, ("ledger",), T0 + 700).as_of == T0 + 700


def test_a_stage_that_never_reported_makes_nothing_known(state: LiveState) -> None:
    assert known(state, ("gate", "ledger")) == (0, "The stage gate has not reported.")


def test_a_stage_that_is_far_behind_does_not_vouch_for_anything(state: LiveState) -> None:
    state.apply(beat(600, "ledger", lag=LAG_LIMIT + 1))
    until, behind = known(state, ("ledger",), T0 + 100)
    assert until == T0 + 100
    assert behind == "The stage ledger is 501 records behind."


def test_without_needs_the_fact_alone_counts(state: LiveState) -> None:
    assert known(state, (), T0 + 3) == (T0 + 3, "")
