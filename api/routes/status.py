"""`/status`: alive, on which data and money, how fresh."""

from collections import Counter
from importlib.metadata import version
from typing import Annotated

from fastapi import APIRouter, Depends

from api.context import NAMES, Context, context_of
from api.freshness import Known
from api.live import exposure_of
from api.models import Envelope, StageView, StatusView
from schemas.values import BotState

router = APIRouter(tags=["status"])
VERSION = version("pets-dataflow")


@router.get("/status")
async def get_status(context: Annotated[Context, Depends(context_of)]) -> Envelope[StatusView]:
    """The whole system at a glance."""
    state, touched = context.state, exposure_of(context.state)
    view = StatusView(
        trading_state=state.risk.trading_state if state.risk else "UNKNOWN",
        reason=_reason(context),
        session_time=context.clock.now_ms(),
        speed=context.clock.speed,
        version=VERSION,
        stages=_stages(context),
        database="ok" if context.pool is not None else "The database does not answer.",
        dead_letters=state.dead_letters,
        open_alerts=sum(entry.is_open for entry in state.alerts),
        market_data_age_s=context.age_s(state.market_data_at) if state.market_data_at else None,
        markets=dict(Counter(str(market.label) for market in state.markets.values())),
        bots=len(NAMES),
        active_bots=sum(state.bots.get(bot_id) is BotState.ACTIVE for bot_id in NAMES),
        open_orders=touched.open_orders,
        open_positions=touched.open_positions,
    )
    return context.envelope(view, Known(state.now, "Nothing has come over the log since."))


def _reason(context: Context) -> str:
    if context.state.risk is not None:
        return context.state.risk.reason or context.state.risk.obstacle
    if not context.reader.caught_up.is_set():
        return "The log is being read."
    return "The risk gate has not spoken yet."


def _stages(context: Context) -> list[StageView]:
    beats = sorted(context.state.heartbeats.values(), key=lambda beat: beat.component)
    return [
        StageView(
            component=beat.component,
            status=beat.status,
            age_s=context.age_s(beat.ingest_time),
            lag=beat.lag,
            processed=beat.processed,
            detail=beat.detail,
        )
        for beat in beats
    ]
