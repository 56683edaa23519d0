"""The way of one order, from what the bot saw to its fills, by ids."""

from typing import TYPE_CHECKING

import msgspec

from sinks.analysis_records import IntentRecord, Origin
from sinks.queries.reading import fetch, select
from sinks.records import DecisionRecord, OrderRecord, SignalRecord, TradeRecord

if TYPE_CHECKING:
    from sinks.pool import Pool

# Whatever has this id: an order, a fill, a verdict, an intent, a signal or the cause of one.
ORIGIN = """
(select order_id, null as intent_id, null as cause_id
 from orders where order_id = $1 and created_at >= $2 and created_at < $3 limit 1)
union all
(select nullif(order_id, ''), null, null
 from trades where trade_id = $1 and executed_at >= $2 and executed_at < $3 limit 1)
union all
(select order_id, intent_id, null
 from decisions where decision_id = $1 and decided_at >= $2 and decided_at < $3
 order by leg limit 1)
union all
(select order_id, intent_id, null
 from decisions where order_id = $1 and decided_at >= $2 and decided_at < $3 limit 1)
union all
(select order_id, intent_id, cause_id
 from intents where intent_id = $1 and at >= $2 and at < $3 order by leg limit 1)
union all
(select null, null, causation_id
 from signals where signal_id = $1 and at >= $2 and at < $3 limit 1)
"""
INTENTS = select(
    IntentRecord,
    """
    from intents
    where at >= $2 and at < $3
      and (intent_id = $1 or order_id = $4 or ($5::text <> '' and cause_id = $5::text))
    order by at, leg
    limit 50
    """,
)
DECISIONS = select(
    DecisionRecord,
    """
    from decisions
    where decided_at >= $2 and decided_at < $3 and (intent_id = any($1) or order_id = $4)
    order by decided_at, leg
    limit 50
    """,
)
SIGNALS = select(
    SignalRecord,
    """
    from signals
    where causation_id = any($1) and at >= $2 and at < $3
      and ($4::text is null or bot_id = $4)
    order by at, signal_id
    limit 50
    """,
)
ORDERS = select(
    OrderRecord,
    "from orders where order_id = any($1) and created_at >= $2 and created_at < $3"
    " order by created_at limit 50",
)
TRADES = select(
    TradeRecord,
    "from trades where order_id = any($1) and executed_at >= $2 and executed_at < $3"
    " order by executed_at limit 200",
)


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """All that is stored of one decision of a bot, each part oldest first."""

    signals: tuple[SignalRecord, ...]
    intents: tuple[IntentRecord, ...]
    decisions: tuple[DecisionRecord, ...]
    orders: tuple[OrderRecord, ...]
    trades: tuple[TradeRecord, ...]


async def trace(pool: "Pool", any_id: str, *, since: int, until: int) -> Trace | None:
    """Everything about an id; None when nothing in the range has it.

    Args:
        pool: Where to.
        any_id: Of an order, a fill, a verdict, an intent or a signal.
        since: Earliest, ms.
        until: First time not included, ms.

    Raises:
        SinkAwayError: The database does not answer.
    """
    span = (since, until)
    origins = await fetch(pool, Origin, ORIGIN, any_id, *span)
    if not origins:
        return None
    order_id = next((each.order_id for each in origins if each.order_id), None)
    intent_id = next((each.intent_id for each in origins if each.intent_id), "")
    cause_id = next((each.cause_id for each in origins if each.cause_id), "")
    if order_id is not None and not intent_id:
        found = await fetch(pool, DecisionRecord, DECISIONS, [], *span, order_id)
        intent_id = found[0].intent_id if found else ""
    intents: tuple[IntentRecord, ...] = await fetch(
        pool, IntentRecord, INTENTS, intent_id, *span, order_id, cause_id
    )
    ids = [*{intent_id, *(each.intent_id for each in intents)} - {""}]
    decisions: tuple[DecisionRecord, ...] = await fetch(
        pool, DecisionRecord, DECISIONS, ids, *span, order_id
    )
    named: tuple[IntentRecord | DecisionRecord, ...] = (*intents, *decisions)
    orders = {each.order_id for each in named if each.order_id}
    orders |= {order_id} if order_id else set()
    causes = [*{cause_id, *(each.cause_id for each in intents)} - {""}]
    bot = next((each.bot_id for each in named), None)
    return Trace(
        signals=await fetch(pool, SignalRecord, SIGNALS, causes, *span, bot),
        intents=intents,
        decisions=decisions,
        orders=await fetch(pool, OrderRecord, ORDERS, [*orders], *span),
        trades=await fetch(pool, TradeRecord, TRADES, [*orders], *span),
    )
