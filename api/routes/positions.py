"""`/positions`: open holdings, from the log."""

from typing import Annotated

from fastapi import APIRouter, Depends

from api.context import Context, context_of
from api.models import Envelope, PositionView
from schemas.ids import BotId
from schemas.portfolio import PositionState
from schemas.values import DataLabel

router = APIRouter(prefix="/positions", tags=["positions"])


@router.get("")
async def list_positions(
    context: Annotated[Context, Depends(context_of)], bot_id: str | None = None
) -> Envelope[list[PositionView]]:
    """Open positions, the greatest cost first."""
    chosen = context.state.positions_of(None if bot_id is None else BotId(bot_id))
    views = [_view(context, position) for position in chosen]
    newest = max((point.ingest_time for point in context.state.equity.values()), default=0)
    return context.envelope(views, newest)


def _view(context: Context, position: PositionState) -> PositionView:
    market = context.state.markets.get(position.market_id)
    return PositionView(
        position_id=position.position_id,
        bot_id=position.bot_id,
        market_id=position.market_id,
        question=market.question if market else position.market_id,
        label=market.label if market else DataLabel.LIVE,
        side=position.side,
        size=position.size,
        entry_price=position.entry_price,
        mark=position.mark,
        realised_pnl=position.realised_pnl,
        unrealised_pnl=position.unrealised_pnl,
        zone=position.zone,
        opened_at=position.opened_at,
    )
