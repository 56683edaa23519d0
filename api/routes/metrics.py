"""`/metrics`: equity over time from the database, the present as Prometheus text."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from api.context import NAMES, Context, answered, context_of, database, known_bot
from api.freshness import known
from api.models import Envelope, EquityView, TrendView
from schemas.ids import BotId
from sinks.queries.equity import equity_series, pnl_trends

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


@router.get("/bots")
async def list_bot_trends(
    context: Annotated[Context, Depends(context_of)], hours: Hours = 6.0, points: Points = 40
) -> Envelope[list[TrendView]]:
    """Every bot's P&L over time in a few points: a line for each row of a table."""
    now = context.clock.now_ms()
    found = await answered(
        pnl_trends(
            database(context),
            context.settings.account,
            [str(bot_id) for bot_id in NAMES],
            since=now - int(hours * 3_600_000),
            until=now + DAY_MS,
            points=points,
        )
    )
    views = []
    for bot_id in NAMES:
        line = [point for point in found if point.scope == bot_id]
        times, pnl = [point.at for point in line], [point.pnl for point in line]
        views.append(TrendView(bot_id=bot_id, times=times, pnl=pnl))
    newest = max((point.at for point in found), default=0)
    return context.envelope(views, known(context.state, NEEDS, newest))


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
