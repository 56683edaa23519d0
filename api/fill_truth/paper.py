"""The same orders at the paper exchange, which sees the public book and nothing else."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from heapq import merge

from api.fill_truth.market import Played
from api.fill_truth.orders import OWNER, Planned
from api.fill_truth.results import Execution, Executions
from connectors.polymarket.parse import envelope
from connectors.sandbox.mirror import BID
from schemas.envelope import Message
from schemas.ids import AccountId, BotId, OrderId
from schemas.market import Market
from schemas.trading import CancelOrder, Fill, IntentApproved, Order
from schemas.values import MICRO, Action, IntentKind, Side, TimeInForce
from streams.paper_exchange import PaperExchange
from streams.paper_rules import PaperRules
from streams.queue_models import QueueModel

ACCOUNT, BOT = AccountId("truth"), BotId(OWNER)


def paper_fills(
    played: Played, orders: Sequence[Planned], rules: PaperRules, model: QueueModel
) -> Executions:
    """What the paper exchange makes of the orders.

    Args:
        played: The market.
        orders: Its orders.
        rules: Latencies and guards.
        model: Queue model.
    """
    exchange = PaperExchange(rules, model, ACCOUNT)
    numbers = {OrderId(order.order_id): order.number for order in orders}
    done: dict[int, list[Execution]] = {}
    for message in _log(played, orders):
        match message:
            case IntentApproved():
                exchange.place(message)
            case CancelOrder():
                exchange.cancel(message)
            case _:
                exchange.observe(message)
        for report in exchange.reports():
            if isinstance(report, Fill):
                fill = Execution(report.event_time - rules.feed_ms, int(report.size * MICRO))
                done.setdefault(numbers[report.order_id], []).append(fill)
    return done


def _log(played: Played, orders: Sequence[Planned]) -> Iterator[Message]:
    """Market data and our requests by the log's clock; a decision comes after what was seen."""
    requests: list[tuple[int, int, int, Message]] = []
    for order in orders:
        requests.append((order.cancelled_ms, 1, order.number, _cancel(order, played.market)))
        requests.append((order.decided_ms, 2, order.number, _approval(order, played.market)))
    requests.sort(key=lambda row: row[:3])
    seen = ((each.ingest_time, 0, place, each) for place, each in enumerate(played.messages))
    return (row[3] for row in merge(seen, requests, key=lambda row: row[:3]))


def _approval(planned: Planned, market: Market) -> IntentApproved:
    side = Side.YES if planned.side == BID else Side.NO
    order = Order(
        order_id=OrderId(planned.order_id),
        bot_id=BOT,
        account_id=ACCOUNT,
        venue_event_id=market.venue_event_id,
        market_id=market.market_id,
        token_id=market.token(side),
        side=side,
        action=Action.BUY,
        price=planned.price,
        size=Decimal(planned.size) / MICRO,
        kind=IntentKind.MM,
        time_in_force=TimeInForce.GTC,
        ordered_at=planned.decided_ms,
    )
    return IntentApproved(
        **envelope(f"approve|{planned.order_id}".encode(), planned.decided_ms, planned.decided_ms),
        intent_id=planned.order_id,
        bot_id=BOT,
        account_id=ACCOUNT,
        orders=(order,),
        zones=(None,),
        kinds=(IntentKind.MM,),
    )


def _cancel(planned: Planned, market: Market) -> CancelOrder:
    at = planned.cancelled_ms
    return CancelOrder(
        **envelope(f"cancel|{planned.order_id}".encode(), at, at),
        order_id=OrderId(planned.order_id),
        bot_id=BOT,
        market_id=market.market_id,
        reason="planned",
    )
