"""`/orders`: list and get, from the database."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.context import Context, answered, context_of, database, known_bot
from api.freshness import known
from api.models import Envelope, FillView, OrderPage, OrderStoryView, OrderView, VerdictView
from api.problems import ApiError
from schemas.values import OrderStatus
from sinks.queries.orders import order_story, orders
from sinks.records import DecisionRecord, OrderRecord, TradeRecord

router = APIRouter(prefix="/orders", tags=["orders"])
DAY_MS = 86_400_000
YEAR_MS = 365 * DAY_MS
NEEDS = ("sinks",)


@router.get("")
async def list_orders(
    context: Annotated[Context, Depends(context_of)],
    bot_id: str | None = None,
    market_id: str | None = None,
    status: Annotated[list[OrderStatus] | None, Query()] = None,
    hours: Annotated[
        float, Query(gt=0, le=24 * 365, description="How far back, session hours.")
    ] = 24.0,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: str | None = None,
) -> Envelope[OrderPage]:
    """Orders of the last hours, newest first, page by page."""
    now = context.clock.now_ms()
    page = await answered(
        orders(
            database(context),
            since=now - int(hours * 3_600_000),
            until=now + DAY_MS,
            bot=None if bot_id is None else known_bot(bot_id),
            market=market_id,
            statuses=[str(item) for item in status] if status else None,
            limit=limit,
            cursor=cursor,
        )
    )
    newest = max((order.updated_at for order in page.items), default=0)
    view = OrderPage(orders=[_order(order) for order in page.items], next_cursor=page.next_cursor)
    return context.envelope(view, known(context.state, NEEDS, newest))


@router.get("/{order_id}")
async def get_order(
    order_id: str, context: Annotated[Context, Depends(context_of)]
) -> Envelope[OrderStoryView]:
    """One order of the last year: why it passed, and what became of it."""
    now = context.clock.now_ms()
    story = await answered(
        order_story(database(context), order_id, since=now - YEAR_MS, until=now + DAY_MS)
    )
    if story is None:
        raise ApiError(
            404,
            "unknown-order",
            f"Expected the id of an order, received {order_id[:80]!r}.",
            "GET /api/v1/orders lists them.",
        )
    view = OrderStoryView(
        order=_order(story.order),
        verdict=None if story.decision is None else _verdict(story.decision),
        fills=[_fill(trade) for trade in story.trades],
    )
    return context.envelope(view, known(context.state, NEEDS, story.order.updated_at))


def _order(order: OrderRecord) -> OrderView:
    return OrderView(
        order_id=order.order_id,
        bot_id=order.bot_id,
        market_id=order.market_id,
        side=order.side,
        action=order.action,
        kind=order.kind,
        status=order.status,
        price=order.price,
        size=order.size,
        filled_size=order.filled_size,
        zone=order.zone,
        reason=order.reason or "",
        created_at=order.created_at,
        updated_at=order.updated_at,
    )


def _verdict(decision: DecisionRecord) -> VerdictView:
    return VerdictView(
        verdict=decision.verdict,
        decided_at=decision.decided_at,
        code=decision.code,
        rule=decision.rule,
        limit=decision.limit_value,
        value=decision.value,
    )


def _fill(trade: TradeRecord) -> FillView:
    return FillView(
        trade_id=trade.trade_id,
        executed_at=trade.executed_at,
        price=trade.price,
        size=trade.size,
        fee=trade.fee,
        liquidity=trade.liquidity,
        inferred=trade.inferred,
    )
