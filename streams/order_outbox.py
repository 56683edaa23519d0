"""The order outbox: exactly one order per intent, whatever fails on the way (STRATEGIES.md D.0).

An order's hash is known before it is sent, since its salt and time derive from the intent. Sending
twice is therefore sending the same order, and what has no certain outcome is looked up by the hash.
Nothing is believed absent before a request can no longer arrive; what turns up later nevertheless
is cancelled. A fold: no clock, no I/O; it says which calls to make and is told what they gave.
"""

from collections.abc import Callable, Iterator

import msgspec

from schemas.ids import BotId, OrderId
from schemas.trading import CancelOrder, IntentApproved, Order
from schemas.values import OrderStatus
from schemas.venue import Verdict
from streams.outbox_state import (
    Answer,
    Call,
    CancelCall,
    CancelStep,
    CancelVoid,
    Fact,
    LookUpCall,
    OrderAccepted,
    OrderEnded,
    OutboxRules,
    OutboxState,
    PlaceCall,
    Seen,
    Step,
    Tracked,
)

DROP_AHEAD_MS = 60_000
"""The book drops an order so long before its stated expiration."""
EVERY_BOT = ""
EXPIRED = "EXPIRED_UNSENT"
"""Refusal of an order whose time came before it could be sent."""


class OrderOutbox:
    """Orders between approval and proof.

    Attributes:
        state: What a checkpoint holds; changed in place.
    """

    def __init__(
        self,
        identify: Callable[[Order], str],
        rules: OutboxRules | None = None,
        state: OutboxState | None = None,
    ) -> None:
        """Start empty, or continue from a state.

        Args:
            identify: The venue's id of an order; the same for the same order, always.
            rules: Waiting times.
            state: Of an earlier run; call `recover` before anything else.
        """
        self._identify = identify
        self._rules = OutboxRules() if rules is None else rules
        self.state = OutboxState() if state is None else state
        self._facts: list[Fact] = []

    # ------------------------------------------------------------------ what we want

    def intend(self, approved: IntentApproved) -> None:
        """Take approved orders; a known order is not taken again."""
        now = approved.ingest_time
        first = approved.cancel_first
        for order, zone, kind in zip(approved.orders, approved.zones, approved.kinds, strict=True):
            if self.find(order.order_id) is not None:
                continue
            entry = Tracked(
                order=order,
                venue_id=self._identify(order),
                kind=kind,
                zone=zone,
                cause=approved.event_id,
                since=now,
                replaces=first,
            )
            self.state.open[order.order_id] = entry
            if entry.opens and self._is_halted(order.bot_id):
                self._end(entry, OrderStatus.REJECTED, "HALTED", now)
        if first is not None and first in self.state.open:
            self._want_cancel(self.state.open[first], "replaced", approved.event_id, now)

    def ask_cancel(self, request: CancelOrder) -> None:
        """Cancel an order; one under way is cancelled as soon as the venue is seen to have it."""
        entry = self.state.open.get(request.order_id)
        if entry is not None:
            self._want_cancel(entry, request.reason, request.event_id, request.ingest_time)
            return
        known = self.state.ended.get(request.order_id)
        status = "unknown" if known is None else known.status.lower()
        void = CancelVoid(request.order_id, request.bot_id, request.event_id, status, known)
        self._facts.append(void)

    def halt(self, bot_id: BotId | None, now: int) -> None:
        """Drop unsent opening orders and send none until `resume`.

        Args:
            bot_id: Whose; None for every bot.
            now: Time of the fold, ms.
        """
        name = EVERY_BOT if bot_id is None else bot_id
        if name not in self.state.halted:
            self.state.halted.append(name)
        for entry in tuple(self.state.open.values()):
            if entry.opens and not entry.placed and self._is_halted(entry.order.bot_id):
                self._stop(entry, "HALTED", now)

    def resume(self, bot_id: BotId | None) -> None:
        """Opening orders may be sent again."""
        name = EVERY_BOT if bot_id is None else bot_id
        if name in self.state.halted:
            self.state.halted.remove(name)

    # ------------------------------------------------------------------ what we are told

    def on_answer(self, answer: Answer, now: int) -> None:
        """Fold the reply to a sending; late and repeated ones change nothing false."""
        if answer.verdict is Verdict.ACCEPTED:
            self.on_seen(Seen(order_id=answer.order_id), now)
            return
        entry = self.state.open.get(answer.order_id)
        if entry is None or entry.step is not Step.SENT or answer.attempt != entry.sends:
            return
        if answer.verdict is Verdict.UNKNOWN:
            self._doubt(entry, now)
        elif answer.verdict is Verdict.WAIT:
            entry.not_before = now + max(answer.retry_ms, self._rules.look_ms)
            self._move(entry, Step.UNKNOWN if entry.doubtful else Step.INTENDED, now)
            if not self._may_send(entry, now):
                self._stop(entry, EXPIRED, now)
        else:
            # With an earlier sending in doubt, this refusal may come of the order being there.
            entry.refusal = answer.reason
            self._settle(entry, now)

    def on_seen(self, seen: Seen, now: int) -> None:
        """The venue told of an order."""
        entry = self.find(seen.order_id)
        if entry is None:
            return
        entry.matched = max(entry.matched, seen.matched)
        if entry.step is Step.ENDED:
            if seen.ended is None and entry.status in (OrderStatus.CANCELED, OrderStatus.REJECTED):
                self._cancel_ghost(entry, now)
            return
        if not entry.placed and seen.ended is not OrderStatus.REJECTED:
            entry.placed = True
            self._facts.append(OrderAccepted(entry))
        entry.doubtful = False
        if seen.ended is not None:
            self._end(entry, seen.ended, seen.reason, now)
        elif entry.matched >= entry.order.size:
            self._end(entry, OrderStatus.FILLED, "", now)
        else:
            self._move(entry, Step.RESTING, now)

    def on_absent(self, order_id: OrderId, asked_at: int, now: int) -> None:
        """A look-up found no such order.

        Args:
            order_id: Which.
            asked_at: As the `LookUpCall` said.
            now: Time of the fold, ms.
        """
        entry = self.state.open.get(order_id)
        if entry is None or entry.step is not Step.UNKNOWN or asked_at < entry.sent_at:
            return
        if self._may_send(entry, now):
            self._move(entry, Step.INTENDED, now)
        elif asked_at - max(entry.sent_at, entry.since if entry.placed else 0) >= (
            self._rules.proof_ms
        ):
            self._end_absent(entry, now)

    def on_cancel_answer(self, order_id: OrderId, verdict: Verdict, reason: str, now: int) -> None:
        """Fold the reply to a cancel: ACCEPTED when it was cancelled, REFUSED when it was not."""
        entry = self.find(order_id)
        if entry is None:
            return
        if entry.step is Step.ENDED:
            if verdict in (Verdict.ACCEPTED, Verdict.REFUSED):
                self._lay_ghost(entry)
            elif entry.cancel is CancelStep.SENT:
                entry.cancel, entry.cancel_at = CancelStep.WANTED, now + self._rules.look_ms
        elif verdict is Verdict.ACCEPTED:
            self._end(entry, OrderStatus.CANCELED, entry.cancel_reason or reason, now)
        elif entry.cancel is CancelStep.SENT:
            entry.cancel, entry.cancel_at = CancelStep.WANTED, now + self._rules.look_ms
            if verdict is Verdict.REFUSED and entry.step is Step.RESTING:
                self._move(entry, Step.UNKNOWN, now)

    def recover(self, now: int) -> None:
        """After a restart: what was under way is in doubt, and nothing is placed before proof."""
        self.state.blocked = True
        for entry in self.state.open.values():
            if entry.step in (Step.INTENDED, Step.SENT):
                self._doubt(entry, now)
        for entry in (*self.state.open.values(), *self.state.ended.values()):
            entry.looked_at = 0
            if entry.cancel is CancelStep.SENT:
                entry.cancel, entry.cancel_at = CancelStep.WANTED, now

    def reconciled(self) -> None:
        """The venue was compared with us: placing may go on."""
        self.state.blocked = False

    def look_up(self, order_id: OrderId, now: int, *, later: bool = False) -> None:
        """Ask for an order that no longer rests, as it seems; `later` unless it is told soon."""
        entry = self.state.open.get(order_id)
        if entry is not None and entry.step is Step.RESTING:
            self._move(entry, Step.UNKNOWN, now)
            entry.looked_at = now if later else entry.looked_at

    def cancel_ghost(self, order_id: OrderId, now: int) -> None:
        """An order that ended for us is open at the venue: cancel it."""
        entry = self.state.ended.get(order_id)
        if entry is not None:
            self._cancel_ghost(entry, now)

    # ------------------------------------------------------------------ what follows

    def calls(self, now: int) -> tuple[Call, ...]:
        """What to do now: cancels first, then look-ups, then orders in batches.

        What it returns counts as sent; the state must be kept safe before the calls are made.
        """
        cancels: list[Tracked] = []
        looks: list[LookUpCall] = []
        places: list[Tracked] = []
        for entry in tuple(self.state.open.values()):
            if entry.step is Step.SENT and now - entry.sent_at >= self._rules.answer_ms:
                self._doubt(entry, now)
            if self._takes_cancel(entry, now):
                cancels.append(entry)
            if entry.step is Step.UNKNOWN and now >= entry.looked_at + self._rules.look_ms:
                entry.looked_at = now
                looks.append(LookUpCall(entry.order_id, now))
            elif entry.step is Step.INTENDED and self._is_due(entry, now):
                places.append(entry)
        for order_id in self.state.ghosts:
            ghost = self.state.ended[order_id]
            if self._takes_cancel(ghost, now):
                cancels.append(ghost)
        self._forget(now)
        return (*self._cancel_calls(cancels), *looks, *self._place_calls(places, now))

    def facts(self) -> tuple[Fact, ...]:
        """Take away what happened since the last call, in order."""
        facts = tuple(self._facts)
        self._facts.clear()
        return facts

    def find(self, order_id: OrderId) -> Tracked | None:
        """An order, open or remembered."""
        return self.state.open.get(order_id) or self.state.ended.get(order_id)

    def snapshot(self) -> bytes:
        """The whole state as JSON; facts must have been taken away."""
        return msgspec.json.encode(self.state)

    def restore(self, snapshot: bytes) -> None:
        """Continue from a snapshot."""
        self.state = msgspec.json.decode(snapshot, type=OutboxState)

    # ------------------------------------------------------------------ inside

    def _is_halted(self, bot_id: BotId) -> bool:
        return EVERY_BOT in self.state.halted or bot_id in self.state.halted

    def _may_send(self, entry: Tracked, now: int) -> bool:
        if entry.placed or entry.refusal or entry.cancel is not CancelStep.NONE:
            return False
        if entry.opens and self._is_halted(entry.order.bot_id):
            return False
        expires_at = entry.order.expires_at
        return expires_at is None or now < expires_at - DROP_AHEAD_MS

    def _is_due(self, entry: Tracked, now: int) -> bool:
        """Whether to send it now; drops what need not be sent any more."""
        if self.state.blocked or now < entry.not_before:
            return False
        if not self._may_send(entry, now):
            self._stop(entry, EXPIRED, now)
            return False
        if entry.replaces is None:
            return True
        old = self.find(entry.replaces)
        if old is not None and old.status is OrderStatus.FILLED:
            self._stop(entry, "REPLACED_FILLED", now)
            return False
        # Its cancel leaves in this round or has left; otherwise the old one is still in doubt.
        return old is None or old.step is Step.ENDED or old.cancel is CancelStep.SENT

    def _takes_cancel(self, entry: Tracked, now: int) -> bool:
        """Whether its cancel leaves now; it counts as sent then."""
        if entry.cancel is CancelStep.NONE or entry.step not in (Step.RESTING, Step.ENDED):
            return False
        waits = self._rules.answer_ms if entry.cancel is CancelStep.SENT else 0
        if now < entry.cancel_at + waits:
            return False
        entry.cancel, entry.cancel_at = CancelStep.SENT, now
        return True

    def _cancel_calls(self, entries: list[Tracked]) -> Iterator[Call]:
        for group in _groups(entries, self._rules.cancels):
            yield CancelCall(tuple(entry.order_id for entry in group))

    def _place_calls(self, entries: list[Tracked], now: int) -> Iterator[Call]:
        for entry in entries:
            entry.sends += 1
            entry.sent_at = now
            self._move(entry, Step.SENT, now)
        for group in _groups(entries, self._rules.batch):
            yield PlaceCall(
                tuple(entry.order_id for entry in group), tuple(entry.sends for entry in group)
            )

    def _move(self, entry: Tracked, step: Step, now: int) -> None:
        if entry.step is not step:
            entry.step, entry.since = step, now

    def _doubt(self, entry: Tracked, now: int) -> None:
        entry.doubtful = True
        self._move(entry, Step.UNKNOWN, now)

    def _want_cancel(self, entry: Tracked, reason: str, cause: str, now: int) -> None:
        if entry.cancel is not CancelStep.NONE:
            return
        entry.cancel, entry.cancel_at = CancelStep.WANTED, now
        entry.cancel_reason, entry.cancel_cause = reason, cause
        if entry.step is Step.INTENDED:
            self._stop(entry, reason, now)

    def _cancel_ghost(self, entry: Tracked, now: int) -> None:
        if entry.cancel is CancelStep.NONE:
            entry.cancel, entry.cancel_at, entry.cancel_reason = CancelStep.WANTED, now, "ghost"
            self.state.ghosts.append(entry.order_id)

    def _lay_ghost(self, entry: Tracked) -> None:
        entry.cancel = CancelStep.NONE
        if entry.order_id in self.state.ghosts:
            self.state.ghosts.remove(entry.order_id)

    def _stop(self, entry: Tracked, reason: str, now: int) -> None:
        """Send it no more; unless a sending is in doubt or under way, that ends it."""
        entry.refusal = entry.refusal or reason
        if entry.step is Step.INTENDED:
            self._settle(entry, now)

    def _settle(self, entry: Tracked, now: int) -> None:
        """Its last sending did nothing: it ends, unless an earlier one may yet arrive."""
        if entry.doubtful:
            self._move(entry, Step.UNKNOWN, now)
        else:
            self._end_absent(entry, now)

    def _end_absent(self, entry: Tracked, now: int) -> None:
        if entry.placed:
            self._end(entry, OrderStatus.CANCELED, entry.cancel_reason or "lost", now)
        elif entry.cancel is not CancelStep.NONE:
            self._end(entry, OrderStatus.CANCELED, entry.cancel_reason, now)
        else:
            self._end(entry, OrderStatus.REJECTED, entry.refusal or "LOST", now)

    def _end(self, entry: Tracked, status: OrderStatus, reason: str, now: int) -> None:
        asked = entry.cancel is not CancelStep.NONE
        self._move(entry, Step.ENDED, now)
        entry.status, entry.cancel = status, CancelStep.NONE
        del self.state.open[entry.order_id]
        self.state.ended[entry.order_id] = entry
        self._facts.append(OrderEnded(entry, status, reason))
        if asked and status is not OrderStatus.CANCELED:
            bot_id, cause = entry.order.bot_id, entry.cancel_cause
            void = CancelVoid(entry.order_id, bot_id, cause, status.lower(), entry)
            self._facts.append(void)

    def _forget(self, now: int) -> None:
        ended = self.state.ended
        while ended:
            entry = next(iter(ended.values()))
            if now - entry.since <= self._rules.kept_ms or entry.cancel is not CancelStep.NONE:
                break
            del ended[entry.order_id]


def _groups(entries: list[Tracked], most: int) -> Iterator[list[Tracked]]:
    return (entries[start : start + most] for start in range(0, len(entries), most))
