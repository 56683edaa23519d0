"""What a directional bot means to do in one market, from the signal to the last share."""

from enum import StrEnum

import msgspec

from agents.bots.backoff import Backoff
from agents.bots.base import Note, Place, Proposal
from agents.bots.directional import Entry, EntryRules, Stance, find_entry, note_of
from agents.bots.position import (
    Move,
    cancel_opening,
    held_side,
    is_done,
    leave,
    open_or_keep,
    opening_orders,
)
from agents.bots.view import View
from configs.rules import TradingRules
from schemas.envelope import Message
from schemas.trading import IntentDenied, OrderPlaced, OrderRejected
from schemas.values import Side

WAIT_MS = 5_000
"""Pause after a refusal; each further one doubles it."""


class Stage(StrEnum):
    """How far a plan has come."""

    NEW = "new"
    """No order was placed yet, or the last one would have crossed and is tried again."""
    PLACED = "placed"
    CLOSING = "closing"
    """Whatever is left is cancelled and reduced."""


class Plan(msgspec.Struct, kw_only=True):
    """One signal at work.

    Attributes:
        stance: What is believed; a bot may bring it up to date.
        opened_at: When the signal came, ms.
        leave_at: When the position is left at the latest, ms; None to hold it to resolution.
        label: The bot's own word for it, such as a mode or a leader.
        reason: Why it closes.
    """

    stance: Stance
    opened_at: int
    leave_at: int | None = None
    label: str = ""
    stage: Stage = Stage.NEW
    reason: str = ""

    def is_over(self, view: View) -> bool:
        """Whether nothing is left of it: no order, nothing held, nothing to be tried again."""
        return self.stage is not Stage.NEW and is_done(view)

    def close(self, reason: str) -> None:
        """Leave; the first reason stays."""
        if self.stage is not Stage.CLOSING:
            self.stage, self.reason = Stage.CLOSING, reason


class Spot(msgspec.Struct, kw_only=True):
    """What a directional bot keeps of one market.

    Attributes:
        plan: The signal at work, if any; one position in a market at a time.
        tries: Refusals; they outlive a plan, so that a new one waits as well.
    """

    plan: Plan | None = None
    tries: Backoff = msgspec.field(default_factory=Backoff)

    def waiting(self, now: int) -> str:
        """Why no new plan may be made yet, a stable word; empty when it may."""
        if not self.tries.is_waiting(now):
            return ""
        return f"waiting-after-{self.tries.reason.lower()}"


def learn(spot: Spot, event: Message, view: View, rules: TradingRules) -> list[Proposal]:
    """Take in an answer to one of the bot's orders, and drop a plan of which nothing is left.

    An entry that would have crossed is tried again from the fresh book, at most 3 times in 2 s;
    after any other refusal of an entry the signal is dropped.

    Returns:
        The record of a dropped plan, or nothing.
    """
    plan = spot.plan
    match event:
        case IntentDenied(code=code):
            _refused(spot, str(code), view.now, rules)
        case OrderRejected(reason=reason):
            _refused(spot, reason, view.now, rules)
        case OrderPlaced():
            spot.tries.accept()
        case _:
            pass
    if plan is None or not plan.is_over(view):
        return []
    spot.plan = None
    why = spot.waiting(view.now) or plan.reason or "order-ended"
    return [Note(decision="drop", reason=why, side=plan.stance.side)]


def adopt(spot: Spot, view: View) -> None:
    """Give what is held or ordered without a plan one: to leave it."""
    if spot.plan is None and not is_done(view):
        side = Side.YES if view.holding.net >= 0 else Side.NO
        stance = Stance(side=side, fair_value=0.5, sigma=0.0, multiplier=view.tick)
        spot.plan = Plan(stance=stance, opened_at=view.now, label="stray")
        spot.plan.close("unplanned-position")


def advance(
    spot: Spot,
    plan: Plan,
    view: View,
    how: EntryRules,
    rules: TradingRules,
    *,
    leave_for: str = "",
    blocked: str = "",
    features: dict[str, float] | None = None,
) -> list[Proposal]:
    """Move a plan on.

    Args:
        spot: Where it is kept; changed in place.
        plan: Its plan.
        view: Now.
        how: How the bot opens.
        rules: Common rules.
        leave_for: Why the position is left now; empty to keep it.
        blocked: Why nothing more may be opened for it; empty when it may.
        features: For the signal record.

    Returns:
        Proposals, the signal record last.
    """
    if leave_for:
        plan.close(leave_for)
    elif plan.leave_at is not None and view.now >= plan.leave_at:
        plan.close("held-long-enough")
    move, entry = _move(spot, plan, view, how, rules, blocked)
    if plan.stage is Stage.CLOSING and is_done(view) and not move.proposals:
        spot.plan = None
    if entry is not None:
        return [*move.proposals, note_of(entry, view, move.decision, move.reason, features)]
    note = Note(
        decision=move.decision,
        reason=move.reason,
        side=plan.stance.side,
        fair_value=plan.stance.fair_value,
        mid=view.top.rough_mid,
        features={} if features is None else features,
    )
    return [*move.proposals, note]


def _move(
    spot: Spot, plan: Plan, view: View, how: EntryRules, rules: TradingRules, blocked: str
) -> tuple[Move, Entry | None]:
    if plan.stage is Stage.CLOSING:
        left = leave(view, rules, plan.reason, how.ttl_s)
        return (_unhurried(left) if spot.tries.is_waiting(view.now) else left), None
    obstacle = blocked or view.opening_obstacle()
    opening = bool(opening_orders(view))
    if obstacle and opening:
        return cancel_opening(view, obstacle), None
    if obstacle:
        return _hold_or_drop(plan, view, obstacle), None
    if not opening and (plan.stage is Stage.PLACED or held_side(view) is not None):
        return _hold_or_drop(plan, view, "order-ended"), None
    entry = find_entry(plan.stance, view, how, rules)
    move = open_or_keep(entry, view, how, rules)
    if any(isinstance(each, Place) for each in move.proposals):
        plan.stage = Stage.PLACED
    elif not opening:
        plan.close(move.reason)
    return move, entry


def _hold_or_drop(plan: Plan, view: View, reason: str) -> Move:
    """Nothing rests that opens: what is held is kept, else the signal is over."""
    if held_side(view) is not None:
        plan.stage = Stage.PLACED
        return Move([], "holding")
    plan.close(reason)
    return Move([], reason)


def _unhurried(move: Move) -> Move:
    """After a refusal nothing is placed for a while; cancels go out."""
    kept: list[Proposal] = [each for each in move.proposals if not isinstance(each, Place)]
    return Move(kept, move.reason)


def _refused(spot: Spot, reason: str, now: int, rules: TradingRules) -> None:
    spot.tries.refuse(reason, now, rules, WAIT_MS)
    plan = spot.plan
    if plan is not None and plan.stage is Stage.PLACED and not spot.tries.is_waiting(now):
        plan.stage = Stage.NEW
