"""Whether a book can be believed: what is checked, and the grade that follows.

Checks belong at the end of a batch, when all events of one venue timestamp are applied: inside a
batch a book may pass through itself. A hash that differs is a reason to fetch the book again and no
proof of anything, because the venue hashes fields that can arrive later.
"""

from enum import StrEnum
from typing import TypeVar

import msgspec

from schemas.values import Trust
from streams.book import ASK, BID, NO, YES, Book
from streams.lazy import Lazy
from streams.prices import to_price, to_shares

T = TypeVar("T")


class Flaw(StrEnum):
    """What can be wrong with a book."""

    CROSSED = "crossed"
    MIRROR = "mirror"
    OFF_GRID = "off-grid"
    STATED_BEST = "stated-best"
    HASH = "hash"
    UNREADABLE = "unreadable"
    ORDER = "order"


class Finding(msgspec.Struct, frozen=True):
    """One failed check; `detail` says what was expected and what was found."""

    flaw: Flaw
    detail: str


def check(book: Book) -> Finding | None:
    """Check a book with both legs at the end of a batch; the first failure, or None.

    Off grid: the feed sent a price outside the grid or a negative size. Crossed: a leg's bid is not
    below its ask. Mirror: the two legs are views of one book, so best YES bid = 1 − best NO ask and
    the reverse, with equal sizes.
    """
    if not book.is_ready:
        return None
    count = book.rejected[YES] + book.rejected[NO]
    if not count and book.is_mirrored():
        return None
    if count:
        return Finding(Flaw.OFF_GRID, f"{count} levels lie off the grid of {book.grid} ticks")
    for leg, name in ((YES, "YES"), (NO, "NO")):
        bid, ask = book.best_bid(leg), book.best_ask(leg)
        if bid is not None and ask is not None and bid >= ask:
            return Finding(
                Flaw.CROSSED,
                f"best {name} bid {to_price(bid, book.tick)} is not below "
                f"best {name} ask {to_price(ask, book.tick)}",
            )
    return _mirror(book, YES, NO) or _mirror(book, NO, YES)


def check_stated_best(book: Book, leg: int, bid: int | None, ask: int | None) -> Finding | None:
    """Compare a leg with the best prices in ticks that the venue states beside its changes."""
    ours = (book.best_bid(leg), book.best_ask(leg))
    if ours == (bid, ask):
        return None
    return Finding(
        Flaw.STATED_BEST,
        f"the venue states best {bid}/{ask} ticks on leg {leg}, our book has "
        f"{ours[0]}/{ours[1]}",
    )


def _mirror(book: Book, leg: int, other: int) -> Finding | None:
    bid, ask = book.best_bid(leg), book.best_ask(other)
    mirrored = None if ask is None else book.grid - ask
    if bid == mirrored and (
        bid is None or book.size_at(leg, BID, bid) == book.size_at(other, ASK, book.grid - bid)
    ):
        return None
    name, other_name = ("YES", "NO") if leg == YES else ("NO", "YES")
    return Finding(
        Flaw.MIRROR,
        f"best {name} bid {_level(book, leg, BID, bid)} is not the mirror of "
        f"best {other_name} ask {_level(book, other, ASK, ask)}",
    )


def _level(book: Book, leg: int, side: int, ticks: int | None) -> str:
    if ticks is None:
        return "none"
    return f"{to_price(ticks, book.tick)} x {to_shares(book.size_at(leg, side, ticks))}"


class TrustState(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What is known about one market's book; the grade follows from it.

    Attributes:
        fresh: Per leg, whether a snapshot was applied since the last drop or finding.
        hashed: Per leg, whether its hash was checked and nothing changed since.
        mismatches: Per leg, snapshots in a row whose hash was not ours.
        dropped: Why the book was dropped last.
        finding: The failed check that waits for snapshots, or empty.
        silence: Why the connection counts as silent, or empty.
    """

    fresh: tuple[bool, bool] = (False, False)
    hashed: tuple[bool, bool] = (False, False)
    mismatches: tuple[int, int] = (0, 0)
    dropped: str = "no snapshot yet"
    finding: str = ""
    silence: str = ""

    @Lazy
    def trust(self) -> Trust:
        """STALE while unheard or without snapshots, SUSPECT from a finding to the next snapshots.

        VERIFIED when both legs' hashes were checked and nothing changed since, else CONSISTENT.
        """
        if self.silence or not (self.finding or all(self.fresh)):
            return Trust.STALE
        if self.finding:
            return Trust.SUSPECT
        return Trust.VERIFIED if all(self.hashed) else Trust.CONSISTENT

    @property
    def reason(self) -> str:
        """Why the grade is what it is."""
        if self.silence or self.finding:
            return self.silence or self.finding
        if not all(self.fresh):
            return self.dropped
        if all(self.hashed):
            return "hash checked"
        return "hash not verifiable" if any(self.mismatches) else "checks passed"


def on_snapshot(state: TrustState, leg: int, hash_matches: bool | None) -> TrustState:
    """A leg was replaced by a snapshot.

    The first snapshot whose hash differs is a finding, so that it is fetched again. If it differs
    again the venue hashes something we do not know: the leg counts as fresh, but never VERIFIED.

    Args:
        state: The state before.
        leg: 0 YES, 1 NO.
        hash_matches: Whether our hash of it equals the venue's; None when there is none to check.
    """
    missed = state.mismatches[leg] + 1 if hash_matches is False else 0
    fresh = _with(state.fresh, leg, missed != 1)
    finding = "" if all(fresh) else state.finding
    if missed == 1:
        finding = f"{Flaw.HASH}: the hash of leg {leg} is not the venue's; fetch the book again"
    return msgspec.structs.replace(
        state,
        fresh=fresh,
        hashed=_with(state.hashed, leg, hash_matches is True),
        mismatches=_with(state.mismatches, leg, missed),
        finding=finding,
    )


def on_change(state: TrustState, legs: tuple[bool, bool] = (True, True)) -> TrustState:
    """A delta without a checked hash changed these legs: what was VERIFIED is CONSISTENT."""
    hashed = (state.hashed[YES] and not legs[YES], state.hashed[NO] and not legs[NO])
    return state if hashed == state.hashed else msgspec.structs.replace(state, hashed=hashed)


def on_hash(state: TrustState, leg: int) -> TrustState:
    """The leg's hash was computed after a delta and equals the venue's."""
    return msgspec.structs.replace(state, hashed=_with(state.hashed, leg, True))


def on_finding(state: TrustState, finding: Finding | None) -> TrustState:
    """The batch ended with this check result; a failure heals by new snapshots of both legs."""
    if finding is None:
        return state
    return msgspec.structs.replace(
        state,
        finding=f"{finding.flaw}: {finding.detail}",
        fresh=(False, False),
        hashed=(False, False),
    )


def on_drop(state: TrustState, reason: str) -> TrustState:
    """The book was dropped: a disconnect, or a new tick size."""
    return TrustState(dropped=reason, mismatches=state.mismatches, silence=state.silence)


def on_silence(state: TrustState, reason: str) -> TrustState:
    """Nothing was heard on the connection for too long."""
    return state if state.silence == reason else msgspec.structs.replace(state, silence=reason)


def on_heard(state: TrustState) -> TrustState:
    """The connection is heard; without a reconnect the book is what it was."""
    return msgspec.structs.replace(state, silence="") if state.silence else state


def _with(pair: tuple[T, T], leg: int, value: T) -> tuple[T, T]:
    return (value, pair[NO]) if leg == YES else (pair[YES], value)
