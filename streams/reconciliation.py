"""What the venue says we have against what we believe (STRATEGIES.md D.0): every difference named.

A fold only in that it remembers since when a difference exists; a comparison changes nothing else.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

import msgspec

from streams.order_outbox import OrderOutbox
from streams.outbox_state import OutboxState, Seen, Step, Tracked

PENDING_MS = 30_000
"""So long a difference may come of what is still under way."""
FOREIGN_OWNER = "foreign"


class Subject(StrEnum):
    """What differs."""

    ORDER = "order"
    TRADE = "trade"
    BALANCE = "balance"


class DifferenceKind(StrEnum):
    """What kind of difference it is."""

    PENDING = "pending"
    """Explained by what is under way, for now."""
    GHOST = "ghost"
    """Ended or booked for us, otherwise at the venue: we believe in something that is not so."""
    LOST = "lost"
    """We have it and the venue does not, or it has a trade of ours that we did not book."""
    FOREIGN = "foreign"
    """The venue has it and we never did it."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One difference.

    Attributes:
        key: Order hash, trade id, or token id ("" for collateral).
        owner: The bot whose order it is; "foreign" when nobody's.
        age_ms: Since it was first found.
        ours: What we believe.
        theirs: What the venue says.
    """

    subject: Subject
    kind: DifferenceKind
    key: str
    owner: str
    age_ms: int
    ours: str
    theirs: str


class VenueTrade(NamedTuple):
    """A trade as the venue lists it; `settled` when MINED or later, `venue_order_id` is ours."""

    trade_id: str
    venue_order_id: str
    size: Decimal
    at: int
    failed: bool
    settled: bool


class BookedTrade(NamedTuple):
    """A trade that our ledger has booked and not undone."""

    trade_id: str
    owner: str
    size: Decimal
    at: int


class _Found(NamedTuple):
    subject: Subject
    kind: DifferenceKind
    key: str
    owner: str
    ours: str
    theirs: str


class Reconciler:
    """Compares, and remembers since when what differs.

    Attributes:
        since: First seen, ms, by subject and key; what a checkpoint holds.
    """

    def __init__(self, since: dict[str, int] | None = None) -> None:
        """Start without differences, or continue."""
        self.since: dict[str, int] = {} if since is None else since

    def orders(
        self, outbox: OutboxState, venue_open: Mapping[str, Decimal], now: int
    ) -> tuple[Difference, ...]:
        """Our outbox against the venue's open orders.

        Args:
            outbox: Ours.
            venue_open: Shares matched of each open order, by hash.
            now: When the venue was asked, ms.
        """
        return self._aged(Subject.ORDER, _compare_orders(outbox, venue_open, now), now)

    def trades(
        self,
        booked: Mapping[str, BookedTrade],
        venue: Iterable[VenueTrade],
        owners: Mapping[str, str],
        now: int,
    ) -> tuple[Difference, ...]:
        """What the ledger booked against the venue's trades of the same stretch of time.

        Args:
            booked: By trade id.
            venue: All trades of the account in the stretch.
            owners: The bot of each of our orders, by hash.
            now: When the venue was asked, ms.
        """
        return self._aged(Subject.TRADE, _compare_trades(booked, venue, owners, now), now)

    def balances(
        self,
        ours: Mapping[str, Decimal],
        venue: Mapping[str, Decimal],
        moving: Mapping[str, Decimal],
        now: int,
    ) -> tuple[Difference, ...]:
        """Cash ("") and tokens of the ledger against the wallet.

        Args:
            ours: As the ledger has them, from MATCHED on.
            venue: As the venue tells.
            moving: What matched and is not mined, signed as in `ours`.
            now: When the venue was asked, ms.
        """
        return self._aged(Subject.BALANCE, _compare_balances(ours, venue, moving), now)

    def _aged(self, subject: Subject, found: Iterable[_Found], now: int) -> tuple[Difference, ...]:
        """Give each difference its age; forget those of the subject that are gone."""
        prefix = f"{subject}/"
        known, told = {}, []
        for each in found:
            name = prefix + each.key
            known[name] = since = self.since.get(name, now)
            told.append(Difference(age_ms=now - since, **each._asdict()))
        for name in [name for name in self.since if name.startswith(prefix)]:
            del self.since[name]
        self.since.update(known)
        return tuple(told)


def remedy(
    outbox: OrderOutbox,
    differences: Iterable[Difference],
    venue_open: Mapping[str, Decimal],
    now: int,
) -> None:
    """Do about orders what their differences ask for, then let placing go on.

    Ghosts are cancelled, lost ones are looked up, what the venue has is acknowledged. Foreign
    orders are left alone: they are somebody's.

    Args:
        outbox: Changed in place.
        differences: Of `Reconciler.orders` at `now`.
        venue_open: What they were found with.
        now: Time of the fold, ms.
    """
    state = outbox.state
    by_hash = {e.venue_id: e for each in (state.ended, state.open) for e in each.values()}
    for difference in differences:
        if difference.subject is not Subject.ORDER:
            continue
        entry = by_hash.get(difference.key)
        if entry is not None and difference.kind is DifferenceKind.GHOST:
            outbox.cancel_ghost(entry.order_id, now)
        elif entry is not None and difference.kind is DifferenceKind.LOST:
            outbox.look_up(entry.order_id, now)
    for venue_id, matched in venue_open.items():
        entry = by_hash.get(venue_id)
        if entry is not None and entry.step is not Step.ENDED:
            outbox.on_seen(Seen(order_id=entry.order_id, matched=matched), now)
    outbox.reconciled()


def _compare_orders(
    outbox: OutboxState, venue_open: Mapping[str, Decimal], now: int
) -> Iterable[_Found]:
    known = set()
    for entry in outbox.open.values():
        known.add(entry.venue_id)
        theirs = venue_open.get(entry.venue_id)
        if entry.step is (Step.INTENDED if theirs is None else Step.RESTING):
            continue
        told = "absent" if theirs is None else f"open, {theirs} matched"
        yield _found(_kind_of(entry, now), entry.venue_id, entry.order.bot_id, entry.step, told)
    for entry in outbox.ended.values():
        known.add(entry.venue_id)
        if entry.venue_id in venue_open:
            owner = entry.order.bot_id
            yield _found(DifferenceKind.GHOST, entry.venue_id, owner, entry.status, "open")
    for venue_id in venue_open:
        if venue_id not in known:
            yield _found(DifferenceKind.FOREIGN, venue_id, FOREIGN_OWNER, "unknown", "open")


def _kind_of(entry: Tracked, now: int) -> DifferenceKind:
    """Of an order that is open for us."""
    if entry.step is Step.RESTING:
        return DifferenceKind.LOST
    return DifferenceKind.PENDING if now - entry.since < PENDING_MS else DifferenceKind.LOST


def _found(kind: DifferenceKind, key: str, owner: str, ours: str, theirs: str) -> _Found:
    return _Found(Subject.ORDER, kind, key, owner, ours, theirs)


def _compare_trades(
    booked: Mapping[str, BookedTrade],
    venue: Iterable[VenueTrade],
    owners: Mapping[str, str],
    now: int,
) -> Iterable[_Found]:
    told = {trade.trade_id: trade for trade in venue}
    for trade_id, trade in told.items():
        mine, owner = booked.get(trade_id), owners.get(trade.venue_order_id)
        ours = "not booked" if mine is None else str(mine.size)
        theirs = "failed" if trade.failed else str(trade.size)
        if ours == theirs or (mine is None and trade.failed) or _same(mine, trade):
            continue
        if owner is None and mine is None:
            kind = DifferenceKind.FOREIGN
        elif now - trade.at < PENDING_MS:
            kind = DifferenceKind.PENDING
        else:
            kind = DifferenceKind.LOST if mine is None else DifferenceKind.GHOST
        name = owner or (FOREIGN_OWNER if mine is None else mine.owner)
        yield _Found(Subject.TRADE, kind, trade_id, name, ours, theirs)
    for trade_id, mine in booked.items():
        if trade_id not in told:
            young = now - mine.at < PENDING_MS
            kind = DifferenceKind.PENDING if young else DifferenceKind.GHOST
            yield _Found(Subject.TRADE, kind, trade_id, mine.owner, str(mine.size), "absent")


def _same(mine: BookedTrade | None, trade: VenueTrade) -> bool:
    return mine is not None and not trade.failed and mine.size == trade.size


def _compare_balances(
    ours: Mapping[str, Decimal], venue: Mapping[str, Decimal], moving: Mapping[str, Decimal]
) -> Iterable[_Found]:
    zero = Decimal(0)
    for token in dict.fromkeys((*ours, *venue)):
        mine, theirs = ours.get(token, zero), venue.get(token, zero)
        if mine == theirs:
            continue
        if mine - moving.get(token, zero) == theirs:
            kind, owner = DifferenceKind.PENDING, ""
        elif token not in ours:
            kind, owner = DifferenceKind.FOREIGN, FOREIGN_OWNER
        else:
            kind, owner = (DifferenceKind.LOST if mine > theirs else DifferenceKind.FOREIGN), ""
        yield _Found(Subject.BALANCE, kind, token, owner, str(mine), str(theirs))
