"""`/orders`: list and get, from the database."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.context import Context, context_of, database
from api.models import Envelope, OrderPage, OrderView
from api.problems import ApiError
from schemas.values import OrderStatus
from sinks.queries.orders import order_story, orders
from sinks.records import OrderRecord

router = APIRouter(prefix="/orders", tags=["orders"])
DAY_MS = 86_400_000
YEAR_MS = 365 * DAY_MS


@router.get("")
async def list_orders(
    context: Annotated[Context, Depends(context_of)],
    bot_id: str | None = None,
    market_id: str | None = None,
    status: Annotated[list[OrderStatus] | None, Query()] = None,
    hours: Annotated[float, Query(gt=0, le=24 * 365)] = 24.0,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: str | None = None,
) -> Envelope[OrderPage]:
    """Orders of the last hours, newest first, page by page."""
    now = context.clock.now_ms()
    page = await orders(
        database(context),
        since=now - int(hours * 3_600_000),
        until=now + DAY_MS,
        bot=bot_id,
        market=market_id,
        statuses=[str(item) for item in status] if status else None,
        limit=limit,
        cursor=cursor,
    )
    newest = max((order.updated_at for order in page.items), default=0)
    view = OrderPage(orders=[_view(order) for order in page.items], next_cursor=page.next_cursor)
    return context.envelope(view, newest)


@router.get("/{order_id}")
async def get_order(
    order_id: str, context: Annotated[Context, Depends(context_of)]
) -> Envelope[OrderView]:
    """One order of the last year."""
    now = context.clock.now_ms()
    story = await order_story(database(context), order_id, since=now - YEAR_MS, until=now + DAY_MS)
    if story is None:
        raise ApiError(404, "unknown-order", f"Expected the id of an order, received {order_id!r}.")
    return context.envelope(_view(story.order), story.order.updated_at)


def _view(order: OrderRecord) -> OrderView:
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
