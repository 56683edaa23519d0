"""`/metrics`: equity over time from the database, Prometheus text of this process."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from api.context import Context, context_of, database
from api.models import Envelope, EquityView
from sinks.queries.equity import equity_series

router = APIRouter(prefix="/metrics", tags=["metrics"])
DAY_MS = 86_400_000

Hours = Annotated[float, Query(gt=0, le=24 * 365, description="How far back, session hours.")]
Points = Annotated[int, Query(ge=2, le=2000)]


@router.get("/portfolio")
async def portfolio(
    context: Annotated[Context, Depends(context_of)], hours: Hours = 24.0, points: Points = 500
) -> Envelope[EquityView]:
    """The account's equity and drawdown over time."""
    return await _series(context, None, hours, points)


@router.get("/bots/{bot_id}")
async def bot(
    bot_id: str,
    context: Annotated[Context, Depends(context_of)],
    hours: Hours = 24.0,
    points: Points = 500,
) -> Envelope[EquityView]:
    """One bot's equity and drawdown over time."""
    return await _series(context, bot_id, hours, points)


@router.get("/prometheus")
async def prometheus() -> Response:
    """This process's metrics; every stage serves its own on PETS_METRICS_PORT."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _series(
    context: Context, bot_id: str | None, hours: float, points: int
) -> Envelope[EquityView]:
    now = context.clock.now_ms()
    series = await equity_series(
        database(context),
        context.settings.account,
        since=now - int(hours * 3_600_000),
        until=now + DAY_MS,
        bot=bot_id,
        points=points,
    )
    view = EquityView(
        times=[point.at for point in series],
        equity=[point.equity for point in series],
        drawdown=[point.drawdown for point in series],
    )
    return context.envelope(view, series[-1].at if series else 0)
