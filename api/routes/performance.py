"""`/performance`: is it skill, and which bot? Worked out of the database."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from api.context import NAMES, Context, answered, context_of, database, known_bot
from api.freshness import Known, known
from api.models import Envelope
from api.performance import (
    attribution_view,
    by_bot,
    distribution_view,
    markout_views,
    performance_view,
)
from api.performance_models import (
    AttributionView,
    BotPerformanceView,
    DailyPnlView,
    DistributionView,
    EpisodeView,
    HourlyView,
    MarkoutView,
    ResultView,
    TodayView,
)
from api.periods import DAY_MS, Hours, last
from api.tables import CSV, Form, listed
from sinks.analysis_records import DailyNav
from sinks.queries.analysis import (
    bot_costs,
    daily_navs,
    ended_episodes,
    episode_stats,
    opening_navs,
    zone_results,
)
from sinks.queries.bots import bot_summaries
from sinks.queries.markouts import followed_fills
from sinks.queries.performance import daily_pnl, hourly_performance
from sinks.row_types import PORTFOLIO

router = APIRouter(prefix="/performance", tags=["performance"])
NEEDS = ("ledger", "sinks")
WEEK = 24.0 * 7


@router.get("", response_model=Envelope[list[BotPerformanceView]], responses=CSV)
async def list_performance(
    context: Annotated[Context, Depends(context_of)], hours: Hours = WEEK, form: Form = "json"
) -> Envelope[list[BotPerformanceView]] | Response:
    """Every bot's result, costs, ratios and streaks over a period."""
    pool, period = database(context), last(context, hours)._asdict()
    account, bots = context.settings.account, [str(bot_id) for bot_id in NAMES]
    now = context.clock.now_ms()
    summaries = await answered(bot_summaries(pool, account, bots, **period))
    costs = by_bot(await answered(bot_costs(pool, **period)))
    stats = {each.bot_id: each for each in await answered(episode_stats(pool, **period))}
    navs: dict[str, list[DailyNav]] = {}
    for nav in await answered(daily_navs(pool, account, bots, since=period["since"], until=now)):
        navs.setdefault(nav.scope, []).append(nav)
    opening = await answered(opening_navs(pool, account, bots, since=period["since"], until=now))
    views = [
        performance_view(
            each,
            costs.get(each.bot_id),
            stats.get(each.bot_id),
            navs.get(each.bot_id, ()),
            opening.get(each.bot_id),
        )
        for each in summaries
    ]
    return listed(context, views, _known(context), form)


@router.get("/today")
async def get_today(context: Annotated[Context, Depends(context_of)]) -> Envelope[TodayView]:
    """What the account and each bot earned since midnight UTC, realised and in all."""
    now = context.clock.now_ms()
    midnight = now - now % DAY_MS
    scopes = [PORTFOLIO, *(str(bot_id) for bot_id in NAMES)]
    found = await answered(
        bot_summaries(
            database(context),
            context.settings.account,
            scopes,
            since=midnight,
            until=now + DAY_MS,
        )
    )
    views = [
        ResultView(bot_id=each.bot_id, pnl=each.pnl, realised_pnl=each.realised_pnl)
        for each in found
    ]
    return context.envelope(TodayView(since=midnight, results=views), _known(context))


@router.get("/daily", response_model=Envelope[list[DailyPnlView]], responses=CSV)
async def list_daily_pnl(
    context: Annotated[Context, Depends(context_of)],
    bot_id: str | None = None,
    hours: Hours = WEEK * 5,
    form: Form = "json",
) -> Envelope[list[DailyPnlView]] | Response:
    """Ended episodes per bot and UTC day, oldest first: the calendar."""
    wanted = None if bot_id is None else known_bot(bot_id)
    period = last(context, hours)._asdict()
    found = await answered(daily_pnl(database(context), **period, bot=wanted))
    views = [DailyPnlView.model_validate(record) for record in found]
    return listed(context, views, _known(context), form)


@router.get("/hourly", response_model=Envelope[list[HourlyView]], responses=CSV)
async def list_hourly_performance(
    context: Annotated[Context, Depends(context_of)],
    bot_id: str | None = None,
    hours: Hours = 24.0,
    form: Form = "json",
) -> Envelope[list[HourlyView]] | Response:
    """Trades, volume, fees, gas and slippage per bot and hour, oldest first."""
    wanted = None if bot_id is None else known_bot(bot_id)
    period = last(context, hours)._asdict()
    found = await answered(hourly_performance(database(context), **period, bot=wanted))
    views = [HourlyView.model_validate(record) for record in found]
    return listed(context, views, _known(context), form)


@router.get("/episodes", response_model=Envelope[list[EpisodeView]], responses=CSV)
async def list_episodes(
    context: Annotated[Context, Depends(context_of)],
    bot_id: str | None = None,
    hours: Hours = WEEK,
    form: Form = "json",
) -> Envelope[list[EpisodeView]] | Response:
    """The newest 500 ended episodes with their P&L."""
    wanted = None if bot_id is None else known_bot(bot_id)
    period = last(context, hours)._asdict()
    found = await answered(ended_episodes(database(context), **period, bot=wanted, limit=500))
    views = [EpisodeView.model_validate(record) for record in found]
    return listed(context, views, _known(context), form)


@router.get("/distribution")
async def get_distribution(
    context: Annotated[Context, Depends(context_of)],
    bot_id: str | None = None,
    hours: Hours = WEEK,
) -> Envelope[DistributionView]:
    """How results are spread: ended episodes by size, hour, category, reason; positions by zone."""
    wanted = None if bot_id is None else known_bot(bot_id)
    period = last(context, hours)._asdict()
    found = await answered(ended_episodes(database(context), **period, bot=wanted))
    zones = await answered(zone_results(database(context), **period, bot=wanted))
    return context.envelope(distribution_view(found, zones), _known(context))


@router.get("/attribution", response_model=Envelope[list[AttributionView]], responses=CSV)
async def list_attribution(
    context: Annotated[Context, Depends(context_of)], hours: Hours = WEEK, form: Form = "json"
) -> Envelope[list[AttributionView]] | Response:
    """Each bot's realised P&L: gross, fees, gas, rebates, net."""
    pool, period = database(context), last(context, hours)._asdict()
    summaries = await answered(
        bot_summaries(pool, context.settings.account, [str(bot_id) for bot_id in NAMES], **period)
    )
    costs = by_bot(await answered(bot_costs(pool, **period)))
    views = [attribution_view(each, costs.get(each.bot_id)) for each in summaries]
    return listed(context, views, _known(context), form)


@router.get("/markouts", response_model=Envelope[list[MarkoutView]], responses=CSV)
async def list_markouts(
    context: Annotated[Context, Depends(context_of)],
    bot_id: str | None = None,
    hours: Hours = 24.0,
    form: Form = "json",
) -> Envelope[list[MarkoutView]] | Response:
    """What the newest 1,000 fills were worth 1 s, 10 s, 60 s and 5 min later."""
    wanted = None if bot_id is None else known_bot(bot_id)
    period = last(context, hours)._asdict()
    found = await answered(followed_fills(database(context), **period, bot=wanted))
    return listed(context, markout_views(found), _known(context), form)


def _known(context: Context) -> Known:
    return known(context.state, NEEDS)
