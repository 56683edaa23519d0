"""The truth, against queues counted by hand."""

from api.fill_truth.results import Execution
from api.fill_truth.venue import true_fills
from connectors.sandbox.events import Accepted
from connectors.sandbox.mirror import BID
from schemas.values import MICRO
from tests.api.fill_truth.worlds import (
    FIRST,
    OPENING,
    Said,
    bid,
    rests,
    sells,
    session,
    taken_out,
    template,
)

BASE = template()
BEHIND = rests("behind", BID, 5000, 100)
OURS = bid(BASE, 10, 60, 5000)


def at(second: float) -> int:
    return BASE.start_ms + int(second * 1000)


def test_an_order_waits_for_what_was_there_before_it_and_for_nothing_else() -> None:
    told: list[Said] = [*OPENING, (11.0, Accepted(BEHIND)), (20.0, Accepted(sells("a", 5000, 100)))]
    assert true_fills(session(BASE, told), [OURS]) == {0: []}
    told.append((21.0, Accepted(sells("b", 5000, 4))))
    assert true_fills(session(BASE, told), [OURS]) == {0: [Execution(at(21), 4 * MICRO)]}


def test_a_cancel_ahead_moves_it_up_and_one_behind_does_not() -> None:
    tail: list[Said] = [(30.0, Accepted(sells("a", 5000, 10)))]
    ahead: list[Said] = [*OPENING, (11.0, Accepted(BEHIND)), (20.0, taken_out(FIRST, 100)), *tail]
    behind: list[Said] = [*OPENING, (11.0, Accepted(BEHIND)), (20.0, taken_out(BEHIND, 100)), *tail]
    assert true_fills(session(BASE, ahead), [OURS]) == {0: [Execution(at(30), 10 * MICRO)]}
    assert true_fills(session(BASE, behind), [OURS]) == {0: []}


def test_a_taker_that_wanted_more_than_was_there_takes_ours_too() -> None:
    told: list[Said] = [*OPENING, (20.0, Accepted(sells("a", 5000, 150)))]
    assert true_fills(session(BASE, told), [OURS]) == {0: [Execution(at(20), 10 * MICRO)]}


def test_an_order_counts_while_it_rests_only() -> None:
    early: list[Said] = [
        *OPENING,
        (9.999, Accepted(sells("a", 4900, 105))),
        (11.0, Accepted(BEHIND)),
    ]
    late: list[Said] = [*OPENING, (60.001, Accepted(sells("a", 5000, 150)))]
    assert true_fills(session(BASE, early), [OURS]) == {0: []}
    assert true_fills(session(BASE, late), [OURS]) == {0: []}


def test_others_come_first_in_the_same_millisecond() -> None:
    told: list[Said] = [*OPENING, (10.0, Accepted(BEHIND)), (20.0, Accepted(sells("a", 5000, 150)))]
    assert true_fills(session(BASE, told), [OURS]) == {0: []}
    told.append((60.0, Accepted(sells("b", 5000, 55))))
    assert true_fills(session(BASE, told), [OURS]) == {0: [Execution(at(60), 5 * MICRO)]}


def test_an_order_that_would_cross_is_refused() -> None:
    told: list[Said] = [*OPENING, (20.0, Accepted(sells("a", 4900, 1_000)))]
    assert true_fills(session(BASE, told), [bid(BASE, 10, 60, 6000)]) == {0: []}
