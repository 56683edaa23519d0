"""`/status`: alive, on which data and money, how fresh."""

from collections import Counter
from importlib.metadata import version
from typing import Annotated

from fastapi import APIRouter, Depends

from api.context import Context, context_of
from api.models import Envelope, StageView, StatusView

router = APIRouter(tags=["status"])
VERSION = version("pets-dataflow")


@router.get("/status")
async def status(context: Annotated[Context, Depends(context_of)]) -> Envelope[StatusView]:
    """The whole system at a glance."""
    state = context.state
    stages = [
        StageView(
            component=beat.component,
            status=beat.status,
            age_s=max(0.0, context.clock.wall_age_s(beat.ingest_time)),
            lag=beat.lag,
            processed=beat.processed,
            detail=beat.detail,
        )
        for beat in sorted(state.heartbeats.values(), key=lambda beat: beat.component)
    ]
    view = StatusView(
        trading_state=state.risk.trading_state if state.risk else "UNKNOWN",
        reason=state.risk.reason if state.risk else "The risk gate has not spoken yet.",
        session_time=context.clock.now_ms(),
        speed=context.clock.speed,
        version=VERSION,
        stages=stages,
        database="ok" if context.pool is not None else "The database does not answer.",
        dead_letters=state.dead_letters,
        markets=dict(Counter(str(market.label) for market in state.markets.values())),
    )
    return context.envelope(view, state.now)
