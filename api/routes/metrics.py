"""`/metrics`: equity over time from the database, the present as Prometheus text."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from api.context import Context, answered, context_of, database, known_bot
from api.freshness import known
from api.models import Envelope, EquityView
from schemas.ids import BotId
from sinks.queries.equity import equity_series

router = APIRouter(prefix="/metrics", tags=["metrics"])
DAY_MS = 86_400_000
NEEDS = ("ledger", "sinks")

Hours = Annotated[float, Query(gt=0, le=24 * 365, description="How far back, session hours.")]
Points = Annotated[int, Query(ge=2, le=2000)]


@router.get("/portfolio")
async def get_portfolio_equity(
    context: Annotated[Context, Depends(context_of)], hours: Hours = 24.0, points: Points = 500
) -> Envelope[EquityView]:
    """The account's equity and drawdown over time."""
    return await _series(context, None, hours, points)


@router.get("/bots/{bot_id}")
async def get_bot_equity(
    bot_id: str,
    context: Annotated[Context, Depends(context_of)],
    hours: Hours = 24.0,
    points: Points = 500,
) -> Envelope[EquityView]:
    """One bot's equity and drawdown over time."""
    return await _series(context, known_bot(bot_id), hours, points)


@router.get(
    "/prometheus",
    response_class=Response,
    responses={200: {"content": {CONTENT_TYPE_LATEST: {"schema": {"type": "string"}}}}},
)
async def get_prometheus(request: Request) -> Response:
    """Money, breakers, stages and this API as gauges; stages count more on their own ports."""
    registry: CollectorRegistry = request.app.state.registry
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


async def _series(
    context: Context, bot_id: BotId | None, hours: float, points: int
) -> Envelope[EquityView]:
    now = context.clock.now_ms()
    series = await answered(
        equity_series(
            database(context),
            context.settings.account,
            since=now - int(hours * 3_600_000),
            until=now + DAY_MS,
            bot=bot_id,
            points=points,
        )
    )
    view = EquityView(
        times=[point.at for point in series],
        equity=[point.equity for point in series],
        pnl=[point.realised_pnl + point.unrealised_pnl for point in series],
        drawdown=[point.drawdown for point in series],
    )
    newest = series[-1].at if series else 0
    return context.envelope(view, known(context.state, NEEDS, newest))
