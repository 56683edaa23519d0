"""A decision's way in steps: fill, order, verdict, intent, signal, book. Pure."""

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from api.models import written
from api.trace_models import TraceStepView, TraceView
from sinks.analysis_records import IntentRecord
from sinks.queries.traces import Trace
from sinks.records import DecisionRecord, OrderRecord, SignalRecord, TradeRecord
from topics.catalog import DECIDE_INPUTS, DECISIONS, FILLS, INTENTS, ORDERS, SIGNALS

RANKS = {"book": 0, "signal": 1, "intent": 2, "verdict": 3, "order": 4, "fill": 5, "end": 6}


_Part = IntentRecord | DecisionRecord | OrderRecord | SignalRecord | TradeRecord


class _Step(msgspec.Struct, frozen=True, kw_only=True):
    step: str
    at: int
    message_id: str
    topic: str
    summary: str
    facts: dict[str, str]
    cause_id: str = ""


def trace_view(asked_id: str, trace: Trace, question: str) -> TraceView:
    """A trace as a screen wants it.

    Args:
        asked_id: What was asked for.
        trace: What is stored.
        question: Of its market.
    """
    steps = sorted(_steps(trace), key=lambda step: (step.at, RANKS[step.step]))
    first = steps[0].at if steps else 0
    parts: tuple[_Part, ...] = (
        *trace.intents,
        *trace.decisions,
        *trace.orders,
        *trace.signals,
        *trace.trades,
    )
    return TraceView(
        asked_id=asked_id,
        bot_id=parts[0].bot_id if parts else "",
        market_id=parts[0].market_id if parts else "",
        question=question,
        steps=[
            TraceStepView(after_ms=step.at - first, **msgspec.structs.asdict(step))
            for step in steps
        ],
        gaps=list(_gaps(trace)),
    )


def _steps(trace: Trace) -> Iterator[_Step]:
    for signal in trace.signals:
        yield _signal(signal)
    for intent in trace.intents:
        yield from _intent(intent)
    for decision in trace.decisions:
        yield _verdict(decision)
    for order in trace.orders:
        yield from _order(order)
    for trade in trace.trades:
        yield _fill(trade)


def _signal(signal: SignalRecord) -> _Step:
    facts = _facts(signal, "signal_id", "at", "features")
    facts |= {f"feature {name}": _text(value) for name, value in signal.features.items()}
    summary = f"{signal.bot_id} decided to {signal.decision}: {signal.reason}."
    return _Step(
        step="signal",
        at=signal.at,
        message_id=signal.signal_id,
        topic=SIGNALS.name,
        summary=summary,
        facts=facts,
    )


def _intent(intent: IntentRecord) -> Iterator[_Step]:
    if intent.seen is not None:
        seen = intent.seen
        yield _Step(
            step="book",
            at=int(str(seen["decided_at"])),
            message_id=intent.book_event_id or "",
            topic=DECIDE_INPUTS.name,
            summary=f"The book stood at {seen['bid']} / {seen['ask']}, {seen['trust']}.",
            facts={name: _text(value) for name, value in seen.items()},
        )
    yield _Step(
        step="intent",
        at=intent.at,
        message_id=intent.intent_id,
        topic=INTENTS.name,
        summary=f"{intent.source} asked for {intent.subject.lower()}.",
        facts=_facts(intent, "intent_id", "at", "seen"),
        cause_id=intent.cause_id,
    )


def _verdict(decision: DecisionRecord) -> _Step:
    summary = "The risk gate approved."
    if decision.verdict == "DENIED":
        summary = (
            f"The risk gate denied, {decision.code}: {decision.rule} Allowed "
            f"{decision.limit_value}, found {decision.value}."
        )
    return _Step(
        step="verdict",
        at=decision.decided_at,
        message_id=decision.decision_id,
        topic=DECISIONS.name,
        summary=summary,
        facts=_facts(decision, "decision_id", "decided_at"),
        cause_id=decision.intent_id,
    )


def _order(order: OrderRecord) -> Iterator[_Step]:
    facts = _facts(order, "order_id")
    if order.placed_at is not None:
        yield _Step(
            step="order",
            at=order.placed_at,
            message_id=order.order_id,
            topic=ORDERS.name,
            summary=f"The venue accepted {order.action} {_text(order.size)} {order.side} at "
            f"{_text(order.price)}.",
            facts=facts,
        )
    if order.closed_at is not None:
        yield _Step(
            step="end",
            at=order.closed_at,
            message_id=order.order_id,
            topic=ORDERS.name,
            summary=f"It ended {order.status}. {order.reason or ''}".strip(),
            facts=facts,
        )


def _fill(trade: TradeRecord) -> _Step:
    return _Step(
        step="fill",
        at=trade.executed_at,
        message_id=trade.trade_id,
        topic=FILLS.name,
        summary=f"{_text(trade.size)} were matched at {_text(trade.price)}, fee {_text(trade.fee)}"
        + (" (inferred from the book)." if trade.inferred else "."),
        facts=_facts(trade, "trade_id", "executed_at"),
        cause_id=trade.order_id,
    )


def _gaps(trace: Trace) -> Iterator[str]:
    if not trace.intents:
        yield "No intent is stored: it is older than this version, or not written yet."
    elif not trace.signals:
        yield "No signal explains it: an operator asked, or the bot wrote none."
    if not trace.decisions:
        yield "No verdict is stored yet."


def _facts(record: msgspec.Struct, *but: str) -> dict[str, str]:
    values = msgspec.structs.asdict(record)
    return {name: _text(value) for name, value in values.items() if name not in but}


def _text(value: object) -> str:
    if value is None:
        return ""
    return written(value) if isinstance(value, Decimal) else str(value)
