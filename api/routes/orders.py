"""`/orders`: list and get from the database, the open ones from the log; place and cancel."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from api.command_models import CancelView, OrderBody, OrderTicketView
from api.context import Context, answered, context_of, database, known_bot
from api.freshness import EXECUTION, known
from api.live_orders import RestingOrder
from api.models import Envelope, FillView, OrderPage, OrderStoryView, OrderView, VerdictView
from api.operator import Operator
from api.order_entry import market_of
from api.periods import Cursor, Hours, Limit, last, last_year
from api.problems import ApiError
from api.tables import CSV, CURSOR_HEADER, Form, table
from schemas.ids import MarketId, OrderId
from schemas.values import OrderStatus
from sinks.queries.orders import order_story, orders
from sinks.records import DecisionRecord, OrderRecord, TradeRecord

router = APIRouter(prefix="/orders", tags=["orders"])
NEEDS = ("sinks",)
LIVE_NEEDS = ("gate", EXECUTION)


@router.get("", response_model=Envelope[OrderPage], responses=CSV)
async def list_orders(
    context: Annotated[Context, Depends(context_of)],
    bot_id: str | None = None,
    market_id: str | None = None,
    status: Annotated[list[OrderStatus] | None, Query()] = None,
    hours: Hours = 24.0,
    limit: Limit = 50,
    cursor: Cursor = None,
    form: Form = "json",
) -> Envelope[OrderPage] | Response:
    """Orders of the last hours, newest first, page by page."""
    page = await answered(
        orders(
            database(context),
            **last(context, hours)._asdict(),
            bot=None if bot_id is None else known_bot(bot_id),
            market=market_id,
            statuses=[str(item) for item in status] if status else None,
            limit=limit,
            cursor=cursor,
        )
    )
    newest = max((order.updated_at for order in page.items), default=0)
    view = OrderPage(orders=[_order(order) for order in page.items], next_cursor=page.next_cursor)
    answer = context.envelope(view, known(context.state, NEEDS, newest))
    if form != "csv":
        return answer
    reply = table(answer, view.orders)
    if page.next_cursor is not None:
        reply.headers[CURSOR_HEADER] = page.next_cursor
    return reply


@router.get("/open")
async def list_open_orders(
    context: Annotated[Context, Depends(context_of)], bot_id: str | None = None
) -> Envelope[list[OrderView]]:
    """Orders that rest now, newest first, from the log: it works without the database."""
    state = context.state
    chosen = state.orders.of_scope(None if bot_id is None else known_bot(bot_id))
    views = [_resting(entry) for entry in reversed(chosen)]
    newest = max((entry.updated_at for entry in chosen), default=0)
    return context.envelope(views, known(state, LIVE_NEEDS, newest))


@router.post("")
async def place_order(
    body: OrderBody,
    context: Annotated[Context, Depends(context_of)],
    operator: Annotated[Operator, Depends()],
) -> OrderTicketView:
    """Place a post-only order of your own in a bot's name; the risk gate judges it."""
    market = market_of(context.state, MarketId(body.market_id))
    wanted: dict[str, Any] = body.model_dump(exclude={"bot_id", "market_id", "reason"})
    order = operator.order(market, known_bot(body.bot_id), **wanted)
    return await operator.place(market, order)


@router.delete("/{order_id}")
async def cancel_order(
    order_id: str,
    context: Annotated[Context, Depends(context_of)],
    operator: Annotated[Operator, Depends()],
    reason: Annotated[str, Query(min_length=1, max_length=200)] = "operator",
) -> CancelView:
    """Cancel an order that rests; `confirmed` says whether the venue has answered already."""
    orders_now, known_id = context.state.orders, OrderId(order_id)
    resting = orders_now.resting.get(known_id)
    if resting is None:
        raise ApiError(
            404,
            "not-resting",
            f"Expected the id of an order that rests, received {order_id[:80]!r}.",
            "GET /api/v1/orders/open lists them.",
        )
    await operator.cancel(known_id, reason)
    status, _ = await operator.ended(known_id)
    return CancelView(
        order_id=order_id,
        bot_id=resting.order.bot_id,
        status=status,
        confirmed=status is not OrderStatus.PENDING,
    )


@router.get("/{order_id}")
async def get_order(
    order_id: str, context: Annotated[Context, Depends(context_of)]
) -> Envelope[OrderStoryView]:
    """One order of the last year: why it passed, and what became of it."""
    period = last_year(context)
    story = await answered(order_story(database(context), order_id, **period._asdict()))
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
        placed_at=order.placed_at,
        closed_at=order.closed_at,
        operator=bool(order.operator),
    )


def _resting(entry: RestingOrder) -> OrderView:
    order = entry.order
    status = OrderStatus.PARTIALLY_FILLED if entry.filled else OrderStatus.PENDING
    return OrderView(
        order_id=order.order_id,
        bot_id=order.bot_id,
        market_id=order.market_id,
        side=order.side,
        action=order.action,
        kind=entry.kind,
        status=status,
        price=order.price,
        size=order.size,
        filled_size=entry.filled,
        zone=entry.zone,
        reason="",
        created_at=order.ordered_at,
        updated_at=entry.updated_at,
        placed_at=entry.placed_at,
        closed_at=None,
        operator=order.operator,
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
        trade_status=trade.trade_status,
    )
