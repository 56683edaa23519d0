"""`/positions`: open holdings from the log, closed ones from the database; close one."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from api.command_models import CloseBody, OrderTicketView
from api.context import Context, answered, context_of, database, known_bot
from api.decision_models import PageView
from api.event_positions import event_views
from api.freshness import BOOKS, Known, known
from api.market_models import ClosedPositionView
from api.models import Envelope, PositionView
from api.operator import Operator
from api.order_entry import market_of
from api.periods import Cursor, Hours, Limit, last
from api.problems import ApiError
from api.risk_models import EventPositionView
from api.tables import CSV, Form, listed, paged
from api.views import position_view
from schemas.portfolio import PositionState
from schemas.values import Action, IntentKind
from sinks.queries.positions import closed_positions

router = APIRouter(prefix="/positions", tags=["positions"])


@router.get("", response_model=Envelope[list[PositionView]], responses=CSV)
async def list_positions(
    context: Annotated[Context, Depends(context_of)],
    bot_id: str | None = None,
    form: Form = "json",
) -> Envelope[list[PositionView]] | Response:
    """Open positions, the greatest cost first."""
    chosen = context.state.positions_of(None if bot_id is None else known_bot(bot_id))
    views = [position_view(context, position) for position in chosen]
    return listed(context, views, _known(context), form)


@router.get("/closed", response_model=Envelope[PageView[ClosedPositionView]], responses=CSV)
async def list_closed_positions(
    context: Annotated[Context, Depends(context_of)],
    bot_id: str | None = None,
    market_id: str | None = None,
    hours: Hours = 24.0,
    limit: Limit = 50,
    cursor: Cursor = None,
    form: Form = "json",
) -> Envelope[PageView[ClosedPositionView]] | Response:
    """Positions that were closed, newest first."""
    page = await answered(
        closed_positions(
            database(context),
            **last(context, hours)._asdict(),
            bot=None if bot_id is None else known_bot(bot_id),
            market=market_id,
            limit=limit,
            cursor=cursor,
        )
    )
    newest = max((record.updated_at for record in page.items), default=0)
    views = [ClosedPositionView.model_validate(record) for record in page.items]
    needs = known(context.state, ("ledger", "sinks"), newest)
    return paged(context, views, page.next_cursor, needs, form)


@router.get("/events", response_model=Envelope[list[EventPositionView]], responses=CSV)
async def list_event_positions(
    context: Annotated[Context, Depends(context_of)],
    bot_id: str | None = None,
    form: Form = "json",
) -> Envelope[list[EventPositionView]] | Response:
    """Open positions by venue event with the worst loss of each, the greatest first."""
    views = event_views(context.state, None if bot_id is None else known_bot(bot_id))
    return listed(context, views, _known(context), form)


@router.get("/{position_id}")
async def get_position(
    position_id: str, context: Annotated[Context, Depends(context_of)]
) -> Envelope[PositionView]:
    """One open position."""
    return context.envelope(position_view(context, _open(context, position_id)), _known(context))


@router.post("/{position_id}/close")
async def close_position(
    position_id: str,
    body: CloseBody,
    context: Annotated[Context, Depends(context_of)],
    operator: Annotated[Operator, Depends()],
) -> OrderTicketView:
    """Offer what is held for sale, passively as every order of ours: it may take its time."""
    position = _open(context, position_id)
    market = market_of(context.state, position.market_id)
    price = body.price
    if price is None:
        price = context.entry.closing_price(market, position.side)
    order = operator.order(
        market,
        position.bot_id,
        side=position.side,
        action=Action.SELL,
        price=price,
        size=position.size if body.size is None else body.size,
        kind=IntentKind.REDUCE,
    )
    return await operator.place(market, order)


def _open(context: Context, position_id: str) -> PositionState:
    """An open position.

    Raises:
        ApiError: None has this id.
    """
    position = context.state.positions.get(position_id)
    if position is None:
        raise ApiError(
            404,
            "unknown-position",
            f"Expected the id of an open position, received {position_id[:80]!r}.",
            "GET /api/v1/positions lists them.",
        )
    return position


def _known(context: Context) -> Known:
    """Without positions no price matters, so that books may be silent."""
    state = context.state
    newest = max((position.ingest_time for position in state.positions.values()), default=0)
    return known(state, ("ledger", BOOKS) if state.positions else ("ledger",), newest)
