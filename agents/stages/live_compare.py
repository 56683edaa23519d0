"""Comparing the venue with us: every difference named, aged, told once as an alert."""

from collections.abc import Iterator
from decimal import Decimal

from agents.stages.live_state import ZERO, LiveState
from schemas.alert_rules import rule_of
from schemas.envelope import Message, header
from schemas.ids import TokenId
from schemas.ops import Alert, AlertHandled, Deed
from schemas.values import TradeStatus
from schemas.venue import OwnTrade, VenueCompared, VenueDifference, VenueReconciled
from streams.order_outbox import OrderOutbox
from streams.reconciliation import (
    BookedTrade,
    Difference,
    DifferenceKind,
    Reconciler,
    VenueTrade,
    remedy,
)
from streams.venue_reports import SOURCE

COLLATERAL = TokenId("")


def compare(
    state: LiveState, outbox: OrderOutbox, message: VenueCompared
) -> Iterator[VenueReconciled | Alert | AlertHandled]:
    """Compare, do about orders what their differences ask for, and tell what differs.

    Args:
        state: Changed in place.
        outbox: Changed in place; it may place again if the user channel is connected.
        message: What the venue says; its trades are booked already.
    """
    found = tuple(_differences(state, outbox, message))
    remedy(outbox, found, message.open_orders, state.now)
    outbox.state.blocked = not state.linked
    told = tuple(_told(each) for each in found)
    head = header(SOURCE, message, "reconciled", now=state.now)
    yield VenueReconciled(**head, differences=told)
    yield from _alerts(state, found, message)


def _differences(
    state: LiveState, outbox: OrderOutbox, message: VenueCompared
) -> Iterator[Difference]:
    reconciler = Reconciler(state.since)
    at = message.asked_at
    yield from reconciler.orders(outbox.state, message.open_orders, at)
    yield from reconciler.trades(_booked(state, message), _venue(message), _owners(outbox), at)
    yield from _balances(reconciler, state, message)


def _booked(state: LiveState, message: VenueCompared) -> dict[str, BookedTrade]:
    return {
        key: BookedTrade(key, booked.fill.bot_id, booked.trade.size, booked.trade.matched_at)
        for key, booked in state.trades.items()
        if booked.trade.status is not TradeStatus.FAILED
        and booked.trade.matched_at >= message.trades_since
    }


def _venue(message: VenueCompared) -> Iterator[VenueTrade]:
    for trade in message.trades:
        yield VenueTrade(
            trade_id=trade.key,
            venue_order_id=trade.venue_order_id,
            size=trade.size,
            at=trade.matched_at,
            failed=trade.status is TradeStatus.FAILED,
            settled=trade.status.is_delivered,
        )


def _owners(outbox: OrderOutbox) -> dict[str, str]:
    both = (outbox.state.ended, outbox.state.open)
    return {e.venue_id: e.order.bot_id for each in both for e in each.values()}


def _balances(
    reconciler: Reconciler, state: LiveState, message: VenueCompared
) -> tuple[Difference, ...]:
    told = message.balances
    if COLLATERAL not in told:
        return ()
    if state.cash is None:
        state.cash = told[COLLATERAL]
    ours: dict[str, Decimal] = {
        token: state.tokens.get(TokenId(token), ZERO) for token in told if token
    }
    ours[COLLATERAL] = state.cash
    moving: dict[str, Decimal] = {}
    for booked in state.trades.values():
        if not (booked.trade.status.is_delivered or booked.trade.status.is_final):
            token = booked.fill.token_id
            moving[token] = moving.get(token, ZERO) + booked.shares
            moving[COLLATERAL] = moving.get(COLLATERAL, ZERO) + booked.cash
    return reconciler.balances(ours, told, moving, message.asked_at)


def _told(found: Difference) -> VenueDifference:
    return VenueDifference(
        subject=found.subject,
        kind=found.kind,
        key=found.key,
        owner=found.owner,
        age_ms=found.age_ms,
        ours=found.ours,
        theirs=found.theirs,
    )


def _alerts(
    state: LiveState, found: tuple[Difference, ...], cause: Message
) -> Iterator[Alert | AlertHandled]:
    """One for each difference that is no longer explained, once for each kind; and its end."""
    before, state.told = state.told, {}
    for each in found:
        if each.kind is DifferenceKind.PENDING:
            continue
        name = f"{each.subject}/{each.key}"
        state.told[name] = each.kind
        if before.get(name) != each.kind:
            yield _alert(each, state.now, cause)
    for name in [each for each in before if each not in state.told]:
        subject, _, key = name.partition("/")
        yield AlertHandled(
            **header(SOURCE, cause, "alert-over", subject, key, now=state.now),
            rule=f"venue-{subject}-differs",
            scope=_scope(key),
            deed=Deed.RESOLVED,
            by="pets",
        )


def _alert(found: Difference, now: int, cause: Message) -> Alert:
    owner = f" of {found.owner}" if found.owner else ""
    rule = f"venue-{found.subject}-differs"
    return Alert(
        **header(SOURCE, cause, "alert", found.subject, found.key, found.kind, now=now),
        rule=rule,
        severity=rule_of(rule).severity,
        scope=_scope(found.key),
        detail=f"{found.kind}: the {found.subject} {_scope(found.key)}{owner} differs for "
        f"{found.age_ms / 1000:g} s, ours {found.ours}, the venue's {found.theirs}.",
    )


def _scope(key: str) -> str:
    """A difference as people find it again: the beginning of a hash, trade or token."""
    return key[:18] or "collateral"


def trades_of(message: VenueCompared) -> tuple[OwnTrade, ...]:
    """The venue's trades, oldest first."""
    return tuple(sorted(message.trades, key=lambda trade: trade.matched_at))
