"""Rows of what bots and operators want, with the view each was decided on. Pure."""

import msgspec

from schemas.pairs import ConvertIntent, SplitIntent
from schemas.trading import BundleIntent, MergeIntent, Order, PlaceIntent, Stamp
from sinks.row_types import CONVERT, MERGE, ORDER, SPLIT, IntentRow

PairsIntent = MergeIntent | SplitIntent | ConvertIntent


def order_intents(intent: PlaceIntent | BundleIntent) -> tuple[IntentRow, ...]:
    """One row per order of an intent."""
    if isinstance(intent, PlaceIntent):
        return (_of_order(intent, intent.order, intent.stamp, 0),)
    legs = zip(intent.orders, intent.stamps, strict=True)
    return tuple(_of_order(intent, order, stamp, leg) for leg, (order, stamp) in enumerate(legs))


def pairs_intent(intent: PairsIntent) -> IntentRow:
    """The row of a merge, a split or a conversion."""
    subject = {MergeIntent: MERGE, SplitIntent: SPLIT, ConvertIntent: CONVERT}[type(intent)]
    return IntentRow(
        intent_id=intent.event_id,
        leg=0,
        at=intent.event_time,
        source=intent.source,
        bot_id=intent.bot_id,
        market_id=intent.market_id,
        subject=subject,
        cause_id=intent.causation_id,
    )


def _of_order(
    intent: PlaceIntent | BundleIntent, order: Order, stamp: Stamp, leg: int
) -> IntentRow:
    return IntentRow(
        intent_id=intent.event_id,
        leg=leg,
        at=intent.event_time,
        source=intent.source,
        bot_id=order.bot_id,
        market_id=order.market_id,
        subject=ORDER,
        cause_id=intent.causation_id,
        order_id=order.order_id,
        book_event_id=stamp.book_event_id,
        seen=msgspec.json.encode(stamp, order="sorted").decode(),
    )
