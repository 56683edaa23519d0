"""`/risk`: metrics, breakers, exposure, denials, what-if, halt, emergency halt, resume."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from api.command_models import JudgementView, OrderBody
from api.context import Context, answered, context_of, database, known_bot
from api.decision_models import PageView
from api.exposures import exposure_view
from api.freshness import BOOKS, EXECUTION, Known, known
from api.models import (
    BreakerView,
    CommandBody,
    CommandView,
    DenialView,
    Envelope,
    PortfolioView,
    ResumeBody,
)
from api.operator import Operator
from api.order_entry import market_of
from api.periods import Cursor, Hours, Limit, last, step_of
from api.problems import ApiError
from api.risk_models import BreachView, DenialBucketView, DenialHistoryView, ExposureView
from api.tables import CSV, Form, paged
from api.views import portfolio_view
from schemas.control import Verb
from schemas.ids import MarketId
from sinks.queries.counts import denial_buckets
from sinks.queries.risk import breaches

router = APIRouter(prefix="/risk", tags=["risk"])
PHRASE = "RESUME"
PORTFOLIO = "portfolio"
GATE = ("gate",)


@router.get("/metrics")
async def get_risk_metrics(
    context: Annotated[Context, Depends(context_of)],
) -> Envelope[PortfolioView]:
    """Equity, drawdown, exposure, and what a halt would touch."""
    state = context.state
    point = state.equity.get(None)
    needs = known(state, ("ledger", "gate", BOOKS), point.ingest_time if point else 0)
    return context.envelope(portfolio_view(context), needs)


@router.get("/circuit-breakers")
async def list_circuit_breakers(
    context: Annotated[Context, Depends(context_of)],
) -> Envelope[list[BreakerView]]:
    """Every breaker with its value and its limit."""
    breakers = sorted(context.state.breakers.values(), key=lambda item: (item.scope, item.kind))
    views = [
        BreakerView(
            scope=item.scope,
            kind=item.kind,
            value=item.value,
            limit=item.limit,
            open=item.open,
            until=item.until,
        )
        for item in breakers
    ]
    newest = max((item.ingest_time for item in breakers), default=0)
    return context.envelope(views, known(context.state, GATE, newest))


@router.get("/exposure")
async def get_exposure(context: Annotated[Context, Depends(context_of)]) -> Envelope[ExposureView]:
    """What is at risk by zone, bot, market and category, orders that rest included."""
    state = context.state
    newest = max((position.ingest_time for position in state.positions.values()), default=0)
    return context.envelope(exposure_view(state), known(state, ("ledger", EXECUTION), newest))


@router.get("/breaches", response_model=Envelope[PageView[BreachView]], responses=CSV)
async def list_breaches(
    context: Annotated[Context, Depends(context_of)],
    scope: Annotated[str | None, Query(max_length=40, description="A bot, or portfolio.")] = None,
    hours: Hours = 24.0 * 7,
    limit: Limit = 50,
    cursor: Cursor = None,
    form: Form = "json",
) -> Envelope[PageView[BreachView]] | Response:
    """Breakers tripped and reset, warnings, emergency halts, newest first."""
    page = await answered(
        breaches(
            database(context),
            **last(context, hours)._asdict(),
            scope=scope,
            limit=limit,
            cursor=cursor,
        )
    )
    newest = max((record.at for record in page.items), default=0)
    views = [BreachView.model_validate(record) for record in page.items]
    needs = known(context.state, ("gate", "sinks"), newest)
    return paged(context, views, page.next_cursor, needs, form)


@router.post("/what-if")
async def check_order(
    body: OrderBody,
    context: Annotated[Context, Depends(context_of)],
    operator: Annotated[Operator, Depends()],
) -> Envelope[JudgementView]:
    """Ask the risk gate's own checks about an order, on the gate's last state; sends nothing."""
    market = market_of(context.state, MarketId(body.market_id))
    wanted: dict[str, Any] = body.model_dump(exclude={"bot_id", "market_id", "reason"})
    order = operator.order(market, known_bot(body.bot_id), **wanted)
    judgement, as_of = await operator.what_if(market, order)
    return context.envelope(judgement, Known(as_of, "The gate has written no newer state."))


@router.get("/denials")
async def list_denials(
    context: Annotated[Context, Depends(context_of)],
    bot_id: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Envelope[list[DenialView]]:
    """The newest denied intents: why there was no trade."""
    wanted = None if bot_id is None else known_bot(bot_id)
    state = context.state
    chosen = [d for d in reversed(state.denials) if wanted in (None, d.bot_id)][:limit]
    views = [
        DenialView(
            time=denial.event_time,
            bot_id=denial.bot_id,
            market_id=denial.order.market_id,
            question=_question(context, denial.order.market_id),
            code=denial.code,
            rule=denial.rule,
            limit=denial.limit,
            value=denial.value,
        )
        for denial in chosen
    ]
    newest = max((denial.ingest_time for denial in chosen), default=0)
    return context.envelope(views, known(state, GATE, newest))


@router.get("/denials/history")
async def get_denial_history(
    context: Annotated[Context, Depends(context_of)],
    bot_id: str | None = None,
    hours: Hours = 24.0,
) -> Envelope[DenialHistoryView]:
    """Denials over time by code, one record per order of a bundle, in steps that fit a screen."""
    wanted = None if bot_id is None else known_bot(bot_id)
    step_s = step_of(hours)
    step_ms = step_s * 1000
    since, until = last(context, hours)
    since -= since % step_ms
    found = await answered(
        denial_buckets(database(context), since=since, until=until, step_s=step_s, bot=wanted)
    )
    view = DenialHistoryView(
        since=since,
        until=context.clock.now_ms(),
        step_ms=step_ms,
        buckets=[DenialBucketView.model_validate(record) for record in found],
    )
    newest = max((record.at for record in found), default=0)
    return context.envelope(view, known(context.state, ("gate", "sinks"), newest))


@router.post("/halt")
async def halt_trading(body: CommandBody, operator: Annotated[Operator, Depends()]) -> CommandView:
    """No new risk from any bot, every order cancelled, positions stay. Needs no database."""
    return await operator.send(Verb.HALT, None, body.reason)


@router.post("/emergency-halt")
async def emergency_halt(
    body: CommandBody, operator: Annotated[Operator, Depends()]
) -> CommandView:
    """A halt that also unwinds positions passively; what cannot be closed is said."""
    return await operator.send(Verb.EMERGENCY_HALT, None, body.reason)


@router.post("/resume")
async def resume_trading(body: ResumeBody, operator: Annotated[Operator, Depends()]) -> CommandView:
    """End a halt; the gate refuses while a breaker of the portfolio is open."""
    _require_phrase(body)
    return await operator.send(Verb.RESUME_TRADING, None, body.reason)


@router.post("/rearm/{scope}")
async def rearm_breaker(
    scope: str, body: ResumeBody, operator: Annotated[Operator, Depends()]
) -> CommandView:
    """Close a drawdown breaker of a bot, or of the `portfolio`, after a look at its cause.

    The portfolio takes two steps: the answer to the first names the id to confirm with.
    """
    _require_phrase(body)
    bot_id = None if scope == PORTFOLIO else known_bot(scope)
    return await operator.send(Verb.REARM, bot_id, body.reason, body.confirms)


def _require_phrase(body: ResumeBody) -> None:
    """Taking risk again is the riskier direction.

    Raises:
        ApiError: The phrase is another one.
    """
    if body.phrase != PHRASE:
        raise ApiError(
            422,
            "phrase-needed",
            f"Expected the phrase {PHRASE}, received {body.phrase[:80]!r}.",
            "Look at the cause of the halt first.",
        )


def _question(context: Context, market_id: MarketId) -> str:
    market = context.state.market(market_id)
    return market.question if market else market_id
