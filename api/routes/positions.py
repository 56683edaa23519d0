"""`/positions`: open holdings, from the log."""

from typing import Annotated

from fastapi import APIRouter, Depends

from api.context import Context, context_of, known_bot
from api.freshness import BOOKS, Known, known
from api.models import Envelope, PositionView
from api.problems import ApiError
from schemas.portfolio import PositionState

router = APIRouter(prefix="/positions", tags=["positions"])


@router.get("")
async def list_positions(
    context: Annotated[Context, Depends(context_of)], bot_id: str | None = None
) -> Envelope[list[PositionView]]:
    """Open positions, the greatest cost first."""
    chosen = context.state.positions_of(None if bot_id is None else known_bot(bot_id))
    return context.envelope([_view(context, position) for position in chosen], _known(context))


@router.get("/{position_id}")
async def get_position(
    position_id: str, context: Annotated[Context, Depends(context_of)]
) -> Envelope[PositionView]:
    """One open position."""
    position = context.state.positions.get(position_id)
    if position is None:
        raise ApiError(
            404,
            "unknown-position",
            f"Expected the id of an open position, received {position_id[:80]!r}.",
            "GET /api/v1/positions lists them.",
        )
    return context.envelope(_view(context, position), _known(context))


def _known(context: Context) -> Known:
    """Without positions no price matters, so that books may be silent."""
    state = context.state
    newest = max((position.ingest_time for position in state.positions.values()), default=0)
    return known(state, ("ledger", BOOKS) if state.positions else ("ledger",), newest)


def _view(context: Context, position: PositionState) -> PositionView:
    market = context.state.market(position.market_id)
    top = context.state.tops.get(position.market_id)
    return PositionView(
        position_id=position.position_id,
        bot_id=position.bot_id,
        market_id=position.market_id,
        question=market.question if market else position.market_id,
        label=market.label if market else None,
        side=position.side,
        size=position.size,
        entry_price=position.entry_price,
        mark=position.mark,
        trust=top.trust if top else None,
        realised_pnl=position.realised_pnl,
        unrealised_pnl=position.unrealised_pnl,
        zone=position.zone,
        opened_at=position.opened_at,
    )
