"""`/trades`: our fills, merged and split pairs, rebates."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from api.context import Context, answered, context_of, database, known_bot
from api.decision_models import PageView
from api.freshness import EXECUTION, known
from api.market_models import TradeView
from api.models import Envelope
from api.periods import Cursor, Hours, Limit, last
from api.tables import CSV, Form, paged
from sinks.queries.trades import trades

router = APIRouter(prefix="/trades", tags=["trades"])
NEEDS = (EXECUTION, "sinks")


@router.get("", response_model=Envelope[PageView[TradeView]], responses=CSV)
async def list_trades(
    context: Annotated[Context, Depends(context_of)],
    bot_id: str | None = None,
    market_id: str | None = None,
    hours: Hours = 24.0,
    limit: Limit = 50,
    cursor: Cursor = None,
    form: Form = "json",
) -> Envelope[PageView[TradeView]] | Response:
    """What was executed, newest first."""
    page = await answered(
        trades(
            database(context),
            **last(context, hours)._asdict(),
            bot=None if bot_id is None else known_bot(bot_id),
            market=market_id,
            limit=limit,
            cursor=cursor,
        )
    )
    newest = max((record.executed_at for record in page.items), default=0)
    views = [TradeView.model_validate(record) for record in page.items]
    return paged(context, views, page.next_cursor, known(context.state, NEEDS, newest), form)
