"""Verdicts as messages, and the memory that tells the same verdict again (C.1 check 0)."""

from collections.abc import Sequence
from hashlib import blake2b

import msgspec

from agents.stages.gate_case import Denial
from agents.stages.gate_outbox import SOURCE, GateOutbox
from agents.stages.gate_state import DECISIONS_KEPT, DECISIONS_KEPT_MS, Decided, GateState
from schemas.envelope import Header
from schemas.ids import AccountId, OrderId, derive_id
from schemas.trading import IntentApproved, IntentDenied, Order
from streams.orders import OpenOrder


def digest_of(orders: Sequence[Order]) -> str:
    """What tells one payload from another under the same id."""
    return blake2b(msgspec.json.encode(orders), digest_size=8).hexdigest()


def _cause(out: GateOutbox, intent_id: str) -> str:
    """The message the gate works on, unless it is the intent itself."""
    return "" if out.cause_id == intent_id else out.cause_id


class Verdicts:
    """Makes verdicts, remembers them for a while, and repeats them word for word."""

    def __init__(self, account_id: AccountId, state: GateState) -> None:
        """Remember in a gate's state.

        Args:
            account_id: Whose gate.
            state: The gate's.
        """
        self._account_id = account_id
        self._state = state

    def known(self, orders: Sequence[Order]) -> Decided | None:
        """The verdict on an intent whose first order was decided before."""
        return self._state.decided.get(orders[0].order_id)

    def approve(
        self,
        intent_id: str,
        entries: Sequence[OpenOrder],
        out: GateOutbox,
        cancel_first: OrderId | None = None,
    ) -> None:
        """Say yes and remember it."""
        orders = [entry.order for entry in entries]
        decided = Decided(
            at=out.now,
            intent_id=intent_id,
            digest=digest_of(orders),
            cause=_cause(out, intent_id),
            kinds=tuple(entry.kind for entry in entries),
            zones=tuple(entry.zone for entry in entries),
            cancel_first=cancel_first,
        )
        self._remember(orders[0].order_id, decided)
        self.repeat(decided, orders, out)

    def deny(
        self,
        intent_id: str,
        orders: Sequence[Order],
        denial: Denial,
        failed: int,
        out: GateOutbox,
        *,
        remember: bool = True,
    ) -> None:
        """Say no and remember it."""
        decided = Decided(
            at=out.now,
            intent_id=intent_id,
            digest=digest_of(orders),
            cause=_cause(out, intent_id),
            code=denial.code,
            rule=denial.rule,
            limit=denial.limit,
            value=denial.value,
            failed=failed,
        )
        if remember:
            self._remember(orders[0].order_id, decided)
        self.repeat(decided, orders, out)

    def repeat(self, decided: Decided, orders: Sequence[Order], out: GateOutbox) -> None:
        """Tell a verdict, for the first time or again; the message is the same."""
        cause, parts = decided.cause or decided.intent_id, [decided.intent_id]
        if decided.code is not None:
            parts.append(decided.code)
        head = Header(
            event_id=derive_id(SOURCE, cause, "verdict", *parts),
            event_time=decided.at,
            ingest_time=decided.at,
            source=SOURCE,
            causation_id=cause,
        )
        bot_id, event = orders[0].bot_id, orders[0].venue_event_id
        if decided.code is None:
            out.verdict(
                IntentApproved(
                    **head,
                    intent_id=decided.intent_id,
                    bot_id=bot_id,
                    account_id=self._account_id,
                    orders=tuple(orders),
                    zones=decided.zones,
                    kinds=decided.kinds,
                    cancel_first=decided.cancel_first,
                ),
                event,
            )
            return
        out.verdict(
            IntentDenied(
                **head,
                intent_id=decided.intent_id,
                bot_id=bot_id,
                account_id=self._account_id,
                code=decided.code,
                rule=decided.rule,
                limit=decided.limit,
                value=decided.value,
                order=orders[decided.failed],
            ),
            event,
        )

    def _remember(self, order_id: OrderId, decided: Decided) -> None:
        known = self._state.decided
        known[order_id] = decided
        while True:
            oldest = next(iter(known))
            if len(known) <= DECISIONS_KEPT and decided.at - known[oldest].at <= DECISIONS_KEPT_MS:
                break
            del known[oldest]
