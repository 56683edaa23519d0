"""Checks at batch end, and the grade that follows from what happened to a book."""

import pytest

from schemas.ids import MarketId
from schemas.market import BookDelta, BookSnapshot, Level, LevelChange
from schemas.values import Trust
from streams.book import ASK, BID, NO, YES, Book
from streams.integrity import (
    Finding,
    Flaw,
    TrustState,
    check,
    check_stated_best,
    on_change,
    on_drop,
    on_finding,
    on_hash,
    on_heard,
    on_silence,
    on_snapshot,
)

BOTH = ((YES, ((48, 3),), ((50, 1),)), (NO, ((50, 1),), ((52, 3),)))


def made(legs: tuple[tuple[int, tuple[Level, ...], tuple[Level, ...]], ...]) -> Book:
    book = Book()
    for leg, bids, asks in legs:
        book.apply_snapshot(
            BookSnapshot(
                event_id="s",
                event_time=1,
                ingest_time=1,
                source="test",
                market_id=MarketId("m"),
                leg=leg,
                tick=100,
                bids=bids,
                asks=asks,
                feed="f",
                trust=Trust.CONSISTENT,
            )
        )
    return book


def changed(*changes: LevelChange) -> Book:
    book = made(BOTH)
    book.apply_delta(
        BookDelta(
            event_id="d",
            event_time=1,
            ingest_time=1,
            source="test",
            market_id=MarketId("m"),
            tick=100,
            changes=changes,
            feed="f",
            trust=Trust.CONSISTENT,
        )
    )
    return book


def test_a_mirrored_book_passes() -> None:
    assert check(made(BOTH)) is None


def test_empty_sides_pass_when_both_legs_agree() -> None:
    assert check(made(((YES, ((48, 3),), ()), (NO, (), ((52, 3),))))) is None


def test_a_book_with_one_leg_is_not_checked() -> None:
    assert check(made(((YES, ((52, 3),), ((50, 1),)),))) is None


@pytest.mark.parametrize(
    ("changes", "flaw", "words"),
    [
        ([(YES, BID, 50, 5), (NO, ASK, 50, 5)], Flaw.CROSSED, "best YES bid 0.5 is not below"),
        ([(NO, BID, 52, 5), (YES, ASK, 48, 5)], Flaw.CROSSED, "best YES bid 0.48"),
        ([(NO, BID, 52, 5)], Flaw.CROSSED, "best NO bid 0.52"),
        ([(YES, BID, 49, 5)], Flaw.MIRROR, "best YES bid 0.49 x 0.000005"),
        ([(YES, BID, 48, 4)], Flaw.MIRROR, "0.000004"),
        ([(YES, ASK, 50, 0)], Flaw.MIRROR, "best YES ask none"),
        ([(NO, BID, 50, 0)], Flaw.MIRROR, "best NO bid none"),
        ([(YES, BID, 101, 5)], Flaw.OFF_GRID, "1 levels"),
    ],
)
def test_flaws_are_found_and_named(changes: list[LevelChange], flaw: Flaw, words: str) -> None:
    finding = check(changed(*changes))
    assert finding is not None
    assert finding.flaw is flaw
    assert words in finding.detail


def test_the_stated_best_prices_are_compared() -> None:
    book = made(BOTH)
    assert check_stated_best(book, YES, 48, 50) is None
    finding = check_stated_best(book, YES, 48, None)
    assert finding is not None
    assert finding.flaw is Flaw.STATED_BEST


def snapshotted(hash_matches: bool | None = None) -> TrustState:
    state = TrustState()
    for leg in (YES, NO):
        state = on_snapshot(state, leg, hash_matches)
    return state


def test_a_book_is_stale_until_both_snapshots() -> None:
    state = TrustState()
    assert (state.trust, state.reason) == (Trust.STALE, "no snapshot yet")
    state = on_snapshot(state, YES, None)
    assert state.trust is Trust.STALE
    state = on_snapshot(state, NO, None)
    assert (state.trust, state.reason) == (Trust.CONSISTENT, "checks passed")


def test_checked_hashes_verify_until_something_changes() -> None:
    state = snapshotted(hash_matches=True)
    assert (state.trust, state.reason) == (Trust.VERIFIED, "hash checked")
    state = on_change(state, (True, False))
    assert state.trust is Trust.CONSISTENT
    assert on_hash(state, YES).trust is Trust.VERIFIED


def test_a_change_without_checked_hashes_is_no_new_state() -> None:
    state = snapshotted()
    assert on_change(state) is state


def test_a_finding_makes_it_suspect_until_both_snapshots() -> None:
    state = on_finding(snapshotted(), Finding(Flaw.CROSSED, "0.5 over 0.4"))
    assert (state.trust, state.reason) == (Trust.SUSPECT, "crossed: 0.5 over 0.4")
    assert on_finding(state, None) is state
    state = on_snapshot(state, YES, None)
    assert state.trust is Trust.SUSPECT
    assert on_snapshot(state, NO, None).trust is Trust.CONSISTENT


def test_the_first_hash_mismatch_asks_for_the_book_again() -> None:
    state = on_snapshot(snapshotted(), YES, hash_matches=False)
    assert state.trust is Trust.SUSPECT
    assert "fetch the book again" in state.reason
    assert on_snapshot(state, YES, hash_matches=True).trust is Trust.CONSISTENT


def test_a_hash_that_never_matches_is_no_proof_of_a_wrong_book() -> None:
    state = snapshotted(hash_matches=True)
    for _ in range(2):
        state = on_snapshot(state, YES, hash_matches=False)
    assert (state.trust, state.reason) == (Trust.CONSISTENT, "hash not verifiable")


def test_silence_is_stale_and_ends_when_heard() -> None:
    state = snapshotted()
    silent = on_silence(state, "nothing heard for 3 s")
    assert (silent.trust, silent.reason) == (Trust.STALE, "nothing heard for 3 s")
    assert on_silence(silent, "nothing heard for 3 s") is silent
    assert on_heard(silent) == state
    assert on_heard(state) is state


def test_a_finding_during_silence_stays_a_finding() -> None:
    silent = on_silence(on_finding(snapshotted(), Finding(Flaw.MIRROR, "x")), "silent")
    assert silent.trust is Trust.STALE
    assert on_heard(silent).trust is Trust.SUSPECT


def test_a_drop_waits_for_snapshots() -> None:
    state = on_drop(snapshotted(hash_matches=True), "reconnected")
    assert (state.trust, state.reason) == (Trust.STALE, "reconnected")
    for leg in (YES, NO):
        state = on_snapshot(state, leg, None)
    assert state.trust is Trust.CONSISTENT
